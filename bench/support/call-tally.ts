import type { CallLog, RecordedCall } from '../../src/sandbox/sandbox.ts'

/** How often the log is emptied, in milliseconds: it keeps 10,000 calls. */
const drainMs = 200

/** What a Vault was asked. */
export interface Calls {
  readonly total: number
  /** Looks at the status of a job that came sooner after the last answered one than Vault allows. */
  readonly refused: number
}

/** Counts the calls to a Vault. */
export interface CallTally extends Disposable {
  /** What came since the tally was made, or since this was last called. */
  take(): Calls
}

/**
 * Makes a tally of a sandbox's calls. Nobody else may empty the log.
 *
 * @param windowMs for how long Vault does not answer the status of a job again
 */
export function createCallTally(log: CallLog, windowMs: number): CallTally {
  const answeredAtMs = new Map<string, number>()
  let total = 0
  let refused = 0

  const isRefused = ({ route, path, atMs }: RecordedCall) => {
    if (route !== 'job-status') return false
    if (atMs - (answeredAtMs.get(path) ?? Number.NEGATIVE_INFINITY) < windowMs) return true
    answeredAtMs.set(path, atMs)
    return false
  }
  const drain = () => {
    for (const call of log.all()) {
      total += 1
      if (isRefused(call)) refused += 1
    }
    log.clear()
  }
  const timer = setInterval(drain, drainMs)
  return {
    take() {
      drain()
      const calls = { total, refused }
      total = 0
      refused = 0
      return calls
    },
    [Symbol.dispose]: () => clearInterval(timer),
  }
}
