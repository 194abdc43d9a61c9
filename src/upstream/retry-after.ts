/** Each of the three forms of a date in HTTP begins with the day of the week (RFC 9110, 5.6.7). */
const datePattern = /^(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)/

/**
 * Reads `Retry-After` (RFC 9110, 10.2.3) as whole seconds from now, at least 0.
 *
 * @returns undefined where the header is missing or cannot be read
 */
export function retryAfterSeconds(headers: Headers): number | undefined {
  const value = headers.get('retry-after')?.trim()
  if (value === undefined || value === '') return undefined
  if (/^\d{1,9}$/.test(value)) return Number(value)
  const atMs = datePattern.test(value) ? Date.parse(value) : Number.NaN
  return Number.isNaN(atMs) ? undefined : Math.max(0, Math.ceil((atMs - Date.now()) / 1000))
}
