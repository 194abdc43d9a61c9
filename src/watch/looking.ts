import type { FailureReport } from '../core/failure-report.ts'
import type { Access } from '../core/identity.ts'
import type { Clock } from '../core/time.ts'
import type { PolledUpstream } from '../upstream/polled-upstream.ts'
import type { Audience } from './audience.ts'
import type { Outcomes } from './outcomes.ts'
import type { Due, Look, WatchPolicy } from './policy.ts'
import { reportOnce } from './report-once.ts'
import type { DueNow, Schedule, Timetable } from './timetable.ts'

/** What looks need of the loop that they are for. */
export interface LookingFloor<State> {
  readonly policy: WatchPolicy<State>
  /** Of those who wait for an answer. */
  readonly access: Access
  readonly clock: Clock
  readonly pollIntervalMs: number
  readonly upstream: PolledUpstream
  readonly reportFailure: FailureReport
  readonly audience: Audience<State>
  readonly timetable: Timetable
  readonly outcomes: Outcomes<State>
  /** Aborts when nobody of this caller follows anything any more. */
  readonly signal: AbortSignal
  /** Stands for the role of this replica, and its term. What a look tells that began in another one may be out of date. */
  term(): string
  /** When something is looked at here that its leader looks at then. */
  dueMs(atMs: number): number
}

/** A look that is under way. */
interface Begun {
  /** They are counted from 1. */
  readonly number: number
  readonly atMs: number
  readonly term: string
  readonly due: readonly Due[]
  /** The schedule of everything there is, where that is due. */
  readonly all: Schedule | undefined
}

/** Makes what looks for one caller at what is due. It never rejects: what fails is an outcome, too. */
export function createLooking<State>(floor: LookingFloor<State>): (dueNow: DueNow) => Promise<void> {
  const { policy, access, clock, audience, timetable, outcomes, signal } = floor
  const pollAccess: Access = { ...access, isPoll: true }
  let looks = 0

  const isAwaited = (key: string, { isOutdated }: Schedule) => isOutdated || audience.state(key) === undefined

  /** What is left to be looked at where what the upstream allows is kept for those who wait for an answer: what somebody waits for. */
  const awaitedAlone = ({ keys, isForAll }: DueNow): DueNow => {
    const againAtMs = floor.dueMs(clock.now() + floor.pollIntervalMs)
    const awaited = keys.filter((key) => {
      const schedule = timetable.of(key)
      if (schedule === undefined || isAwaited(key, schedule)) return schedule !== undefined
      timetable.settle(schedule, againAtMs)
      outcomes.repeat(key)
      return false
    })
    const all = isForAll ? timetable.ofAll() : undefined
    if (all === undefined || !all.isSeen) return { keys: awaited, isForAll }
    timetable.settle(all, againAtMs)
    outcomes.repeatAll(all)
    return { keys: awaited, isForAll: false }
  }

  const beginWith = (key: string): readonly Due[] => {
    const schedule = timetable.of(key)
    if (schedule === undefined) return []
    const due = {
      key,
      isFirst: audience.state(key) === undefined,
      isAwaited: isAwaited(key, schedule),
      isAlone: schedule.isAlone,
      wantsDetail: audience.wantsDetail(key),
    }
    timetable.begin(schedule, looks)
    return [due]
  }
  const begin = ({ keys, isForAll }: DueNow): Begun => {
    looks += 1
    const [atMs, term] = [clock.now(), floor.term()]
    const due = keys.flatMap(beginWith)
    const all = isForAll ? timetable.ofAll() : undefined
    if (all !== undefined) timetable.begin(all, looks)
    return { number: looks, atMs, term, due, all }
  }

  /** Another replica may have led meanwhile, and told what is newer. */
  const isOfTerm = ({ term }: Begun) => floor.term() === term
  const isUpToDate = (begun: Begun, key: string, askedAtMs = begun.atMs) => {
    const schedule = timetable.of(key)
    if (schedule === undefined) return isOfTerm(begun)
    return isOfTerm(begun) && schedule.lastLook <= begun.number && schedule.askedAtMs <= askedAtMs
  }
  /** What nothing was told of. */
  const untold = ({ due, number }: Begun) =>
    due.flatMap(({ key }) => {
      const schedule = timetable.of(key)
      return schedule?.isLooking === true && schedule.lastLook === number ? [{ key, schedule }] : []
    })
  /** The schedule of everything there is, unless a later look has begun with it. */
  const untoldAll = ({ all, number }: Begun) => (all?.lastLook === number ? all : undefined)

  /** What a resource's policy is given. */
  const lookOf = (begun: Begun, report: FailureReport): Look<State> => ({
    access: begun.due.some((due) => due.isAwaited) || begun.all?.isSeen === false ? access : pollAccess,
    due: begun.due,
    isForAll: begun.all !== undefined,
    signal,
    wantsDetail: audience.wantsDetail,
    state: audience.state,
    isFollowed: (key) => timetable.of(key) !== undefined,
    followed: timetable.keys,
    see(key, state, aloneAfterMs, askedAtMs = begun.atMs) {
      if (isUpToDate(begun, key, askedAtMs)) outcomes.see(key, state, askedAtMs, aloneAfterMs)
    },
    mention(key, state, askedAtMs = begun.atMs) {
      if (isUpToDate(begun, key, askedAtMs)) outcomes.mention(key, state, askedAtMs)
    },
    end(key) {
      if (isUpToDate(begun, key)) outcomes.end(key)
    },
    fail(key, error) {
      report(error)
      if (isUpToDate(begun, key)) outcomes.fail(key, error)
    },
    failAll(error) {
      report(error)
      if (isOfTerm(begun)) outcomes.failAll(error)
    },
    report,
    postpone(key, delayMs) {
      if (isUpToDate(begun, key)) outcomes.postpone(key, delayMs)
    },
  })
  const putOffUntold = (begun: Begun) => {
    for (const { schedule } of untold(begun)) outcomes.putOff(schedule)
  }
  const finish = (begun: Begun) => {
    putOffUntold(begun)
    const all = untoldAll(begun)
    if (all !== undefined) outcomes.seeAll(all)
  }
  const breakOff = (begun: Begun, error: unknown) => {
    if (isOfTerm(begun)) {
      for (const { key } of untold(begun)) outcomes.fail(key, error)
      const all = untoldAll(begun)
      if (all !== undefined) outcomes.failForAll(all, error)
      return
    }
    putOffUntold(begun)
    const all = untoldAll(begun)
    if (all !== undefined) outcomes.putOff(all)
  }

  return async (dueNow) => {
    const left = floor.upstream.isShort() ? awaitedAlone(dueNow) : dueNow
    if (left.keys.length === 0 && !left.isForAll) return
    const begun = begin(left)
    const report = reportOnce(floor.reportFailure)
    try {
      await policy.look(lookOf(begun, report))
      finish(begun)
    } catch (error) {
      if (signal.aborted) return
      report(error)
      breakOff(begun, error)
    }
    timetable.update()
  }
}
