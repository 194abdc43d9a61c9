import { isTransient } from '../core/errors.ts'
import type { FailureReport } from '../core/failure-report.ts'
import type { Access } from '../core/identity.ts'
import { type Clock, wait } from '../core/time.ts'
import type { Pace } from './pace.ts'

/** What keeping an access confirmed needs. */
export interface Confirmation {
  readonly confirm: NonNullable<Access['confirm']>
  readonly clock: Clock
  /** For tries after a failure. */
  readonly pace: Pace
  /** Aborts when nobody follows anything any more. */
  readonly signal: AbortSignal
  readonly reportFailure: FailureReport
  /** Called once, with why the access is not good any more. */
  onRefused(error: unknown): void
}

/**
 * Asks whether an access is still good each time that the last answer runs out, also while looks are far apart. While
 * nobody can tell, it asks again later; looks find out for themselves that they may not be made.
 */
export async function keepConfirmed(confirmation: Confirmation): Promise<void> {
  const { confirm, clock, pace, signal, reportFailure, onRefused } = confirmation
  let failures = 0
  const nextMs = async () => {
    try {
      const untilMs = await confirm(signal)
      failures = 0
      return untilMs
    } catch (error) {
      if (signal.aborted || !isTransient(error)) throw error
      reportFailure(error)
      failures += 1
      return pace.afterFailureMs(failures, error, true)
    }
  }
  try {
    for (;;) await wait(clock, Math.max(0, (await nextMs()) - clock.now()), signal)
  } catch (error) {
    if (!signal.aborted) onRefused(error)
  }
}
