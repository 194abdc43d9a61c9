import type { Answer } from '../answer.ts'
import { phaseAt } from '../timeline.ts'
import type { VaultCall } from './call.ts'
import { parseVaultDate, vaultDate } from './dates.ts'
import { failure, success } from './envelope.ts'
import { isVisibleTo, type JobRecord } from './job.ts'
import { historyFilters, monitorFilters } from './job-status.ts'
import { jobView } from './job-view.ts'
import { type Page, pageLinks, readPage } from './paging.ts'

/** What a call of either list asks for. */
interface ListQuery {
  page: Page
  /** Inclusive, in milliseconds since the Unix epoch. */
  startMs: number
  /** Inclusive, in milliseconds since the Unix epoch. */
  endMs: number
  /** As Vault prints it, upper case; undefined for every status. */
  status: string | undefined
}

/**
 * `GET services/jobs/histories` (API reference, Retrieve Job Histories): what is over. Newest first as in its example, and
 * dates filter on the end: neither is documented.
 */
export function answerJobHistories(call: VaultCall): Answer {
  const query = readListQuery(call, historyFilters)
  if ('problem' in query) return failure(call, 'INVALID_DATA', query.problem)
  const jobs = select(call, call.state.jobs.completed(), query, (job) => job.finishMs)
  return answerList(call, query.page, jobs.reverse())
}

/**
 * `GET services/jobs/monitors` (API reference, Retrieve Job Monitors): what is not over; dates filter on the creation. By
 * id as in its example: the order is not documented.
 */
export function answerJobMonitors(call: VaultCall): Answer {
  const query = readListQuery(call, monitorFilters)
  if ('problem' in query) return failure(call, 'INVALID_DATA', query.problem)
  const jobs = select(call, call.state.jobs.active(), query, (job) => job.createdMs)
  return answerList(call, query.page, jobs)
}

function select(
  call: VaultCall,
  jobs: readonly JobRecord[],
  query: ListQuery,
  dateMs: (job: JobRecord) => number,
): JobRecord[] {
  // Dates count as they are printed, in whole seconds.
  const fromMs = Math.ceil(query.startMs / 1000) * 1000
  const beforeMs = Math.floor(query.endMs / 1000) * 1000 + 1000
  return jobs.filter((job) => {
    const atMs = dateMs(job)
    if (atMs < fromMs || atMs >= beforeMs || !isVisibleTo(job, call.user.id)) return false
    return query.status === undefined || phaseAt(job.phases, call.nowMs).status === query.status
  })
}

function answerList(call: VaultCall, page: Page, jobs: readonly JobRecord[]): Answer {
  return success(call, {
    responseMessage: 'OK',
    url: call.request.url,
    responseDetails: pageLinks(call.request, page, jobs.length),
    jobs: jobs.slice(page.offset, page.offset + page.limit).map((job) => listed(job, call.nowMs)),
  })
}

function listed(job: JobRecord, nowMs: number) {
  const view = jobView(job, nowMs)
  return {
    job_id: job.id,
    title: job.definition.title ?? `Job ${job.id}`,
    status: view.status,
    created_by: job.createdBy,
    created_date: vaultDate(job.createdMs),
    modified_by: job.definition.modifiedBy ?? job.createdBy,
    modified_date: view.modifiedDate,
    run_start_date: view.runStartDate,
    run_end_date: view.runEndDate,
  }
}

function readListQuery(call: VaultCall, statuses: ReadonlySet<string>): ListQuery | { problem: string } {
  const { query } = call.request
  const page = readPage(query)
  if ('problem' in page) return page
  const startMs = readDate(query.get('start_date'), Number.NEGATIVE_INFINITY)
  const endMs = readDate(query.get('end_date'), call.nowMs)
  if (startMs === undefined || endMs === undefined) {
    return { problem: 'start_date and end_date must look like 2026-01-31T13:45:00Z.' }
  }
  const status = query.get('status') ?? undefined
  if (status !== undefined && !statuses.has(status)) {
    return { problem: `The status must be one of ${[...statuses].join(', ')}.` }
  }
  return { page, startMs, endMs, status: status?.toUpperCase() }
}

function readDate(text: string | null, fallbackMs: number): number | undefined {
  return text === null ? fallbackMs : parseVaultDate(text)
}
