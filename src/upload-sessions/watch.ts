import { notFound } from '../core/errors.ts'
import type { CallsSaved } from '../upstream/observed-call.ts'
import { orNullIfUnknown } from '../upstream/vault.ts'
import { type ListedWatch, listedWatchPolicy } from '../watch/listed.ts'
import type { WatchPolicy } from '../watch/policy.ts'
import type { UploadSessionsClient } from './client.ts'
import type { UploadSession } from './model.ts'

/** How uploads are watched: by id, until Vault has the session no more. It says nowhere whether it was committed. */
export function uploadSessionWatchPolicy(
  client: UploadSessionsClient,
  saved?: CallsSaved,
): WatchPolicy<UploadSession> {
  const uploads: ListedWatch<UploadSession> = {
    list: (access, signal) => client.list(access, signal),
    one: (access, id, signal) => orNullIfUnknown(client.one(access, id, signal)),
    keyOf: ({ id }) => id,
    isOver: () => false,
    missing: (id) =>
      notFound(`Vault knows no upload session ${id}, or you may not see it.`, {
        upstream: { service: 'vault' },
      }),
    whenGone: 'end',
  }
  return listedWatchPolicy(uploads, saved)
}
