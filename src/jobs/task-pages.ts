import type { Access } from '../core/identity.ts'
import type { Page, PageRequest } from '../core/paging.ts'
import type { Clock } from '../core/time.ts'
import type { CallsSaved } from '../upstream/observed-call.ts'
import { createSharedCalls } from '../upstream/shared-calls.ts'
import { createObservations } from '../watch/observations.ts'
import type { JobsClient } from './client.ts'
import type { JobMemory } from './memory.ts'
import type { Job, JobTask } from './model.ts'

/** How many pages of tasks of finished jobs are remembered, over all callers. */
const maxTaskPages = 2000

/** How many pages of tasks of jobs that go on are remembered, over all callers. */
const maxRecentTaskPages = 5000

/** For how long the tasks of a job that goes on are shown again, in milliseconds from when they were asked for. */
const recentTasksMs = 2000

/** One page of the tasks of one job. */
export interface TasksKey {
  readonly jobId: string
  readonly request: PageRequest
}

/** Names a page of tasks. */
export const taskPageName = ({ jobId, request: { first, place } }: TasksKey) =>
  `${jobId} ${first} ${place.offset}`

/** Reads pages of tasks for all operations, no more often than it must. */
export interface TaskPages {
  /** @throws what the call throws, or the signal's reason */
  read(access: Access, key: TasksKey, signal: AbortSignal): Promise<Page<JobTask>>
}

/** What {@link createTaskPages} needs. */
export interface TaskPagesFloor {
  readonly client: Pick<JobsClient, 'tasks'>
  readonly memory: Pick<JobMemory, 'lastSeen' | 'changedAtMs'>
  readonly clock: Clock
  /** Told of calls that were not needed. */
  readonly saved: CallsSaved
}

/** What was read of a job that goes on. */
interface RecentTasks {
  readonly page: Page<JobTask>
  /** How the job was then. */
  readonly state: string
  readonly untilMs: number
}

/**
 * Makes the one reader of tasks. Those of a finished job never change: they are asked for once for each caller. Those of a
 * job that goes on are shown again for {@link recentTasksMs}, as long as nothing new was seen of the job itself, so that what is
 * told of its end comes with the tasks of its end.
 */
export function createTaskPages({ client, memory, clock, saved }: TaskPagesFloor): TaskPages {
  const finished = createObservations<Page<JobTask>>(clock, maxTaskPages)
  const recent = createObservations<RecentTasks>(clock, maxRecentTaskPages)
  const shared = createSharedCalls<Page<JobTask>>({ saved })

  const kept = ({ callerKey }: Access, name: string, state: string): Page<JobTask> | undefined => {
    const seen = recent.get(callerKey, name)
    const isGood = seen !== undefined && seen.state === state && clock.now() < seen.untilMs
    return isGood ? seen.page : finished.get(callerKey, name)
  }
  return {
    async read(access, key, signal) {
      const { jobId, request } = key
      const { callerKey } = access
      const name = taskPageName(key)
      const job = memory.lastSeen(access, jobId)
      const state = stateOf(job, memory.changedAtMs(access, jobId))
      const known = kept(access, name, state)
      if (known !== undefined) {
        saved('observations', 1)
        return known
      }
      const untilMs = clock.now() + recentTasksMs
      const page = await shared.run(`${callerKey}:${name}:${state}`, signal, (sharedSignal) =>
        client.tasks(access, jobId, request, sharedSignal),
      )
      if (job?.isFinished === true) finished.set(callerKey, name, page)
      else recent.set(callerKey, name, { page, state, untilMs })
      return page
    },
  }
}

/** What would change with the job. Its progress counts its tasks, and both may be in one answer. */
function stateOf(job: Job | undefined, changedAtMs: number): string {
  const { rawStatus, runStartDate, runEndDate, modifiedDate, detail } = job ?? {}
  return JSON.stringify([changedAtMs, rawStatus, runStartDate, runEndDate, modifiedDate, detail?.progress])
}
