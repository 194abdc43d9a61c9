/**
 * Reads `Retry-After` (RFC 9110, 10.2.3) as whole seconds from now, at least 0.
 *
 * @returns undefined where the header is missing or cannot be read
 */
export function retryAfterSeconds(headers: Headers): number | undefined {
  const value = headers.get('retry-after')?.trim()
  if (value === undefined || value === '') return undefined
  if (/^\d{1,9}$/.test(value)) return Number(value)
  const atMs = Date.parse(value)
  return Number.isNaN(atMs) ? undefined : Math.max(0, Math.ceil((atMs - Date.now()) / 1000))
}
