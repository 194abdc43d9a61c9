import { LRUCache } from 'lru-cache'
import { z } from 'zod'
import type { GatewayError, UpstreamDetail } from '../core/errors.ts'
import type { CallerKey } from '../core/identity.ts'
import type { Clock } from '../core/time.ts'
import type { Bus } from '../fleet/bus.ts'
import { createObservations } from '../watch/observations.ts'
import { isSameListing, type Job, withEarlier } from './model.ts'

/** How much longer than for a window what a watch has seen is an answer, in milliseconds: its next look may be under way. */
const watchGraceMs = 5000

/** How many callers' last changes are remembered. */
const maxChanges = 10_000

/** Under this name replicas tell each other that a job was changed, by its caller and its id. */
const changedJob = 'changed job'
const changeSchema = z.tuple([z.string(), z.string()])

/** What a caller last saw of one job id. Times are in milliseconds since the epoch. */
interface JobObservation {
  /** Null where Vault knew no such job; undefined where it was changed, and not seen since. */
  readonly job: Job | null | undefined
  /** What Vault said where it knew no such job. */
  readonly unknown?: UpstreamDetail | undefined
  /** When the status route last answered this caller. */
  readonly statusAtMs: number | undefined
  /** When the job was last seen, by whichever route. */
  readonly seenAtMs: number
  /** When the call was sent that told it. An answer that was asked for earlier and comes later tells how it was before. */
  readonly askedAtMs: number
  /** The title of a job that was changed and not seen since: it stays what it was. */
  readonly title?: string | null
  /** Why this caller may not see its status, and when Vault said so. */
  readonly refusal?: { readonly error: GatewayError; readonly atMs: number } | undefined
  /** When the job was last changed through this gateway. What was asked up to then tells how it was before. */
  readonly changedAtMs: number
}

/** What the status route told. Times are in milliseconds since the epoch. */
export interface StatusAnswer {
  /** Null where Vault knows no such job. */
  readonly job: Job | null
  /** What it said then. Undefined where another replica was told. */
  readonly unknown?: UpstreamDetail | undefined
  readonly askedAtMs: number
  readonly seenAtMs: number
}

/** What is known of a job before it is asked for. */
export interface KnownBefore {
  /** What is fresh enough to be an answer; undefined where a call is needed. */
  readonly answer: Job | null | undefined
  /** Why Vault would not tell this caller the status, within the window. Undefined where it did not say so. */
  readonly refusal: GatewayError | undefined
  /** When this caller last changed the job through this gateway; 0: never. */
  readonly changedAtMs: number
}

/** What was seen of jobs, for each caller by itself. Queries and watches share it. Times are in milliseconds since the epoch. */
export interface JobMemory {
  /** What is fresh enough to be an answer; undefined where a call is needed. */
  remembered(who: CallerKey, id: string, detail: boolean): Job | null | undefined
  /**
   * What was seen within the window, by whichever route, or of a finished job ever. It stands in for a call to the lists while the status may
   * not be asked, so that a window that others hold costs a caller two calls and not two for each query.
   */
  seenLately(who: CallerKey, id: string): Job | null
  /** Whether the status route has answered this caller within the window. */
  hasAskedLately(who: CallerKey, id: string): boolean
  /** What was seen last, however long ago. Undefined where nothing was, or the job was changed since. */
  lastSeen(who: CallerKey, id: string): Job | undefined
  /**
   * Likewise of a job that is watched, unless the watch is behind: where it looks less often than the status may be asked, the
   * window counts, and a look takes a moment.
   */
  keptFresh(who: CallerKey, id: string): Job | undefined
  /** When what was seen last was asked for, by whichever replica. Undefined where nothing was, or the job was changed since. */
  askedAtMs(who: CallerKey, id: string): number | undefined
  /** What Vault said where it knew no such job when it was last asked. Undefined where this replica was not told. */
  unknown(who: CallerKey, id: string): UpstreamDetail | undefined
  /** All that decides whether a job is asked for, by one look at the memory. */
  before(who: CallerKey, id: string, detail: boolean): KnownBefore
  /** When this caller last changed the job through this gateway; 0: never. */
  changedAtMs(who: CallerKey, id: string): number
  /** When this caller last changed any job through this gateway; 0: never. */
  anyChangedAtMs(who: CallerKey): number
  /** Adds what is remembered to what a list told, and remembers both. */
  observe(who: CallerKey, job: Job, askedAtMs: number): Job
  /**
   * Adds what is remembered to what the status route told this replica. Both are remembered, unless the job was changed meanwhile.
   *
   * @param changedBeforeMs when the job had last been changed when it was asked
   */
  observeStatus(who: CallerKey, id: string, answer: StatusAnswer, changedBeforeMs: number): Job | null
  /** Likewise with what it told another replica. Here a list may have told what is newer: that stays, and is told. */
  hearStatus(who: CallerKey, id: string, answer: StatusAnswer): Job | null
  /** Remembers that this caller may not see the status. */
  refuse(who: CallerKey, id: string, error: GatewayError): void
  /** Forgets a job on all replicas, since it was just changed. Its title stays what it was. */
  forget(who: CallerKey, id: string): void
}

/** What the memory needs. */
export interface JobMemoryFloor {
  readonly bus: Pick<Bus, 'announce' | 'listen'>
  readonly windowMs: number
  readonly clock: Clock
}

/** Makes the memory of one Vault's jobs. */
export function createJobMemory({ bus, windowMs, clock }: JobMemoryFloor): JobMemory {
  const observations = createObservations<JobObservation>(clock)
  /** When each caller last changed a job. */
  const changes = new LRUCache<string, number>({ max: maxChanges })

  const seenBy = ({ callerKey }: CallerKey, id: string) => observations.get(callerKey, id)
  const remember = ({ callerKey }: CallerKey, id: string, seen: JobObservation) =>
    observations.set(callerKey, id, seen)
  const isFresh = (atMs: number) => clock.now() - atMs < windowMs
  const hasDetail = ({ detail, isFinished }: Job) =>
    detail !== undefined && (isFinished || isFresh(detail.observedAtMs))

  const freshOf = (seen: JobObservation | undefined, detail: boolean) => {
    if (seen === undefined) return undefined
    const { job, statusAtMs } = seen
    const isLasting = job?.isFinished === true || (statusAtMs !== undefined && isFresh(statusAtMs))
    if (job === undefined || !isLasting) return undefined
    return job === null || !detail || hasDetail(job) ? job : undefined
  }
  const forgetHere = (who: CallerKey, id: string) => {
    const nowMs = clock.now()
    changes.set(who.callerKey, nowMs)
    const title = seenBy(who, id)?.job?.title ?? null
    remember(who, id, { ...nothingSeen, title, changedAtMs: nowMs })
  }
  bus.listen(changedJob, (detail) => {
    const [callerKey, id] = changeSchema.parse(JSON.parse(detail))
    forgetHere({ callerKey }, id)
  })

  return {
    remembered: (who, id, detail) => freshOf(seenBy(who, id), detail),
    seenLately(who, id) {
      const seen = seenBy(who, id)
      if (seen?.job?.isFinished === true) return seen.job
      return seen !== undefined && isFresh(seen.seenAtMs) ? (seen.job ?? null) : null
    },
    hasAskedLately(who, id) {
      const statusAtMs = seenBy(who, id)?.statusAtMs
      return statusAtMs !== undefined && isFresh(statusAtMs)
    },
    lastSeen: (who, id) => seenBy(who, id)?.job ?? undefined,
    keptFresh(who, id) {
      const seen = seenBy(who, id)
      const isBehind = seen === undefined || clock.now() - seen.seenAtMs >= windowMs + watchGraceMs
      return isBehind ? undefined : (seen.job ?? undefined)
    },
    askedAtMs(who, id) {
      const seen = seenBy(who, id)
      return seen?.job === undefined ? undefined : seen.askedAtMs
    },
    unknown: (who, id) => seenBy(who, id)?.unknown,
    before(who, id, detail) {
      const seen = seenBy(who, id)
      const refusal = seen?.refusal
      return {
        answer: freshOf(seen, detail),
        refusal: refusal !== undefined && isFresh(refusal.atMs) ? refusal.error : undefined,
        changedAtMs: seen?.changedAtMs ?? 0,
      }
    },
    changedAtMs: (who, id) => seenBy(who, id)?.changedAtMs ?? 0,
    anyChangedAtMs: ({ callerKey }) => changes.get(callerKey) ?? 0,
    observe(who, job, askedAtMs) {
      const earlier = seenBy(who, job.id)
      const changedAtMs = earlier?.changedAtMs ?? 0
      if (askedAtMs <= changedAtMs) return job
      const whole = withSeen(job, askedAtMs, earlier)
      if (earlier !== undefined && isFresh(earlier.seenAtMs) && tellsNothingNew(whole, earlier)) return whole
      remember(who, job.id, {
        job: whole,
        statusAtMs: earlier?.statusAtMs,
        seenAtMs: clock.now(),
        askedAtMs: Math.max(askedAtMs, earlier?.askedAtMs ?? 0),
        refusal: earlier?.refusal,
        changedAtMs,
      })
      return whole
    },
    observeStatus(who, id, { job, unknown, askedAtMs, seenAtMs }, changedBeforeMs) {
      const earlier = seenBy(who, id)
      const whole = job && withSeen(job, askedAtMs, earlier)
      if ((earlier?.changedAtMs ?? 0) === changedBeforeMs) {
        const changedAtMs = changedBeforeMs
        remember(who, id, { job: whole, unknown, statusAtMs: seenAtMs, seenAtMs, askedAtMs, changedAtMs })
      }
      return whole
    },
    hearStatus(who, id, { job, askedAtMs, seenAtMs }) {
      const earlier = seenBy(who, id)
      const whole = job && withSeen(job, askedAtMs, earlier)
      if (earlier === undefined || earlier.askedAtMs <= askedAtMs) {
        const changedAtMs = earlier?.changedAtMs ?? 0
        remember(who, id, { job: whole, statusAtMs: seenAtMs, seenAtMs, askedAtMs, changedAtMs })
        return whole
      }
      const newest = whole ?? earlier.job
      remember(who, id, { ...earlier, job: newest, statusAtMs: seenAtMs })
      return newest ?? null
    },
    refuse(who, id, error) {
      remember(who, id, { ...(seenBy(who, id) ?? nothingSeen), refusal: { error, atMs: clock.now() } })
    },
    forget(who, id) {
      forgetHere(who, id)
      bus.announce(changedJob, JSON.stringify([who.callerKey, id]))
    },
  }
}

function withSeen(job: Job, askedAtMs: number, seen: JobObservation | undefined): Job {
  const isOlder = seen !== undefined && askedAtMs < seen.askedAtMs
  const whole = isOlder && seen.job ? withEarlier(seen.job, job) : withEarlier(job, seen?.job ?? undefined)
  const title = seen?.title ?? null
  return whole.title === null && title !== null ? { ...whole, title } : whole
}

/**
 * Whether a job is over as it was before. Within a window it is not remembered anew then, so that the `observedAt` that is remembered
 * may be as old as that: callers who read lists of hundreds again and again would have the memory made of all that.
 */
const tellsNothingNew = (whole: Job, { job: earlier }: JobObservation): boolean =>
  earlier?.isFinished === true && isSameListing(earlier, whole)

const nothingSeen: JobObservation = {
  job: undefined,
  statusAtMs: undefined,
  seenAtMs: 0,
  askedAtMs: 0,
  changedAtMs: 0,
}
