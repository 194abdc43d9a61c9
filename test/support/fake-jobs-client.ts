import type { Access } from '../../src/core/identity.ts'
import type { Page, PageRequest } from '../../src/core/paging.ts'
import { type Clock, orAborted } from '../../src/core/time.ts'
import type { JobList, JobListQuery, JobsClient } from '../../src/jobs/client.ts'
import { isFinished, type Job, type JobTask, jobStatusOf } from '../../src/jobs/model.ts'

/** One call that a {@link FakeJobsClient} has had. */
export interface JobsCall {
  readonly route: 'status' | 'tasks' | JobList
  /** Empty for a list. */
  readonly id: string
  readonly authorization: string | undefined
  readonly query: JobListQuery
  readonly request: PageRequest | undefined
  readonly signal: AbortSignal
}

/** What an answer of the fake may be: it is awaited, and an error is thrown. */
type Told<Value> = Value | Error | Promise<Value>

/** Vault's job routes, as a test tells them. */
export interface FakeJobsClient extends JobsClient {
  readonly calls: JobsCall[]
  /** Tells the status route's next answers; the last one stays. */
  tellStatus(...answers: readonly Told<Job>[]): void
  /** Tells a list's answer. */
  tellList(list: JobList, jobs: Told<readonly Job[]>): void
  /** Tells the tasks of every job. */
  tellTasks(tasks: Told<readonly JobTask[]>): void
  /** Lets further calls of the status route wait for a turn that does not come: they are never sent. */
  holdStatus(): void
  /** Lets every further call of a caller fail. */
  refuse(access: Access, failure: Error): void
  /** How often a route was called. */
  count(route: JobsCall['route']): number
}

/** Makes a fake whose status route and lists know no job until told. */
export function createFakeJobsClient(): FakeJobsClient {
  const calls: JobsCall[] = []
  let statuses: readonly Told<Job>[] = [new Error('no status was told')]
  const lists: Record<JobList, Told<readonly Job[]>> = { monitors: [], histories: [] }

  let tasksTold: Told<readonly JobTask[]> = new Error('no tasks were told')
  const refusals = new Map<string, Error>()
  let isHeld = false

  const given = async <Value>(told: Told<Value> | undefined): Promise<Value> => {
    if (told === undefined) throw new Error('nothing was told')
    if (told instanceof Error) throw told
    return told
  }
  return {
    calls,
    tellStatus(...answers) {
      statuses = answers
    },
    tellList(list, jobs) {
      lists[list] = jobs
    },
    tellTasks(tasks) {
      tasksTold = tasks
    },
    holdStatus() {
      isHeld = true
    },
    refuse({ callerKey }, failure) {
      refusals.set(callerKey, failure)
    },
    count: (route) => calls.filter((call) => call.route === route).length,
    async status({ authorization, callerKey }, id, signal, progress) {
      if (isHeld) return orAborted(new Promise(() => {}), signal)
      progress.step = 'sent'
      calls.push({ route: 'status', id, authorization, query: {}, request: undefined, signal })
      const refusal = refusals.get(callerKey)
      if (refusal !== undefined) throw refusal
      const [next] = statuses
      if (statuses.length > 1) statuses = statuses.slice(1)
      return given(next)
    },
    async tasks({ authorization, callerKey }, id, request, signal): Promise<Page<JobTask>> {
      calls.push({ route: 'tasks', id, authorization, query: {}, request, signal })
      const nodes = await given(refusals.get(callerKey) ?? tasksTold)
      return { nodes, totalCount: nodes.length, hasNextPage: false, place: request.place }
    },
    async list({ authorization, callerKey }, list, query, request, signal) {
      calls.push({ route: list, id: '', authorization, query, request, signal })
      const nodes = await given(refusals.get(callerKey) ?? lists[list])
      return { nodes, totalCount: nodes.length, hasNextPage: false, place: request.place }
    },
    startNow: () => Promise.reject(new Error('no start was told')),
  }
}

/** A job as the status route tells it. */
export function statusJob(clock: Clock, rawStatus: string, facts: Partial<Job> = {}): Job {
  const detail = { method: 'sdk_job', links: null, progress: null, observedAtMs: clock.now() }
  return {
    ...listedJob(clock, rawStatus),
    title: null,
    modifiedBy: null,
    modifiedDate: null,
    detail,
    isListed: false,
    ...facts,
  }
}

/** A job as a list tells it. */
export function listedJob(clock: Clock, rawStatus: string, facts: Partial<Job> = {}): Job {
  const status = jobStatusOf(rawStatus)
  const runEndDate = facts.runEndDate ?? null
  return {
    id: '1201',
    status,
    rawStatus,
    isFinished: isFinished(status, runEndDate),
    createdBy: '61579',
    createdDate: '2026-01-15T11:00:00.000Z',
    runStartDate: '2026-01-15T11:00:01.000Z',
    runEndDate,
    observedAt: new Date(clock.now()).toISOString(),
    title: 'Export',
    modifiedBy: '61579',
    modifiedDate: '2026-01-15T11:00:02.000Z',
    detail: undefined,
    isListed: true,
    ...facts,
  }
}
