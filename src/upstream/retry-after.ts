import type { AnswerHeaders } from './answer-headers.ts'

/** Each of the three forms of a date in HTTP begins with the day of the week (RFC 9110, 5.6.7). */
const datePattern = /^(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)/

/** The longest wait that is told, in seconds: some thirty years, and within GraphQL's `Int`. */
const maxRetryAfterSeconds = 999_999_999

/**
 * Reads `Retry-After` (RFC 9110, 10.2.3) as whole seconds from now, from 0 to {@link maxRetryAfterSeconds}.
 *
 * @returns undefined where the header is missing or cannot be read
 */
export function retryAfterSeconds(headers: AnswerHeaders): number | undefined {
  const value = headers.get('retry-after')?.trim()
  if (value === undefined || value === '') return undefined
  if (/^\d{1,9}$/.test(value)) return Number(value)
  const atMs = datePattern.test(value) ? Date.parse(value) : Number.NaN
  if (Number.isNaN(atMs)) return undefined
  return Math.min(maxRetryAfterSeconds, Math.max(0, Math.ceil((atMs - Date.now()) / 1000)))
}
