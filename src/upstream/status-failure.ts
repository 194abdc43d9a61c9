import {
  type ErrorDetail,
  forbidden,
  type GatewayError,
  type UpstreamDetail,
  unauthenticated,
  upstreamError,
  upstreamInvalidResponse,
  upstreamRateLimited,
  upstreamUnavailable,
} from '../core/errors.ts'
import type { AnswerHeaders } from './answer-headers.ts'
import { lostAnswerHint } from './connection-failure.ts'
import type { UpstreamAnswer, UpstreamMethod } from './http-client.ts'
import { retryAfterSeconds } from './retry-after.ts'

/** The error that an HTTP status stands for, and what it says of the service. */
interface StatusMeaning {
  makeError(message: string, detail: ErrorDetail): GatewayError
  readonly words: string
}

/** What an HTTP status stands for, whoever answered with it. Undefined where it does not tell. */
export function meaningOf(status: number): StatusMeaning | undefined {
  if (status === 401) return { makeError: unauthenticated, words: 'does not accept the credential' }
  if (status === 403) return { makeError: forbidden, words: 'does not allow this' }
  if (status === 429) return { makeError: upstreamRateLimited, words: 'takes no more calls for now' }
  return status >= 500 ? { makeError: upstreamUnavailable, words: 'is not available' } : undefined
}

/** What an answer that failed tells of when to come back. */
export function waitIn(headers: AnswerHeaders): Pick<ErrorDetail, 'retryAfter'> {
  const retryAfter = retryAfterSeconds(headers)
  return retryAfter === undefined ? {} : { retryAfter }
}

/**
 * Makes the error for an answer that does not say in the service's own words what is wrong, from its HTTP status:
 * proxies and load balancers answer so.
 *
 * @param method of the call: after a write the message says where it may have been carried out
 */
export function statusFailure(
  { status, headers }: UpstreamAnswer,
  upstream: UpstreamDetail,
  method: UpstreamMethod,
): GatewayError {
  const hint = lostAnswerHint(method)
  const detail: ErrorDetail = { upstream, ...waitIn(headers) }
  const name = upstream.service === 'vault' ? 'Vault' : 'Feldera'
  const meaning = meaningOf(status)
  if (meaning !== undefined) {
    const fact = `${name} ${meaning.words} (HTTP ${status}).`
    return meaning.makeError(status >= 500 ? `${fact} ${hint}` : fact, detail)
  }
  if (status >= 300) return upstreamError(`${name} answered HTTP ${status} without saying why.`, detail)
  return upstreamInvalidResponse(
    `${name} answered something that is not its JSON (HTTP ${status}). ${hint}`,
    detail,
  )
}
