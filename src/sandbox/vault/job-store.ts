import type { SandboxJobDefinition, SandboxJobStep } from './job.ts'
import { changeJobStatus, createJobRecord, type JobRecord, planJob } from './job.ts'

/** Every job of the sandbox's Vault, filed by whether it is over. */
export interface JobStore {
  /** Adds a job as of `addedMs`, to which its timelines are relative. Default: now. */
  add(definition: SandboxJobDefinition, addedMs?: number): JobRecord
  find(id: number): JobRecord | undefined
  /** Gives the job a new status now, and plans what follows it. Its own plan is forgotten. */
  change(record: JobRecord, step: Omit<SandboxJobStep, 'afterMs'>, then?: readonly SandboxJobStep[]): void
  /** Those that are not over, ascending by id. */
  active(): readonly JobRecord[]
  /** Those that are over, in the order in which they ended. */
  completed(): readonly JobRecord[]
  /** Forgets the completed jobs that ended first, until `count` are left. */
  keepCompleted(count: number): void
}

/** Where the numbering of jobs that are added without an id begins: months beyond the ids of the showcase. */
const firstFreeId = 900_001

/** Makes an empty store; `now` gives milliseconds since the Unix epoch. */
export function createJobStore(demoUserId: number, now: () => number): JobStore {
  const byId = new Map<number, JobRecord>()
  let active: JobRecord[] = []
  let completed: JobRecord[] = []
  let nextId = firstFreeId
  let nextFinishMs = Number.POSITIVE_INFINITY

  function settle() {
    const nowMs = now()
    if (nowMs < nextFinishMs) return
    const over = active.filter((job) => job.finishMs <= nowMs)
    active = active.filter((job) => job.finishMs > nowMs)
    nextFinishMs = active.reduce(
      (earliest, job) => Math.min(earliest, job.finishMs),
      Number.POSITIVE_INFINITY,
    )
    for (const job of over) insert(completed, job, endedBefore)
  }

  function file(record: JobRecord) {
    insert(active, record, hasLowerId)
    nextFinishMs = Math.min(nextFinishMs, record.finishMs)
    settle()
  }

  return {
    add(definition, addedMs = now()) {
      while (byId.has(nextId)) nextId += 1
      const record = createJobRecord(definition.id ?? nextId, definition, demoUserId, addedMs)
      if (byId.has(record.id)) throw new Error(`The sandbox has a job ${record.id} already.`)
      byId.set(record.id, record)
      file(record)
      return record
    },
    find: (id) => byId.get(id),
    change(record, step, then = []) {
      active = active.filter((job) => job !== record)
      completed = completed.filter((job) => job !== record)
      changeJobStatus(record, step, now())
      planJob(record, then, now())
      file(record)
    },
    active() {
      settle()
      return active
    },
    completed() {
      settle()
      return completed
    },
    keepCompleted(count) {
      settle()
      if (completed.length <= count) return
      for (const job of completed.slice(0, completed.length - count)) byId.delete(job.id)
      completed = completed.slice(completed.length - count)
    },
  }
}

/** Inserts where the order wants it, looking from the end, where most belong. */
function insert(jobs: JobRecord[], job: JobRecord, isBefore: (a: JobRecord, b: JobRecord) => boolean) {
  let index = jobs.length
  for (; index > 0; index -= 1) {
    const previous = jobs[index - 1]
    if (previous !== undefined && isBefore(previous, job)) break
  }
  jobs.splice(index, 0, job)
}

function hasLowerId(a: JobRecord, b: JobRecord): boolean {
  return a.id < b.id
}

function endedBefore(a: JobRecord, b: JobRecord): boolean {
  return a.finishMs === b.finishMs ? a.id < b.id : a.finishMs < b.finishMs
}
