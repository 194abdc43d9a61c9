import type { Clock } from '../../src/core/time.ts'

/** A clock that stands still until a test moves it. */
export interface FakeClock extends Clock {
  /** Moves time on by `ms` milliseconds and fires the timers that fall due, in order of their due time. */
  advance(ms: number): void
  /** How many timers are waiting. */
  pending(): number
  /** How long until the first of them falls due, in milliseconds; infinite where none waits. */
  untilNextMs(): number
}

interface PendingTimer {
  dueMs: number
  callback: () => void
}

/** The moment at which a fake clock starts unless told otherwise. */
export const fakeClockStartMs = Date.parse('2026-01-15T12:00:00.000Z')

/** Makes a clock that a test holds in its hands; `startMs` is in milliseconds since the Unix epoch. */
export function createFakeClock(startMs = fakeClockStartMs): FakeClock {
  let nowMs = startMs
  const timers = new Set<PendingTimer>()

  function firstDue(untilMs: number): PendingTimer | undefined {
    let first: PendingTimer | undefined
    for (const timer of timers) {
      if (timer.dueMs <= untilMs && (first === undefined || timer.dueMs < first.dueMs)) first = timer
    }
    return first
  }

  return {
    now: () => nowMs,
    after(delayMs, callback) {
      const timer = { dueMs: nowMs + Math.max(0, delayMs), callback }
      timers.add(timer)
      return { cancel: () => timers.delete(timer) }
    },
    advance(ms) {
      const untilMs = nowMs + ms
      for (let timer = firstDue(untilMs); timer !== undefined; timer = firstDue(untilMs)) {
        timers.delete(timer)
        nowMs = Math.max(nowMs, timer.dueMs)
        timer.callback()
      }
      nowMs = untilMs
    },
    pending: () => timers.size,
    untilNextMs: () => (firstDue(Number.POSITIVE_INFINITY)?.dueMs ?? Number.POSITIVE_INFINITY) - nowMs,
  }
}
