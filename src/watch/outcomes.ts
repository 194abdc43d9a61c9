import { hasCode, isTransient } from '../core/errors.ts'
import type { Clock } from '../core/time.ts'
import type { Audience } from './audience.ts'
import { type Outbox, reportOf } from './news.ts'
import type { Pace } from './pace.ts'
import type { Schedule, Timetable } from './timetable.ts'

/** What the outcomes of looks need of the loop that they are for. */
export interface OutcomesFloor<State> {
  readonly audience: Audience<State>
  readonly timetable: Timetable
  readonly pace: Pace
  readonly clock: Clock
  readonly outbox: Outbox<State>
  /** Whether nothing more is taken up for those who follow all. */
  isFull(): boolean
  /** When something is looked at here that its leader looks at then. */
  dueMs(atMs: number): number
}

/**
 * What comes of looks: who follows here is told, replicas that do not look are told, and the next look is put down. Times are
 * in milliseconds since the epoch.
 */
export interface Outcomes<State> {
  /** @param aloneAfterMs when to look at it again, by itself; undefined: in the next round */
  see(key: string, state: State, askedAtMs: number, aloneAfterMs: number | undefined): void
  /** Tells a state that was seen by the way. When it is looked at stays as it is. */
  mention(key: string, state: State, askedAtMs: number): void
  end(key: string): void
  /** A transient failure is tried again later, one of the credential ends everything, any other ends the thing. */
  fail(key: string, error: unknown): void
  /** Leaves a thing for a look of its own, after this time. */
  postpone(key: string, delayMs: number): void
  /** Puts down for the next round what a look did not come to. */
  putOff(schedule: Schedule): void
  /** Everything there is was told. */
  seeAll(schedule: Schedule): void
  /** Everything there is could not be told, as in `fail`. */
  failForAll(schedule: Schedule, error: unknown): void
  /** Ends those who follow everything. */
  failAll(error: unknown): void
  /** Ends everything. */
  close(error: unknown): void
  /** Tells other replicas once more what is known of a thing. */
  repeat(key: string): void
  /** Tells them once more when everything there is is looked at. */
  repeatAll(schedule: Schedule): void
}

/** Makes what comes of the looks of one caller. */
export function createOutcomes<State>({
  audience,
  timetable,
  pace,
  clock,
  outbox,
  isFull,
  dueMs,
}: OutcomesFloor<State>): Outcomes<State> {
  const nextInMs = ({ dueAtMs }: Schedule) => Math.max(0, dueAtMs - clock.now())

  const tellSeen = (key: string, state: State, askedAtMs: number) => {
    const schedule = timetable.of(key)
    const ageMs = clock.now() - askedAtMs
    // What is over has no schedule any more.
    const { isAlone = false, isSeen: isFresh = true } = schedule ?? {}
    const next = schedule === undefined ? 0 : nextInMs(schedule)
    outbox.put({ kind: 'seen', key, state, ageMs, isAlone, nextInMs: next, isFresh })
  }
  const tellRound = (schedule: Schedule) =>
    outbox.put({ kind: 'round', nextInMs: nextInMs(schedule), isSeen: schedule.isSeen })

  const settleSeen = (schedule: Schedule, atMs: number) => {
    schedule.failures = 0
    schedule.isSeen = !schedule.isOutdated
    timetable.settle(schedule, dueMs(atMs))
  }
  const settleFailed = (schedule: Schedule, error: unknown, isAwaited: boolean) => {
    schedule.failures += 1
    schedule.isSeen = false
    timetable.settle(schedule, dueMs(pace.afterFailureMs(schedule.failures, error, isAwaited)))
  }
  const failAll = (error: unknown) => {
    outbox.put({ kind: 'failed for all', error: reportOf(error) })
    audience.failAll(error)
  }
  const close = (error: unknown) => {
    outbox.put({ kind: 'closed', error: reportOf(error) })
    audience.close({ failure: error })
  }

  return {
    see(key, state, askedAtMs, aloneAfterMs) {
      if (!audience.isFollowed(key) && isFull()) return
      audience.tell(key, state)
      const schedule = timetable.of(key)
      if (schedule !== undefined) {
        schedule.askedAtMs = askedAtMs
        schedule.isAlone = aloneAfterMs !== undefined
        settleSeen(schedule, aloneAfterMs === undefined ? pace.nextRoundMs() : pace.afterMs(aloneAfterMs))
        if (askedAtMs < schedule.changedAtMs) schedule.isSeen = false
      }
      tellSeen(key, state, askedAtMs)
    },
    mention(key, state, askedAtMs) {
      const schedule = timetable.of(key)
      if (schedule === undefined) return
      audience.tell(key, state)
      schedule.askedAtMs = askedAtMs
      outbox.put({ kind: 'mentioned', key, state, ageMs: clock.now() - askedAtMs })
    },
    end(key) {
      outbox.put({ kind: 'ended', key })
      audience.end(key)
    },
    fail(key, error) {
      const schedule = timetable.of(key)
      if (schedule === undefined) return
      if (hasCode(error, 'UNAUTHENTICATED')) close(error)
      else if (isTransient(error)) {
        settleFailed(schedule, error, audience.state(key) === undefined)
        outbox.put({ kind: 'put off', key, nextInMs: nextInMs(schedule), isSeen: false })
      } else {
        outbox.put({ kind: 'failed', key, error: reportOf(error) })
        audience.fail(key, error)
      }
    },
    postpone(key, delayMs) {
      const schedule = timetable.of(key)
      if (schedule === undefined) return
      schedule.isAlone = true
      timetable.settle(schedule, dueMs(clock.now() + delayMs))
      outbox.put({ kind: 'put off', key, nextInMs: delayMs, isSeen: schedule.isSeen })
    },
    putOff: (schedule) => timetable.settle(schedule, dueMs(pace.nextRoundMs())),
    seeAll(schedule) {
      settleSeen(schedule, pace.nextRoundMs())
      tellRound(schedule)
    },
    failForAll(schedule, error) {
      if (hasCode(error, 'UNAUTHENTICATED')) close(error)
      else if (isTransient(error)) {
        settleFailed(schedule, error, !schedule.isSeen && schedule.failures === 0)
        tellRound(schedule)
      } else failAll(error)
    },
    failAll,
    close,
    repeat(key) {
      const state = audience.state(key)
      const schedule = timetable.of(key)
      if (state !== undefined && schedule !== undefined) tellSeen(key, state, schedule.askedAtMs)
    },
    repeatAll: tellRound,
  }
}
