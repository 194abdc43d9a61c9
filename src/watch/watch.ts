import { GatewayError, isTransient } from '../core/errors.ts'
import type { FailureReport } from '../core/failure-report.ts'
import { type Clock, wait } from '../core/time.ts'
import { createMailbox, type Failure, type Mailbox, type Message } from './mailbox.ts'

/** The wait after the first failed look, in milliseconds. It doubles with each further one. */
export const firstBackoffMs = 1000

/** The longest wait after failed looks, in milliseconds. */
export const maxBackoffMs = 60_000

/** The longest wait that an upstream's `Retry-After` may ask for, in milliseconds. */
export const maxRetryAfterMs = 10 * 60 * 1000

/** How a resource is watched: what it brings to the one engine. */
export interface WatchPolicy<Subject, State> {
  /** Names what is watched and for whom; it must contain the `callerKey`. Equal keys share one poll. */
  keyOf(subject: Subject): string
  /** Looks once. A transient error is tried again later, any other ends the watch for all who follow. */
  look(subject: Subject, signal: AbortSignal): Promise<State>
  /** Whether subscribers have to hear of the new state. */
  isChange(previous: State, next: State): boolean
  /** Whether nothing can come after this state. */
  isOver(state: State): boolean
  /** How long to wait before the next look, in milliseconds. */
  waitMs(subject: Subject): number
}

/** The watches of one resource. */
export interface Watches<Subject, State> {
  /**
   * Follows a subject: its present state first, then each change, until it is over. The first follower starts the
   * poll, the last to leave ends it.
   */
  follow(subject: Subject): AsyncIterableIterator<Message<State> | Failure>
  /** Ends every watch; followers complete, and so does at once who follows afterwards. */
  stop(): void
}

interface Watch<State> {
  readonly followers: Set<Mailbox<State>>
  readonly abort: AbortController
  last: State | undefined
}

/** Makes the watches of one resource: one loop for each key, however many follow it. */
export function createWatches<Subject, State>(
  policy: WatchPolicy<Subject, State>,
  clock: Clock,
  reportFailure: FailureReport,
): Watches<Subject, State> {
  const watches = new Map<string, Watch<State>>()
  let isStopped = false

  const end = (key: string, watch: Watch<State>, failure?: Failure) => {
    if (watches.get(key) === watch) watches.delete(key)
    watch.abort.abort()
    for (const follower of watch.followers) follower.end(failure)
  }

  const publish = (watch: Watch<State>, state: State) => {
    const isNews = watch.last === undefined || policy.isChange(watch.last, state)
    watch.last = state
    if (!isNews) return
    for (const follower of watch.followers) follower.put(state)
  }

  const poll = async (key: string, subject: Subject, watch: Watch<State>) => {
    const { signal } = watch.abort
    let failures = 0
    while (!signal.aborted) {
      let pauseMs = 0
      try {
        const state = await policy.look(subject, signal)
        failures = 0
        publish(watch, state)
        if (policy.isOver(state)) return end(key, watch)
      } catch (error) {
        if (signal.aborted) return
        if (!isTransient(error)) return end(key, watch, { failure: error })
        reportFailure(error)
        failures += 1
        pauseMs = Math.max(backoffMs(failures), retryAfterMs(error))
      }
      await wait(clock, Math.max(policy.waitMs(subject), pauseMs), signal)
    }
  }

  const start = (key: string, subject: Subject): Watch<State> => {
    const watch: Watch<State> = { followers: new Set(), abort: new AbortController(), last: undefined }
    watches.set(key, watch)
    poll(key, subject, watch).catch((failure: unknown) => {
      if (!watch.abort.signal.aborted) end(key, watch, { failure })
    })
    return watch
  }

  return {
    follow(subject) {
      if (isStopped) return completed()
      const key = policy.keyOf(subject)
      const watch = watches.get(key) ?? start(key, subject)
      const mailbox = createMailbox<State>(() => {
        watch.followers.delete(mailbox)
        if (watch.followers.size === 0) end(key, watch)
      })
      watch.followers.add(mailbox)
      if (watch.last !== undefined) mailbox.put(watch.last)
      return mailbox
    },
    stop() {
      isStopped = true
      for (const [key, watch] of watches) end(key, watch)
    },
  }
}

/** Exponential, capped, and with jitter, so that many watches do not come back at the same moment. */
function backoffMs(failures: number): number {
  const fullMs = Math.min(maxBackoffMs, firstBackoffMs * 2 ** (failures - 1))
  return fullMs * (0.5 + Math.random() / 2)
}

/** How long the upstream wants to be left alone, within reason. */
function retryAfterMs(error: unknown): number {
  const seconds = error instanceof GatewayError ? (error.extensions.retryAfter ?? 0) : 0
  return Math.min(maxRetryAfterMs, seconds * 1000)
}

function completed<State>(): Mailbox<State> {
  const mailbox = createMailbox<State>(() => {})
  mailbox.end()
  return mailbox
}
