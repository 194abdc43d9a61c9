import type { Answer } from '../answer.ts'
import { createRouter, type Route } from '../routing.ts'
import type { RoutedRequest, SandboxRequest } from '../service.ts'
import type { VaultCall, VaultState } from './call.ts'
import { failure, failureOf, success } from './envelope.ts'
import { answerJobStart, answerJobStatus, answerJobTasks } from './job-answers.ts'
import { answerJobHistories, answerJobMonitors } from './job-lists.ts'
import {
  answerProfilingSessionCreate,
  answerProfilingSessionDelete,
  answerProfilingSessionEnd,
} from './profiler-writes.ts'
import {
  answerProfilingSession,
  answerProfilingSessionResults,
  answerProfilingSessions,
} from './profiling-sessions.ts'
import { answerAuth, answerCurrentUser, answerSessionEnd } from './sessions.ts'
import { answerUploadSession, answerUploadSessions } from './upload-sessions.ts'
import {
  answerUploadAbort,
  answerUploadCommit,
  answerUploadCreate,
  answerUploadPart,
  answerUploadParts,
} from './upload-writes.ts'

/** The names of the Vault routes in the call log and in faults. */
export type VaultRouteName =
  | 'job-status'
  | 'job-tasks'
  | 'job-histories'
  | 'job-monitors'
  | 'job-start'
  | 'profiling-sessions'
  | 'profiling-session'
  | 'profiling-session-results'
  | 'profiling-session-create'
  | 'profiling-session-end'
  | 'profiling-session-delete'
  | 'upload-sessions'
  | 'upload-session'
  | 'upload-create'
  | 'upload-part'
  | 'upload-parts'
  | 'upload-commit'
  | 'upload-abort'
  | 'auth'
  | 'session-end'
  | 'current-user'
  | 'keep-alive'
  | 'unknown'

type AnswerCall = (call: VaultCall) => Answer

const routes: readonly Route<VaultRouteName, AnswerCall>[] = [
  { name: 'job-histories', method: 'GET', path: 'services/jobs/histories', target: answerJobHistories },
  { name: 'job-monitors', method: 'GET', path: 'services/jobs/monitors', target: answerJobMonitors },
  { name: 'job-status', method: 'GET', path: 'services/jobs/:id', target: answerJobStatus },
  { name: 'job-start', method: 'POST', path: 'services/jobs/start_now/:id', target: answerJobStart },
  { name: 'job-tasks', method: 'GET', path: 'services/jobs/:id/tasks', target: answerJobTasks },
  { name: 'profiling-sessions', method: 'GET', path: 'code/profiler', target: answerProfilingSessions },
  { name: 'profiling-session', method: 'GET', path: 'code/profiler/:name', target: answerProfilingSession },
  {
    name: 'profiling-session-results',
    method: 'GET',
    path: 'code/profiler/:name/results',
    target: answerProfilingSessionResults,
  },
  {
    name: 'profiling-session-create',
    method: 'POST',
    path: 'code/profiler',
    target: answerProfilingSessionCreate,
  },
  {
    name: 'profiling-session-end',
    method: 'POST',
    path: 'code/profiler/:name/actions/end',
    target: answerProfilingSessionEnd,
  },
  {
    name: 'profiling-session-delete',
    method: 'DELETE',
    path: 'code/profiler/:name',
    target: answerProfilingSessionDelete,
  },
  {
    name: 'upload-sessions',
    method: 'GET',
    path: 'services/file_staging/upload',
    target: answerUploadSessions,
  },
  {
    name: 'upload-session',
    method: 'GET',
    path: 'services/file_staging/upload/:id',
    target: answerUploadSession,
  },
  { name: 'upload-create', method: 'POST', path: 'services/file_staging/upload', target: answerUploadCreate },
  { name: 'upload-part', method: 'PUT', path: 'services/file_staging/upload/:id', target: answerUploadPart },
  {
    name: 'upload-commit',
    method: 'POST',
    path: 'services/file_staging/upload/:id',
    target: answerUploadCommit,
  },
  {
    name: 'upload-abort',
    method: 'DELETE',
    path: 'services/file_staging/upload/:id',
    target: answerUploadAbort,
  },
  {
    name: 'upload-parts',
    method: 'GET',
    path: 'services/file_staging/upload/:id/parts',
    target: answerUploadParts,
  },
  { name: 'session-end', method: 'DELETE', path: 'session', target: answerSessionEnd },
  { name: 'current-user', method: 'GET', path: 'objects/users/me', target: answerCurrentUser },
  { name: 'keep-alive', method: 'POST', path: 'keep-alive', target: (call) => success(call) },
]

const findRoute = createRouter(routes)

/** Finds the route of a request under `/api/{any version}/`. */
export function routeVaultRequest(state: VaultState, request: SandboxRequest): RoutedRequest {
  const [, api, version = '', ...segments] = request.path.split('/')
  if (api === 'api' && request.method === 'POST' && segments.join('/') === 'auth') {
    return { route: 'auth', answer: () => answerAuth(state, request) }
  }
  const match = api === 'api' ? findRoute(request.method, segments) : undefined
  return {
    route: match?.name ?? 'unknown',
    answer() {
      const user = state.users.ofAuthorization(request.authorization)
      if (user === undefined) {
        return failureOf(state, request, 'INVALID_SESSION_ID', 'Invalid or expired session ID.')
      }
      const call = { state, request, user, version, keys: match?.keys ?? [], nowMs: state.now() }
      if (match === undefined) {
        return failure(call, 'MALFORMED_URL', 'The specified resource cannot be found.')
      }
      if (match.target === undefined) {
        return failure(call, 'METHOD_NOT_SUPPORTED', `This resource does not support ${request.method}.`)
      }
      return match.target(call)
    },
  }
}
