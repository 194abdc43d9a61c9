import type { Clock } from '../core/time.ts'
import { noWants, type Wants } from '../fleet/bus.ts'
import { createFeed, type Feed, type FeedEvent, type FeedSource } from './feed.ts'
import type { WatchPolicy } from './policy.ts'

/** Who follows what of one caller, and what they are told. */
export interface Audience<State> {
  follow(keys: readonly string[], wantsDetail: boolean): Feed<State>
  followAll(matches: (state: State) => boolean): Feed<State>
  /**
   * Takes these for followed too, since they are on other replicas. It replaces what was taken before, and nobody is told of it here.
   *
   * @param begun what somebody there began to follow
   */
  followElsewhere(wants: Wants, begun?: Iterable<string>): void
  /** What is followed on this replica. */
  wants(): Wants
  /** All that is followed, here or elsewhere. */
  keys(): Iterable<string>
  /** What was last told of a thing that is followed. */
  state(key: string): State | undefined
  isFollowed(key: string): boolean
  /** Whether one of those who follow it wants detail. */
  wantsDetail(key: string): boolean
  size(): number
  /** Tells a state, if it is news. What nobody follows is told to those who follow all, and followed from then on. */
  tell(key: string, state: State): void
  /** Tells that nothing more can be seen of a thing, and why, and ends it. */
  fail(key: string, failure: unknown): void
  /** Ends a thing. Followers for whom it was the last one complete. */
  end(key: string): void
  /** Tells those who follow all why they cannot, and ends them. */
  failAll(failure: unknown): void
  /** Ends everything, with a failure if there is one. */
  close(failure?: { readonly failure: unknown }): void
}

/** What an audience tells of itself. */
export interface AudienceEvents {
  /** Called when somebody follows a thing that nobody followed. */
  onBegin(key: string): void
  /** Called when a thing is over, or nobody follows it any more. */
  onEnd(key: string): void
  /** Called when somebody follows everything and nobody did. */
  onBeginAll(): void
  /** Called when nobody follows everything any more. */
  onEndAll(): void
  /** Called when what is followed on this replica has changed. */
  onWants(): void
  /** Called when nobody follows anything on this replica any more. */
  onIdle(): void
}

interface Topic<State> {
  readonly followers: Set<Follower<State>>
  state: State | undefined
  /** Whether a state was ever whole, so that those who follow everything know of it. */
  isWhole: boolean
}

interface Follower<State> extends FeedSource<State> {
  readonly wantsDetail: boolean
  /** The failure that ends all it follows. */
  closing: FeedEvent<State> | undefined
  /** The keys that are not over. */
  readonly remaining: Set<string>
  /** What is told of those that are over to whoever joins later. */
  readonly ended: Map<string, FeedEvent<State>>
}

interface FollowerOfAll<State> extends FeedSource<State> {
  closing: FeedEvent<State> | undefined
  matches(state: State): boolean
}

/** Makes the audience of one caller. */
export function createAudience<State>(
  { isChange, isOver, isWhole = () => true }: Pick<WatchPolicy<State>, 'isChange' | 'isOver' | 'isWhole'>,
  clock: Pick<Clock, 'now'>,
  events: AudienceEvents,
): Audience<State> {
  const topics = new Map<string, Topic<State>>()
  const followersOfAll = new Set<FollowerOfAll<State>>()
  let elsewhere = noWants
  /** How many topics have followers of their own on this replica. */
  let followedHere = 0
  let sequence = 0

  const isAllFollowed = () => followersOfAll.size > 0 || elsewhere.all
  const isWanted = (key: string, { followers }: Topic<State>) =>
    followers.size > 0 || isAllFollowed() || elsewhere.keys.has(key)

  const begin = (key: string): Topic<State> => {
    const topic: Topic<State> = { followers: new Set(), state: undefined, isWhole: false }
    topics.set(key, topic)
    events.onBegin(key)
    return topic
  }
  const forget = (key: string) => {
    const topic = topics.get(key)
    if (topic === undefined) return
    if (topic.followers.size > 0) followedHere -= 1
    topics.delete(key)
    events.onEnd(key)
  }
  const forgetUnwanted = () => {
    for (const [key, topic] of topics) if (!isWanted(key, topic)) forget(key)
  }
  /** What is told to other replicas may be told later; that nobody is left here has to be heard at once. */
  const wantsChanged = () => {
    events.onWants()
    if (followedHere === 0 && followersOfAll.size === 0) events.onIdle()
  }
  /** @param previous left out: it tells what there is */
  const eventOf = (key: string, state: State, previous?: State): FeedEvent<State> => ({
    key,
    state,
    previous,
    sequence,
    ...(previous === undefined ? {} : { changedAtMs: clock.now() }),
  })

  /** What is over when it is first seen is no news to those who follow what there is. */
  const isNewsToAll = (
    matches: FollowerOfAll<State>['matches'],
    state: State,
    previous: State | undefined,
  ): boolean =>
    previous === undefined ? !isOver(state) && matches(state) : matches(state) || matches(previous)

  /** @param told what those who follow everything were told before */
  const tellAll = (key: string, state: State, told: State | undefined) => {
    const event = eventOf(key, state, told)
    for (const { put, matches } of followersOfAll) if (isNewsToAll(matches, state, told)) put(event)
  }

  const leave = (follower: Follower<State>) => {
    for (const key of follower.remaining) {
      const topic = topics.get(key)
      if (topic?.followers.delete(follower) !== true) continue
      if (topic.followers.size === 0) followedHere -= 1
      if (!isWanted(key, topic)) forget(key)
    }
    wantsChanged()
  }
  const leaveAll = (follower: FollowerOfAll<State>) => {
    if (!followersOfAll.delete(follower) || followersOfAll.size > 0) return
    if (!isAllFollowed()) events.onEndAll()
    forgetUnwanted()
    wantsChanged()
  }
  const endTopic = (key: string, last?: FeedEvent<State>) => {
    const followers = topics.get(key)?.followers ?? []
    forget(key)
    for (const follower of followers) {
      if (last !== undefined) follower.ended.set(key, last)
      follower.remaining.delete(key)
      if (follower.remaining.size === 0) follower.end()
    }
    wantsChanged()
  }
  /** Who joins the readers of this follower from now on is told why it ends, too. */
  const close = (
    follower: Follower<State> | FollowerOfAll<State>,
    failure: { readonly failure: unknown } | undefined,
  ) => {
    if (failure !== undefined) {
      follower.closing = { key: '', sequence, ...failure }
      follower.put(follower.closing)
    }
    follower.end()
  }
  const endFollowersOfAll = (failure?: { readonly failure: unknown }) => {
    for (const follower of [...followersOfAll]) {
      close(follower, failure)
      leaveAll(follower)
    }
  }

  return {
    follow(keys, wantsDetail) {
      const remaining = new Set(keys)
      const ended = new Map<string, FeedEvent<State>>()
      const present = (key: string): readonly FeedEvent<State>[] => {
        const state = topics.get(key)?.state
        const last = ended.get(key) ?? (state === undefined ? undefined : eventOf(key, state))
        return last === undefined ? [] : [last]
      }
      const snapshot = () => ({ events: [...keys.flatMap(present), ...closingOf(follower)], sequence })
      const source = createFeed<State>(snapshot, () => leave(follower))
      const follower: Follower<State> = { ...source, wantsDetail, remaining, ended, closing: undefined }
      for (const key of remaining) {
        const topic = topics.get(key) ?? begin(key)
        if (topic.followers.size === 0) followedHere += 1
        topic.followers.add(follower)
        if (topic.state !== undefined) follower.put(eventOf(key, topic.state))
      }
      events.onWants()
      return source.feed
    },
    followAll(matches) {
      const present = (): readonly FeedEvent<State>[] =>
        [...topics].flatMap(([key, topic]) =>
          topic.state !== undefined && topic.isWhole && matches(topic.state)
            ? [eventOf(key, topic.state)]
            : [],
        )
      const snapshot = () => ({ events: [...present(), ...closingOf(follower)], sequence })
      const source = createFeed<State>(snapshot, () => leaveAll(follower))
      const follower: FollowerOfAll<State> = { ...source, matches, closing: undefined }
      for (const event of present()) follower.put(event)
      const wasFollowed = isAllFollowed()
      followersOfAll.add(follower)
      if (!wasFollowed) events.onBeginAll()
      events.onWants()
      return source.feed
    },
    followElsewhere(wants, begun = []) {
      const [before, wasFollowed] = [elsewhere, isAllFollowed()]
      elsewhere = wants
      // What was over before is not begun again, although those elsewhere have not heard of it yet.
      for (const key of wants.keys.keys()) if (!before.keys.has(key) && !topics.has(key)) begin(key)
      for (const key of begun) if (wants.keys.has(key) && !topics.has(key)) begin(key)
      if (wasFollowed && !isAllFollowed()) events.onEndAll()
      if (!wasFollowed && isAllFollowed()) events.onBeginAll()
      forgetUnwanted()
    },
    wants() {
      const keys = new Map<string, boolean>()
      for (const [key, { followers }] of topics) {
        if (followers.size > 0)
          keys.set(
            key,
            [...followers].some((follower) => follower.wantsDetail),
          )
      }
      return { keys, all: followersOfAll.size > 0 }
    },
    keys: () => topics.keys(),
    state: (key) => topics.get(key)?.state,
    isFollowed: (key) => topics.has(key),
    wantsDetail: (key) =>
      elsewhere.keys.get(key) === true ||
      [...(topics.get(key)?.followers ?? [])].some((follower) => follower.wantsDetail),
    size: () => topics.size,
    tell(key, state) {
      if (!topics.has(key) && (!isAllFollowed() || isOver(state))) return
      const topic = topics.get(key) ?? begin(key)
      const previous = topic.state
      topic.state = state
      const told = topic.isWhole ? previous : undefined
      topic.isWhole ||= isWhole(state)
      const isNews = previous === undefined || isChange(previous, state)
      // What was known already, but never as a whole, is news to those who follow everything.
      const isNewsToOthers = topic.isWhole && (isNews || told === undefined)
      if (isNews || isNewsToOthers) sequence += 1
      if (isNews) {
        const event = eventOf(key, state, previous)
        for (const { put } of topic.followers) put(event)
      }
      if (isNewsToOthers) tellAll(key, state, told)
      if (isOver(state)) endTopic(key, eventOf(key, state))
    },
    fail(key, failure) {
      const topic = topics.get(key)
      if (topic === undefined) return
      sequence += 1
      const event = { key, failure, sequence }
      for (const { put } of topic.followers) put(event)
      endTopic(key, event)
    },
    end(key) {
      const state = topics.get(key)?.state
      endTopic(key, state === undefined ? undefined : eventOf(key, state))
    },
    failAll(failure) {
      sequence += 1
      if (elsewhere.all && followersOfAll.size === 0) events.onEndAll()
      elsewhere = { ...elsewhere, all: false }
      endFollowersOfAll({ failure })
    },
    close(failure) {
      sequence += 1
      elsewhere = noWants
      const followers = new Set([...topics.values()].flatMap((topic) => [...topic.followers]))
      for (const follower of followers) {
        follower.remaining.clear()
        close(follower, failure)
      }
      for (const key of [...topics.keys()]) forget(key)
      endFollowersOfAll(failure)
      wantsChanged()
    },
  }
}

const closingOf = <State>({ closing }: Pick<Follower<State>, 'closing'>): readonly FeedEvent<State>[] =>
  closing === undefined ? [] : [closing]
