import { createBacklog } from './backlog.ts'

/** That a state was seen which differs from the one before. */
export interface Sighting<State> {
  /** Names the thing among all that its caller watches with this resource. */
  readonly key: string
  readonly state: State
  /** What was seen before. Undefined in the first event about this thing. */
  readonly previous: State | undefined
  /** Grows with each event of a resource. */
  readonly sequence: number
  /** When the change was seen, in milliseconds since the epoch. Undefined in the first event about this thing: it tells what there is. */
  readonly changedAtMs?: number
}

/** That nothing more can be seen of a thing, and why. */
export interface Failure {
  /** Empty where it ends the whole feed. */
  readonly key: string
  readonly failure: unknown
  readonly sequence: number
}

/** What a feed tells. */
export type FeedEvent<State> = Sighting<State> | Failure

/** What a feed has told up to a moment, for one who joins its readers then. */
export interface Snapshot<State> {
  /** The present state of each thing, as first events; and of things that failed, the failure. */
  readonly events: readonly FeedEvent<State>[]
  /** Events up to this one are contained. */
  readonly sequence: number
}

/**
 * What a subscription reads: the present states, then each change, until all is over. It waits for its reader within
 * the bound of a backlog.
 */
export interface Feed<State> extends AsyncIterableIterator<FeedEvent<State>> {
  snapshot(): Snapshot<State>
  /** Takes what waits already, up to so many events. */
  takeWaiting(max: number): readonly FeedEvent<State>[]
  /** Called when nobody reads any more. */
  return(): Promise<IteratorResult<FeedEvent<State>>>
}

/** The side of a feed that the watch holds. */
export interface FeedSource<State> {
  readonly feed: Feed<State>
  put(event: FeedEvent<State>): void
  /** Ends the feed after what waits. */
  end(): void
}

/**
 * Makes a feed.
 *
 * @param snapshot what is to be seen at present
 * @param onLeave called once, when the reader has gone or has been told the end
 */
export function createFeed<State>(snapshot: () => Snapshot<State>, onLeave: () => void): FeedSource<State> {
  const backlog = createBacklog<FeedEvent<State>>((older, newer) =>
    'state' in older && 'state' in newer ? { ...newer, previous: older.previous } : newer,
  )
  let isEnding = false
  let hasLeft = false
  let news = Promise.withResolvers<void>()

  const tellNews = () => {
    news.resolve()
    news = Promise.withResolvers()
  }
  const leave = () => {
    if (hasLeft) return
    hasLeft = true
    backlog.clear()
    onLeave()
    tellNews()
  }

  const feed: Feed<State> = {
    snapshot,
    takeWaiting(max) {
      const events: FeedEvent<State>[] = []
      for (let event = backlog.take(); event !== undefined; event = backlog.take()) {
        events.push(event)
        if (events.length === max) break
      }
      return events
    },
    async next() {
      for (;;) {
        const event = backlog.take()
        if (event !== undefined) return { done: false, value: event }
        if (isEnding) leave()
        if (hasLeft) return { done: true, value: undefined }
        await news.promise
      }
    },
    async return() {
      leave()
      return { done: true, value: undefined }
    },
    [Symbol.asyncIterator]() {
      return this
    },
  }
  return {
    feed,
    put(event) {
      if (hasLeft || isEnding) return
      backlog.put(event)
      tellNews()
    },
    end() {
      isEnding = true
      tellNews()
    },
  }
}

/**
 * What was seen.
 *
 * @throws the failure, where the event is one: a resolver then shows it as its field's error
 */
export function sighted<State>(event: FeedEvent<State>): Sighting<State> {
  if ('failure' in event) throw event.failure
  return event
}

/** Whether a stream is a feed, as every subscription's is. */
export function isFeed(stream: AsyncIterable<unknown>): stream is Feed<unknown> {
  return 'snapshot' in stream
}

/** A feed of which nothing comes. */
export function endedFeed<State>(): Feed<State> {
  const { feed, end } = createFeed<State>(
    () => ({ events: [], sequence: 0 }),
    () => {},
  )
  end()
  return feed
}
