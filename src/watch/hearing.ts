import type { Access } from '../core/identity.ts'
import type { Clock } from '../core/time.ts'
import type { Audience } from './audience.ts'
import { errorOf, type News } from './news.ts'
import type { WatchPolicy } from './policy.ts'
import type { Timetable } from './timetable.ts'

/** What hearing needs of the loop that it is for. */
export interface HearingFloor<State> {
  readonly policy: Pick<WatchPolicy<State>, 'isOver' | 'hear'>
  readonly access: Access
  readonly audience: Audience<State>
  readonly timetable: Timetable
  readonly clock: Clock
  /** Whether nothing more is taken up for those who follow all. */
  isFull(): boolean
  /** When something is looked at here that its leader looks at then. */
  dueMs(atMs: number): number
}

/** Makes what takes over the news of a leader: its followers here are told as if this replica had looked itself. */
export function createHearing<State>({
  policy,
  access,
  audience,
  timetable,
  clock,
  isFull,
  dueMs,
}: HearingFloor<State>): (news: News<State>) => void {
  /**
   * Tells what the leader has seen, unless something newer is known here: this replica may have asked by itself, or a leader
   * before this one. What is over stays so, whoever asked first.
   */
  const hearState = ({ key, state, ageMs }: News<State> & { kind: 'seen' | 'mentioned' }) => {
    const askedAtMs = clock.now() - ageMs
    const knownAtMs = timetable.of(key)?.askedAtMs ?? 0
    const isWanted = audience.isFollowed(key) || timetable.ofAll() !== undefined
    if (!isWanted || (askedAtMs < knownAtMs && !policy.isOver(state))) return timetable.of(key)
    audience.tell(key, policy.hear?.(access, state, askedAtMs) ?? state)
    const schedule = timetable.of(key)
    if (schedule !== undefined) schedule.askedAtMs = askedAtMs
    return schedule
  }
  const hearSeen = (news: News<State> & { kind: 'seen' }) => {
    if (!audience.isFollowed(news.key) && isFull()) return
    const schedule = hearState(news)
    // What was asked for before a change is no answer to those who wait for what became of it.
    if (schedule === undefined || clock.now() - news.ageMs < schedule.changedAtMs) return
    schedule.isAlone = news.isAlone
    schedule.failures = 0
    schedule.isOutdated = false
    schedule.isSeen = news.isFresh
    timetable.settle(schedule, dueMs(clock.now() + news.nextInMs))
  }

  return (news) => {
    const schedule = 'key' in news ? timetable.of(news.key) : timetable.ofAll()
    switch (news.kind) {
      case 'seen':
        return hearSeen(news)
      case 'mentioned':
        if (audience.isFollowed(news.key)) hearState(news)
        return
      case 'ended':
        return audience.end(news.key)
      case 'failed':
        return audience.fail(news.key, errorOf(news.error))
      case 'put off':
      case 'round':
        if (schedule === undefined) return
        schedule.isSeen = news.isSeen && (news.kind === 'round' || schedule.isSeen)
        return timetable.settle(schedule, dueMs(clock.now() + news.nextInMs))
      case 'failed for all':
        return audience.failAll(errorOf(news.error))
      case 'closed':
        return audience.close({ failure: errorOf(news.error) })
    }
  }
}
