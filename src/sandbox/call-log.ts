import type { IncomingHttpHeaders } from 'node:http'

/** One HTTP request that a sandbox service received. */
export interface RecordedCall {
  /** Which route it went to, such as `job-status`; `unknown` when none fits. */
  readonly route: string
  /** The HTTP method, upper case. */
  readonly method: string
  /** The path as it came, still percent-encoded, without the query string. */
  readonly path: string
  readonly query: URLSearchParams
  readonly headers: IncomingHttpHeaders
  /** The fields of the body, where that is a form and has arrived. */
  readonly form?: URLSearchParams | undefined
  /** When it arrived, in milliseconds since the Unix epoch by the sandbox's clock. */
  readonly atMs: number
  /** Whether the client went away before the answer had ended. */
  readonly aborted: boolean
}

/**
 * What one sandbox service was asked. A call is recorded when it arrives, also when a fault answers it.
 * Counts are exact; of the calls themselves the newest {@link maximumRecordedCalls} are kept.
 */
export interface CallLog<RouteName extends string = string> {
  /** The calls since the last `clear`, oldest first. */
  all(): readonly RecordedCall[]
  /** The calls of one route, oldest first. */
  of(route: RouteName): readonly RecordedCall[]
  /** How many calls came since the last `clear`, of one route or of all. */
  count(route?: RouteName): number
  /** Forgets calls, counts and high-water marks. Pending `next` and `aborted` promises go on waiting. */
  clear(): void
  /** Resolves at the next call of the route, from now on, that the predicate accepts. */
  next(route: RouteName, predicate?: (call: RecordedCall) => boolean): Promise<RecordedCall>
  /**
   * Resolves once a client has gone away from a call of the route before its answer ended; at once when
   * that has already happened since the last `clear`.
   */
  aborted(route: RouteName): Promise<RecordedCall>
  /** The highest number of calls of the route that were in progress at the same time. */
  mostAtOnce(route: RouteName): number
}

/** How many calls a log keeps at most, so that a sandbox that runs for days does not grow. */
export const maximumRecordedCalls = 10_000

/** A call in the log's own hands. */
export interface OpenCall extends Omit<RecordedCall, 'aborted'> {
  aborted: boolean
}

/** The log together with the three moments at which the server tells it something. */
export interface CallRecorder {
  readonly log: CallLog
  arrived(call: OpenCall): void
  /** The answer has ended, or the connection is gone; called once for each call. */
  ended(call: OpenCall): void
  /** The client went away early; called before `ended`. */
  clientLeft(call: OpenCall): void
}

interface Waiter {
  route: string
  accepts: (call: RecordedCall) => boolean
  resolve: (call: RecordedCall) => void
}

interface RouteCount {
  total: number
  inProgress: number
  mostAtOnce: number
}

/** Makes the log of one service. */
export function createCallRecorder(): CallRecorder {
  let calls: OpenCall[] = []
  const counts = new Map<string, RouteCount>()
  const nextWaiters = new Set<Waiter>()
  const abortWaiters = new Set<Waiter>()

  function countOf(route: string): RouteCount {
    const known = counts.get(route)
    if (known !== undefined) return known
    const fresh = { total: 0, inProgress: 0, mostAtOnce: 0 }
    counts.set(route, fresh)
    return fresh
  }

  function clear() {
    calls = []
    for (const count of counts.values()) {
      count.total = 0
      count.mostAtOnce = count.inProgress
    }
  }

  return {
    log: {
      all: () => calls.slice(),
      of: (route) => calls.filter((call) => call.route === route),
      count: (route) => (route === undefined ? sumOfTotals(counts) : (counts.get(route)?.total ?? 0)),
      clear,
      next: (route, predicate = () => true) =>
        new Promise((resolve) => nextWaiters.add({ route, accepts: predicate, resolve })),
      aborted: (route) =>
        new Promise((resolve) => {
          const left = calls.find((call) => call.route === route && call.aborted)
          if (left === undefined) abortWaiters.add({ route, accepts: () => true, resolve })
          else resolve(left)
        }),
      mostAtOnce: (route) => counts.get(route)?.mostAtOnce ?? 0,
    },
    arrived(call) {
      if (calls.length >= maximumRecordedCalls) calls = calls.slice(maximumRecordedCalls / 10)
      calls.push(call)
      const count = countOf(call.route)
      count.total += 1
      count.inProgress += 1
      count.mostAtOnce = Math.max(count.mostAtOnce, count.inProgress)
      settle(nextWaiters, call)
    },
    ended(call) {
      countOf(call.route).inProgress -= 1
    },
    clientLeft(call) {
      call.aborted = true
      settle(abortWaiters, call)
    },
  }
}

function settle(waiters: Set<Waiter>, call: RecordedCall) {
  if (waiters.size === 0) return
  for (const waiter of waiters) {
    if (waiter.route !== call.route || !waiter.accepts(call)) continue
    waiters.delete(waiter)
    waiter.resolve(call)
  }
}

function sumOfTotals(counts: Map<string, RouteCount>): number {
  let sum = 0
  for (const count of counts.values()) sum += count.total
  return sum
}
