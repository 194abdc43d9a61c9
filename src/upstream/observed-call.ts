import { GatewayError, type UpstreamService } from '../core/errors.ts'
import { OperationCancelled } from '../core/operation.ts'
import { beginSpan, type Outcome } from '../core/tracing.ts'
import type { UpstreamMethod } from './http-client.ts'

/** One call to an upstream, by what there is a bounded number of. */
export interface CallKind {
  readonly service: UpstreamService
  readonly method: UpstreamMethod
  /** See `UpstreamPath.route`. */
  readonly route: string
}

/** Why a call was not needed: one call was made for several keys, one under way was joined, or what was seen before is fresh. */
export type SavedBy = 'batching' | 'sharing' | 'observations'

/** Told of calls that were not needed. */
export type CallsSaved = (by: SavedBy, count: number) => void

/** Tells nobody. */
export const nobodyCounts: CallsSaved = () => {}

/** What the clients of upstreams tell of themselves. Nobody has to listen: see {@link noUpstreamEvents}. */
export interface UpstreamEvents {
  /** @param durationMs retries and waiting for a connection included; of a file: until it begins */
  onCall(kind: CallKind, outcome: Outcome, durationMs: number): void
  /** @param remaining calls that are left of Vault's burst limit, over five minutes (Vault Help, API limits) */
  onBurstLimit(remaining: number): void
}

/** Nobody listens. */
export const noUpstreamEvents: UpstreamEvents = { onCall() {}, onBurstLimit() {} }

/**
 * Makes a call, and tells of it. It is also a span; no `traceparent` goes out, since an upstream is another company's service.
 *
 * @param outcomeOf reads the outcome of what was answered. It was good, by default
 */
export async function observedCall<Answer>(
  { onCall }: UpstreamEvents,
  kind: CallKind,
  call: () => Promise<Answer>,
  outcomeOf: (answer: Answer) => Outcome = () => 'OK',
): Promise<Answer> {
  const beganAtMs = performance.now()
  const span = beginSpan(`${kind.method} ${kind.route}`, {
    kind: 'client',
    attributes: {
      'http.request.method': kind.method,
      'url.template': kind.route,
      'peer.service': kind.service,
    },
  })
  let outcome: Outcome = 'INTERNAL_SERVER_ERROR'
  try {
    const answer = await span.run(call)
    outcome = outcomeOf(answer)
    return answer
  } catch (error) {
    if (error instanceof GatewayError) outcome = error.code
    else if (isCancellation(error)) outcome = 'CANCELLED'
    throw error
  } finally {
    onCall(kind, outcome, performance.now() - beganAtMs)
    span.end({ attributes: { 'vaultline.outcome': outcome }, isFailure: outcome !== 'OK' })
  }
}

/** Whether this is the reason with which those leave who have waited: an operation's, or that of a signal without one. */
const isCancellation = (error: unknown) =>
  error instanceof OperationCancelled || (error instanceof Error && error.name === 'AbortError')
