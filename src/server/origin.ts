import type { IncomingHttpHeaders } from 'node:http'
import { forbidden, type GatewayError } from '../core/errors.ts'

/**
 * Whether a browser's page may open a WebSocket: one of the same origin, or of the list. Others send no `Origin`.
 *
 * Whether browsers come by HTTPS, the gateway does not know of itself, as a proxy ends it. So where the list has this
 * host (`PUBLIC_URL`), it says how: a page that somebody on the way has put in by HTTP is another origin.
 */
export function isAllowedOrigin(
  { origin, host }: IncomingHttpHeaders,
  allowedOrigins: readonly string[],
): boolean {
  if (origin === undefined || allowedOrigins.includes(origin)) return true
  return host !== undefined && hostOf(origin) === host && !allowedOrigins.map(hostOf).includes(host)
}

const hostOf = (origin: string) => URL.parse(origin)?.host

/** Refuses a page. */
export const foreignOrigin = (origin: string): GatewayError =>
  forbidden(`Pages of ${origin} may not use this gateway. Its operator can add them to ALLOWED_ORIGINS.`)
