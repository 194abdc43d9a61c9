import type { CallsSaved } from '../upstream/observed-call.ts'
import { throwIfUnknown } from '../upstream/vault.ts'
import { type ListedWatch, listedWatchPolicy } from '../watch/listed.ts'
import type { WatchPolicy } from '../watch/policy.ts'
import type { UploadSessionsClient } from './client.ts'
import type { UploadSession } from './model.ts'
import { unknownSession } from './refusals.ts'

/** How uploads are watched: by id, until Vault has the session no more. It says nowhere whether it was committed. */
export function uploadSessionWatchPolicy(
  client: UploadSessionsClient,
  saved?: CallsSaved,
): WatchPolicy<UploadSession> {
  const uploads: ListedWatch<UploadSession> = {
    list: (access, signal) => client.list(access, signal),
    one: (access, id, signal) =>
      client.one(access, id, signal).catch(throwIfUnknown((refusal) => unknownSession(id, refusal))),
    keyOf: ({ id }) => id,
    isOver: () => false,
    whenGone: 'end',
  }
  return listedWatchPolicy(uploads, saved)
}
