import { badRequest } from '../core/errors.ts'
import type { Access, CallerKey } from '../core/identity.ts'
import type { Selection } from '../fleet/bus.ts'
import { endedFeed, type Feed } from './feed.ts'
import { createWatcher, maxWatched, topicOf, type Watcher, type WatchFloor } from './watcher.ts'

/** The watches of one resource. */
export interface Watches<State> {
  /**
   * Follows things by key: the present state of each first, then each change, until all are over.
   *
   * @param wantsDetail whether changes are wanted too that a look at many things does not tell; what those are, and what it
   * costs, is up to the policy. False by default.
   * @throws GatewayError BAD_REQUEST where this caller watches `maxWatched` things already
   */
  follow(access: Access, keys: readonly string[], wantsDetail?: boolean): Feed<State>
  /**
   * Follows everything there is, without end. A change is told where the state before or the one after matches, so
   * that what leaves the selection is heard of too.
   */
  followAll(access: Access, matches: (state: State) => boolean): Feed<State>
  /** What a watch last saw. Undefined where nobody watches this, or the last look failed. */
  current(who: CallerKey, key: string): State | undefined
  /** Looks at once at a thing that was just changed. Until then `current` knows nothing of it. */
  lookAgain(access: Access, key: string): void
  /** Looks at once at everything there is, where somebody follows all: something was just added to it. */
  lookForMore(access: Access): void
  /** Ends every feed, and those that are begun afterwards at once. */
  stop(): void
}

/** Makes the watches of one resource: one loop for each caller. */
export function createWatches<State>(floor: WatchFloor<State>): Watches<State> {
  const watchers = new Map<string, Watcher<State>>()
  let isStopped = false
  floor.upstream?.onRecovered(() => {
    for (const watcher of watchers.values()) watcher.recover()
  })

  const watcherOf = (access: Access): Watcher<State> => {
    const known = watchers.get(access.callerKey)
    if (known !== undefined) return known
    const watcher = createWatcher(floor, access, () => {
      if (watchers.get(access.callerKey) === watcher) watchers.delete(access.callerKey)
    })
    watchers.set(access.callerKey, watcher)
    return watcher
  }

  /** Those who follow may all be on other replicas. */
  const hurry = (access: Access, changed: Selection) => {
    watchers.get(access.callerKey)?.hurry(changed)
    floor.bus.hurry(topicOf(floor, access), changed)
  }

  return {
    follow(access, keys, wantsDetail = false) {
      if (isStopped) return endedFeed()
      const watched = watchers.get(access.callerKey)?.watched() ?? 0
      if (watched + keys.length > maxWatched) {
        throw badRequest(
          `You follow ${watched} things already, and ${maxWatched} is the most. End subscriptions that no screen shows.`,
        )
      }
      return watcherOf(access).follow(keys, wantsDetail)
    },
    followAll: (access, matches) => (isStopped ? endedFeed() : watcherOf(access).followAll(matches)),
    current: ({ callerKey }, key) => watchers.get(callerKey)?.current(key),
    lookAgain: (access, key) => hurry(access, { keys: [key], all: false }),
    lookForMore: (access) => hurry(access, { keys: [], all: true }),
    stop() {
      isStopped = true
      for (const watcher of [...watchers.values()]) watcher.end()
    },
  }
}
