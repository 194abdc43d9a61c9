import type { Access } from '../core/identity.ts'
import { maxPageSize, type Page, type PageRequest, type Place } from '../core/paging.ts'
import type { Clock } from '../core/time.ts'
import type { JobList, JobListQuery, JobsClient } from './client.ts'
import type { Job } from './model.ts'

/** What a caller may narrow a list by. */
export interface JobFilter {
  readonly status?: string | null | undefined
  readonly startDate?: Date | null | undefined
  readonly endDate?: Date | null | undefined
}

/** Names a list with its filter, so that a cursor of one is not taken for a place in another. */
export function listName(list: 'active' | 'completed', filter: JobFilter | null | undefined): string {
  const { status, startDate, endDate } = queryOf(filter)
  return [list, status, startDate, endDate].filter((part) => part !== undefined).join(' ')
}

/** The filter in Vault's form. */
export function queryOf(filter: JobFilter | null | undefined): JobListQuery {
  return {
    status: filter?.status?.toLowerCase(),
    startDate: filter?.startDate == null ? undefined : vaultDateTime(filter.startDate),
    endDate: filter?.endDate == null ? undefined : vaultDateTime(filter.endDate),
  }
}

/**
 * Whether an active job meets a filter, as Vault's list of active jobs would tell: its dates are about the creation
 * (API reference, Retrieve Job Monitors).
 */
export function meets(
  { status, isFinished, createdDate }: Job,
  filter: JobFilter | null | undefined,
): boolean {
  const { status: wanted, startDate, endDate } = filter ?? {}
  if (isFinished || (wanted != null && status !== wanted)) return false
  const isDated = startDate != null || endDate != null
  if (createdDate === null || !isDated) return !isDated
  const createdAt = new Date(createdDate)
  return (startDate == null || createdAt >= startDate) && (endDate == null || createdAt <= endDate)
}

/** Vault takes whole seconds: `YYYY-MM-DDTHH:MM:SSZ` (API reference, Jobs). */
function vaultDateTime(date: Date): string {
  return `${date.toISOString().slice(0, 19)}Z`
}

/** Reads one of the longest pages of a list that is not narrowed, counted from 0. */
export function wholePage(
  client: JobsClient,
  access: Access,
  list: JobList,
  index: number,
  signal: AbortSignal,
): Promise<Page<Job>> {
  const place = { offset: index * maxPageSize, list: '' }
  return client.list(access, list, {}, { first: maxPageSize, place }, signal)
}

/** How many of the longest pages a list has: one at least. */
export const pageCount = ({ totalCount }: Page<Job>) => Math.max(1, Math.ceil(totalCount / maxPageSize))

/** What a walk over the completed jobs needs. */
export interface CompletedJobsWalk {
  readonly client: JobsClient
  readonly clock: Clock
  readonly access: Access
  readonly signal: AbortSignal
}

/**
 * Reads one page of the completed jobs so that a walk to the end gives each job once, also while jobs complete.
 *
 * The first page pins the end date, and the cursors carry it. Vault counts in whole seconds, and its clock is not
 * ours, so that jobs may still complete before the pin: they move the others down the list. The cursors therefore
 * also carry how long the list was and the job that they stand behind: where the list has grown, the page is looked
 * for behind that job.
 */
export async function completedJobsPage(
  walk: CompletedJobsWalk,
  filter: JobFilter | null | undefined,
  request: PageRequest,
): Promise<Page<Job>> {
  const { client, access, signal } = walk
  const query = { ...queryOf(filter), endDate: request.place.pin ?? pinFor(filter, walk.clock) }
  const read = (first: number, place: Place) =>
    client.list(access, 'histories', query, { first, place }, signal)

  const page = await read(request.first, request.place)
  const { last, total } = request.place
  const growth = page.totalCount - (total ?? page.totalCount)
  const shifted = growth > 0 && last !== undefined ? await pageBehind(last, growth, request, read) : undefined
  return pinned(shifted ?? page, query.endDate)
}

/** The list as it is now, up to the end of this second; earlier, where the filter says so. */
function pinFor(filter: JobFilter | null | undefined, clock: Clock): string {
  const now = new Date(Math.ceil(clock.now() / 1000) * 1000)
  const endDate = filter?.endDate ?? now
  return vaultDateTime(endDate < now ? endDate : now)
}

const pinned = (page: Page<Job>, pin: string): Page<Job> => ({
  ...page,
  place: { ...page.place, pin, total: page.totalCount },
})

/** How many jobs more than the list has grown by are looked through, since it may go on growing meanwhile. */
const growthMargin = 10

/**
 * The page behind a job that has moved down since its cursor was made, by as many places as the list has grown or by
 * fewer. Undefined where the job is not found there.
 */
async function pageBehind(
  id: string,
  growth: number,
  { first, place }: PageRequest,
  read: (first: number, place: Place) => Promise<Page<Job>>,
): Promise<Page<Job> | undefined> {
  // All places where the job can be, and as many behind them, as far as one page of Vault's goes.
  const behindAll = first + 1 + growth + growthMargin
  const firstOffset = place.offset - 1 + Math.max(0, growth + 2 - maxPageSize)
  const found = await read(Math.min(behindAll, maxPageSize), { ...place, offset: firstOffset })
  const index = found.nodes.findIndex((job) => job.id === id)
  if (index === -1) return undefined
  const nodes = found.nodes.slice(index + 1, index + 1 + first)
  const isCut = index + 1 + nodes.length < found.nodes.length
  return {
    ...found,
    nodes,
    hasNextPage: isCut || found.hasNextPage,
    place: { ...place, offset: firstOffset + index + 1 },
  }
}
