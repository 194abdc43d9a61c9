import { type GatewayError, notFound } from '../core/errors.ts'
import type { Access } from '../core/identity.ts'
import { isUnknownKey } from '../upstream/vault.ts'
import type { UploadSessionsClient } from './client.ts'

/**
 * Makes of a write's failure the one to tell. Vault has the same error type for an upload session that it does not know
 * and for one that is not fit for the write, so it is asked which one it is.
 */
export async function writeFailure(
  client: UploadSessionsClient,
  access: Access,
  id: string,
  error: unknown,
): Promise<unknown> {
  if (!isUnknownKey(error)) return error
  // The write was refused and its caller waits to hear why; the time for one call bounds the look.
  const look = client.one(access, id, new AbortController().signal)
  return look.then(
    () => error,
    (failure: unknown) => (isUnknownKey(failure) ? unknownSession(id, error) : error),
  )
}

/** Makes of the failure of a look-up by id the one to tell. */
export function throwIfUnknown(id: string): (error: unknown) => never {
  return (error) => {
    throw isUnknownKey(error) ? unknownSession(id, error) : error
  }
}

const unknownSession = (id: string, { extensions }: GatewayError) =>
  notFound(
    `Vault knows no upload session ${id}: it was never there, was committed or aborted, has expired, or you may not see it.`,
    extensions,
  )
