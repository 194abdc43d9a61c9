import { type GatewayError, hasCode, type UpstreamDetail, upstreamRateLimited } from '../core/errors.ts'
import type { Access } from '../core/identity.ts'
import type { Clock } from '../core/time.ts'
import type { Claim, SharedWindows } from '../fleet/shared-windows.ts'
import { CallProgress } from '../upstream/call-progress.ts'
import { type CallsSaved, nobodyCounts } from '../upstream/observed-call.ts'
import { createSharedCalls } from '../upstream/shared-calls.ts'
import { isUnknownKey } from '../upstream/vault.ts'
import type { JobsClient } from './client.ts'
import { wholePage } from './lists.ts'
import type { JobMemory, StatusAnswer } from './memory.ts'
import type { Job } from './model.ts'
import type { StatusWindows } from './status-window.ts'

/** How many windows a look-up waits through before it gives up, since others on this gateway come before it. */
const maxWaits = 3

/** How often Vault may refuse a look-up before it gives up: from one refusal to the next a whole window has passed. */
const maxRefusals = 2

/** How soon a window that another replica uses is looked at again, in milliseconds, while its call may be under way. */
const recheckMs = 100

/** How soon after that, in milliseconds: for this caller there may be nothing to come. */
const laterRecheckMs = 1000

/**
 * How long it may take until Redis has what a replica was told, in milliseconds: as long as a command may take
 * (`src/fleet/redis-connection.ts`). Nobody can tell how long it took, so what was told so soon after a change may be from before it.
 */
const maxTellingMs = 1000

/** What a caller was told on whichever replica, within a window. */
export interface ToldInWindow {
  readonly job: Job | null
  /** How long Vault took to tell it, in milliseconds: it may be how things were when it was asked. */
  readonly tookMs: number
}

type UsedElsewhere = Extract<Claim<ToldInWindow>, { readonly isOurs: false }>

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

/** Reads jobs and has what was seen remembered. Loaders and watches share it. */
export interface JobReader {
  /** Reads one job by at most one status call in a window. Null where Vault knows no such job. */
  read(access: Access, id: string, options: ReadOptions): Promise<Job | null>
  /** Makes a look-up that reads one page of each list when it is first asked. */
  listLookUp(access: Access, signal: AbortSignal): ListLookUp
  /** Forgets a job, since it was just changed. */
  forget(access: Access, id: string): void
}

/** What the reader needs. */
export interface JobReaderFloor {
  readonly client: JobsClient
  readonly memory: JobMemory
  readonly windows: StatusWindows
  /** The same for all replicas. */
  readonly sharedWindows: SharedWindows<ToldInWindow>
  readonly windowMs: number
  readonly clock: Clock
  /** Told of calls that were joined. Nobody is, by default. */
  readonly saved?: CallsSaved
}

/** Makes the reader of one Vault's jobs. */
export function createJobReader(floor: JobReaderFloor): JobReader {
  const { client, memory, windows, sharedWindows, windowMs, clock, saved = nobodyCounts } = floor
  const sharedCalls = createSharedCalls<Job | null>({ saved })
  const sharedLists = createSharedCalls<ListedJobs>({ saved })

  /** What this caller was told elsewhere within the window, if it was. Else somebody else has used it. */
  const usedElsewhere = (
    access: Access,
    id: string,
    { waitMs, seen }: UsedElsewhere,
    claimedAtMs: number,
  ): Job | null => {
    const usedForMs = Math.max(0, windowMs - waitMs)
    const seenAtMs = claimedAtMs - usedForMs
    const askedAtMs = seenAtMs - (seen?.tookMs ?? 0)
    windows.close(id, Math.min(waitMs, usedForMs < laterRecheckMs ? recheckMs : laterRecheckMs))
    const isOutdated = memory.changedAtMs(access, id) >= askedAtMs - maxTellingMs
    if (seen === undefined || isOutdated) throw tooManyOthers(id, windowMs)
    windows.close(id, waitMs)
    return memory.hearStatus(access, id, { job: seen.job, askedAtMs, seenAtMs })
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
    if (!claim.isOurs) return usedElsewhere(access, id, claim, askedAtMs)
    try {
      const told = await client.status(access, id, signal, progress).then(toldOf, unknownOrThrow)
      // In this order: what was told is fresh until the window opens.
      windows.close(id)
      const seenAtMs = clock.now()
      const job = memory.observeStatus(access, id, { ...told, askedAtMs, seenAtMs }, changedBeforeMs)
      claim.settle({ job, tookMs: seenAtMs - askedAtMs })
      return job
    } catch (error) {
      if (progress.step === 'sent' && isCounted(error)) {
        windows.close(id)
        claim.settle()
      } else {
        windows.release(id)
        claim.release()
      }
      if (hasCode(error, 'FORBIDDEN')) memory.refuse(access, id, error)
      throw error
    }
  }

  /** One try: what is known, what the status route tells if it may be asked, what the lists tell; else undefined. */
  const tryToRead = async (
    access: Access,
    id: string,
    options: ReadOptions,
    refusals: GatewayError[],
    mayAsk: () => boolean,
  ) => {
    const { signal, detail, lists } = options
    const { answer, refusal, changedAtMs } = memory.before(access, id, detail)
    if (answer !== undefined) return answer
    if (refusal !== undefined) throw refusal
    const key = `${access.callerKey}:${id}:${changedAtMs}`
    if (sharedCalls.has(key) || mayAsk()) {
      try {
        return await sharedCalls.run(key, signal, (shared) => ask(access, id, changedAtMs, shared))
      } catch (error) {
        if (!isStatusLimit(error)) throw error
        if (wasAnswered(error)) refusals.push(error)
      }
    }
    const listed = detail ? null : await lists(id)
    if (listed === null && refusals.length >= maxRefusals) {
      throw tooManyOthers(id, windowMs, refusals.at(-1)?.extensions.upstream)
    }
    return listed ?? undefined
  }

  const readInTurn = async (access: Access, id: string, options: ReadOptions, refusals: GatewayError[]) => {
    const giveUpAtMs = clock.now() + maxWaits * windowMs
    const place = windows.queue(id)
    try {
      while (clock.now() < giveUpAtMs) {
        await place.change(options.signal)
        const answer = await tryToRead(access, id, options, refusals, place.isTurn)
        if (answer !== undefined) return answer
      }
      throw tooManyOthers(id, windowMs)
    } finally {
      place.leave()
    }
  }

  return {
    read(access, id, options) {
      const refusals: GatewayError[] = []
      return tryToRead(access, id, options, refusals, () => windows.isOpen(id)).then((answer) =>
        answer === undefined ? readInTurn(access, id, options, refusals) : answer,
      )
    },
    listLookUp(access, signal) {
      let reading: Promise<ListedJobs> | undefined
      return async (id) => {
        // What was asked for before this caller last changed a job is not shared any more.
        const key = `${access.callerKey}:${memory.anyChangedAtMs(access)}`
        reading ??= sharedLists.run(key, signal, (shared) => listedJobs(floor, access, shared))
        const { jobs, askedAtMs } = await reading
        const job = jobs.get(id)
        return job === undefined ? null : memory.observe(access, job, askedAtMs)
      }
    },
    forget(access, id) {
      sharedWindows.forget(id, access.callerKey)
      memory.forget(access, id)
    },
  }
}

const toldOf = (job: Job): Pick<StatusAnswer, 'job' | 'unknown'> => ({ job })

function unknownOrThrow(error: unknown): Pick<StatusAnswer, 'job' | 'unknown'> {
  if (!isUnknownKey(error)) throw error
  return { job: null, unknown: error.extensions.upstream }
}

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

/** @param upstream what Vault said of it; left out: it was not asked, since others on this gateway were */
const tooManyOthers = (
  id: string,
  windowMs: number,
  upstream: UpstreamDetail = { service: 'vault', type: statusLimit },
) =>
  upstreamRateLimited(
    `Vault answers the status of job ${id} once in ${windowMs / 1000} s, and the turn of this request has not come. Try again later.`,
    { upstream, retryAfter: Math.ceil(windowMs / 1000) },
  )

/** Vault's word for it (API reference, Errors). */
const statusLimit = 'API_LIMIT_EXCEEDED'

/** That the status may not be asked so soon: there are other ways to an answer. */
export const isStatusLimit = (error: unknown): error is GatewayError =>
  hasCode(error, 'UPSTREAM_RATE_LIMITED') && error.extensions.upstream?.type === statusLimit

/** Whether Vault has answered so. Else the gateway has, for it. */
const wasAnswered = ({ extensions }: GatewayError): boolean => extensions.upstream?.status !== undefined
