import type { IncomingHttpHeaders } from 'node:http'
import { z } from 'zod'
import { unauthenticated } from '../core/errors.ts'
import { type Credentials, isCredential } from '../core/identity.ts'

/** The credentials in the payload of a WebSocket's `connection_init`; other keys are the client's own. */
const connectionParamsSchema = z.object({
  authorization: z.string().nullish(),
  felderaAuthorization: z.string().nullish(),
})

/**
 * Takes the credentials from the headers of a request.
 *
 * @throws GatewayError UNAUTHENTICATED for what no upstream could take
 */
export function credentialsOfHeaders(headers: IncomingHttpHeaders): Credentials {
  const feldera = headers['feldera-authorization']
  return {
    vault: checked(headers.authorization, 'Authorization'),
    feldera: checked(Array.isArray(feldera) ? feldera.join(', ') : feldera, 'Feldera-Authorization'),
  }
}

/**
 * Takes the credentials of a WebSocket: what `connectionParams` leave out, the headers of the upgrade may give.
 *
 * @throws GatewayError UNAUTHENTICATED for what no upstream could take
 */
export function credentialsOfConnection(
  connectionParams: Readonly<Record<string, unknown>> | undefined,
  headers: IncomingHttpHeaders,
): Credentials {
  const parsed = connectionParamsSchema.safeParse(connectionParams ?? {})
  if (!parsed.success) {
    throw unauthenticated('`authorization` and `felderaAuthorization` in the connectionParams are texts.')
  }
  const { authorization, felderaAuthorization } = parsed.data
  const ofHeaders = credentialsOfHeaders(headers)
  return {
    vault: checked(authorization, 'authorization') ?? ofHeaders.vault,
    feldera: checked(felderaAuthorization, 'felderaAuthorization') ?? ofHeaders.feldera,
  }
}

function checked(value: string | null | undefined, name: string): string | undefined {
  if (value == null || value === '') return undefined
  if (isCredential(value)) return value
  throw unauthenticated(`\`${name}\` has characters that no credential has, or is too long.`)
}
