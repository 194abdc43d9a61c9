import DataLoader from 'dataloader'
import type { Access, CallerKey } from '../core/identity.ts'
import type { OperationScope } from '../core/operation.ts'
import type { Page, PageRequest } from '../core/paging.ts'
import type { Clock } from '../core/time.ts'
import { batchSpan, createCallLimit, loadEach } from '../upstream/batching.ts'
import type { CallsSaved } from '../upstream/observed-call.ts'
import type { Watches } from '../watch/watch.ts'
import type { JobsClient } from './client.ts'
import { completedJobsPage, type JobFilter, queryOf } from './lists.ts'
import type { Job, JobDetail, JobTask } from './model.ts'
import type { JobReader, ListLookUp } from './reader.ts'
import { type TaskPages, type TasksKey, taskPageName } from './task-pages.ts'

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
  detail(job: Job): JobDetail | null | Promise<JobDetail | null>
  activeJobs(filter: JobFilter | null | undefined, request: PageRequest): Promise<Page<Job>>
  completedJobs(filter: JobFilter | null | undefined, request: PageRequest): Promise<Page<Job>>
  /** The tasks of a job that is known, which is what each of them has as its job. */
  tasks(job: Job, request: PageRequest): Promise<Page<JobTask>>
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

/** What the loaders of all operations share. */
export interface JobLoadersFloor {
  readonly client: JobsClient
  readonly reader: JobReader
  readonly watches: Watches<Job>
  readonly taskPages: TaskPages
  readonly clock: Clock
  /** Told of calls that were not needed. */
  readonly saved: CallsSaved
}

/** Tells what is known of a job without a call. */
type Recall = (who: CallerKey, key: JobKey) => Job | null | undefined

/** What a watch has seen is kept fresh by it, so that it mostly needs no call; but a list does not tell the detail. */
const recallFrom =
  ({ reader, watches }: Pick<JobLoadersFloor, 'reader' | 'watches'>): Recall =>
  (who, { id, detail }) => {
    const known = reader.remembered(who, id, detail)
    const isWatched = !known && !detail && watches.current(who, id) !== undefined
    return (isWatched ? reader.keptFresh(who, id) : undefined) ?? known
  }

/** Made here, and not among the loaders of an operation: what is made there keeps all that they have, the credential included. */
function stillRecalls(
  recall: Recall,
  { callerKey }: CallerKey,
  key: JobKey,
  known: Job | null,
): () => boolean {
  const who = { callerKey }
  return () => recall(who, key) === known
}

/** Makes the job loaders of one operation. */
export function createJobLoaders(
  floor: JobLoadersFloor,
  { caller, signal, basis }: OperationScope,
): JobLoaders {
  const { client, reader, watches, taskPages, clock, saved } = floor
  const limit = createCallLimit()

  /** Jobs of this operation whose tasks it asks for. Most operations have none. */
  let parents: Map<string, Job> | undefined

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
      const known = (key.detail ? undefined : parents?.get(key.id)) ?? memory(access, key)
      if (known === undefined) basis?.isPassing()
      else found.set(key, known)
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

  const recall = recallFrom(floor)
  /** What is known without a call, which the answer then rests on. */
  const memory = (access: Access, key: JobKey): Job | null | undefined => {
    const known = recall(access, key)
    if (known !== undefined) basis?.restsOn(stillRecalls(recall, access, key, known))
    return known
  }

  const changed = (access: Access, id: string) => {
    reader.forget(access, id)
    parents?.delete(id)
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
    basis?.isPassing()
    const key = JSON.stringify(request)
    const page = pages.get(key) ?? observed(read)
    pages.set(key, page)
    return page
  }

  const loadTasks = async (key: TasksKey) => taskPages.read(caller.vault(), key, signal)
  const tasks = new DataLoader<TasksKey, Page<JobTask>, string>(
    batchSpan('tasks', (keys) => loadEach(keys, limit, loadTasks)),
    { cacheKeyFn: taskPageName },
  )

  return {
    job,
    detail(known) {
      const key = { id: known.id, detail: true }
      if (memory(caller.vault(), key) === known) return known.detail ?? null
      return job.load(key).then((loaded) => loaded?.detail ?? null)
    },
    activeJobs: (filter, request) =>
      pageOf(request, (access) => client.list(access, 'monitors', queryOf(filter), request, signal)),
    completedJobs: (filter, request) =>
      pageOf(request, (access) => completedJobsPage({ client, clock, access, signal }, filter, request)),
    tasks(parent, request) {
      basis?.isPassing()
      parents ??= new Map()
      parents.set(parent.id, parent)
      return tasks.load({ jobId: parent.id, request })
    },
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
