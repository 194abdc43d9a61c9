import { hasCode, isTransient } from '../core/errors.ts'
import type { Page } from '../core/paging.ts'
import type { Clock } from '../core/time.ts'
import type { Look } from '../watch/policy.ts'
import type { JobsClient } from './client.ts'
import { pageCount, wholePage } from './lists.ts'
import { type Job, withEarlier } from './model.ts'
import { isOutOfReach, type StatusWaitFloor } from './status-wait.ts'

/** From how many jobs that are on the list no more the list of completed jobs is read before their status is asked. */
const minMissingForHistories = 10

/** The most pages of the list of active jobs that one look reads. Jobs behind them are not followed by `activeJobsUpdated`. */
const maxActivePages = 50

/** For how many jobs at most their status stands in where Vault answers for the list, but not with a list. */
const maxWithoutList = 2

/** What looking at lists needs. */
export interface ListLookFloor extends StatusWaitFloor {
  readonly client: JobsClient
  readonly clock: Clock
}

/** What the lists told in one look. */
export interface ListsRead {
  /** What needs no further look. */
  readonly seen: ReadonlySet<string>
  /** How many pages the list of active jobs has, as far as is known. Infinite where this caller may not read it. */
  readonly pages: number
  /** How many calls it took. */
  readonly calls: number
}

/**
 * Whether a list is short enough to be read for so many jobs.
 *
 * @param mayCostAsMuch whether it may cost as many calls as their status, since that of some may not be asked before the next round;
 * asked only where it would
 */
export const isShortFor = (pages: number, jobs: number, mayCostAsMuch: () => boolean): boolean =>
  pages < jobs || (pages === jobs && mayCostAsMuch())

/**
 * Reads the list of active jobs as far as it is worth it, and where many have left it, or one whose status may not be asked
 * soon, a page of the completed ones.
 *
 * @param candidates how many jobs the list may tell of: it is worth as many calls at most
 */
export async function readLists(
  floor: ListLookFloor,
  look: Look<Job>,
  candidates: number,
): Promise<ListsRead> {
  const { client, clock, pollIntervalMs } = floor
  const { access, signal } = look
  const seen = new Set<string>()
  /** What is due and content with what a list tells, although somebody may want detail of it. */
  const listable = new Map(look.due.filter(({ wantsDetail }) => !wantsDetail).map((due) => [due.key, due]))
  let pages = 1
  let calls = 0
  const missing = () => [...listable.values()].filter(({ key }) => !seen.has(key))
  const tell = (jobs: readonly Job[]) => {
    for (const job of jobs) {
      // Where the list is too long to be read in each round, its jobs are looked at one by one from now on.
      const isShort =
        look.isForAll || isShortFor(pages, candidates, () => isOutOfReach(floor, access, job.id))
      const aloneAfterMs = isShort ? undefined : pollIntervalMs
      const askedAtMs = floor.memory.askedAtMs(access, job.id)
      if (look.wantsDetail(job.id) && !listable.has(job.id))
        look.mention(job.id, withEarlier(job, look.state(job.id)), askedAtMs)
      else {
        seen.add(job.id)
        tellJob(floor, look, job, aloneAfterMs)
      }
    }
  }

  /** Who may not read the list may still ask for the status of a job. */
  const refused = (error: unknown) => {
    pages = Number.POSITIVE_INFINITY
    if (look.isForAll) look.failAll(error)
  }

  for (let isMore = true; isMore; ) {
    const askedAtMs = clock.now()
    const page = await wholePage(client, access, 'monitors', calls, signal).catch((error: unknown) => {
      if (look.signal.aborted || hasCode(error, 'UNAUTHENTICATED')) throw error
      if (!isTransient(error)) return refused(error)
      const isNonsense = hasCode(error, 'UPSTREAM_ERROR', 'UPSTREAM_INVALID_RESPONSE')
      if (look.isForAll || !isNonsense || candidates > maxWithoutList) throw error
      look.report(error)
      // For more jobs than these the list is tried again in the next round.
      pages = maxWithoutList + 1
    })
    calls += 1
    if (page === undefined) return { seen, pages, calls }
    pages = pageCount(page)
    tell(observed(floor, look, page, askedAtMs, ({ id }) => look.isForAll || look.isFollowed(id)))
    // Others than those that were on the list before may not be on it, and then cost a status call too.
    const unexpected = missing().filter(({ isAwaited, isAlone }) => isAwaited || isAlone).length
    const isWorthIt = look.isForAll || (missing().length > 0 && pages + unexpected <= candidates)
    isMore = page.hasNextPage && isWorthIt && calls < maxActivePages
  }
  const left = missing()
  if (left.length >= minMissingForHistories || left.some(({ key }) => isOutOfReach(floor, access, key))) {
    const askedAtMs = clock.now()
    // It only saves calls: where it fails, the status of each is asked.
    const page = await wholePage(client, access, 'histories', 0, signal).catch((error: unknown) => {
      if (look.signal.aborted || hasCode(error, 'UNAUTHENTICATED')) throw error
    })
    calls += 1
    if (page !== undefined) tell(observed(floor, look, page, askedAtMs, ({ id }) => look.isFollowed(id)))
  }
  return { seen, pages, calls }
}

/** Tells a job, with what those who follow it were told before and this answer does not know. */
export function tellJob(
  { memory }: Pick<ListLookFloor, 'memory'>,
  look: Look<Job>,
  job: Job,
  aloneAfterMs?: number,
): void {
  const askedAtMs = memory.askedAtMs(look.access, job.id)
  look.see(job.id, withEarlier(job, look.state(job.id)), aloneAfterMs, askedAtMs)
}

/** Remembers the jobs of a page that somebody wants to hear of, and adds what was known of them. */
function observed(
  { memory }: ListLookFloor,
  { access }: Look<Job>,
  { nodes }: Page<Job>,
  askedAtMs: number,
  isWanted: (job: Job) => boolean,
): readonly Job[] {
  return nodes.filter(isWanted).map((job) => memory.observe(access, job, askedAtMs))
}
