import { notFound, type UpstreamDetail } from '../core/errors.ts'
import { createCallLimit } from '../upstream/batching.ts'
import type { Due, Look } from '../watch/policy.ts'
import type { ListFinder } from './list-finder.ts'
import { tellJob } from './list-look.ts'
import type { Job } from './model.ts'
import type { JobReader } from './reader.ts'
import { isOutOfReach, type StatusWaitFloor, statusWaitMs } from './status-wait.ts'

/** What looking at the status of single jobs needs. */
export interface StatusLookFloor extends StatusWaitFloor {
  readonly finder: ListFinder
  readonly reader: JobReader
}

/** Jobs whose status is to be asked. */
export interface StatusesToRead {
  /** Those that cannot wait. */
  readonly now: readonly Due[]
  readonly later: readonly Due[]
  /** How many calls the later ones may cost in one interval. */
  readonly budget: number
  /** Whether the lists tell of it, as far as is known. */
  isOnList(key: string): boolean
}

/** Asks the status of some jobs at once, and spreads that of the others over the interval, or as many as it takes. */
export async function readStatuses(
  floor: StatusLookFloor,
  look: Look<Job>,
  { now, later, budget, isOnList }: StatusesToRead,
): Promise<void> {
  const { pollIntervalMs } = floor
  const perInterval = Math.max(1, Math.min(later.length, budget))
  const firstPlace = budget > 0 ? 0 : 1
  const asked = [...now]
  for (const [index, due] of later.entries()) {
    const placeMs = ((index + firstPlace) * pollIntervalMs) / perInterval
    const delayMs = Math.max(placeMs, statusWaitMs(floor, look.access, due.key))
    if (delayMs > 0) look.postpone(due.key, delayMs)
    else asked.push(due)
  }
  const limit = createCallLimit()
  await Promise.all(asked.map((due) => limit(() => readStatus(floor, look, due, isOnList))))
}

async function readStatus(
  floor: StatusLookFloor,
  look: Look<Job>,
  due: Due,
  isOnList: StatusesToRead['isOnList'],
): Promise<void> {
  const { memory, reader, finder } = floor
  const { key } = due
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
    if (job === null) look.fail(key, unknownJob(key, memory.unknown(access, key)))
    else tellJob(floor, look, job, aloneAfterMs(floor, look, due, isOnList(key)))
  } catch (error) {
    if (!signal.aborted) look.fail(key, error)
  }
}

/** When to look again, by itself, at a job whose status was asked, in milliseconds; undefined: with the others, in the next round. */
function aloneAfterMs(
  floor: StatusLookFloor,
  { access }: Look<Job>,
  { key, isAwaited }: Due,
  isOnList: boolean,
): number | undefined {
  // Where rounds come more often than the status may be asked, the list tells in between.
  if (isAwaited || (isOnList && isOutOfReach(floor, access, key))) return undefined
  return Math.max(floor.pollIntervalMs, statusWaitMs(floor, access, key))
}

const unknownJob = (id: string, upstream: UpstreamDetail = { service: 'vault' }) =>
  notFound(`Vault knows no job ${id}, or you may not see it.`, { upstream })
