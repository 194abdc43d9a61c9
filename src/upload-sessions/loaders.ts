import type { OperationScope } from '../core/operation.ts'
import { createCallLimit, createListedLoaders, type ListedLoaders } from '../upstream/batching.ts'
import type { CallsSaved } from '../upstream/observed-call.ts'
import { orNullIfUnknown } from '../upstream/vault.ts'
import type { Watches } from '../watch/watch.ts'
import type { NewUpload, UploadSessionsClient } from './client.ts'
import type { UploadPart, UploadSession } from './model.ts'
import { commitConflict, type Explanation, writeFailure } from './refusals.ts'

/** The upload session loaders of one operation. */
export interface UploadSessionLoaders extends ListedLoaders<UploadSession> {
  /** All parts of a session that have arrived, read once. */
  parts(id: string): Promise<readonly UploadPart[]>
  create(upload: NewUpload): Promise<UploadSession>
  /** Ends the session, and gives the id of the job that puts the file together. */
  commit(id: string): Promise<string>
  abort(id: string): Promise<void>
}

declare module '../core/operation.ts' {
  interface Loaders {
    /** By id. */
    readonly uploadSessions: UploadSessionLoaders
  }
}

/** Makes the upload session loaders of one operation. */
export function createUploadSessionLoaders(
  client: UploadSessionsClient,
  watches: Watches<UploadSession>,
  { caller, signal }: OperationScope,
  saved: CallsSaved,
): UploadSessionLoaders {
  const limit = createCallLimit()
  const parts = new Map<string, Promise<readonly UploadPart[]>>()
  const listed = createListedLoaders({
    name: 'uploadSessions',
    saved,
    list: async () => client.list(caller.vault(), signal),
    one: async (id) => orNullIfUnknown(client.one(caller.vault(), id, signal)),
    keyOf: ({ id }) => id,
    known: (id) => watches.current(caller.vault(), id),
  })

  /** Writes, and forgets what was read before, also where it is not known what became of the write. */
  const write = async <Value>(
    id: string,
    send: () => Promise<Value>,
    explain?: Explanation,
  ): Promise<Value> => {
    const access = caller.vault()
    try {
      return await send()
    } catch (error) {
      throw await writeFailure(client, access, id, error, explain)
    } finally {
      listed.forget()
      parts.clear()
      watches.lookAgain(access, id)
    }
  }

  return {
    ...listed,
    parts(id) {
      const read = parts.get(id) ?? limit(async () => client.parts(caller.vault(), id, signal))
      parts.set(id, read)
      return read
    },
    async create(upload) {
      try {
        return await client.create(caller.vault(), upload)
      } finally {
        listed.forget()
      }
    },
    commit: (id) => write(id, () => client.commit(caller.vault(), id), commitConflict),
    abort: (id) => write(id, () => client.abort(caller.vault(), id)),
  }
}
