import type { Answer } from '../answer.ts'
import { phaseAt } from '../timeline.ts'
import type { VaultCall } from './call.ts'
import { vaultDate } from './dates.ts'
import { failure, success, unknownKey } from './envelope.ts'
import { countTasks, isVisibleTo, type JobRecord, type SandboxJobStep } from './job.ts'
import { jobView } from './job-view.ts'
import { pageLinks, readPage } from './paging.ts'

const onceStartedByDefault: readonly SandboxJobStep[] = [{ afterMs: 0, status: 'QUEUED' }]

/**
 * `GET services/jobs/{id}` (API reference, Retrieve Job Status): one answer per job in `jobStatusWindowMs`, else
 * API_LIMIT_EXCEEDED (Errors, error types). That it does not count who asks is not documented, only likely.
 */
export function answerJobStatus(call: VaultCall): Answer {
  const job = visibleJob(call)
  if (job === undefined) return unknownKey(call, 'job')
  if (call.nowMs - job.statusAnsweredMs < call.state.jobStatusWindowMs) {
    return failure(call, 'API_LIMIT_EXCEEDED', 'The status of this job was asked for too recently.')
  }
  job.statusAnsweredMs = call.nowMs
  const { definition } = job
  const view = jobView(job, call.nowMs)
  const self = `/api/${call.version}/services/jobs/${job.id}`
  const links = definition.links ?? [{ rel: 'self', href: self, method: 'GET', accept: 'application/json' }]
  const counted = job.tasks === undefined ? undefined : countTasks(job.tasks, call.nowMs)
  const data = {
    id: job.id,
    status: view.status,
    method: definition.method ?? 'POST',
    links: view.finished ? links : undefined,
    progress: definition.progress ?? counted,
    created_by: job.createdBy,
    created_date: vaultDate(job.createdMs),
    run_start_date: view.runStartDate,
    run_end_date: view.runEndDate,
  }
  return success(call, { responseMessage: 'OK', data })
}

/** `GET services/jobs/{id}/tasks`, in pages; a job that is no SDK job has none (API reference, Retrieve SDK Job Tasks). */
export function answerJobTasks(call: VaultCall): Answer {
  const job = visibleJob(call)
  if (job === undefined) return unknownKey(call, 'job')
  const page = readPage(call.request.query)
  if ('problem' in page) return failure(call, 'INVALID_DATA', page.problem)
  const all = job.tasks ?? []
  const tasks = all
    .slice(page.offset, page.offset + page.limit)
    .map((task) => ({ id: task.id, state: phaseAt(task.phases, call.nowMs).status }))
  return success(call, {
    responseMessage: 'OK',
    url: call.request.url,
    responseDetails: pageLinks(call.request, page, all.length),
    job_id: job.id,
    tasks,
  })
}

/** `POST services/jobs/start_now/{id}`: only a SCHEDULED job can be started (API reference, Start Job; its example errs). */
export function answerJobStart(call: VaultCall): Answer {
  const job = visibleJob(call)
  if (job === undefined) return unknownKey(call, 'job')
  if (phaseAt(job.phases, call.nowMs).status !== 'SCHEDULED') {
    return failure(call, 'OPERATION_NOT_ALLOWED', 'Only a scheduled job can be started.')
  }
  const [first, ...others] = job.definition.onceStarted ?? onceStartedByDefault
  call.state.jobs.change(job, first ?? { status: 'QUEUED' }, others)
  return success(call, { responseMessage: 'OK', url: call.request.url, job_id: job.id })
}

function visibleJob(call: VaultCall): JobRecord | undefined {
  const key = call.keys[0] ?? ''
  if (!/^\d{1,15}$/.test(key)) return undefined
  const job = call.state.jobs.find(Number(key))
  return job !== undefined && isVisibleTo(job, call.user.id) ? job : undefined
}
