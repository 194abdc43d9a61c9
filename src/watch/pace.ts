import { GatewayError } from '../core/errors.ts'
import type { Clock } from '../core/time.ts'
import { type PolledUpstream, patientUpstream } from '../upstream/polled-upstream.ts'

/** The wait after the first failed look, in milliseconds. It doubles with each further one. */
const firstBackoffMs = 1000

/** The longest wait after failed looks, in milliseconds. */
export const maxBackoffMs = 60_000

/** The longest wait that an upstream's `Retry-After` may ask for, in milliseconds. */
export const maxRetryAfterMs = 10 * 60 * 1000

/** Waits are lengthened by up to this share of an interval, so that callers do not march in step. */
const jitterShare = 0.1

/** What is due within this time of a round is part of it, in milliseconds. Moments that came from another replica are not quite the same. */
const maxTogetherMs = 25

/** Likewise where rounds come often. */
export const togetherMs = (pollIntervalMs: number): number => Math.min(maxTogetherMs, pollIntervalMs / 10)

/** How fast one resource is looked at. */
export interface PaceSettings {
  readonly clock: Clock
  /** Between two looks, in milliseconds. */
  readonly pollIntervalMs: number
  /** What the upstream has to say about the pace; by default nothing. */
  readonly upstream?: PolledUpstream
  /** From 0 to 1; for tests that need to know. */
  readonly random?: () => number
}

/** When one caller's looks are due, in milliseconds since the epoch. */
export interface Pace {
  /** The next round: the same moment for all that is seen before it. */
  nextRoundMs(): number
  /** For what goes at its own pace. The upstream may make it later. */
  afterMs(delayMs: number): number
  /**
   * After so many failed looks in a row. The same moment for all that failed together, with the same error.
   *
   * @param isAwaited whether nothing was seen yet: then the backoff alone counts
   */
  afterFailureMs(failures: number, error: unknown, isAwaited: boolean): number
}

/** A look that failed, and when it is due again. */
interface Failed {
  readonly error: unknown
  readonly failures: number
  readonly isAwaited: boolean
  readonly againAtMs: number
}

/** Makes the pace of one caller. */
export function createPace(settings: PaceSettings): Pace {
  const { clock, pollIntervalMs, upstream = patientUpstream, random = Math.random } = settings
  let roundAtMs = 0
  let lastFailure: Failed = { error: undefined, failures: 0, isAwaited: false, againAtMs: 0 }
  const justAfterMs = (delayMs: number) => {
    const jitterMs = Math.min(delayMs, pollIntervalMs) * jitterShare * random()
    return clock.now() + delayMs + jitterMs + upstream.extraWaitMs()
  }
  const afterMs = (delayMs: number) => justAfterMs(delayMs * upstream.stretch())
  return {
    nextRoundMs() {
      // One that is about to begin has taken this along.
      if (roundAtMs <= clock.now() + togetherMs(pollIntervalMs)) roundAtMs = afterMs(pollIntervalMs)
      return roundAtMs
    },
    afterMs,
    afterFailureMs(failures, error, isAwaited) {
      const isSame =
        lastFailure.error === error &&
        lastFailure.failures === failures &&
        lastFailure.isAwaited === isAwaited
      if (!isSame || lastFailure.againAtMs <= clock.now()) {
        const usualMs = isAwaited ? 0 : pollIntervalMs * upstream.stretch()
        const delayMs = Math.max(usualMs, backoffMs(failures, random), retryAfterMs(error))
        lastFailure = { error, failures, isAwaited, againAtMs: justAfterMs(delayMs) }
      }
      return lastFailure.againAtMs
    },
  }
}

/** Exponential and capped, and shortened by up to a half, so that many watches do not come back at the same moment. */
function backoffMs(failures: number, random: () => number): number {
  const fullMs = Math.min(maxBackoffMs, firstBackoffMs * 2 ** (failures - 1))
  return fullMs * (1 - random() / 2)
}

/** How long the upstream wants to be left alone, within reason. */
function retryAfterMs(error: unknown): number {
  const seconds = error instanceof GatewayError ? (error.extensions.retryAfter ?? 0) : 0
  return Math.min(maxRetryAfterMs, seconds * 1000)
}
