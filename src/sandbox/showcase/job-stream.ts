import type { VaultState } from '../vault/call.ts'
import type { SandboxJobDefinition } from '../vault/job.ts'
import { jobOfTemplate, jobTemplates } from './job-templates.ts'

/** Jobs without end, one every so often, with ids that follow each other. */
export interface JobStream {
  /** Adds every job that is due by now. Of a long gap only the newest are added. */
  advance(state: VaultState): void
}

/** How a stream goes. */
interface StreamPlan {
  firstId: number
  firstMs: number
  everyMs: number
  /** How many jobs of a gap are made up for. */
  catchUp: number
  job: (id: number, index: number) => SandboxJobDefinition
}

/**
 * The mixed traffic: it began before `startMs`, so that some of it is under way when the sandbox
 * starts. Its ids begin above those of the walking jobs and grow faster, so the two never meet.
 */
export function mixedJobs(startMs: number): JobStream {
  return createStream({
    firstId: 60_001,
    firstMs: startMs - 180_000,
    everyMs: 15_000,
    catchUp: 1_000,
    job(id, index) {
      const template = jobTemplates[index % jobTemplates.length]
      return template === undefined ? { id } : jobOfTemplate(template, id)
    },
  })
}

/** One job after the other, each 40 s from QUEUED over RUNNING to SUCCESS. */
export function walkingJobs(startMs: number): JobStream {
  return createStream({
    firstId: 50_001,
    firstMs: startMs,
    everyMs: 40_000,
    catchUp: 400,
    job: (id) => ({
      id,
      title: 'Refresh dashboard extracts',
      timeline: [
        { afterMs: 0, status: 'QUEUED' },
        { afterMs: 12_000, status: 'RUNNING' },
        { afterMs: 40_000, status: 'SUCCESS' },
      ],
    }),
  })
}

function createStream(plan: StreamPlan): JobStream {
  let nextIndex = 0
  return {
    advance(state) {
      const lastIndex = Math.floor((state.now() - plan.firstMs) / plan.everyMs)
      if (lastIndex < nextIndex) return
      nextIndex = Math.max(nextIndex, lastIndex - plan.catchUp + 1)
      for (; nextIndex <= lastIndex; nextIndex += 1) {
        const addedMs = plan.firstMs + nextIndex * plan.everyMs
        state.jobs.add(plan.job(plan.firstId + nextIndex, nextIndex), addedMs)
      }
    },
  }
}
