import DataLoader from 'dataloader'
import type { Access } from '../core/identity.ts'
import type { OperationScope } from '../core/operation.ts'
import type { Page, PageRequest } from '../core/paging.ts'
import type { Clock } from '../core/time.ts'
import { batchSpan, createCallLimit, loadEach } from '../upstream/batching.ts'
import type { CallsSaved } from '../upstream/observed-call.ts'
import type { SharedCalls } from '../upstream/shared-calls.ts'
import type { Observations } from '../watch/observations.ts'
import type { Watches } from '../watch/watch.ts'
import type { JobsClient } from './client.ts'
import { completedJobsPage, type JobFilter, queryOf } from './lists.ts'
import type { Job, JobDetail, JobTask } from './model.ts'
import type { JobReader, ListLookUp } from './reader.ts'

/** From how many jobs on the two lists cost less than a status call for each. */
const minIdsForLists = 3

/** How many calls read the lists. */
const listCalls = 2

/** A job to load, and whether to load what only the status route tells. */
export interface JobKey {
  readonly id: string
  readonly detail: boolean
}

/** The job loaders of one operation. */
export interface JobLoaders {
  /** Null where Vault knows no such job. */
  readonly job: DataLoader<JobKey, Job | null, string>
  /** What only the status route tells of a job that is known. Null where Vault does not know the job any more. */
  detail(job: Job): Promise<JobDetail | null>
  activeJobs(filter: JobFilter | null | undefined, request: PageRequest): Promise<Page<Job>>
  completedJobs(filter: JobFilter | null | undefined, request: PageRequest): Promise<Page<Job>>
  tasks(jobId: string, request: PageRequest): Promise<Page<JobTask>>
  /** Starts a scheduled job and forgets what was seen of it. */
  start(id: string): Promise<void>
  /**
   * Something else than a job was written, and Vault has begun a job for it: what was seen before counts no more.
   *
   * @param id undefined where it is not known, since the answer to the write was lost
   */
  begun(id: string | undefined): void
}

declare module '../core/operation.ts' {
  interface Loaders {
    readonly jobs: JobLoaders
  }
}

interface TasksKey {
  readonly jobId: string
  readonly request: PageRequest
}

const pageName = ({ jobId, request: { first, place } }: TasksKey) => `${jobId} ${first} ${place.offset}`

/** What the loaders of all operations share. */
export interface JobLoadersFloor {
  readonly client: JobsClient
  readonly reader: JobReader
  readonly watches: Watches<Job>
  /** Pages of tasks of finished jobs. */
  readonly finishedTasks: Observations<Page<JobTask>>
  /** Pages of tasks that are being read: equal events of several subscriptions ask for the same ones. */
  readonly sharedTasks: SharedCalls<Page<JobTask>>
  readonly clock: Clock
  /** Told of calls that were not needed. */
  readonly saved: CallsSaved
}

/** Makes the job loaders of one operation. */
export function createJobLoaders(floor: JobLoadersFloor, { caller, signal }: OperationScope): JobLoaders {
  const { client, reader, watches, finishedTasks, sharedTasks, clock, saved } = floor
  const limit = createCallLimit()

  const job = new DataLoader<JobKey, Job | null, string>(
    batchSpan('jobs', (keys) => loadJobs(keys)),
    {
      cacheKeyFn: ({ id, detail }) => `${id}:${detail}`,
    },
  )

  const loadJobs = async (keys: readonly JobKey[]): Promise<(Job | null | Error)[]> => {
    const access = caller.vault()
    const lists = reader.listLookUp(access, signal)
    const found = new Map<JobKey, Job | null>()
    for (const key of keys) {
      const known = reader.remembered(access, key.id, key.detail) ?? watched(access, key)
      if (known !== undefined) found.set(key, known)
    }
    saved('observations', found.size)
    const listable = keys.filter((key) => !key.detail && !found.has(key))
    if (listable.length >= minIdsForLists) {
      for (const key of listable) {
        const listed = await lists(key.id)
        if (listed !== null) found.set(key, listed)
      }
      saved('batching', Math.max(0, listable.filter((key) => found.has(key)).length - listCalls))
    }
    const seen: ListLookUp = async (id) => reader.seenLately(access, id) ?? lists(id)
    return loadEach(keys, limit, async (key) => {
      const known = found.get(key)
      if (known !== undefined) return known
      return reader.read(access, key.id, { signal, detail: key.detail, lists: seen })
    })
  }

  /** What a watch has seen is kept fresh by it, so that it needs no call; but a list does not tell the detail. */
  const watched = (access: Access, { id, detail }: JobKey) =>
    detail || watches.current(access, id) === undefined ? undefined : reader.lastSeen(access, id)

  const changed = (access: Access, id: string) => {
    reader.forget(access, id)
    watches.lookAgain(access, id)
    job.clear({ id, detail: true }).clear({ id, detail: false })
  }

  const pages = new Map<string, Promise<Page<Job>>>()

  const observed = async (read: (access: Access) => Promise<Page<Job>>): Promise<Page<Job>> => {
    const access = caller.vault()
    const askedAtMs = clock.now()
    const page = await read(access)
    return { ...page, nodes: page.nodes.map((node) => reader.observe(access, node, askedAtMs)) }
  }
  /** A request names its list and filter too, so that equal ones are the same page. */
  const pageOf = (request: PageRequest, read: (access: Access) => Promise<Page<Job>>) => {
    const key = JSON.stringify(request)
    const page = pages.get(key) ?? observed(read)
    pages.set(key, page)
    return page
  }

  /** The tasks of a finished job never change: they are asked for once, and kept. */
  const loadTasks = async ({ jobId, request }: TasksKey): Promise<Page<JobTask>> => {
    const access = caller.vault()
    const name = pageName({ jobId, request })
    const kept = finishedTasks.get(access.callerKey, name)
    if (kept !== undefined) {
      saved('observations', 1)
      return kept
    }
    const isFinished = reader.isFinished(access, jobId)
    const callKey = `${access.callerKey}:${name}:${reader.changedAtMs(access, jobId)}:${isFinished}`
    const page = await sharedTasks.run(callKey, signal, (shared) =>
      client.tasks(access, jobId, request, shared),
    )
    if (isFinished) finishedTasks.set(access.callerKey, name, page)
    return page
  }
  const tasks = new DataLoader<TasksKey, Page<JobTask>, string>(
    batchSpan('tasks', (keys) => loadEach(keys, limit, loadTasks)),
    { cacheKeyFn: pageName },
  )

  return {
    job,
    detail: async ({ id }) => (await job.load({ id, detail: true }))?.detail ?? null,
    activeJobs: (filter, request) =>
      pageOf(request, (access) => client.list(access, 'monitors', queryOf(filter), request, signal)),
    completedJobs: (filter, request) =>
      pageOf(request, (access) => completedJobsPage({ client, clock, access, signal }, filter, request)),
    tasks: (jobId, request) => tasks.load({ jobId, request }),
    async start(id) {
      const access = caller.vault()
      try {
        await client.startNow(access, id)
      } finally {
        changed(access, id)
      }
    },
    begun(id) {
      const access = caller.vault()
      if (id !== undefined) changed(access, id)
      watches.lookForMore(access)
    },
  }
}
