import { type Access, accessWith } from '../../src/core/identity.ts'
import type { Bus } from '../../src/fleet/bus.ts'
import { createMemoryHub } from '../../src/fleet/memory-bus.ts'
import { type PolledUpstream, patientUpstream } from '../../src/upstream/polled-upstream.ts'
import type { Feed } from '../../src/watch/feed.ts'
import type { Look } from '../../src/watch/policy.ts'
import { createWatches } from '../../src/watch/watch.ts'
import { createFakeClock } from './fake-clock.ts'
import { settled } from './settled.ts'

/** What is watched in these tests: a number, and whether nothing can come after it. */
export interface WatchedNumber {
  readonly n: number
  readonly isOver?: boolean
}

/** What a look finds: a state, an error to throw, or nothing until it is aborted. */
export type Found = WatchedNumber | Error | 'hold'

/** Between two looks, in milliseconds. */
export const intervalMs = 10_000

/** Who follows in these tests, unless told otherwise. */
export const anna = accessWith('anna')

/** What one who follows has received. */
export interface Reading {
  /** The numbers, and the failures. */
  readonly received: unknown[]
  /** The number before each number. */
  readonly previous: unknown[]
  readonly keys: string[]
  isDone(): boolean
  leave(): Promise<void>
}

/** Collects what a feed gives, as it comes. */
export function readingOf(feed: Feed<WatchedNumber>): Reading {
  const received: unknown[] = []
  const previous: unknown[] = []
  const keys: string[] = []
  let isDone = false
  const reading = (async () => {
    for await (const event of feed) {
      keys.push(event.key)
      if ('failure' in event) received.push(event.failure)
      else {
        received.push(event.state.n)
        previous.push(event.previous?.n)
      }
    }
    isDone = true
  })()
  const leave = async () => {
    await feed.return()
    await reading
  }
  return { received, previous, keys, isDone: () => isDone, leave }
}

/**
 * Watches over a fake clock whose looks a test tells.
 *
 * @param bus to other replicas; left out: there are none
 * @param upstream what it says about the pace; left out: nothing
 */
export function watchBench(
  bus: Bus = createMemoryHub().connect(),
  upstream: PolledUpstream = patientUpstream,
) {
  const clock = createFakeClock()
  const looks: { readonly key: string; readonly access: Access; readonly signal: AbortSignal }[] = []
  /** The keys of each look; `*` where it was for all. */
  const rounds: string[][] = []
  const reported: unknown[] = []
  let script: readonly Found[] = [{ n: 1 }]
  let everything: Readonly<Record<string, Found>> = {}
  let policy = lookAtEach

  async function lookAtEach(look: Look<WatchedNumber>) {
    const { access, due, isForAll, signal, see } = look
    rounds.push([...due.map(({ key }) => key), ...(isForAll ? ['*'] : [])])
    if (isForAll) return lookAtAll(look)
    for (const { key } of due) {
      looks.push({ key, access, signal })
      const [found] = script
      if (script.length > 1) script = script.slice(1)
      if (found === 'hold' || found === undefined) return new Promise<void>(() => {})
      if (found instanceof Error) throw found
      see(key, found)
    }
  }
  async function lookAtAll({ due, see, end }: Look<WatchedNumber>) {
    for (const [key, found] of Object.entries(everything)) {
      if (found instanceof Error) throw found
      if (found !== 'hold') see(key, found)
    }
    for (const { key } of due) if (everything[key] === undefined) end(key)
  }

  const watches = createWatches<WatchedNumber>({
    name: 'test',
    bus,
    policy: {
      look: (look) => policy(look),
      isChange: (previous, next) => previous.n !== next.n,
      isOver: ({ isOver = false }) => isOver,
    },
    clock,
    pollIntervalMs: intervalMs,
    upstream,
    reportFailure: (error) => reported.push(error),
    random: () => 0,
  })
  return {
    clock,
    access: anna,
    accessOf: accessWith,
    looks,
    rounds,
    /** Failures that the operator was told of. */
    reported,
    watches,
    /** Tells what the next looks find; the last one stays. */
    tell(...found: readonly Found[]) {
      script = found
    },
    /** Tells what there is, for looks at everything. */
    tellAll(found: Readonly<Record<string, Found>>) {
      everything = found
    },
    /** Looks in another way. */
    lookBy(look: typeof policy) {
      policy = look
    },
    /** Lets time pass, and what it brings happen. */
    async pass(ms = intervalMs) {
      clock.advance(ms)
      await settled()
    },
    follow: (keys: string | readonly string[] = 'a', access = anna) =>
      readingOf(watches.follow(access, [keys].flat())),
    followAll: (matches: (state: WatchedNumber) => boolean = () => true, access = anna) =>
      readingOf(watches.followAll(access, matches)),
  }
}
