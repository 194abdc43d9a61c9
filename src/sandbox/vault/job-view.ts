import { phaseAt } from '../timeline.ts'
import { vaultDate } from './dates.ts'
import type { JobPhase, JobRecord } from './job.ts'
import { neverRan } from './job-status.ts'

/** What Vault prints of a job at one moment; a date that does not exist yet is undefined. */
export interface JobView {
  status: string
  finished: boolean
  modifiedDate: string
  runStartDate: string | undefined
  runEndDate: string | undefined
}

/** Looks at a job at `nowMs`. */
export function jobView(job: JobRecord, nowMs: number): JobView {
  const phase = phaseAt(job.phases, nowMs)
  const runStartMs = runStartOf(job, phase, nowMs)
  return {
    status: phase.status,
    finished: phase.finished,
    modifiedDate: vaultDate(phase.atMs),
    runStartDate: runStartMs === undefined ? undefined : vaultDate(runStartMs),
    runEndDate: phase.finished ? vaultDate(phase.atMs) : undefined,
  }
}

/**
 * A queued job has no start yet; a scheduled one prints the start that is planned for it; one that is over
 * has run, if for no time at all, unless it was cancelled or missed before. Only the second is documented (API reference,
 * Retrieve Job Monitors, example).
 */
function runStartOf(job: JobRecord, phase: JobPhase, nowMs: number): number | undefined {
  const givenMs = job.definition.runStartDate?.getTime()
  const ran = job.phases.find((candidate) => candidate.status === 'RUNNING')
  if (phase.status === 'SCHEDULED') return givenMs ?? ran?.atMs
  if (ran !== undefined && ran.atMs <= nowMs) return isLate(givenMs, ran.atMs) ? ran.atMs : givenMs
  if (!phase.finished) return undefined
  return givenMs ?? (neverRan(phase.status) ? undefined : phase.atMs)
}

/** A planned start that `start_now` overtook is no longer the job's start. */
function isLate(givenMs: number | undefined, ranMs: number): boolean {
  return givenMs === undefined || givenMs > ranMs
}
