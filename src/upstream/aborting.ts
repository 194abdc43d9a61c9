import { systemClock } from '../core/time.ts'
import { SilenceError } from './connection-errors.ts'

/** What may end a call before its answer is there: who waits for it leaves, or it takes too long. */
export interface Aborting {
  /** Why the call is ended; undefined while it is not. */
  reason(): unknown
  /**
   * Calls back when the call is ended, and at once where it was: a further try may begin just then. One listens at a time, so
   * who listens says so for themselves; undefined: nobody does.
   */
  listen(listener: (() => void) | undefined): void
  /** Ends the call. Only the first reason counts. */
  abort(reason: unknown): void
  /** The call may take as long as it likes from now on. */
  stopTimer(): void
  /** Lets go of the signal and the timer, so that a signal that outlives many calls keeps none of them. */
  end(): void
}

/**
 * Watches over one call, at one listener on its signal and one timer. `AbortSignal.any` and `AbortSignal.timeout` would cost
 * many times as much, for each call.
 *
 * @param signal of who waits for the answer
 * @param timeoutMs after which the call is ended with a {@link SilenceError}, in milliseconds; left out: never
 * @throws the reason of a signal that has aborted
 */
export function abortingBy(signal: AbortSignal | undefined, timeoutMs?: number): Aborting {
  signal?.throwIfAborted()
  return new CallAborting(signal, timeoutMs)
}

class CallAborting implements Aborting {
  readonly #signal: AbortSignal | undefined
  readonly #onSignal: (() => void) | undefined
  #timer: ReturnType<typeof systemClock.after> | undefined
  #listener: (() => void) | undefined
  #reason: unknown

  constructor(signal: AbortSignal | undefined, timeoutMs: number | undefined) {
    this.#signal = signal
    if (signal !== undefined) {
      this.#onSignal = () => this.abort(signal.reason)
      signal.addEventListener('abort', this.#onSignal)
    }
    if (timeoutMs !== undefined) {
      this.#timer = systemClock.after(timeoutMs, () => this.abort(new SilenceError('no answer in time')))
    }
  }

  reason() {
    return this.#reason
  }

  listen(listener: (() => void) | undefined) {
    this.#listener = listener
    if (this.#reason !== undefined) listener?.()
  }

  abort(reason: unknown) {
    if (this.#reason !== undefined) return
    this.#reason = reason
    this.#listener?.()
  }

  stopTimer() {
    this.#timer?.cancel()
    this.#timer = undefined
  }

  end() {
    this.stopTimer()
    if (this.#onSignal !== undefined) this.#signal?.removeEventListener('abort', this.#onSignal)
  }
}
