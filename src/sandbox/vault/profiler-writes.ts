import type { Answer } from '../answer.ts'
import { phaseAt } from '../timeline.ts'
import type { VaultCall } from './call.ts'
import { failure, success, unknownKey } from './envelope.ts'
import { isActive, visibleSession } from './profiling-sessions.ts'

/** How many sessions Vault keeps. */
const maxKept = 10

/** `POST code/profiler`: begins to record at once, answers id and name alone (API reference, Create Profiling Session). */
export function answerProfilingSessionCreate(call: VaultCall): Answer {
  const { profilingSessions, profilerPace } = call.state
  const label = call.request.form?.get('label') ?? ''
  const description = call.request.form?.get('description') ?? null
  const userId = call.request.form?.get('user_id') ?? null
  if (label.trim() === '') return failure(call, 'PARAMETER_REQUIRED', 'Missing required parameter [label].')
  if (userId !== null && !/^\d+$/.test(userId)) {
    return failure(call, 'INVALID_DATA', `The user_id [${userId}] is not valid.`)
  }
  const kept = profilingSessions.all()
  if (kept.some((session) => isActive(session, call.nowMs))) {
    return refusal(call, 'Only one session can be active.')
  }
  if (kept.length >= maxKept) return refusal(call, `Only ${maxKept} sessions are retained.`)
  const name = nameFor(label)
  if (profilingSessions.find(name) !== undefined) {
    return failure(call, 'ITEM_NAME_EXISTS', `A session named [${name}] exists.`)
  }
  const { recordingMs, processingMs } = profilerPace
  const { id } = profilingSessions.add({
    name,
    label,
    ...(description === null ? {} : { description }),
    ...(userId === null ? {} : { userId: Number(userId) }),
    timeline: [
      { afterMs: recordingMs, status: 'processing__sys' },
      { afterMs: recordingMs + processingMs, status: 'complete__sys' },
    ],
  })
  return success(call, { data: { id, name } })
}

/**
 * `POST code/profiler/{name}/actions/end`. On the routes of actions INSUFFICIENT_ACCESS stands also for a key that is
 * not there (API reference, Errors, error types).
 */
export function answerProfilingSessionEnd(call: VaultCall): Answer {
  const session = visibleSession(call)
  if (session === undefined) return failure(call, 'INSUFFICIENT_ACCESS', 'Insufficient privileges.')
  if (phaseAt(session.phases, call.nowMs).status !== 'in_progress__sys') {
    return refusal(call, 'Only a session in progress can be ended.')
  }
  const { profilingSessions, profilerPace } = call.state
  profilingSessions.setStatus(session.definition.name, 'processing__sys')
  session.phases.push({ atMs: call.nowMs + profilerPace.processingMs, status: 'complete__sys' })
  return success(call)
}

/** `DELETE code/profiler/{name}`: only a session that is not active. */
export function answerProfilingSessionDelete(call: VaultCall): Answer {
  const session = visibleSession(call)
  if (session === undefined) return unknownKey(call, 'profiling session')
  if (isActive(session, call.nowMs)) return refusal(call, 'Only an inactive session can be deleted.')
  call.state.profilingSessions.remove(session.definition.name)
  return success(call)
}

/** Vault documents no error type for its rules. */
function refusal(call: VaultCall, message: string): Answer {
  return failure(call, call.state.profilerRuleErrorType, message)
}

/** Vault makes a name of a label: in snake case, with `__c` at the end. */
function nameFor(label: string): string {
  return `${label
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '_')
    .replace(/^_+|_+$/g, '')}__c`
}
