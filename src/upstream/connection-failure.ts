import { isTimeoutError } from 'ky'
import {
  type ErrorDetail,
  type UpstreamService,
  upstreamInvalidResponse,
  upstreamTimeout,
  upstreamUnavailable,
} from '../core/errors.ts'
import type { CallProgress } from './call-progress.ts'
import { BusyError } from './call-queue.ts'
import { CircuitOpenError } from './circuit.ts'
import { AnswerError, ConnectionError, SilenceError } from './connection-errors.ts'
import type { UpstreamMethod } from './http-client.ts'

const serviceNames = { vault: 'Vault', feldera: 'Feldera' } as const

/**
 * What to do where no answer, or none of use, came to a call that may have arrived. Every message about such a call ends
 * with it, so that nobody sends a write again that was carried out.
 */
export function lostAnswerHint(method: UpstreamMethod): string {
  return method === 'GET' ? 'Try again later.' : 'It may have been carried out: look before you try again.'
}

/**
 * Makes the error that the log and the client are told when there was no usable answer.
 *
 * @param progress how far the call came: what was not sent was not carried out
 * @returns what was thrown, where it is no failure of a call
 */
export function connectionFailure(
  error: unknown,
  { method }: { readonly method: UpstreamMethod },
  options: { readonly service: UpstreamService; readonly timeoutMs: number },
  { step }: CallProgress,
): unknown {
  const { service, timeoutMs } = options
  const name = serviceNames[service]
  const hint = lostAnswerHint(step === 'sent' ? method : 'GET')
  const detail: ErrorDetail = { upstream: { service }, cause: error }
  if (isTimeoutError(error) || error instanceof SilenceError) {
    const what = step === 'waiting' ? `This call to ${name} had no turn` : `${name} did not answer`
    return upstreamTimeout(`${what} within ${timeoutMs} ms. ${hint}`, detail)
  }
  if (error instanceof ConnectionError) {
    return upstreamUnavailable(`${name} could not be reached, or broke the connection. ${hint}`, detail)
  }
  if (error instanceof BusyError) {
    return upstreamUnavailable(`Too many calls to ${name} are waiting already. ${hint}`, detail)
  }
  if (error instanceof CircuitOpenError) {
    const { retryAfter } = error
    return upstreamUnavailable(
      `${name} has failed time and again, so the gateway leaves it alone for a moment: this call was not sent. ${hint}`,
      { ...detail, retryAfter },
    )
  }
  if (error instanceof AnswerError) {
    return upstreamInvalidResponse(`${name}'s answer could not be read: ${error.message}. ${hint}`, detail)
  }
  return error
}
