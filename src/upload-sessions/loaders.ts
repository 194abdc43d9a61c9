import type { OperationScope } from '../core/operation.ts'
import { createListedLoaders, type ListedLoaders } from '../upstream/batching.ts'
import { orNullIfUnknown } from '../upstream/vault.ts'
import type { Watches } from '../watch/watch.ts'
import type { UploadSessionsClient } from './client.ts'
import type { UploadSession } from './model.ts'

declare module '../core/operation.ts' {
  interface Loaders {
    /** By id. */
    readonly uploadSessions: ListedLoaders<UploadSession>
  }
}

/** Makes the upload session loaders of one operation. */
export function createUploadSessionLoaders(
  client: UploadSessionsClient,
  watches: Watches<UploadSession>,
  { caller, signal }: OperationScope,
): ListedLoaders<UploadSession> {
  return createListedLoaders({
    list: async () => client.list(caller.vault(), signal),
    one: async (id) => orNullIfUnknown(client.one(caller.vault(), id, signal)),
    keyOf: ({ id }) => id,
    known: (id) => watches.current(caller.vault(), id),
  })
}
