import type { IncomingHttpHeaders } from 'node:http'

/** Whether a browser's page may open a WebSocket: one of the same origin, or of the list. Others send no `Origin`. */
export function isAllowedOrigin(
  { origin, host }: IncomingHttpHeaders,
  allowedOrigins: readonly string[],
): boolean {
  if (origin === undefined || allowedOrigins.includes(origin)) return true
  return host !== undefined && URL.parse(origin)?.host === host
}
