import { cutTimeline, type Phase, phaseAt } from '../timeline.ts'
import { isTerminalStatus } from './job-status.ts'

/** A change of status, so many milliseconds after the job was added (or, for `onceStarted`, was started). */
export interface SandboxJobStep {
  afterMs: number
  /** As Vault prints it, upper case; also one that Vault never had, to see what the gateway makes of it. */
  status: string
  /** Whether the job is over. Default: true for the statuses that Vault lists as completed. */
  finished?: boolean
}

/** A task of an SDK job: a state that stays, or a timeline relative to when the job was added. */
export interface SandboxTask {
  /** Default: `Task1`, `Task2` … as Vault numbers them. */
  id?: string
  /** The state at first. Default: `QUEUED`. */
  state?: string
  timeline?: readonly { afterMs: number; state: string }[]
}

/** An entry of a finished job's `links`. */
export interface SandboxJobLink {
  rel: string
  href: string
  method: string
  accept?: string
}

/** A job to add. */
export interface SandboxJobDefinition {
  /** Default: the next number that no job has. */
  id?: number
  title?: string
  /** Default: `POST`. */
  method?: string
  /** The status at first. Default: `QUEUED`. */
  status?: string
  /** Whether `status` is one of a finished job. Default: as for a step. */
  finished?: boolean
  /** What becomes of it, relative to now. */
  timeline?: readonly SandboxJobStep[]
  /** What becomes of a SCHEDULED job after `start_now`. Default: QUEUED at once, and nothing more. */
  onceStarted?: readonly SandboxJobStep[]
  /** A user id. Default: the demo user's. */
  createdBy?: number
  /** Default: `createdBy`. */
  modifiedBy?: number
  /** Default: now, or `runStartDate` or `runEndDate` where those are earlier. */
  createdDate?: Date
  /** Default: when RUNNING begins; a SCHEDULED job prints it before it has come. */
  runStartDate?: Date
  /** Default: when the finishing status begins. */
  runEndDate?: Date
  /** Makes it an SDK job, with `progress` counted from its tasks. */
  tasks?: readonly SandboxTask[]
  /** Prints this as `progress`, whatever it is. */
  progress?: unknown
  /** Printed once finished. Default: the `self` link. */
  links?: readonly SandboxJobLink[]
  /** The ids of the users who see it. Default: everybody. */
  visibleTo?: readonly number[]
}

/** A status of a job from a moment on. */
export interface JobPhase extends Phase {
  finished: boolean
}

/** A task in the store. */
export interface TaskRecord {
  id: string
  phases: [Phase, ...Phase[]]
}

/** A job in the store. */
export interface JobRecord {
  readonly id: number
  readonly definition: SandboxJobDefinition
  readonly createdBy: number
  readonly createdMs: number
  readonly tasks: readonly TaskRecord[] | undefined
  phases: [JobPhase, ...JobPhase[]]
  /** When it is over; infinite when nothing ends it. */
  finishMs: number
  /** When its status was last answered, for the ten-second rule. */
  statusAnsweredMs: number
}

/** Makes the record of a job that is added at `nowMs`. */
export function createJobRecord(
  id: number,
  definition: SandboxJobDefinition,
  demoUserId: number,
  nowMs: number,
): JobRecord {
  const { createdDate, runStartDate, runEndDate } = definition
  const earliestMs = Math.min(nowMs, runStartDate?.getTime() ?? nowMs, runEndDate?.getTime() ?? nowMs)
  const createdMs = createdDate?.getTime() ?? earliestMs
  const status = definition.status ?? 'QUEUED'
  const first = toPhase({ afterMs: 0, status, ...pickFinished(definition) }, createdMs)
  const record: JobRecord = {
    id,
    definition,
    createdBy: definition.createdBy ?? demoUserId,
    createdMs,
    tasks: definition.tasks?.map((task, index) => createTaskRecord(task, index, nowMs)),
    phases: [first],
    finishMs: Number.POSITIVE_INFINITY,
    statusAnsweredMs: Number.NEGATIVE_INFINITY,
  }
  if (first.finished) first.atMs = runEndDate?.getTime() ?? nowMs
  planJob(record, definition.timeline ?? [], nowMs)
  return record
}

/** Adds steps to a job's future, relative to `nowMs`. */
export function planJob(record: JobRecord, steps: readonly SandboxJobStep[], nowMs: number) {
  for (const step of steps) record.phases.push(toPhase(step, nowMs))
  record.finishMs = finishOf(record)
}

/** Gives a job a new status now, whatever was planned. */
export function changeJobStatus(record: JobRecord, step: Omit<SandboxJobStep, 'afterMs'>, nowMs: number) {
  const unfinished = record.phases.filter((phase) => !phase.finished)
  record.phases = cutTimeline(unfinished, toPhase({ afterMs: 0, ...step }, nowMs))
  record.finishMs = finishOf(record)
}

/** Whether the user may see the job. */
export function isVisibleTo(record: JobRecord, userId: number): boolean {
  return record.definition.visibleTo?.includes(userId) ?? true
}

/** How many of a job's tasks are in which state, as `progress` prints it. Its shape is not documented. */
export function countTasks(tasks: readonly TaskRecord[], nowMs: number): { status: string; size: number }[] {
  const sizes = new Map<string, number>()
  for (const task of tasks) {
    const { status } = phaseAt(task.phases, nowMs)
    sizes.set(status, (sizes.get(status) ?? 0) + 1)
  }
  return [...sizes].map(([status, size]) => ({ status, size }))
}

function createTaskRecord(task: SandboxTask, index: number, nowMs: number): TaskRecord {
  const steps = task.timeline?.map((step) => ({ atMs: nowMs + step.afterMs, status: step.state })) ?? []
  const first = { atMs: Number.NEGATIVE_INFINITY, status: task.state ?? 'QUEUED' }
  return { id: task.id ?? `Task${index + 1}`, phases: [first, ...steps] }
}

function toPhase(step: SandboxJobStep, nowMs: number): JobPhase {
  const { status, afterMs, finished = isTerminalStatus(status) } = step
  return { status, finished, atMs: nowMs + afterMs }
}

function pickFinished(definition: SandboxJobDefinition): { finished?: boolean } {
  return definition.finished === undefined ? {} : { finished: definition.finished }
}

function finishOf(record: JobRecord): number {
  return record.phases.find((phase) => phase.finished)?.atMs ?? Number.POSITIVE_INFINITY
}
