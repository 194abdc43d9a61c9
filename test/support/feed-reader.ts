import type { Feed } from '../../src/watch/feed.ts'

/** What has come from a feed up to now. */
export interface FeedReader<State> {
  readonly states: readonly State[]
  readonly failures: readonly unknown[]
  isDone(): boolean
  leave(): Promise<void>
}

/** Reads a feed as fast as it tells, as a subscription does. */
export function readFeed<State>(feed: Feed<State>): FeedReader<State> {
  const states: State[] = []
  const failures: unknown[] = []
  let isDone = false
  const reading = (async () => {
    for await (const event of feed) {
      if ('failure' in event) failures.push(event.failure)
      else states.push(event.state)
    }
    isDone = true
  })()
  return {
    states,
    failures,
    isDone: () => isDone,
    async leave() {
      await feed.return()
      await reading
    },
  }
}
