import { Slab } from '../core/slab.ts'
import { type Clock, orAborted, systemClock } from '../core/time.ts'
import { type CallsSaved, nobodyCounts } from './observed-call.ts'

/** Calls that several may wait for. */
export interface SharedCalls<Value> {
  /** Whether a call with this key is under way that may be joined. */
  has(key: string): boolean
  /**
   * Starts a call, or joins the one with the same key that is under way and not too old. The call is aborted when all who wait for
   * it have gone.
   *
   * @param key must contain the `callerKey`: an answer is never shared between callers
   * @throws the signal's reason when this waiter's signal aborts; else what the call throws
   */
  run(key: string, signal: AbortSignal, call: (signal: AbortSignal) => Promise<Value>): Promise<Value>
}

interface SharedCall<Value> {
  readonly result: Promise<Value>
  readonly abort: AbortController
  readonly beganAtMs: number
  waiters: number
}

/** How calls are shared. */
export interface SharedCallsOptions {
  /** Told of each call that was joined. Nobody is, by default. */
  readonly saved?: CallsSaved | undefined
  /** How long after its beginning a call may be joined, in milliseconds. As long as it is under way, by default. */
  readonly maxAgeMs?: number
  /** Default: that of the machine. */
  readonly clock?: Clock
}

/** Makes a set of shared calls. It holds as many as are under way. */
export function createSharedCalls<Value>({
  saved = nobodyCounts,
  maxAgeMs = Number.POSITIVE_INFINITY,
  clock = systemClock,
}: SharedCallsOptions = {}): SharedCalls<Value> {
  const calls = new Slab<SharedCall<Value>>()
  /** Where among them the call of each key is that may be joined. */
  const places = new Map<string, number>()

  const latest = (key: string) => {
    const place = places.get(key)
    return place === undefined ? undefined : calls.at(place)
  }
  const forget = (key: string, shared: SharedCall<Value>) => {
    if (latest(key) === shared) places.delete(key)
  }
  const joinable = (key: string) => {
    const shared = latest(key)
    return shared !== undefined && clock.now() - shared.beganAtMs < maxAgeMs ? shared : undefined
  }
  const start = (key: string, call: (signal: AbortSignal) => Promise<Value>): SharedCall<Value> => {
    const abort = new AbortController()
    const beganAtMs = clock.now()
    const shared: SharedCall<Value> = { result: call(abort.signal), abort, beganAtMs, waiters: 0 }
    const place = calls.put(shared)
    places.set(key, place)
    const end = () => {
      forget(key, shared)
      calls.take(place)
    }
    shared.result.then(end, end)
    return shared
  }

  /** One who has waited leaves, and with the last one the call ends. */
  const abandon = (key: string, shared: SharedCall<Value>, reason: unknown) => {
    shared.waiters -= 1
    if (shared.waiters > 0) return
    forget(key, shared)
    shared.abort.abort(reason)
  }
  const startOrJoin = (key: string, call: (signal: AbortSignal) => Promise<Value>) => {
    const underWay = joinable(key)
    if (underWay === undefined) return start(key, call)
    saved('sharing', 1)
    return underWay
  }

  return {
    has: (key) => joinable(key) !== undefined,
    async run(key, signal, call) {
      signal.throwIfAborted()
      const shared = startOrJoin(key, call)
      shared.waiters += 1
      // Not at once: who comes as the last one leaves goes on with the call, as a page does that asks anew.
      const leave = () => queueMicrotask(() => abandon(key, shared, signal.reason))
      return orAborted(shared.result, signal, leave)
    },
  }
}
