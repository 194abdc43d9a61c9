import { conflict, type GatewayError, hasCode, notFound } from '../core/errors.ts'
import type { Access } from '../core/identity.ts'
import { isUnknownKey } from '../upstream/vault.ts'
import type { UploadSessionsClient } from './client.ts'
import type { UploadSession } from './model.ts'

/** Why a session that is there refuses a write; undefined where its state is not the reason. */
export type Explanation = (refusal: GatewayError, session: UploadSession) => GatewayError | undefined

/**
 * Makes of a write's failure the one to tell. Vault has the same error type for an upload session that it does not know
 * and for one that is not fit for the write, so it is asked which one it is.
 *
 * @param explain what the state of the session says about a refusal; left out: nothing
 */
export async function writeFailure(
  client: UploadSessionsClient,
  access: Access,
  id: string,
  error: unknown,
  explain?: Explanation,
): Promise<unknown> {
  const isToExplain = explain !== undefined && hasCode(error, 'CONFLICT')
  if (!isUnknownKey(error) && !isToExplain) return error
  // The write was refused and its caller waits to hear why; the time for one call bounds the look.
  const look = client.one(access, id, new AbortController().signal)
  return look.then(
    (session) => explain?.(error, session) ?? error,
    (failure: unknown) => (isUnknownKey(failure) ? unknownSession(id, error) : error),
  )
}

/** Only what is whole can be committed. */
export const commitConflict: Explanation = (refusal, { uploaded, uploadedParts, size }) =>
  uploaded >= size
    ? undefined
    : conflict(
        `${refusal.message} ${uploaded} of ${size} bytes have arrived. Send the rest first: part ${uploadedParts + 1} is next.`,
        refusal.extensions,
      )

/** It is not there, or not any more, or is hidden from its caller. */
export const unknownSession = (id: string, { extensions }: GatewayError) =>
  notFound(
    `Vault knows no upload session ${id}: it was never there, was committed or aborted, has expired, or you may not see it.`,
    extensions,
  )
