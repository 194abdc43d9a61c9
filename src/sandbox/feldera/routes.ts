import { type Answer, jsonAnswer } from '../answer.ts'
import { createRouter, type Route } from '../routing.ts'
import type { RoutedRequest, SandboxRequest } from '../service.ts'
import { authenticationFailed, felderaError, unknownPipeline } from './errors.ts'
import type { PipelineRecord } from './pipeline.ts'
import { answerPipelines } from './pipeline-list.ts'
import { answerProfileGet, answerProfilePost, type ProfileCall } from './profile-answers.ts'

/** The names of the Feldera routes in the call log and in faults. */
export type FelderaRouteName = 'samply-profile-get' | 'samply-profile-post' | 'pipelines' | 'unknown'

/** Everything that the sandbox's Feldera knows. */
export interface FelderaState {
  /** Milliseconds since the Unix epoch. */
  now(): number
  pipelines: Map<string, PipelineRecord>
  /** The only `Authorization` values that are let in; undefined lets everybody in. */
  authorizations: readonly string[] | undefined
}

type AnswerRequest = (state: FelderaState, request: SandboxRequest, keys: readonly string[]) => Answer

const routes: readonly Route<FelderaRouteName, AnswerRequest>[] = [
  {
    name: 'samply-profile-get',
    method: 'GET',
    path: 'v0/pipelines/:name/samply_profile',
    target: ofPipeline(answerProfileGet),
  },
  {
    name: 'samply-profile-post',
    method: 'POST',
    path: 'v0/pipelines/:name/samply_profile',
    target: ofPipeline(answerProfilePost),
  },
  { name: 'pipelines', method: 'GET', path: 'v0/pipelines', target: listPipelines },
]

const findRoute = createRouter(routes)

/** Finds the route of a request under `/v0/`. */
export function routeFelderaRequest(state: FelderaState, request: SandboxRequest): RoutedRequest {
  const match = findRoute(request.method, request.path.slice(1).split('/'))
  return {
    route: match?.target === undefined ? 'unknown' : match.name,
    answer() {
      if (!isLetIn(state, request)) return authenticationFailed()
      if (match === undefined) return felderaError(404, 'NotFound', 'There is no such endpoint.')
      if (match.target === undefined) return jsonAnswer(405, {})
      return match.target(state, request, match.keys)
    },
  }
}

function ofPipeline(answer: (call: ProfileCall) => Answer): AnswerRequest {
  return (state, request, keys) => {
    const name = keys[0] ?? ''
    const pipeline = state.pipelines.get(name)
    if (pipeline === undefined || !isVisible(pipeline, request)) return unknownPipeline(name)
    return answer({ request, pipeline, nowMs: state.now() })
  }
}

function listPipelines(state: FelderaState, request: SandboxRequest): Answer {
  const visible = [...state.pipelines.values()].filter((pipeline) => isVisible(pipeline, request))
  return answerPipelines(visible)
}

function isLetIn(state: FelderaState, request: SandboxRequest): boolean {
  return state.authorizations?.includes(request.authorization ?? '') ?? true
}

function isVisible(pipeline: PipelineRecord, request: SandboxRequest): boolean {
  return pipeline.definition.visibleTo?.includes(request.authorization ?? '') ?? true
}
