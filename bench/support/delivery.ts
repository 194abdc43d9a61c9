import { percentile } from './statistics.ts'

/** After this time a change is given up, in milliseconds: a server that loses one must not go unseen. */
const maxDeliveryMs = 60_000

/** How long one change took to its subscribers, in milliseconds from when the server could know of it. */
export interface Delivery {
  readonly p50Ms: number
  readonly p99Ms: number
  readonly lastMs: number
}

/** A change that is on its way. */
export interface AwaitedChange {
  /** Starts the clock: the answer that tells of the change leaves the upstream. */
  begin(): void
  /** Notes a message that came to a subscriber. */
  arrived(text: string, index: number): void
  /** Resolves when all have been told. Rejects where that takes a minute. */
  readonly delivered: Promise<Delivery>
}

/**
 * Makes the account of one change of a job's status. The clock runs from `begin`, or else from now.
 *
 * @param count how many subscribers there are
 */
export function awaitedChange(count: number, status: string): AwaitedChange {
  const { promise, resolve, reject } = Promise.withResolvers<Delivery>()
  const wanted = `"status":"${status}"`
  const tookMs: number[] = []
  const told = new Set<number>()
  let beganAtMs = performance.now()
  const giveUp = setTimeout(
    () => reject(new Error(`only ${told.size} of ${count} subscribers were told ${status}`)),
    maxDeliveryMs,
  )
  return {
    begin() {
      if (tookMs.length > 0) throw new Error('a change arrived before the upstream had told of it')
      beganAtMs = performance.now()
    },
    arrived(text, index) {
      const atMs = performance.now()
      if (!text.includes(wanted)) throw new Error(`expected ${status}, but this came: ${text}`)
      if (told.has(index)) throw new Error(`a subscriber was told ${status} twice`)
      told.add(index)
      tookMs.push(atMs - beganAtMs)
      if (tookMs.length < count) return
      clearTimeout(giveUp)
      resolve({
        p50Ms: percentile(tookMs, 0.5),
        p99Ms: percentile(tookMs, 0.99),
        lastMs: percentile(tookMs, 1),
      })
    },
    delivered: promise,
  }
}
