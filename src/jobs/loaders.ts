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
import type { JobMemory } from './memory.ts'
import type { Job, JobDetail, JobTask } from './model.ts'
import { isStatusLimit, type JobReader, type ListLookUp } from './reader.ts'
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
  /**
   * Likewise, and where detail is wanted and the status may not be asked, what the caller's lists tell of the job: only what they do
   * not know fails then.
   */
  find(key: JobKey): Promise<Job | null>
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
  readonly memory: JobMemory
  readonly reader: JobReader
  readonly watches: Watches<Job>
  readonly taskPages: TaskPages
  readonly clock: Clock
  /** Told of calls that were not needed. */
  readonly saved: CallsSaved
}

/** A job that is being loaded. */
interface SoughtJob {
  readonly key: JobKey
  /** Undefined while it is not found. */
  job: Job | null | undefined
}

const jobKeyName = ({ id, detail }: JobKey) => `${id}:${detail}`

const isFound = ({ job }: SoughtJob): boolean => job !== undefined

/** Tells what is known of a job without a call. */
type Recall = (who: CallerKey, key: JobKey) => Job | null | undefined

/** What a watch has seen is kept fresh by it, so that it mostly needs no call; but a list does not tell the detail. */
const recallFrom =
  ({ memory, watches }: Pick<JobLoadersFloor, 'memory' | 'watches'>): Recall =>
  (who, { id, detail }) => {
    const known = memory.remembered(who, id, detail)
    const isWatched = !known && !detail && watches.current(who, id) !== undefined
    return (isWatched ? memory.keptFresh(who, id) : undefined) ?? known
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

/** Makes the job loaders of operations. */
export function createJobLoaders(floor: JobLoadersFloor): (scope: OperationScope) => JobLoaders {
  const recall = recallFrom(floor)
  return (scope) => new OperationJobLoaders(floor, recall, scope)
}

/** A class, since each operation has one: functions of its own would be as many objects that live as long as it does. */
class OperationJobLoaders implements JobLoaders {
  readonly job: JobLoaders['job']
  readonly #floor: JobLoadersFloor
  readonly #recall: Recall
  readonly #scope: OperationScope
  readonly #limit = createCallLimit()
  // Most operations ask for none of the following, so each is made when it is asked for.
  #tasks: DataLoader<TasksKey, Page<JobTask>, string> | undefined
  #pages: Map<string, Promise<Page<Job>>> | undefined
  /** Jobs whose tasks the operation asks for. */
  #parents: Map<string, Job> | undefined

  constructor(floor: JobLoadersFloor, recall: Recall, scope: OperationScope) {
    this.#floor = floor
    this.#recall = recall
    this.#scope = scope
    this.job = new DataLoader(
      batchSpan('jobs', (keys: readonly JobKey[]) => this.#loadJobs(keys)),
      { cacheKeyFn: jobKeyName },
    )
  }

  async #loadJobs(keys: readonly JobKey[]): Promise<(Job | null | Error)[]> {
    const { memory, reader, saved } = this.#floor
    const { signal } = this.#scope
    const access = this.#access()
    const lists = reader.listLookUp(access, signal)
    const seen: ListLookUp = async (id) => memory.seenLately(access, id) ?? lists(id)
    const read = ({ id, detail }: JobKey) => reader.read(access, id, { signal, detail, lists: seen })
    const sought = keys.map((key): SoughtJob => ({ key, job: this.#known(access, key) }))
    saved('observations', sought.filter(isFound).length)
    const listable = sought.filter((one) => !one.key.detail && !isFound(one))
    if (listable.length >= minIdsForLists) {
      for (const one of listable) one.job = (await lists(one.key.id)) ?? undefined
      saved('batching', Math.max(0, listable.filter(isFound).length - listCalls))
    }
    return loadEach(sought, this.#limit, ({ key, job }) => (job === undefined ? read(key) : job))
  }

  find(key: JobKey): Promise<Job | null> {
    const found = this.job.load(key)
    return key.detail ? found.catch((error: unknown) => this.#listed(key.id, error)) : found
  }

  async #listed(id: string, error: unknown): Promise<Job> {
    if (!isStatusLimit(error)) throw error
    const { memory, reader } = this.#floor
    const access = this.#access()
    const job = memory.seenLately(access, id) ?? (await reader.listLookUp(access, this.#scope.signal)(id))
    if (job === null) throw error
    return job
  }

  #access(): Access {
    return this.#scope.caller.vault()
  }

  /** What needs no call, if anything. */
  #known(access: Access, key: JobKey): Job | null | undefined {
    const known = (key.detail ? undefined : this.#parents?.get(key.id)) ?? this.#remembered(access, key)
    if (known === undefined) this.#scope.basis?.isPassing()
    return known
  }

  /** What is known from before this operation, which the answer then rests on. */
  #remembered(access: Access, key: JobKey): Job | null | undefined {
    const known = this.#recall(access, key)
    if (known !== undefined) this.#scope.basis?.restsOn(stillRecalls(this.#recall, access, key, known))
    return known
  }

  detail(known: Job) {
    const key = { id: known.id, detail: true }
    if (this.#remembered(this.#access(), key) === known) return known.detail ?? null
    return this.job.load(key).then((loaded) => loaded?.detail ?? null)
  }

  activeJobs(filter: JobFilter | null | undefined, request: PageRequest) {
    const { client } = this.#floor
    const { signal } = this.#scope
    return this.#page(request, (access) => client.list(access, 'monitors', queryOf(filter), request, signal))
  }

  completedJobs(filter: JobFilter | null | undefined, request: PageRequest) {
    const { client, clock } = this.#floor
    const { signal } = this.#scope
    return this.#page(request, (access) =>
      completedJobsPage({ client, clock, access, signal }, filter, request),
    )
  }

  /** A request names its list and filter too, so that equal ones are the same page. */
  #page(request: PageRequest, read: (access: Access) => Promise<Page<Job>>): Promise<Page<Job>> {
    this.#scope.basis?.isPassing()
    const key = JSON.stringify(request)
    this.#pages ??= new Map()
    const page = this.#pages.get(key) ?? this.#observed(read)
    this.#pages.set(key, page)
    return page
  }

  async #observed(read: (access: Access) => Promise<Page<Job>>): Promise<Page<Job>> {
    const { memory, clock } = this.#floor
    const access = this.#access()
    const askedAtMs = clock.now()
    const page = await read(access)
    return { ...page, nodes: page.nodes.map((node) => memory.observe(access, node, askedAtMs)) }
  }

  tasks(parent: Job, request: PageRequest) {
    this.#scope.basis?.isPassing()
    this.#parents ??= new Map()
    this.#parents.set(parent.id, parent)
    this.#tasks ??= this.#newTasks()
    return this.#tasks.load({ jobId: parent.id, request })
  }

  #newTasks(): DataLoader<TasksKey, Page<JobTask>, string> {
    const { taskPages } = this.#floor
    const load = (key: TasksKey) => taskPages.read(this.#access(), key, this.#scope.signal)
    return new DataLoader(
      batchSpan('tasks', (keys: readonly TasksKey[]) => loadEach(keys, this.#limit, load)),
      { cacheKeyFn: taskPageName },
    )
  }

  async start(id: string) {
    const access = this.#access()
    try {
      await this.#floor.client.startNow(access, id)
    } finally {
      this.#changed(access, id)
    }
  }

  begun(id: string | undefined) {
    const access = this.#access()
    if (id !== undefined) this.#changed(access, id)
    this.#floor.watches.lookForMore(access)
  }

  #changed(access: Access, id: string): void {
    const { reader, watches } = this.#floor
    reader.forget(access, id)
    this.#parents?.delete(id)
    watches.lookAgain(access, id)
    this.job.clear({ id, detail: true }).clear({ id, detail: false })
  }
}
