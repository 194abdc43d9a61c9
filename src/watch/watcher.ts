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
import { createLooking } from './looking.ts'
import { createOutbox, newsIn } from './news.ts'
import { createOutcomes } from './outcomes.ts'
import { createPace, type PaceSettings, togetherMs } from './pace.ts'
import type { WatchPolicy } from './policy.ts'
import { createTimetable } from './timetable.ts'

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
  const abort = new AbortController()
  const silenceMs = pollIntervalMs + silenceGraceMs
  let areWantsOutdated = false
  let confirming: AbortController | undefined

  const isFollowing = () => seat.role() === 'following'
  const isFull = () => audience.size() >= maxWatched
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
    togetherMs(pollIntervalMs),
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
      onRefused: outcomes.close,
    })
  }
  const hear = createHearing<State>({ policy, access, audience, timetable, clock, isFull, dueMs })
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
      for (const key of all ? audience.keys() : keys) outcomes.repeat(key)
      const schedule = timetable.ofAll()
      if (all && schedule?.isSeen === true) outcomes.repeatAll(schedule)
    },
    onHurry: (changed) => (isFollowing() ? outdate(changed) : hurry(changed)),
    onNews(bytes) {
      for (const news of newsIn<State>(bytes)) hear(news)
      timetable.update()
    },
  })
  let wasFollowing = isFollowing()
  const outbox = createOutbox<State>(seat.tell)
  const pace = createPace(paceSettings)
  const outcomes = createOutcomes<State>({ audience, timetable, pace, clock, outbox, isFull, dueMs })
  const look = createLooking<State>({
    policy,
    access,
    clock,
    pollIntervalMs,
    upstream,
    reportFailure,
    audience,
    timetable,
    outcomes,
    signal: abort.signal,
    term: seat.term,
    dueMs,
  })

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
