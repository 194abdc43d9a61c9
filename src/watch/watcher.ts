import { hasCode, isTransient } from '../core/errors.ts'
import type { FailureReport } from '../core/failure-report.ts'
import type { Access } from '../core/identity.ts'
import { inSpan, outsideSpans } from '../core/tracing.ts'
import { type Bus, noWants, type Role, type Seat, type Selection } from '../fleet/bus.ts'
import { patientUpstream } from '../upstream/polled-upstream.ts'
import { createAudience } from './audience.ts'
import { keepConfirmed } from './confirmation.ts'
import { noWatchEvents, type WatchEvents } from './events.ts'
import type { Feed } from './feed.ts'
import { createHearing } from './hearing.ts'
import { createOutbox, newsIn, reportOf } from './news.ts'
import { createPace, type PaceSettings } from './pace.ts'
import type { Due, WatchPolicy } from './policy.ts'
import { reportOnce } from './report-once.ts'
import { createTimetable, type DueNow, type Schedule } from './timetable.ts'

/** The most things of one resource that are watched for one caller. Further ones of those who follow all are left out. */
export const maxWatched = 20_000

/** How long who leads has for the first look at something that another replica wants, in milliseconds. Then that one looks, too. */
const firstLookGraceMs = 500

/** How much later than the leader would a replica looks that has not heard of it, in milliseconds, beside an interval. */
const silenceGraceMs = 1000

/** In which time what has failed is looked at again when the upstream has recovered, in milliseconds: not all at the same moment. */
const recoveryMs = 1000

/** What the engine needs. */
export interface WatchFloor<State> extends PaceSettings {
  /** Names the resource among all that the replicas of a gateway share. */
  readonly name: string
  readonly policy: WatchPolicy<State>
  readonly bus: Bus
  readonly reportFailure: FailureReport
  /** Who is told of loops and of what they follow. Nobody, by default. */
  readonly events?: WatchEvents
}

/** The one loop for one caller of a resource: one timer, however many follow however much. */
export interface Watcher<State> {
  follow(keys: readonly string[], wantsDetail: boolean): Feed<State>
  followAll(matches: (state: State) => boolean): Feed<State>
  current(key: string): State | undefined
  /** Looks at once at what was just changed. */
  hurry(changed: Selection): void
  /** Looks soon at what could not be looked at: the upstream answers again. */
  recover(): void
  watched(): number
  end(): void
}

/** The topic of one caller and resource. */
export const topicOf = ({ name }: Pick<WatchFloor<unknown>, 'name'>, { callerKey }: Access) =>
  `${name} ${callerKey}`

/**
 * Makes the loop for one caller. Of all replicas with such a loop one leads: it looks, for what is followed anywhere, and
 * tells the others what it sees. They look for themselves only at what they do not hear of in time.
 *
 * @param onIdle called when nobody follows anything here any more, and no timer and no call is left
 */
export function createWatcher<State>(
  floor: WatchFloor<State>,
  access: Access,
  onIdle: () => void,
): Watcher<State> {
  const { name, policy, reportFailure, bus, events = noWatchEvents, ...paceSettings } = floor
  const { clock, pollIntervalMs, upstream = patientUpstream, random = Math.random } = paceSettings
  const pollAccess: Access = { ...access, isPoll: true }
  const pace = createPace(paceSettings)
  const abort = new AbortController()
  const silenceMs = pollIntervalMs + silenceGraceMs
  let looks = 0
  let areWantsOutdated = false
  let confirming: AbortController | undefined

  const isFollowing = () => seat.role() === 'following'
  const countFollowed = (change: number) => {
    if (!abort.signal.aborted) events.onFollowed(name, change)
  }
  /** When it is looked at next here; a replica that follows leaves it to the leader for longer. */
  const dueMs = (atMs: number) => (isFollowing() ? atMs + silenceMs : atMs)
  const timetable = createTimetable(
    clock,
    () => (isFollowing() ? firstLookGraceMs : 0),
    // A timer may have been set in an operation that has long ended.
    (due) =>
      void outsideSpans(() => inSpan(`look ${name}`, { 'vaultline.due': due.keys.length }, () => look(due))),
  )
  const audience = createAudience<State>(policy, clock, {
    onBegin(key) {
      countFollowed(1)
      timetable.add(key)
    },
    onEnd(key) {
      countFollowed(-1)
      timetable.remove(key)
    },
    onBeginAll: timetable.addAll,
    onEndAll: timetable.removeAll,
    onWants() {
      if (areWantsOutdated) return
      areWantsOutdated = true
      queueMicrotask(() => {
        areWantsOutdated = false
        if (!abort.signal.aborted) seat.want(audience.wants())
      })
    },
    onIdle() {
      if (abort.signal.aborted) return
      // What is left is followed elsewhere, and nobody here hears how it ends.
      countFollowed(-audience.size())
      timetable.stop()
      abort.abort()
      confirming?.abort()
      outbox.flush()
      seat.leave()
      events.onWatches(name, -1)
      onIdle()
    },
  })

  /** Asks while this replica looks whether the session is still good that the access rests on. */
  const keepAsking = (role: Role) => {
    if (access.confirm === undefined || (role === 'following') === (confirming === undefined)) return
    confirming?.abort()
    confirming = role === 'following' ? undefined : new AbortController()
    if (confirming === undefined) return
    void keepConfirmed({
      confirm: access.confirm,
      clock,
      pace: createPace(paceSettings),
      signal: confirming.signal,
      reportFailure,
      onRefused: close,
    })
  }
  const hear = createHearing<State>({
    policy,
    access,
    audience,
    timetable,
    clock,
    isFull: () => audience.size() >= maxWatched,
    dueMs,
  })
  const seat: Seat = bus.join(topicOf(floor, access), {
    onRole(role) {
      keepAsking(role)
      // Who leads now looks for them; or nobody can tell what they want.
      if (role !== 'leading') audience.followElsewhere(noWants)
      if (wasFollowing === (role === 'following')) return
      wasFollowing = !wasFollowing
      timetable.shift(wasFollowing ? silenceMs : -silenceMs)
    },
    onWants(wants, { keys, all }) {
      audience.followElsewhere(wants, keys)
      for (const key of all ? audience.keys() : keys) repeat(key)
      const schedule = timetable.ofAll()
      if (all && schedule?.isSeen === true) tellRound(schedule)
    },
    onHurry: (changed) => (isFollowing() ? outdate(changed) : hurry(changed)),
    onNews(bytes) {
      for (const news of newsIn<State>(bytes)) hear(news)
      timetable.update()
    },
  })
  let wasFollowing = isFollowing()
  const outbox = createOutbox<State>(seat.tell)
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
  const repeat = (key: string) => {
    const state = audience.state(key)
    const schedule = timetable.of(key)
    if (state !== undefined && schedule !== undefined) tellSeen(key, state, schedule.askedAtMs)
  }
  /** The leader looks at it. Until that is heard of, nothing is known. */
  const outdate = ({ keys }: Selection) => {
    for (const key of keys) {
      const schedule = timetable.of(key)
      if (schedule !== undefined) timetable.outdate(schedule)
    }
  }
  const hurry = ({ keys, all }: Selection) => {
    for (const key of keys) {
      const schedule = timetable.of(key)
      if (schedule !== undefined) timetable.hurry(schedule)
    }
    const schedule = all ? timetable.ofAll() : undefined
    if (schedule !== undefined) timetable.hurry(schedule)
  }

  const recover = () => {
    const soonMs = dueMs(clock.now() + recoveryMs * random())
    for (const key of timetable.keys()) timetable.bringForward(timetable.of(key), soonMs)
    timetable.bringForward(timetable.ofAll(), soonMs)
    timetable.update()
  }

  const settleSeen = (schedule: Schedule, atMs: number) => {
    schedule.failures = 0
    schedule.isSeen = !schedule.isOutdated
    timetable.settle(schedule, dueMs(atMs))
  }
  const see = (key: string, state: State, askedAtMs: number, aloneAfterMs: number | undefined) => {
    if (!audience.isFollowed(key) && audience.size() >= maxWatched) return
    audience.tell(key, state)
    const schedule = timetable.of(key)
    if (schedule !== undefined) {
      schedule.askedAtMs = askedAtMs
      schedule.isAlone = aloneAfterMs !== undefined
      settleSeen(schedule, aloneAfterMs === undefined ? pace.nextRoundMs() : pace.afterMs(aloneAfterMs))
      if (askedAtMs < schedule.changedAtMs) schedule.isSeen = false
    }
    tellSeen(key, state, askedAtMs)
  }
  const postpone = (key: string, delayMs: number) => {
    const schedule = timetable.of(key)
    if (schedule === undefined) return
    schedule.isAlone = true
    timetable.settle(schedule, dueMs(clock.now() + delayMs))
    outbox.put({ kind: 'put off', key, nextInMs: delayMs, isSeen: schedule.isSeen })
  }
  const settleFailed = (schedule: Schedule, error: unknown, isAwaited: boolean) => {
    schedule.failures += 1
    schedule.isSeen = false
    timetable.settle(schedule, dueMs(pace.afterFailureMs(schedule.failures, error, isAwaited)))
  }
  const close = (error: unknown) => {
    outbox.put({ kind: 'closed', error: reportOf(error) })
    audience.close({ failure: error })
  }
  const fail = (key: string, error: unknown) => {
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
  }
  const failAll = (error: unknown) => {
    outbox.put({ kind: 'failed for all', error: reportOf(error) })
    audience.failAll(error)
  }
  const failForAll = (schedule: Schedule, error: unknown) => {
    if (hasCode(error, 'UNAUTHENTICATED')) close(error)
    else if (isTransient(error)) {
      settleFailed(schedule, error, !schedule.isSeen && schedule.failures === 0)
      tellRound(schedule)
    } else failAll(error)
  }

  const isAwaited = (key: string, { isOutdated }: Schedule) => isOutdated || audience.state(key) === undefined
  /** What is left to be looked at where what the upstream allows is kept for those who wait for an answer: what somebody waits for. */
  const awaitedAlone = ({ keys, isForAll }: DueNow): DueNow => {
    const againAtMs = dueMs(clock.now() + pollIntervalMs)
    const awaited = keys.filter((key) => {
      const schedule = timetable.of(key)
      if (schedule === undefined || isAwaited(key, schedule)) return schedule !== undefined
      timetable.settle(schedule, againAtMs)
      repeat(key)
      return false
    })
    const all = isForAll ? timetable.ofAll() : undefined
    if (all === undefined || !all.isSeen) return { keys: awaited, isForAll }
    timetable.settle(all, againAtMs)
    tellRound(all)
    return { keys: awaited, isForAll: false }
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

  const look = async (dueNow: DueNow) => {
    const { keys, isForAll } = upstream.isShort() ? awaitedAlone(dueNow) : dueNow
    if (keys.length === 0 && !isForAll) return
    looks += 1
    const thisLook = looks
    const beganAtMs = clock.now()
    const term = seat.term()
    const due = begin(keys)
    const all = isForAll ? timetable.ofAll() : undefined
    if (all !== undefined) timetable.begin(all, thisLook)
    /** Another replica may have led meanwhile, and told what is newer. */
    const isOfTerm = () => seat.term() === term
    const isUpToDate = (key: string, askedAtMs = beganAtMs) => {
      const schedule = timetable.of(key)
      if (schedule === undefined) return isOfTerm()
      return isOfTerm() && schedule.lastLook <= thisLook && schedule.askedAtMs <= askedAtMs
    }
    const report = reportOnce(reportFailure)
    /** What nothing was told of. */
    const untold = () =>
      due.flatMap(({ key }) => {
        const schedule = timetable.of(key)
        return schedule?.isLooking === true && schedule.lastLook === thisLook ? [{ key, schedule }] : []
      })
    const putOffUntold = () => {
      for (const { schedule } of untold()) timetable.settle(schedule, dueMs(pace.nextRoundMs()))
    }
    try {
      await policy.look({
        access: due.some(({ isAwaited }) => isAwaited) || all?.isSeen === false ? access : pollAccess,
        due,
        isForAll,
        signal: abort.signal,
        wantsDetail: audience.wantsDetail,
        state: audience.state,
        isFollowed: (key) => timetable.of(key) !== undefined,
        followed: timetable.keys,
        see(key, state, aloneAfterMs, askedAtMs = beganAtMs) {
          if (isUpToDate(key, askedAtMs)) see(key, state, askedAtMs, aloneAfterMs)
        },
        mention(key, state, askedAtMs = beganAtMs) {
          const schedule = timetable.of(key)
          if (schedule === undefined || !isUpToDate(key, askedAtMs)) return
          audience.tell(key, state)
          schedule.askedAtMs = askedAtMs
          outbox.put({ kind: 'mentioned', key, state, ageMs: clock.now() - askedAtMs })
        },
        end(key) {
          if (!isUpToDate(key)) return
          outbox.put({ kind: 'ended', key })
          audience.end(key)
        },
        fail(key, error) {
          report(error)
          if (isUpToDate(key)) fail(key, error)
        },
        failAll(error) {
          report(error)
          if (isOfTerm()) failAll(error)
        },
        postpone(key, delayMs) {
          if (isUpToDate(key)) postpone(key, delayMs)
        },
      })
      putOffUntold()
      if (all !== undefined && all.lastLook === thisLook) {
        settleSeen(all, pace.nextRoundMs())
        tellRound(all)
      }
    } catch (error) {
      if (abort.signal.aborted) return
      report(error)
      if (isOfTerm()) {
        for (const { key } of untold()) fail(key, error)
        if (all !== undefined && all.lastLook === thisLook) failForAll(all, error)
      } else {
        putOffUntold()
        if (all !== undefined && all.lastLook === thisLook) timetable.settle(all, dueMs(pace.nextRoundMs()))
      }
    }
    timetable.update()
  }

  keepAsking(seat.role())
  events.onWatches(name, 1)
  return {
    follow: audience.follow,
    followAll: audience.followAll,
    current: (key) => (timetable.of(key)?.isSeen === true ? audience.state(key) : undefined),
    hurry,
    recover,
    watched: audience.size,
    end: () => audience.close(),
  }
}
