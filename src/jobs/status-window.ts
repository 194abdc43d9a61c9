import { LRUCache } from 'lru-cache'
import { type Clock, orAborted, type Timer } from '../core/time.ts'

/** How many jobs' windows are remembered. Past it the job that was asked longest ago is forgotten. */
const maxWindows = 100_000

/**
 * Keeps Vault's rule that the status of one job is answered once in a time (API reference, Errors,
 * API_LIMIT_EXCEEDED: "once every 10 seconds for each job_id"). The rule does not look at who asks, so neither does
 * this: it knows job ids and times, and nothing that anybody was shown.
 */
export interface StatusWindows {
  /** How long until the status of the job may be asked, in milliseconds; 0: now. Infinite while somebody asks. */
  waitMs(id: string): number
  /** Whether somebody who comes now may ask: the window is open, and nobody waits for it. */
  isOpen(id: string): boolean
  /** Takes the window. To be followed by `close` or `release`. */
  claim(id: string): void
  /** Vault has counted a call: the next window opens when the time has passed from now, a whole window by default. */
  close(id: string, forMs?: number): void
  /** Vault has not counted the call. */
  release(id: string): void
  /** Joins those who wait for the window, as the last one. To be followed by `leave`. */
  queue(id: string): PlaceInQueue
}

/**
 * The place of one who waits for a window. Windows are given in the order of coming: a watch that asks whenever it
 * may would otherwise take each one before a query that has waited for it.
 */
export interface PlaceInQueue {
  /** Whether the window is open, and nobody waits before this one. */
  isTurn(): boolean
  /**
   * Resolves when it is worth a look: the window is open, a call has ended, or somebody before this one has left.
   *
   * @throws the signal's reason as soon as the signal aborts
   */
  change(signal: AbortSignal): Promise<void>
  leave(): void
}

/** Those who wait for the window of one job. */
interface Queue {
  readonly places: Set<PlaceInQueue>
  news: PromiseWithResolvers<void>
  /** Fires when the window opens; undefined while a call is under way. */
  opening: Timer | undefined
}

/** Makes the windows of one Vault. */
export function createStatusWindows(windowMs: number, clock: Clock): StatusWindows {
  /** When each window opens; infinite while a call is under way. */
  const opensAtMs = new LRUCache<string, number>({ max: maxWindows })
  const queues = new Map<string, Queue>()

  const waitMs = (id: string) => Math.max(0, (opensAtMs.get(id) ?? 0) - clock.now())

  const tellNews = (queue: Queue) => {
    queue.news.resolve()
    queue.news = Promise.withResolvers()
  }
  const awaitOpening = (id: string, queue: Queue) => {
    queue.opening?.cancel()
    const delayMs = waitMs(id)
    // A timer may fire a little before its time; nobody would wake those who wait a second time.
    const open = () => (waitMs(id) > 0 ? awaitOpening(id, queue) : tellNews(queue))
    queue.opening = Number.isFinite(delayMs) ? clock.after(delayMs, open) : undefined
  }
  const settle = (id: string, atMs: number) => {
    opensAtMs.set(id, atMs)
    const queue = queues.get(id)
    if (queue === undefined) return
    awaitOpening(id, queue)
    tellNews(queue)
  }
  const queueOf = (id: string): Queue => {
    const queue = queues.get(id) ?? { places: new Set(), news: Promise.withResolvers(), opening: undefined }
    if (!queues.has(id)) awaitOpening(id, queue)
    queues.set(id, queue)
    return queue
  }
  const leave = (id: string, queue: Queue, place: PlaceInQueue) => {
    if (!queue.places.delete(place)) return
    if (queue.places.size > 0) return tellNews(queue)
    queue.opening?.cancel()
    queues.delete(id)
  }

  return {
    waitMs,
    isOpen: (id) => waitMs(id) === 0 && !queues.has(id),
    claim: (id) => opensAtMs.set(id, Number.POSITIVE_INFINITY),
    close: (id, forMs = windowMs) => settle(id, clock.now() + forMs),
    release: (id) => settle(id, clock.now()),
    queue(id) {
      const queue = queueOf(id)
      const place: PlaceInQueue = {
        isTurn: () => waitMs(id) === 0 && queue.places.values().next().value === place,
        async change(signal) {
          signal.throwIfAborted()
          // The window may have opened while this one was looking elsewhere. Nobody would tell it a second time.
          if (!place.isTurn()) await orAborted(queue.news.promise, signal)
        },
        leave: () => leave(id, queue, place),
      }
      queue.places.add(place)
      return place
    },
  }
}
