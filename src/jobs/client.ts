import { z } from 'zod'
import type { Access } from '../core/identity.ts'
import { type Page, type PageRequest, pageAt } from '../core/paging.ts'
import type { Clock } from '../core/time.ts'
import type { CallProgress } from '../upstream/call-progress.ts'
import { decode, optional, wireDateTime, wireId, wireInt } from '../upstream/decode.ts'
import { pathOf, type UpstreamPath } from '../upstream/path.ts'
import type { VaultClient } from '../upstream/vault.ts'
import { isFinished, type Job, type JobProgress, type JobTask, jobStatusOf } from './model.ts'

/** Vault's names of its two lists of jobs: those that have not finished, and those that have. */
export type JobList = 'monitors' | 'histories'

/** What selects the jobs of a list, in Vault's form. */
export interface JobListQuery {
  /** Lower case, as Vault's filter wants it. */
  readonly status?: string | undefined
  /** `YYYY-MM-DDTHH:MM:SSZ` */
  readonly startDate?: string | undefined
  /** `YYYY-MM-DDTHH:MM:SSZ` */
  readonly endDate?: string | undefined
}

const linkSchema = z.object({
  rel: z.string(),
  href: z.string(),
  method: optional(z.string()),
  accept: optional(z.string()),
})

const commonFields = {
  status: z.string(),
  created_by: optional(wireId),
  created_date: optional(wireDateTime),
  run_start_date: optional(wireDateTime),
  run_end_date: optional(wireDateTime),
}

const statusSchema = z.compile(
  z.object({
    data: z.object({
      ...commonFields,
      method: optional(z.string()),
      links: optional(z.array(linkSchema)),
      progress: z.unknown().optional(),
    }),
  }),
)

const listedJobSchema = z.object({
  ...commonFields,
  job_id: wireId,
  title: optional(z.string()),
  modified_by: optional(wireId),
  modified_date: optional(wireDateTime),
})

/** Paging goes on without what cannot be read here. */
const lenientCount = wireInt.nullish().catch(undefined)

const responseDetailsSchema = z
  .object({ total: lenientCount, offset: lenientCount, next_page: optional(z.string()) })
  .nullish()

const listSchema = z.compile(
  z.object({ jobs: z.array(listedJobSchema), responseDetails: responseDetailsSchema }),
)

/** The task's state is `state` in the documentation and `status` in Veeva's own client. */
const taskSchema = z
  .object({ id: wireId, state: optional(z.string()), status: optional(z.string()) })
  .refine(({ state, status }) => state !== null || status !== null, { path: ['state'], error: 'is missing' })

const tasksSchema = z.compile(
  z.object({
    tasks: z.array(taskSchema).nullish(),
    responseDetails: responseDetailsSchema,
  }),
)

/** Vault documents `progress` without a shape. What cannot be read is dropped. */
const progressSchema = z.compile(
  z.object({ status: z.string().optional(), state: z.string().optional(), size: wireInt }),
)

/** Vault's job routes. */
export interface JobsClient {
  /**
   * @param progress learns whether the call was sent, so that Vault may have counted it
   * @throws GatewayError; an unknown id as Vault tells it
   */
  status(access: Access, id: string, signal: AbortSignal, progress: CallProgress): Promise<Job>
  list(
    access: Access,
    list: JobList,
    query: JobListQuery,
    request: PageRequest,
    signal: AbortSignal,
  ): Promise<Page<Job>>
  tasks(access: Access, id: string, request: PageRequest, signal: AbortSignal): Promise<Page<JobTask>>
  /** Starts a scheduled job. Sent once, never again. */
  startNow(access: Access, id: string): Promise<void>
}

/** The two lists are routes of their own, and no keys. */
const listPaths: Readonly<Record<JobList, UpstreamPath>> = {
  monitors: pathOf`/services/jobs/monitors`,
  histories: pathOf`/services/jobs/histories`,
}

/** Makes the client of Vault's job routes. */
export function createJobsClient(vault: Pick<VaultClient, 'get' | 'post'>, clock: Clock): JobsClient {
  return {
    async status(access, id, signal, progress) {
      // Burst headers are not meaningful on this route (API Rate Limits, as api-evangelist/veeva sums it up).
      const answer = await vault.get(access, pathOf`/services/jobs/${id}`, {
        signal,
        progress,
        tellsBurst: false,
      })
      const { data } = decode(statusSchema, answer.body, `the status of job ${id}`, answer.upstream)
      return statusJob(id, data, clock.now())
    },
    async list(access, list, { status, startDate, endDate }, request, signal) {
      const query = { status, start_date: startDate, end_date: endDate, ...limitsOf(request) }
      const answer = await vault.get(access, listPaths[list], { query, signal })
      const { jobs, responseDetails } = decode(listSchema, answer.body, `jobs/${list}`, answer.upstream)
      const observedAt = new Date(clock.now()).toISOString()
      return pageAt(
        request,
        jobs.map((job) => listedJob(job, observedAt)),
        vaultPaging(responseDetails),
      )
    },
    async tasks(access, id, request, signal) {
      const query = limitsOf(request)
      const answer = await vault.get(access, pathOf`/services/jobs/${id}/tasks`, { query, signal })
      const body = decode(tasksSchema, answer.body, `the tasks of job ${id}`, answer.upstream)
      return pageAt(
        request,
        (body.tasks ?? []).map((task) => taskOf(id, task)),
        vaultPaging(body.responseDetails),
      )
    },
    async startNow(access, id) {
      await vault.post(access, pathOf`/services/jobs/start_now/${id}`)
    },
  }
}

const limitsOf = ({ first, place }: PageRequest) => ({ limit: first, offset: place.offset })

function vaultPaging(details: z.output<typeof responseDetailsSchema>) {
  return {
    totalCount: details?.total ?? undefined,
    offset: details?.offset ?? undefined,
    hasNextPage: details == null ? undefined : details.next_page !== null,
  }
}

/** What the two routes tell of a job differs in the rest. */
function jobOf(
  id: string,
  wire: Pick<z.output<typeof listedJobSchema>, keyof typeof commonFields>,
  rest: Pick<Job, 'title' | 'modifiedBy' | 'modifiedDate' | 'detail' | 'isListed'>,
  observedAt: string,
): Job {
  const status = jobStatusOf(wire.status)
  return {
    id,
    status,
    rawStatus: wire.status,
    isFinished: isFinished(status, wire.run_end_date),
    createdBy: wire.created_by,
    createdDate: wire.created_date,
    runStartDate: wire.run_start_date,
    runEndDate: wire.run_end_date,
    observedAt,
    title: rest.title,
    modifiedBy: rest.modifiedBy,
    modifiedDate: rest.modifiedDate,
    detail: rest.detail,
    isListed: rest.isListed,
  }
}

function listedJob(wire: z.output<typeof listedJobSchema>, observedAt: string): Job {
  const { job_id: id, title, modified_by: modifiedBy, modified_date: modifiedDate } = wire
  return jobOf(id, wire, { title, modifiedBy, modifiedDate, detail: undefined, isListed: true }, observedAt)
}

/** The id is the one that was asked for: an example in Vault's documentation answers with another. */
function statusJob(id: string, wire: z.output<typeof statusSchema>['data'], nowMs: number): Job {
  const links = wire.links?.map((link) => ({ ...link, method: link.method ?? 'GET' })) ?? null
  const detail = { method: wire.method, links, progress: progressOf(wire.progress), observedAtMs: nowMs }
  const rest = { title: null, modifiedBy: null, modifiedDate: null, detail, isListed: false }
  return jobOf(id, wire, rest, new Date(nowMs).toISOString())
}

function progressOf(wire: unknown): readonly JobProgress[] | null {
  if (!Array.isArray(wire)) return null
  return wire.flatMap((entry) => {
    const { success, data } = progressSchema.safeParse(entry)
    const status = data?.status ?? data?.state
    return success && status !== undefined ? [{ status, size: data.size }] : []
  })
}

function taskOf(jobId: string, wire: z.output<typeof taskSchema>): JobTask {
  const rawState = wire.state ?? wire.status ?? ''
  return { id: `${jobId}/${wire.id}`, jobId, taskId: wire.id, state: jobStatusOf(rawState), rawState }
}
