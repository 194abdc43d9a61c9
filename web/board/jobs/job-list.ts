import type { JobRowFragment, JobStatus } from './operations.generated.ts'

/** A job as a row shows it. */
export type Job = JobRowFragment

/** The jobs of the screen, as far as they are known. */
export interface JobList {
  /** Those that have not finished, by their ids. */
  readonly active: ReadonlyMap<string, Job>
  /** Those that finished while the screen was open, the last one first. */
  readonly finished: readonly Job[]
}

/** How many finished jobs are kept. */
export const maxFinished = 12

/** What is known at first: nothing. */
export const noJobs: JobList = { active: new Map(), finished: [] }

/** What is known after messages about jobs, in their order. */
export function withJobs(list: JobList, jobs: readonly Job[]): JobList {
  const active = new Map(list.active)
  const finished = new Map(list.finished.toReversed().map((job) => [job.id, job]))
  for (const job of jobs) {
    const [from, to] = job.isFinished ? [active, finished] : [finished, active]
    from.delete(job.id)
    to.set(job.id, job)
  }
  return { active, finished: [...finished.values()].slice(-maxFinished).reverse() }
}

/**
 * What is known when a connection begins: what finished while there was none is told by no message, and the connection
 * begins with all that has not.
 */
export function afterReconnect({ finished }: JobList): JobList {
  return { active: new Map(), finished }
}

/** The jobs that finished lately: those that were seen to, and then those that Vault's list has beside them. */
export function recentJobs({ finished }: JobList, listed: readonly Job[]): readonly Job[] {
  const seen = new Set(finished.map(({ id }) => id))
  return [...finished, ...listed.filter(({ id }) => !seen.has(id))]
    .toSorted((one, other) => endOf(other) - endOf(one))
    .slice(0, maxFinished)
}

/** Active jobs in the order of a board: what runs, what waits, what is planned; in each the newest first. */
export function inOrder(jobs: Iterable<Job>): readonly Job[] {
  return [...jobs].toSorted(
    (one, other) => rankOf(one.status) - rankOf(other.status) || Number(other.id) - Number(one.id),
  )
}

const order: readonly JobStatus[] = ['RUNNING', 'QUEUED', 'QUEUEING', 'UNKNOWN', 'SCHEDULED']
const rankOf = (status: JobStatus) => order.indexOf(status)

/** What missed its schedule has never run, so it has no end: it stands where it should have begun. */
function endOf({ runEndDate, runStartDate, createdDate }: Job): number {
  const moment = runEndDate ?? runStartDate ?? createdDate
  return moment === null ? 0 : Date.parse(moment)
}
