import { notFound } from '../core/errors.ts'
import type { Access } from '../core/identity.ts'
import type { FileStream } from '../upstream/file-stream.ts'
import type { SamplyProfilesClient } from './client.ts'
import type { ProfileKey } from './model.ts'

/**
 * Opens the gzip of a profile that has to be there.
 *
 * @throws GatewayError NOT_FOUND with the reason where it is not
 */
export async function openProfile(
  client: Pick<SamplyProfilesClient, 'open'>,
  access: Access,
  key: ProfileKey,
  signal: AbortSignal,
): Promise<FileStream> {
  const file = await client.open(access, key, signal)
  if ('stream' in file) return file
  throw notFound(file.message, { upstream: { service: 'feldera' } })
}
