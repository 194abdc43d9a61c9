import { orAborted } from '../core/time.ts'
import { type CallsSaved, nobodyCounts } from './observed-call.ts'

/** Calls that several may wait for. */
export interface SharedCalls<Value> {
  /** Whether a call with this key is under way. */
  has(key: string): boolean
  /**
   * Starts a call, or joins the one with the same key that is under way. The call is aborted when all who wait for
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
  waiters: number
}

/**
 * Makes a set of shared calls. It holds as many as are under way.
 *
 * @param saved told of each that was joined
 */
export function createSharedCalls<Value>(saved: CallsSaved = nobodyCounts): SharedCalls<Value> {
  const calls = new Map<string, SharedCall<Value>>()

  const forget = (key: string, shared: SharedCall<Value>) => {
    if (calls.get(key) === shared) calls.delete(key)
  }
  const start = (key: string, call: (signal: AbortSignal) => Promise<Value>): SharedCall<Value> => {
    const abort = new AbortController()
    const shared: SharedCall<Value> = { result: call(abort.signal), abort, waiters: 0 }
    calls.set(key, shared)
    const end = () => forget(key, shared)
    shared.result.then(end, end)
    return shared
  }

  return {
    has: (key) => calls.has(key),
    async run(key, signal, call) {
      signal.throwIfAborted()
      const underWay = calls.get(key)
      if (underWay !== undefined) saved('sharing', 1)
      const shared = underWay ?? start(key, call)
      shared.waiters += 1
      try {
        return await orAborted(shared.result, signal)
      } finally {
        shared.waiters -= 1
        if (shared.waiters === 0 && signal.aborted) {
          forget(key, shared)
          shared.abort.abort(signal.reason)
        }
      }
    },
  }
}
