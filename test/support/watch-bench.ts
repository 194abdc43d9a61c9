import { createWatches } from '../../src/watch/watch.ts'
import { createFakeClock } from './fake-clock.ts'
import { settled } from './settled.ts'

/** What is watched in these tests: a number, and whether nothing can come after it. */
export interface WatchedNumber {
  readonly n: number
  readonly isOver?: boolean
}

/** What a look finds: a state, an error to throw, or nothing until it is aborted. */
export type Look = WatchedNumber | Error | 'hold'

/** Between two looks, in milliseconds. */
export const intervalMs = 10_000

/** Watches over a fake clock whose looks a test tells. */
export function watchBench() {
  const clock = createFakeClock()
  const looks: { readonly key: string; readonly signal: AbortSignal }[] = []
  const reported: unknown[] = []
  let script: readonly Look[] = [{ n: 1 }]

  const watches = createWatches<string, WatchedNumber>(
    {
      keyOf: (subject) => subject,
      async look(key, signal) {
        looks.push({ key, signal })
        const [found] = script
        if (script.length > 1) script = script.slice(1)
        if (found === 'hold' || found === undefined) return new Promise(() => {})
        if (found instanceof Error) throw found
        return found
      },
      isChange: (previous, next) => previous.n !== next.n,
      isOver: ({ isOver = false }) => isOver,
      waitMs: () => intervalMs,
    },
    clock,
    (error) => reported.push(error),
  )
  return {
    clock,
    looks,
    /** Failures that the operator was told of. */
    reported,
    watches,
    /** Tells what the next looks find; the last one stays. */
    tell(...found: readonly Look[]) {
      script = found
    },
    /** Lets time pass, and what it brings happen. */
    async pass(ms = intervalMs) {
      clock.advance(ms)
      await settled()
    },
    /** Follows, and collects what arrives as it arrives. */
    follow(subject = 'a') {
      const received: unknown[] = []
      const previous: unknown[] = []
      let isDone = false
      const mailbox = watches.follow(subject)
      const reading = (async () => {
        for await (const message of mailbox) {
          if ('failure' in message) received.push(message.failure)
          else {
            received.push(message.state.n)
            previous.push(message.previous?.n)
          }
        }
        isDone = true
      })()
      const leave = async () => {
        await mailbox.return?.()
        await reading
      }
      return { received, previous, isDone: () => isDone, leave }
    },
  }
}
