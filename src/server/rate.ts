import { LRUCache } from 'lru-cache'
import type { Clock } from '../core/time.ts'

/** How many callers, and how many networks, are remembered with what they have used. Who is forgotten has used nothing. */
const maxRates = 50_000

const minuteMs = 60 * 1000

/** Shorter waits than this, in milliseconds, are what is left of sums of fractions. */
const roundingMs = 0.001

/** How often each of many may do something. */
export interface Rate {
  /** How long this one has to wait, in milliseconds; 0 where there is room. Nothing is counted. */
  waitMs(key: string): number
  count(key: string): void
}

/**
 * Makes a rate of so many in a minute, which may come all at once; room then comes back evenly. It keeps one number for each key:
 * when all that was done would have been done at an even pace (the generic cell rate algorithm of ITU-T I.371). Unlike
 * rate-limiter-flexible, it has no timer for each key and answers at once, so that a WebSocket's messages stay in order.
 *
 * @param perMinute 0: no limit
 */
export function createRate(perMinute: number, clock: Clock): Rate {
  const dueMs = new LRUCache<string, number>({ max: maxRates })
  const paceMs = minuteMs / perMinute
  // Small numbers: hundreds of thousands of fractions of a millisecond are added, and the epoch leaves them few digits.
  const beganAtMs = clock.now()
  const nowMs = () => clock.now() - beganAtMs
  if (perMinute === 0) return { waitMs: () => 0, count: () => {} }
  return {
    waitMs(key) {
      const due = dueMs.get(key)
      const waitMs = due === undefined ? 0 : due + paceMs - minuteMs - nowMs()
      return waitMs < roundingMs ? 0 : waitMs
    },
    count: (key) => void dueMs.set(key, Math.max(dueMs.get(key) ?? 0, nowMs()) + paceMs),
  }
}
