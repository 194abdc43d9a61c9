/** A pending timer of a {@link Clock}. */
export interface Timer {
  /** Forgets the timer; doing so after it fired does nothing. */
  cancel(): void
}

/**
 * Where time comes from. Everything that waits or dates takes one, so that tests can hold time in their
 * hands instead of sleeping.
 */
export interface Clock {
  /** Milliseconds since the Unix epoch, which do not go back. */
  now(): number
  /** Calls back once after `delayMs` milliseconds. The timer never keeps the process alive by itself. */
  after(delayMs: number, callback: () => void): Timer
}

/** The longest delay that Node's timers keep, about 24 days. A longer one would fire at once. */
const maxTimeoutMs = 2 ** 31 - 1

/**
 * Makes a time that never goes back. Where the machine's clock is put back, it goes on from where it was, at half the pace, until
 * that has caught up: waits end, and what was seen grows old. Where that is put forward, or the machine has slept, it follows.
 *
 * @param wallMs the machine's clock, in milliseconds since the Unix epoch
 * @param uptimeMs milliseconds since some moment, which nobody puts back
 */
export function forwardTime(wallMs: () => number, uptimeMs: () => number): () => number {
  let lastMs = wallMs()
  /** Undefined while the machine's clock is not behind. */
  let lastUptimeMs: number | undefined
  return () => {
    const nowMs = wallMs()
    if (nowMs >= lastMs) {
      lastMs = nowMs
      lastUptimeMs = undefined
      return nowMs
    }
    const nowUptimeMs = uptimeMs()
    lastMs += (nowUptimeMs - (lastUptimeMs ?? nowUptimeMs)) / 2
    lastUptimeMs = nowUptimeMs
    return Math.floor(lastMs)
  }
}

/** The clock of the machine. */
export const systemClock: Clock = {
  now: forwardTime(Date.now, () => performance.now()),
  after(delayMs, callback) {
    const timeout = setTimeout(callback, Math.min(delayMs, maxTimeoutMs))
    timeout.unref()
    return { cancel: () => clearTimeout(timeout) }
  },
}

/**
 * Waits on a clock.
 *
 * @throws the signal's reason as soon as the signal aborts.
 */
export function wait(clock: Clock, delayMs: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted === true) {
      reject(signal.reason)
      return
    }
    const abort = () => {
      timer.cancel()
      reject(signal?.reason)
    }
    const timer = clock.after(delayMs, () => {
      signal?.removeEventListener('abort', abort)
      resolve()
    })
    signal?.addEventListener('abort', abort, { once: true })
  })
}

/**
 * Waits for a promise, but no longer than somebody wants its result.
 *
 * @param onAborted called when nobody does any more, before who waits is told
 * @throws the signal's reason as soon as the signal aborts
 */
export function orAborted<Value>(
  promise: Promise<Value>,
  signal: AbortSignal,
  onAborted?: () => void,
): Promise<Value> {
  return new Promise((resolve, reject) => {
    const abort = () => {
      onAborted?.()
      reject(signal.reason)
    }
    if (signal.aborted) abort()
    else signal.addEventListener('abort', abort)
    promise.then(
      (value) => {
        signal.removeEventListener('abort', abort)
        resolve(value)
      },
      (error) => {
        signal.removeEventListener('abort', abort)
        reject(error)
      },
    )
  })
}

/** That something took longer than it may. */
export class TookTooLong extends Error {
  override readonly name = 'TookTooLong'
}

/**
 * Waits for a promise, but no longer than this.
 *
 * @throws TookTooLong when the time has passed first
 */
export async function orTimeout<Value>(
  promise: Promise<Value>,
  clock: Clock,
  timeoutMs: number,
): Promise<Value> {
  const tooLong = Promise.withResolvers<never>()
  const timer = clock.after(timeoutMs, () => tooLong.reject(new TookTooLong(`no answer in ${timeoutMs} ms`)))
  try {
    return await Promise.race([promise, tooLong.promise])
  } finally {
    timer.cancel()
  }
}
