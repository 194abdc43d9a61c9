import ky, { isHTTPError, type RetryOptions as KyRetryOptions } from 'ky'
import type { AnswerHeaders } from './answer-headers.ts'
import { ConnectionError } from './connection-errors.ts'
import { retryAfterSeconds } from './retry-after.ts'

/** How often a read is tried again (`docs/errors.md`, Retries). */
const maxRetries = 2

/** The wait before the first retry, in milliseconds; it doubles, and jitter shortens it. */
const firstRetryDelayMs = 200

/** Statuses that another try may mend. */
export const retriedStatuses: readonly number[] = [502, 503, 504]

/** What has to be known of an answer. */
export interface TriedAnswer {
  readonly status: number
  readonly headers: AnswerHeaders
}

/** How a read is tried. */
export interface RetryOptions<Answer> {
  /** Whether an answer with one of {@link retriedStatuses} is worth another try. */
  isRetriable(answer: Answer): boolean
  /** Ends the wait between two tries. */
  readonly signal: AbortSignal | undefined
  /** The time for all tries together, in milliseconds. */
  readonly timeoutMs: number
}

/**
 * Tries once, and again where that is worth it. Nearly every call is answered at once: only those that need ky, which knows
 * how to try again, pay what it costs.
 *
 * @param attempt one try. Of what it throws, only a {@link ConnectionError} is worth another one
 * @throws what the last try threw; ky's `TimeoutError`; or the signal's reason
 */
export function withRetries<Answer extends TriedAnswer>(
  attempt: () => Promise<Answer>,
  options: RetryOptions<Answer>,
): Promise<Answer> {
  const deadlineMs = performance.now() + options.timeoutMs
  const goOn = (outcome: Answer | ConnectionError) =>
    isWorthRetry(outcome, options, deadlineMs)
      ? triedAgain(outcome, attempt, options, deadlineMs)
      : answerOf(outcome)
  return attempt().then(goOn, (error: unknown) => goOn(connectionErrorOf(error)))
}

/** @throws what another try would not mend */
function connectionErrorOf(error: unknown): ConnectionError {
  if (error instanceof ConnectionError) return error
  throw error
}

/** @throws ConnectionError where there is none */
function answerOf<Answer>(outcome: Answer | ConnectionError): Answer {
  if (outcome instanceof ConnectionError) throw outcome
  return outcome
}

/** It is waited as long as `Retry-After` says, but not where the time for the call is over before that. */
function isWorthRetry<Answer extends TriedAnswer>(
  outcome: Answer | ConnectionError,
  { isRetriable }: RetryOptions<Answer>,
  deadlineMs: number,
): boolean {
  if (outcome instanceof ConnectionError) return true
  if (!retriedStatuses.includes(outcome.status) || !isRetriable(outcome)) return false
  return performance.now() + (retryAfterSeconds(outcome.headers) ?? 0) * 1000 < deadlineMs
}

/** Lets ky find the pace of further tries. It is told of the first one as if it had made it, and is shown no body. */
async function triedAgain<Answer extends TriedAnswer>(
  first: Answer | ConnectionError,
  attempt: () => Promise<Answer>,
  options: RetryOptions<Answer>,
  deadlineMs: number,
): Promise<Answer> {
  let outcome = first
  let tries = 0
  const fetch = async () => {
    tries += 1
    if (tries > 1) outcome = await attempt().catch(connectionErrorOf)
    const { status, headers } = answerOf(outcome)
    return isWorthRetry(outcome, options, deadlineMs)
      ? new Response(null, { status, headers: timingOf(headers) })
      : new Response()
  }
  try {
    await ky('http://upstream/', {
      fetch,
      ...(options.signal === undefined ? {} : { signal: options.signal }),
      timeout: false,
      totalTimeout: Math.max(1, deadlineMs - performance.now()),
      retry: retryPolicy,
    })
  } catch (error) {
    if (!isHTTPError(error)) throw error
  }
  return answerOf(outcome)
}

/** What could not be reached is tried again, too. */
const retryPolicy: KyRetryOptions = {
  limit: maxRetries,
  methods: ['get'],
  statusCodes: [...retriedStatuses],
  afterStatusCodes: [...retriedStatuses],
  delay: (attempt) => firstRetryDelayMs * 2 ** (attempt - 1),
  jitter: (delayMs) => delayMs * (0.5 + Math.random() / 2),
  shouldRetry: ({ error }) => (isHTTPError(error) ? undefined : error instanceof ConnectionError),
}

/**
 * When to come back, as it was read here. Ky would also take the headers of rate limits for that: many a proxy puts them on every
 * answer, and they tell nothing of when the upstream is back.
 */
function timingOf(headers: AnswerHeaders): Record<string, string> {
  const seconds = retryAfterSeconds(headers)
  return seconds === undefined ? {} : { 'retry-after': String(seconds) }
}
