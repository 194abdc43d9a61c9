import { isDeepStrictEqual } from 'node:util'
import type { Connection } from '../core/paging.ts'
import type { JobStatus } from '../generated/resolvers.ts'

/** What only the status route tells of a job. */
export interface JobDetail {
  readonly method: string | null
  readonly links: readonly JobLink[] | null
  readonly progress: readonly JobProgress[] | null
  /** When the status route told it, in milliseconds since the epoch. */
  readonly observedAtMs: number
}

/** What the lists and the status route both tell of a job. */
export interface JobFacts {
  readonly id: string
  readonly status: JobStatus
  readonly rawStatus: string
  readonly isFinished: boolean
  readonly createdBy: string | null
  readonly createdDate: string | null
  readonly runStartDate: string | null
  readonly runEndDate: string | null
  readonly observedAt: string
}

/** What only the lists tell of a job. */
export interface JobListing {
  readonly title: string | null
  readonly modifiedBy: string | null
  readonly modifiedDate: string | null
}

/** A job, as far as this caller has seen it. */
export interface Job extends JobFacts, JobListing {
  /** Undefined until the status route was read for this status. */
  readonly detail: JobDetail | undefined
  /** Whether a list has told of it: what is null of its listing is nothing then, and not unknown. */
  readonly isListed: boolean
}

/** A link of a finished job. */
export interface JobLink {
  readonly rel: string
  readonly href: string
  readonly method: string
  readonly accept: string | null
}

/** How many tasks of an SDK job share a status. */
export interface JobProgress {
  readonly status: string
  readonly size: number
}

/** A part of an SDK job. */
export interface JobTask {
  /** `{jobId}/{taskId}`: Vault calls the first task of every job `Task1`. */
  readonly id: string
  readonly jobId: string
  readonly taskId: string
  readonly state: JobStatus
  readonly rawState: string
}

/** A page of jobs. */
export type JobConnection = Connection<Job>

/** A page of tasks. */
export type JobTaskConnection = Connection<JobTask>

/** What the subscriptions to jobs send. */
export interface JobUpdate {
  readonly job: Job
  readonly previousStatus: JobStatus | null
  readonly observedAt: string
}

/** A job that was told to start. What it looks like now is read when asked for. */
export interface StartJobPayload {
  readonly jobId: string
}

/** Which statuses Vault knows, and whether a job with it is over (API reference, Jobs). */
const isOverByStatus: Readonly<Record<Exclude<JobStatus, 'UNKNOWN'>, boolean>> = {
  SCHEDULED: false,
  QUEUEING: false,
  QUEUED: false,
  RUNNING: false,
  SUCCESS: true,
  ERRORS_ENCOUNTERED: true,
  FAILED_TO_RUN: true,
  CANCELLED: true,
  TIMEOUT: true,
  COMPLETED_DUE_TO_INACTIVITY: true,
  MISSED_SCHEDULE: true,
}

const isKnownStatus = (status: string): status is keyof typeof isOverByStatus =>
  Object.hasOwn(isOverByStatus, status)

/** Vault's list of statuses is open ("possible statuses include"), so one that nobody knew becomes UNKNOWN. */
export function jobStatusOf(rawStatus: string): JobStatus {
  // As a rule it comes in this form, and lists have hundreds.
  if (isKnownStatus(rawStatus)) return rawStatus
  const status = rawStatus
    .trim()
    .toUpperCase()
    .replaceAll(/[\s-]+/g, '_')
  return isKnownStatus(status) ? status : 'UNKNOWN'
}

/** Whether a job is over. One with an unknown status is, once it has an end. */
export function isFinished(status: JobStatus, runEndDate: string | null): boolean {
  return status === 'UNKNOWN' ? runEndDate !== null : isOverByStatus[status]
}

/**
 * Adds what was known of a job to what was seen of it now. The newer answer wins; what its route does not tell is
 * kept from the older one: the title always, the rest while the status is the same. What is finished never changes:
 * an answer that says otherwise was under way for longer than the one that told of the end.
 */
export function withEarlier(job: Job, earlier: Job | undefined): Job {
  if (earlier === undefined) return job
  if (earlier.isFinished && !job.isFinished) return withEarlier(earlier, job)
  const isSameStatus = earlier.rawStatus === job.rawStatus
  return {
    ...job,
    title: job.title ?? earlier.title,
    modifiedBy: job.modifiedBy ?? (isSameStatus ? earlier.modifiedBy : null),
    modifiedDate: job.modifiedDate ?? (isSameStatus ? earlier.modifiedDate : null),
    detail: job.detail ?? (isSameStatus ? earlier.detail : undefined),
    isListed: job.isListed || earlier.isListed,
  }
}

const factKeys = ['status', 'rawStatus', 'createdBy', 'createdDate', 'runStartDate', 'runEndDate'] as const
const listingKeys = ['title', 'modifiedBy', 'modifiedDate'] as const
const detailKeys = ['method', 'links', 'progress'] as const

/**
 * Whether a subscriber has to hear of the newer state. What one of the two answers could not tell, since its route
 * does not, is no change.
 */
export function isJobChange(previous: Job, next: Job): boolean {
  return (
    factKeys.some((key) => previous[key] !== next[key]) ||
    listingKeys.some((key) => previous[key] !== null && next[key] !== null && previous[key] !== next[key]) ||
    isDetailChange(previous.detail, next.detail)
  )
}

/** Whether two states of a job are the same in all that lists tell. */
export const isSameListing = (one: Job, other: Job): boolean =>
  factKeys.every((key) => one[key] === other[key]) && listingKeys.every((key) => one[key] === other[key])

function isDetailChange(previous: JobDetail | undefined, next: JobDetail | undefined): boolean {
  if (previous === undefined || next === undefined) return false
  return detailKeys.some((key) => !isDeepStrictEqual(previous[key], next[key]))
}
