import { LRUCache } from 'lru-cache'
import type { Clock } from '../core/time.ts'

/** How long something that was seen is remembered, in milliseconds. */
export const maxObservationAgeMs = 10 * 60 * 1000

/** How many things one resource remembers, over all callers. */
export const maxObservations = 20_000

/** What was last seen, for each caller by itself. Loaders and watches read it; both fill it. */
export interface Observations<Seen extends object> {
  get(callerKey: string, id: string): Seen | undefined
  set(callerKey: string, id: string, seen: Seen): void
  drop(callerKey: string, id: string): void
}

/** Makes the memory of one resource, bounded by {@link maxObservations} and {@link maxObservationAgeMs}. */
export function createObservations<Seen extends object>(clock: Clock): Observations<Seen> {
  const seenByKey = new LRUCache<string, Seen>({
    max: maxObservations,
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
    drop(callerKey, id) {
      seenByKey.delete(keyOf(callerKey, id))
    },
  }
}
