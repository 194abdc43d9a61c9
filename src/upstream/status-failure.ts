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
import { lostAnswerHint } from './connection-failure.ts'
import type { UpstreamAnswer, UpstreamMethod } from './http-client.ts'
import { retryAfterSeconds } from './retry-after.ts'

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
  const retryAfter = retryAfterSeconds(headers)
  const detail: ErrorDetail = { upstream, ...(retryAfter === undefined ? {} : { retryAfter }) }
  const name = upstream.service === 'vault' ? 'Vault' : 'Feldera'
  if (status === 401) return unauthenticated(`${name} does not accept the credential (HTTP 401).`, detail)
  if (status === 403) return forbidden(`${name} does not allow this (HTTP 403).`, detail)
  if (status === 429) return upstreamRateLimited(`${name} takes no more calls for now (HTTP 429).`, detail)
  if (status >= 500) return upstreamUnavailable(`${name} is not available (HTTP ${status}). ${hint}`, detail)
  if (status >= 300) return upstreamError(`${name} answered HTTP ${status} without saying why.`, detail)
  return upstreamInvalidResponse(
    `${name} answered something that is not its JSON (HTTP ${status}). ${hint}`,
    detail,
  )
}
