import { LRUCache } from 'lru-cache'
import { z } from 'zod'
import { type GatewayError, hasCode, upstreamRateLimited } from '../core/errors.ts'
import type { Access, CallerKey } from '../core/identity.ts'
import type { Clock } from '../core/time.ts'
import type { Bus } from '../fleet/bus.ts'
import type { Claim, SharedWindows } from '../fleet/shared-windows.ts'
import { CallProgress } from '../upstream/call-progress.ts'
import { type CallsSaved, nobodyCounts } from '../upstream/observed-call.ts'
import { createSharedCalls } from '../upstream/shared-calls.ts'
import { orNullIfUnknown } from '../upstream/vault.ts'
import type { Observations } from '../watch/observations.ts'
import type { JobsClient } from './client.ts'
import { wholePage } from './lists.ts'
import { isSameListing, type Job, withEarlier } from './model.ts'
import type { StatusWindows } from './status-window.ts'

/** How many windows a look-up waits through before it gives up. */
const maxWaits = 3

/** How soon a window that another replica uses is looked at again, in milliseconds, while its call may be under way. */
const recheckMs = 100

/** How soon after that, in milliseconds: for this caller there may be nothing to come. */
const laterRecheckMs = 1000

/** How much longer than for a window what a watch has seen is an answer, in milliseconds: its next look may be under way. */
const watchGraceMs = 5000

/** How many callers' last changes are remembered. */
const maxChanges = 10_000

/** Under this name replicas tell each other that a job was changed, by its caller and its id. */
const changedJob = 'changed job'
const changeSchema = z.tuple([z.string(), z.string()])

/** What a caller was told on whichever replica, within a window. */
export interface ToldInWindow {
  readonly job: Job | null
  /** How long Vault took to tell it, in milliseconds: it may be how things were when it was asked. */
  readonly tookMs: number
}

type UsedElsewhere = Extract<Claim<ToldInWindow>, { readonly isOurs: false }>

/** What a caller last saw of one job id. */
export interface JobObservation {
  /** Null where Vault knew no such job; undefined where it was changed, and not seen since. */
  readonly job: Job | null | undefined
  /** When the status route last answered this caller, in milliseconds since the epoch. */
  readonly statusAtMs: number | undefined
  /** When the job was last seen, by whichever route, in milliseconds since the epoch. */
  readonly seenAtMs: number
  /** When the call was sent that told it. An answer that was asked for earlier and comes later tells how it was before. */
  readonly askedAtMs: number
  /** The title of a job that was changed and not seen since: it stays what it was. */
  readonly title?: string | null
  /** Why this caller may not see its status, and when Vault said so, in milliseconds since the epoch. */
  readonly refusal?: { readonly error: GatewayError; readonly atMs: number } | undefined
  /** When the job was last changed through this gateway. What was asked up to then tells how it was before. */
  readonly changedAtMs: number
}

/** Finds jobs on the lists of one caller, read at most once: null where the lists do not know the job. */
export type ListLookUp = (id: string) => Promise<Job | null>

/** How a job is to be read. */
export interface ReadOptions {
  readonly signal: AbortSignal
  /** Whether `method`, `links` or `progress` is wanted, which only the status route tells. */
  readonly detail: boolean
  /** Where to look while the status may not be asked. */
  readonly lists: ListLookUp
}

/** Reads jobs, and remembers for each caller what was seen. Loaders and watches share it. */
export interface JobReader {
  /** What is remembered and fresh enough to be an answer; undefined where a call is needed. */
  remembered(who: CallerKey, id: string, detail: boolean): Job | null | undefined
  /**
   * What was seen within the window, by whichever route, or of a finished job ever. It stands in for a call to the lists while the status may
   * not be asked, so that a window that others hold costs a caller two calls and not two for each query.
   */
  seenLately(access: Access, id: string): Job | null
  /** Whether the status route has answered this caller within the window. */
  hasAskedLately(access: Access, id: string): boolean
  /** What was seen last, however long ago. Undefined where nothing was, or the job was changed since. */
  lastSeen(who: CallerKey, id: string): Job | undefined
  /**
   * Likewise of a job that is watched, unless the watch is behind: where it looks less often than the status may be asked, the
   * window counts, and a look takes a moment.
   */
  keptFresh(who: CallerKey, id: string): Job | undefined
  /** When what was seen last was asked for, by whichever replica. Undefined where nothing was, or the job was changed since. */
  askedAtMs(access: Access, id: string): number | undefined
  /** Reads one job by at most one status call in a window. Null where Vault knows no such job. */
  read(access: Access, id: string, options: ReadOptions): Promise<Job | null>
  /**
   * Adds what is remembered to what a list told, and remembers both.
   *
   * @param askedAtMs when the list was asked, in milliseconds since the epoch
   */
  observe(access: Access, job: Job, askedAtMs: number): Job
  /** Makes a look-up that reads one page of each list when it is first asked. */
  listLookUp(access: Access, signal: AbortSignal): ListLookUp
  /** When this caller last changed the job through this gateway, in milliseconds since the epoch; 0: never. */
  changedAtMs(access: Access, id: string): number
  /** Forgets a job, since it was just changed. */
  forget(access: Access, id: string): void
}

/** What the reader needs. */
export interface JobReaderFloor {
  readonly client: JobsClient
  readonly observations: Observations<JobObservation>
  readonly windows: StatusWindows
  readonly bus: Pick<Bus, 'announce' | 'listen'>
  /** The same for all replicas. */
  readonly sharedWindows: SharedWindows<ToldInWindow>
  readonly windowMs: number
  readonly clock: Clock
  /** Told of calls that were joined. Nobody is, by default. */
  readonly saved?: CallsSaved
}

/** Makes the reader of one Vault's jobs. */
export function createJobReader(floor: JobReaderFloor): JobReader {
  const { client, observations, windows, sharedWindows, bus, windowMs, clock, saved = nobodyCounts } = floor
  const sharedCalls = createSharedCalls<Job | null>({ saved })
  const sharedLists = createSharedCalls<ListedJobs>({ saved })
  /** When each caller last changed a job: a list that was asked for before is not shared any more. */
  const changes = new LRUCache<string, number>({ max: maxChanges })

  const remember = ({ callerKey }: Access, id: string, seen: JobObservation) =>
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

  const observe = (access: Access, job: Job, askedAtMs: number): Job => {
    const earlier = observations.get(access.callerKey, job.id)
    const changedBeforeMs = earlier?.changedAtMs ?? 0
    if (askedAtMs <= changedBeforeMs) return job
    const whole = withSeen(job, askedAtMs, earlier)
    const seenAtMs = clock.now()
    if (earlier !== undefined && isFresh(earlier.seenAtMs) && tellsNothingNew(whole, earlier)) return whole
    remember(access, job.id, {
      job: whole,
      statusAtMs: earlier?.statusAtMs,
      seenAtMs,
      askedAtMs: Math.max(askedAtMs, earlier?.askedAtMs ?? 0),
      refusal: earlier?.refusal,
      changedAtMs: changedBeforeMs,
    })
    return whole
  }

  /** What this caller was told elsewhere within the window, if it was. Else somebody else has used it. */
  const usedElsewhere = (access: Access, id: string, { waitMs, seen }: UsedElsewhere): Job | null => {
    const usedForMs = Math.max(0, windowMs - waitMs)
    const seenAtMs = clock.now() - usedForMs
    const askedAtMs = seenAtMs - (seen?.tookMs ?? 0)
    windows.close(id, Math.min(waitMs, usedForMs < laterRecheckMs ? recheckMs : laterRecheckMs))
    const earlier = observations.get(access.callerKey, id)
    const changedBeforeMs = earlier?.changedAtMs ?? 0
    if (seen === undefined || changedBeforeMs >= askedAtMs) throw tooManyOthers(id, windowMs)
    windows.close(id, waitMs)
    // Here a list may have told what is newer.
    const isNewer = earlier === undefined || earlier.askedAtMs <= askedAtMs
    const whole = seen.job === null ? null : withSeen(seen.job, askedAtMs, earlier)
    if (isNewer) {
      const statusAtMs = seenAtMs
      remember(access, id, { job: whole, statusAtMs, seenAtMs, askedAtMs, changedAtMs: changedBeforeMs })
    } else remember(access, id, { ...earlier, job: whole ?? earlier.job, statusAtMs: seenAtMs })
    return isNewer ? whole : (whole ?? earlier.job ?? null)
  }

  /** Calls the status route, which must be open, and keeps account of the window. */
  const ask = async (
    access: Access,
    id: string,
    changedBeforeMs: number,
    signal: AbortSignal,
  ): Promise<Job | null> => {
    windows.claim(id)
    const progress = new CallProgress()
    const askedAtMs = clock.now()
    const claim = await sharedWindows.claim(id, access.callerKey, windowMs)
    if (!claim.isOurs) return usedElsewhere(access, id, claim)
    try {
      const job = await orNullIfUnknown(client.status(access, id, signal, progress))
      const earlier = observations.get(access.callerKey, id)
      const whole = job && withSeen(job, askedAtMs, earlier)
      const nowMs = clock.now()
      if ((earlier?.changedAtMs ?? 0) === changedBeforeMs) {
        const seen = { job: whole, statusAtMs: nowMs, seenAtMs: nowMs, askedAtMs }
        remember(access, id, { ...seen, changedAtMs: changedBeforeMs })
      }
      windows.close(id)
      sharedWindows.settle(id, access.callerKey, windowMs, { job: whole, tookMs: nowMs - askedAtMs })
      return whole
    } catch (error) {
      if (progress.step === 'sent' && isCounted(error)) windows.close(id)
      else {
        windows.release(id)
        sharedWindows.release(id)
      }
      if (hasCode(error, 'FORBIDDEN')) {
        const earlier = observations.get(access.callerKey, id) ?? nothingSeen
        remember(access, id, { ...earlier, refusal: { error, atMs: clock.now() } })
      }
      throw error
    }
  }

  /** One try: what is known, what the status route tells if it may be asked, what the lists tell; else undefined. */
  const tryToRead = async (access: Access, id: string, options: ReadOptions, mayAsk: () => boolean) => {
    const { signal, detail, lists } = options
    const seen = observations.get(access.callerKey, id)
    const known = freshOf(seen, detail)
    if (known !== undefined) return known
    const refusal = seen?.refusal
    if (refusal !== undefined && isFresh(refusal.atMs)) throw refusal.error
    const changedAtMs = seen?.changedAtMs ?? 0
    const key = `${access.callerKey}:${id}:${changedAtMs}`
    if (sharedCalls.has(key) || mayAsk()) {
      try {
        return await sharedCalls.run(key, signal, (shared) => ask(access, id, changedAtMs, shared))
      } catch (error) {
        if (!isStatusLimit(error)) throw error
      }
    }
    return detail ? undefined : ((await lists(id)) ?? undefined)
  }

  const readInTurn = async (access: Access, id: string, options: ReadOptions) => {
    const giveUpAtMs = clock.now() + maxWaits * windowMs
    const place = windows.queue(id)
    try {
      while (clock.now() < giveUpAtMs) {
        await place.change(options.signal)
        const answer = await tryToRead(access, id, options, place.isTurn)
        if (answer !== undefined) return answer
      }
      throw tooManyOthers(id, windowMs)
    } finally {
      place.leave()
    }
  }

  const read = (access: Access, id: string, options: ReadOptions) =>
    tryToRead(access, id, options, () => windows.isOpen(id)).then((answer) =>
      answer === undefined ? readInTurn(access, id, options) : answer,
    )

  const forgetHere = (callerKey: string, id: string) => {
    const nowMs = clock.now()
    changes.set(callerKey, nowMs)
    const title = observations.get(callerKey, id)?.job?.title ?? null
    observations.set(callerKey, id, { ...nothingSeen, title, changedAtMs: nowMs })
  }
  bus.listen(changedJob, (detail) => {
    const [callerKey, id] = changeSchema.parse(JSON.parse(detail))
    forgetHere(callerKey, id)
  })

  return {
    remembered: ({ callerKey }, id, detail) => freshOf(observations.get(callerKey, id), detail),
    changedAtMs: ({ callerKey }, id) => observations.get(callerKey, id)?.changedAtMs ?? 0,
    seenLately({ callerKey }, id) {
      const seen = observations.get(callerKey, id)
      if (seen?.job?.isFinished === true) return seen.job
      return seen !== undefined && isFresh(seen.seenAtMs) ? (seen.job ?? null) : null
    },
    hasAskedLately({ callerKey }, id) {
      const statusAtMs = observations.get(callerKey, id)?.statusAtMs
      return statusAtMs !== undefined && isFresh(statusAtMs)
    },
    lastSeen: ({ callerKey }, id) => observations.get(callerKey, id)?.job ?? undefined,
    keptFresh({ callerKey }, id) {
      const seen = observations.get(callerKey, id)
      const isBehind = seen === undefined || clock.now() - seen.seenAtMs >= windowMs + watchGraceMs
      return isBehind ? undefined : (seen.job ?? undefined)
    },
    askedAtMs({ callerKey }, id) {
      const seen = observations.get(callerKey, id)
      return seen?.job === undefined ? undefined : seen.askedAtMs
    },
    read,
    observe,
    forget({ callerKey }, id) {
      forgetHere(callerKey, id)
      sharedWindows.forget(id, callerKey)
      bus.announce(changedJob, JSON.stringify([callerKey, id]))
    },
    listLookUp(access, signal) {
      let reading: Promise<ListedJobs> | undefined
      return async (id) => {
        const key = `${access.callerKey}:${changes.get(access.callerKey) ?? 0}`
        reading ??= sharedLists.run(key, signal, (shared) => listedJobs(floor, access, shared))
        const { jobs, askedAtMs } = await reading
        const job = jobs.get(id)
        return job === undefined ? null : observe(access, job, askedAtMs)
      }
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

/** What the lists told, and when they were asked. */
interface ListedJobs {
  readonly jobs: ReadonlyMap<string, Job>
  readonly askedAtMs: number
}

/**
 * Reads the longest page of both lists. One that fails is left out: there is still another way to the job. A job that
 * finished between the two calls is on both, and then counts as finished.
 *
 * @throws GatewayError UNAUTHENTICATED, which any other call would meet too; or the abort reason
 */
async function listedJobs(
  { client, clock }: JobReaderFloor,
  access: Access,
  signal: AbortSignal,
): Promise<ListedJobs> {
  const askedAtMs = clock.now()
  const pages = await Promise.allSettled(
    (['monitors', 'histories'] as const).map((list) => wholePage(client, access, list, 0, signal)),
  )
  const jobs = new Map<string, Job>()
  for (const page of pages) {
    if (page.status === 'fulfilled') for (const job of page.value.nodes) jobs.set(job.id, job)
    else if (signal.aborted || hasCode(page.reason, 'UNAUTHENTICATED')) throw page.reason
  }
  return { jobs, askedAtMs }
}

const nothingSeen: JobObservation = {
  job: undefined,
  statusAtMs: undefined,
  seenAtMs: 0,
  askedAtMs: 0,
  changedAtMs: 0,
}

/**
 * Whether Vault may have taken the call for a look at the status. It did not where it was not reached or knew nobody; and who may
 * not see a job shall hold it up for nobody who may.
 */
function isCounted(error: unknown): boolean {
  if (hasCode(error, 'UNAUTHENTICATED', 'FORBIDDEN', 'UPSTREAM_TIMEOUT')) return false
  if (!hasCode(error, 'UPSTREAM_UNAVAILABLE')) return true
  const status = error.extensions.upstream?.status
  return status !== undefined && ![502, 503, 504].includes(status)
}

const tooManyOthers = (id: string, windowMs: number) =>
  upstreamRateLimited(
    `Vault answers the status of job ${id} once in ${windowMs / 1000} s, and the turn of this request has not come. Try again later.`,
    { upstream: { service: 'vault', type: 'API_LIMIT_EXCEEDED' }, retryAfter: Math.ceil(windowMs / 1000) },
  )

/** Vault's refusal to tell the status so soon: there are other ways to an answer. */
const isStatusLimit = (error: unknown): boolean =>
  hasCode(error, 'UPSTREAM_RATE_LIMITED') && error.extensions.upstream?.type === 'API_LIMIT_EXCEEDED'
