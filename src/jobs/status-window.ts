import { LRUCache } from 'lru-cache'
import { type Clock, orAborted, wait } from '../core/time.ts'

/** How many jobs' windows are remembered. Past it the job that was asked longest ago is forgotten. */
export const maxWindows = 100_000

/**
 * Keeps Vault's rule that the status of one job is answered once in a time (API reference, Errors,
 * API_LIMIT_EXCEEDED: "once every 10 seconds for each job_id"). The rule does not look at who asks, so neither does
 * this: it knows job ids and times, and nothing that anybody was shown.
 */
export interface StatusWindows {
  /** How long until the status of the job may be asked, in milliseconds; 0: now. Infinite while somebody asks. */
  waitMs(id: string): number
  /** Takes the window. To be followed by `close` or `release`. */
  claim(id: string): void
  /** Vault has counted a call: the next window opens when the time has passed from now. */
  close(id: string): void
  /** Vault has not counted the call. */
  release(id: string): void
  /**
   * Resolves when it is worth a look whether the window is open.
   *
   * @throws the signal's reason as soon as the signal aborts
   */
  opening(id: string, signal: AbortSignal): Promise<void>
}

interface Window {
  /** Undefined while a call is under way. */
  opensAtMs: number | undefined
  readonly released: PromiseWithResolvers<void>
}

/** Makes the windows of one Vault. */
export function createStatusWindows(windowMs: number, clock: Clock): StatusWindows {
  const windows = new LRUCache<string, Window>({ max: maxWindows })

  const settle = (id: string, opensAtMs: number) => {
    windows.get(id)?.released.resolve()
    windows.set(id, { opensAtMs, released: Promise.withResolvers() })
  }
  const waitMs = (id: string) => {
    const window = windows.get(id)
    if (window === undefined) return 0
    return window.opensAtMs === undefined
      ? Number.POSITIVE_INFINITY
      : Math.max(0, window.opensAtMs - clock.now())
  }
  return {
    waitMs,
    claim(id) {
      windows.set(id, { opensAtMs: undefined, released: Promise.withResolvers() })
    },
    close: (id) => settle(id, clock.now() + windowMs),
    release: (id) => settle(id, clock.now()),
    async opening(id, signal) {
      const window = windows.get(id)
      if (window === undefined) return
      if (window.opensAtMs === undefined) await orAborted(window.released.promise, signal)
      else await wait(clock, waitMs(id), signal)
    },
  }
}
