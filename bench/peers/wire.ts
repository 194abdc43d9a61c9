/** What Vault tells of a job, by its id or in a list. Taken at its word, as a minimal server does. */
export interface WireJob {
  readonly id?: number
  /** What the lists call the id. */
  readonly job_id?: number
  readonly status: string
  readonly title?: string
  readonly method?: string
  readonly created_by?: number
  readonly created_date?: string
  readonly run_start_date?: string
  readonly run_end_date?: string
}

/** Vault's answer about one job. */
export interface WireStatus {
  readonly data: WireJob
}

/** Vault's answer to either list. */
export interface WireList {
  readonly jobs: readonly WireJob[]
}

/** Vault's answer about the tasks of a job. */
export interface WireTasks {
  readonly tasks: readonly { readonly id: string; readonly state: string }[]
}

/** A job as the schema has it, but for its tasks. */
export const toJob = (wire: WireJob) => ({
  id: wire.id ?? wire.job_id,
  status: wire.status,
  title: wire.title,
  method: wire.method,
  createdBy: wire.created_by,
  createdDate: wire.created_date,
  runStartDate: wire.run_start_date,
  runEndDate: wire.run_end_date,
})

/** A job as its resolver made it. */
export type Job = ReturnType<typeof toJob>

/** Either list as the schema has it. */
export const toJobs = ({ jobs }: WireList) => ({ nodes: jobs.map(toJob) })

/** The tasks of a job as the schema has them. */
export const toTasks = ({ tasks }: WireTasks) => ({
  nodes: tasks.map(({ id, state }) => ({ taskId: id, state })),
})
