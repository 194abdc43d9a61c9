import type { SandboxJobDefinition, SandboxJobStep, SandboxTask } from '../vault/job.ts'

/** A kind of job that the showcase's Vault runs again and again. */
export interface JobTemplate {
  title: string
  method: string
  createdBy: number
  /** Seconds in SCHEDULED, QUEUEING, QUEUED and RUNNING; 0 leaves the status out. */
  seconds: readonly [scheduled: number, queueing: number, queued: number, running: number]
  outcome: string
  /** How many tasks, for an SDK job. */
  tasks?: number
}

/** What runs in turn: a new one every 15 s, about seven at the same time. */
export const jobTemplates: readonly JobTemplate[] = [
  {
    title: 'Export documents: Cholecap core claims',
    method: 'POST',
    createdBy: 1001,
    seconds: [0, 6, 12, 60],
    outcome: 'SUCCESS',
  },
  {
    title: 'SDK job: recalculate site milestones',
    method: 'POST',
    createdBy: 1002,
    seconds: [0, 5, 15, 110],
    outcome: 'SUCCESS',
    tasks: 9,
  },
  {
    title: 'Bulk update: country lifecycle state',
    method: 'PUT',
    createdBy: 1003,
    seconds: [0, 0, 20, 45],
    outcome: 'SUCCESS',
  },
  {
    title: 'Generate renditions: batch 17',
    method: 'POST',
    createdBy: 1004,
    seconds: [30, 5, 10, 75],
    outcome: 'SUCCESS',
  },
  {
    title: 'Import product catalogue',
    method: 'POST',
    createdBy: 1002,
    seconds: [0, 8, 22, 80],
    outcome: 'ERRORS_ENCOUNTERED',
  },
  {
    title: 'Controlled copy: SOP-00214',
    method: 'POST',
    createdBy: 1003,
    seconds: [0, 5, 10, 40],
    outcome: 'SUCCESS',
  },
  {
    title: 'Audit trail export: documents',
    method: 'POST',
    createdBy: 1001,
    seconds: [45, 6, 14, 90],
    outcome: 'SUCCESS',
  },
  {
    title: 'Deep copy: study start-up template',
    method: 'POST',
    createdBy: 1005,
    seconds: [0, 10, 30, 20],
    outcome: 'CANCELLED',
  },
  {
    title: 'SDK job: roll up enrolment totals',
    method: 'POST',
    createdBy: 1004,
    seconds: [0, 5, 10, 70],
    outcome: 'SUCCESS',
    tasks: 3,
  },
  {
    title: 'Extract objects: safety cases',
    method: 'POST',
    createdBy: 1005,
    seconds: [0, 4, 16, 120],
    outcome: 'TIMEOUT',
  },
  {
    title: 'Delete expired annotations',
    method: 'DELETE',
    createdBy: 1001,
    seconds: [20, 5, 5, 50],
    outcome: 'SUCCESS',
  },
  {
    title: 'SDK job: reconcile crosslinks',
    method: 'POST',
    createdBy: 1003,
    seconds: [0, 5, 10, 120],
    outcome: 'ERRORS_ENCOUNTERED',
    tasks: 12,
  },
  {
    title: 'File staging: commit upload',
    method: 'POST',
    createdBy: 1002,
    seconds: [0, 3, 5, 35],
    outcome: 'SUCCESS',
  },
  {
    title: 'Send task reminders',
    method: 'POST',
    createdBy: 1004,
    seconds: [40, 5, 5, 25],
    outcome: 'COMPLETED_DUE_TO_INACTIVITY',
  },
]

/** The job of a template, with all that becomes of it. */
export function jobOfTemplate(template: JobTemplate, id: number): SandboxJobDefinition {
  const { title, method, createdBy, outcome } = template
  const [scheduledMs = 0, ...laterMs] = template.seconds.map((it) => it * 1000)
  const onceStarted = stepsAfter(0, laterMs, outcome)
  const timeline = stepsAfter(scheduledMs, laterMs, outcome)
  if (scheduledMs > 0) timeline.unshift({ afterMs: 0, status: 'SCHEDULED' })
  const job = { id, title, method, createdBy, timeline, onceStarted, ...linksOf(id, title) }
  if (template.tasks === undefined) return job
  const [endMs = 0, runsMs = 0] = timeline.toReversed().map((step) => step.afterMs)
  return { ...job, tasks: tasksBetween(template.tasks, runsMs, endMs, outcome) }
}

/** QUEUEING, QUEUED and RUNNING for so long each, then the outcome. */
function stepsAfter(afterMs: number, lastsMs: readonly number[], outcome: string): SandboxJobStep[] {
  const steps: SandboxJobStep[] = []
  let atMs = afterMs
  for (const [index, status] of ['QUEUEING', 'QUEUED', 'RUNNING'].entries()) {
    const statusLastsMs = lastsMs[index] ?? 0
    if (statusLastsMs > 0) steps.push({ afterMs: atMs, status })
    atMs += statusLastsMs
  }
  return [...steps, { afterMs: atMs, status: outcome }]
}

/** Tasks that run one after the other; of a job with errors the last one has them. */
export function tasksBetween(count: number, fromMs: number, toMs: number, outcome: string): SandboxTask[] {
  const eachMs = (toMs - fromMs) / count
  return Array.from({ length: count }, (_, index) => ({
    timeline: [
      { afterMs: fromMs + index * eachMs, state: 'RUNNING' },
      { afterMs: fromMs + (index + 1) * eachMs, state: index === count - 1 ? outcome : 'SUCCESS' },
    ],
  }))
}

/** Exports and copies leave artifacts to fetch; every job links to itself (API reference, Retrieve Job Status, `links`). */
export function linksOf(id: number, title: string): Pick<SandboxJobDefinition, 'links'> {
  if (!/export|extract|copy/i.test(title)) return {}
  const self = `/api/v26.1/services/jobs/${id}`
  return {
    links: [
      { rel: 'self', href: self, method: 'GET', accept: 'application/json' },
      { rel: 'artifacts', href: `${self}/artifacts`, method: 'GET', accept: 'application/json' },
    ],
  }
}
