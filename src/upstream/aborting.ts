import { EventEmitter } from 'node:events'

/** The signals that may end a call, as undici and the queue of calls take them. */
export interface Aborting {
  readonly emitter: EventEmitter
  /** Why the call is ended; undefined while it is not. */
  reason(): unknown
  /** Stops listening, so that a signal that outlives many calls keeps none of them. */
  end(): void
}

/**
 * Joins the signals that may end a call. An emitter costs a fraction of `AbortSignal.any`, of which there would be one
 * for each call.
 *
 * @throws the reason of one that has aborted
 */
export function abortingBy(signals: readonly AbortSignal[]): Aborting {
  for (const signal of signals) signal.throwIfAborted()
  const emitter = new EventEmitter()
  const abort = () => emitter.emit('abort')
  for (const signal of signals) signal.addEventListener('abort', abort, { once: true })
  return {
    emitter,
    reason: () => signals.find(({ aborted }) => aborted)?.reason,
    end() {
      for (const signal of signals) signal.removeEventListener('abort', abort)
    },
  }
}
