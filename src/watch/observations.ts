import { LRUCache } from 'lru-cache'
import type { Clock } from '../core/time.ts'

/** How long something that was seen is remembered, in milliseconds. */
export const maxObservationAgeMs = 10 * 60 * 1000

/** How many things one resource remembers, over all callers. */
const maxObservations = 20_000

/** What was last seen, for each caller by itself. Loaders and watches read it; both fill it. */
export interface Observations<Seen extends object> {
  get(callerKey: string, id: string): Seen | undefined
  set(callerKey: string, id: string, seen: Seen): void
}

/** Makes a memory, bounded in number ({@link maxObservations} by default) and in age ({@link maxObservationAgeMs}). */
export function createObservations<Seen extends object>(
  clock: Clock,
  max = maxObservations,
): Observations<Seen> {
  const seenByKey = new LRUCache<string, Seen>({
    max,
    ttl: maxObservationAgeMs,
    ttlResolution: 0,
    perf: clock,
  })
  const keyOf = (callerKey: string, id: string) => `${callerKey}:${id}`
  return {
    get: (callerKey, id) => seenByKey.get(keyOf(callerKey, id)),
    set(callerKey, id, seen) {
      seenByKey.set(keyOf(callerKey, id), seen)
    },
  }
}
