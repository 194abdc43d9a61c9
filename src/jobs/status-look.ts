import { notFound } from '../core/errors.ts'
import { createCallLimit } from '../upstream/batching.ts'
import type { Due, Look } from '../watch/policy.ts'
import type { ListFinder } from './list-finder.ts'
import { tellJob } from './list-look.ts'
import type { JobMemory } from './memory.ts'
import type { Job } from './model.ts'
import type { JobReader } from './reader.ts'
import type { StatusWindows } from './status-window.ts'

/** A timer may fire a little before its time. A look that comes too early for the window would see nothing new. */
const windowMarginMs = 10

/** What looking at the status of single jobs needs. */
export interface StatusLookFloor {
  readonly finder: ListFinder
  readonly memory: JobMemory
  readonly reader: JobReader
  readonly windows: StatusWindows
  readonly pollIntervalMs: number
}

/** Jobs that no list has told of. */
export interface Unlisted {
  /** Those that cannot wait. */
  readonly now: readonly Due[]
  readonly later: readonly Due[]
  /** How many calls the later ones may cost in one interval. */
  readonly budget: number
}

/** Asks the status of some jobs at once, and spreads that of the others over the interval, or as many as it takes. */
export async function readStatuses(
  floor: StatusLookFloor,
  look: Look<Job>,
  { now, later, budget }: Unlisted,
): Promise<void> {
  const { pollIntervalMs } = floor
  const perInterval = Math.max(1, Math.min(later.length, budget))
  const firstPlace = budget > 0 ? 0 : 1
  const asked = [...now]
  for (const [index, due] of later.entries()) {
    const placeMs = ((index + firstPlace) * pollIntervalMs) / perInterval
    const delayMs = Math.max(placeMs, untilOpenMs(floor, look, due.key))
    if (delayMs > 0) look.postpone(due.key, delayMs)
    else asked.push(due)
  }
  const limit = createCallLimit()
  await Promise.all(asked.map((due) => limit(() => readStatus(floor, look, due))))
}

async function readStatus(floor: StatusLookFloor, look: Look<Job>, { key, isAwaited }: Due): Promise<void> {
  const { memory, reader, finder, pollIntervalMs } = floor
  const { access, signal } = look
  // Once: while the window of the job is another's, the reader asks again and again.
  let search: Promise<Job | null> | undefined
  const find = (id: string) => {
    search ??= finder.find(access, id, signal)
    return search
  }
  try {
    const job = await reader.read(access, key, {
      signal,
      detail: false,
      lists: async (id) => memory.seenLately(access, id) ?? find(id),
    })
    if (job === null) look.fail(key, unknownJob(key))
    else {
      const aloneAfterMs = isAwaited ? undefined : Math.max(pollIntervalMs, untilOpenMs(floor, look, key))
      tellJob(floor, look, job, aloneAfterMs)
    }
  } catch (error) {
    if (!signal.aborted) look.fail(key, error)
  }
}

/**
 * How long until Vault would answer the status of this job again, in milliseconds. 0: now; or since somebody else has
 * used the window, so that waiting might go on for ever and the lists are the way.
 */
function untilOpenMs({ windows, memory }: StatusLookFloor, { access }: Look<Job>, key: string): number {
  if (!memory.hasAskedLately(access, key)) return 0
  const waitMs = windows.waitMs(key)
  return waitMs > 0 && Number.isFinite(waitMs) ? waitMs + windowMarginMs : 0
}

const unknownJob = (id: string) =>
  notFound(`Vault knows no job ${id}, or you may not see it.`, { upstream: { service: 'vault' } })
