import { hasCode, isTransient } from '../core/errors.ts'
import type { FailureReport } from '../core/failure-report.ts'
import type { Access } from '../core/identity.ts'
import { createAudience } from './audience.ts'
import { keepConfirmed } from './confirmation.ts'
import type { Feed } from './feed.ts'
import { createPace, type PaceSettings } from './pace.ts'
import type { Due, Look, WatchPolicy } from './policy.ts'
import { createTimetable, type DueNow, type Schedule } from './timetable.ts'

/** The most things of one resource that are watched for one caller. Further ones of those who follow all are left out. */
export const maxWatched = 20_000

/** What the engine needs. */
export interface WatchFloor<State> extends PaceSettings {
  readonly policy: WatchPolicy<State>
  readonly reportFailure: FailureReport
}

/** The one loop for one caller of a resource: one timer, however many follow however much. */
export interface Watcher<State> {
  follow(keys: readonly string[], wantsDetail: boolean): Feed<State>
  followAll(matches: (state: State) => boolean): Feed<State>
  current(key: string): State | undefined
  lookAgain(key: string): void
  lookForMore(): void
  watched(): number
  end(): void
}

/**
 * Makes the loop for one caller.
 *
 * @param onIdle called when nobody follows anything any more, and no timer and no call is left
 */
export function createWatcher<State>(
  { policy, reportFailure, ...paceSettings }: WatchFloor<State>,
  access: Access,
  onIdle: () => void,
): Watcher<State> {
  const pace = createPace(paceSettings)
  const abort = new AbortController()
  let looks = 0

  const timetable = createTimetable(paceSettings.clock, (due) => void look(due))
  const audience = createAudience<State>(policy, {
    onBegin: timetable.add,
    onEnd: timetable.remove,
    onBeginAll: timetable.addAll,
    onEndAll: timetable.removeAll,
    onIdle() {
      if (abort.signal.aborted) return
      timetable.stop()
      abort.abort()
      onIdle()
    },
  })

  const settleSeen = (schedule: Schedule, dueAtMs: number) => {
    schedule.failures = 0
    schedule.isSeen = !schedule.isOutdated
    timetable.settle(schedule, dueAtMs)
  }
  const see: Look<State>['see'] = (key, state, aloneAfterMs) => {
    if (!audience.isFollowed(key) && audience.size() >= maxWatched) return
    audience.tell(key, state)
    const schedule = timetable.of(key)
    if (schedule === undefined) return
    schedule.isAlone = aloneAfterMs !== undefined
    settleSeen(schedule, aloneAfterMs === undefined ? pace.nextRoundMs() : pace.afterMs(aloneAfterMs))
  }
  const postpone = (key: string, delayMs: number) => {
    const schedule = timetable.of(key)
    if (schedule === undefined) return
    schedule.isAlone = true
    timetable.settle(schedule, paceSettings.clock.now() + delayMs)
  }
  const settleFailed = (schedule: Schedule, error: unknown, isAwaited: boolean) => {
    schedule.failures += 1
    schedule.isSeen = false
    timetable.settle(schedule, pace.afterFailureMs(schedule.failures, error, isAwaited))
  }
  const fail = (key: string, error: unknown) => {
    const schedule = timetable.of(key)
    if (schedule === undefined) return
    if (hasCode(error, 'UNAUTHENTICATED')) audience.close({ failure: error })
    else if (isTransient(error)) settleFailed(schedule, error, audience.state(key) === undefined)
    else audience.fail(key, error)
  }
  const failForAll = (schedule: Schedule, error: unknown) => {
    if (hasCode(error, 'UNAUTHENTICATED')) audience.close({ failure: error })
    else if (isTransient(error)) settleFailed(schedule, error, !schedule.isSeen && schedule.failures === 0)
    else audience.failAll(error)
  }

  /** Marks what a look begins with. */
  const begin = (keys: readonly string[]): Due[] =>
    keys.flatMap((key) => {
      const schedule = timetable.of(key)
      if (schedule === undefined) return []
      const isFirst = audience.state(key) === undefined
      const { isAlone, isOutdated } = schedule
      const isAwaited = isFirst || isOutdated
      const due = { key, isFirst, isAwaited, isAlone, wantsDetail: audience.wantsDetail(key) }
      timetable.begin(schedule, looks)
      return [due]
    })

  const look = async ({ keys, isForAll }: DueNow) => {
    looks += 1
    const thisLook = looks
    const due = begin(keys)
    const all = isForAll ? timetable.ofAll() : undefined
    if (all !== undefined) timetable.begin(all, thisLook)
    const isUpToDate = (key: string) => (timetable.of(key)?.lastLook ?? 0) <= thisLook
    const report = reportOnce(reportFailure)
    /** What nothing was told of. */
    const untold = () =>
      due.flatMap(({ key }) => {
        const schedule = timetable.of(key)
        return schedule?.isLooking === true && schedule.lastLook === thisLook ? [{ key, schedule }] : []
      })
    try {
      await policy.look({
        access,
        due,
        isForAll,
        signal: abort.signal,
        wantsDetail: audience.wantsDetail,
        state: audience.state,
        isFollowed: (key) => timetable.of(key) !== undefined,
        followed: timetable.keys,
        see(key, state, aloneAfterMs) {
          if (isUpToDate(key)) see(key, state, aloneAfterMs)
        },
        mention(key, state) {
          if (isUpToDate(key) && audience.isFollowed(key)) audience.tell(key, state)
        },
        end(key) {
          if (isUpToDate(key)) audience.end(key)
        },
        fail(key, error) {
          report(error)
          if (isUpToDate(key)) fail(key, error)
        },
        failAll(error) {
          report(error)
          audience.failAll(error)
        },
        postpone(key, delayMs) {
          if (isUpToDate(key)) postpone(key, delayMs)
        },
      })
      for (const { schedule } of untold()) timetable.settle(schedule, pace.nextRoundMs())
      if (all !== undefined) settleSeen(all, pace.nextRoundMs())
    } catch (error) {
      if (abort.signal.aborted) return
      report(error)
      for (const { key } of untold()) fail(key, error)
      if (all !== undefined) failForAll(all, error)
    }
    timetable.update()
  }

  if (access.confirm !== undefined) {
    void keepConfirmed({
      confirm: access.confirm,
      clock: paceSettings.clock,
      pace: createPace(paceSettings),
      signal: abort.signal,
      reportFailure,
      onRefused: (failure) => audience.close({ failure }),
    })
  }
  return {
    follow: audience.follow,
    followAll: audience.followAll,
    current: (key) => (timetable.of(key)?.isSeen === true ? audience.state(key) : undefined),
    lookAgain(key) {
      const schedule = timetable.of(key)
      if (schedule !== undefined) timetable.hurry(schedule)
    },
    lookForMore() {
      const all = timetable.ofAll()
      if (all !== undefined) timetable.hurry(all)
    },
    watched: audience.size,
    end: () => audience.close(),
  }
}

/** Tells an error that meets many things once. */
function reportOnce(reportFailure: FailureReport): FailureReport {
  const reported = new Set<unknown>()
  return (error) => {
    if (!reported.has(error)) reportFailure(error)
    reported.add(error)
  }
}
