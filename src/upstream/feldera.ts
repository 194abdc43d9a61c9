import { z } from 'zod'
import {
  badUserInput,
  conflict,
  type ErrorDetail,
  forbidden,
  type GatewayError,
  type UpstreamDetail,
  unauthenticated,
  upstreamError,
  upstreamRateLimited,
  upstreamUnavailable,
} from '../core/errors.ts'
import type { Access } from '../core/identity.ts'
import {
  createHttpClient,
  type HttpClient,
  type UpstreamAnswer,
  type UpstreamCall,
  type UpstreamFile,
  type UpstreamMethod,
} from './http-client.ts'
import { quoted } from './quoted.ts'
import { retryAfterSeconds } from './retry-after.ts'
import { statusFailure } from './status-failure.ts'

/** Feldera's error body. `details` is an object, null or a text, and is missing from authentication errors. */
const errorSchema = z.object({
  message: z.string(),
  error_code: z.string(),
  details: z.unknown().optional(),
})

/**
 * The codes with which Feldera says that a pipeline is not up (`runner/error.rs`, `adapters/src/server/error.rs`).
 * Waiting a few seconds mends none of them, so they are not retried.
 */
const pipelineStateCodes = [
  'PipelineInteractionNotDeployed',
  'PipelineUnavailable',
  'PipelineInteractionUnreachable',
  'PipelineInteractionDisconnected',
  'Initializing',
  'AwaitingApproval',
  'Suspended',
  'Terminating',
  'Bootstrapping',
  'Provisioning',
  'Standby',
]

/** An answer in Feldera's error form. */
export interface FelderaProblem {
  readonly code: string
  readonly message: string
  readonly details: unknown
}

/** Feldera's REST API. */
export interface FelderaClient {
  /** Never retried, and not ended when its caller leaves. */
  post(access: Access, path: string, call: Pick<UpstreamCall, 'query'>): Promise<UpstreamAnswer>
  /** Opens an answer: a file as a stream, anything else as JSON. */
  open(
    access: Access,
    path: string,
    call: Pick<UpstreamCall, 'query' | 'signal'>,
  ): Promise<UpstreamFile | UpstreamAnswer>
  /** Opens likewise for a client that may read slowly. */
  openFile: FelderaClient['open']
  close(): Promise<void>
}

/** Settings of a {@link FelderaClient}. */
export interface FelderaOptions {
  readonly url: string
  readonly timeoutMs: number
}

/** Makes the client of one Feldera. */
export function createFelderaClient({ url, timeoutMs }: FelderaOptions): FelderaClient {
  const http = createHttpClient({
    service: 'feldera',
    baseUrl: url,
    timeoutMs,
    isRetriable: (body) => !isPipelineState(problemOf(body)),
  })
  return {
    post: (access, path, call) =>
      http.call({ ...call, method: 'POST', path, authorization: access.authorization }),
    open: openBy(http.open),
    openFile: openBy(http.openFile),
    close: () => http.close(),
  }
}

const openBy =
  (open: HttpClient['open']): FelderaClient['open'] =>
  (access, path, call) =>
    open({ ...call, method: 'GET', path, authorization: access.authorization })

/** Reads Feldera's error form; undefined where the answer has another one. */
export function problemOf(body: unknown): FelderaProblem | undefined {
  const problem = errorSchema.safeParse(body)
  if (!problem.success) return undefined
  const { message, error_code: code, details } = problem.data
  return { code, message, details }
}

/** Whether Feldera says that the pipeline does not run: a fact about the pipeline, not a failure. */
export function isPipelineState(problem: FelderaProblem | undefined): boolean {
  return problem !== undefined && pipelineStateCodes.includes(problem.code)
}

/** Makes the error for an answer to a call with this method that is none of those that the feature expects. */
export function felderaFailure(answer: UpstreamAnswer, access: Access, method: UpstreamMethod): GatewayError {
  const problem = problemOf(answer.body)
  if (problem === undefined) {
    return statusFailure(answer, { service: 'feldera', status: answer.status }, method)
  }
  const upstream: UpstreamDetail = { service: 'feldera', status: answer.status, type: problem.code }
  const retryAfter = retryAfterSeconds(answer.headers)
  const detail: ErrorDetail = { upstream, ...(retryAfter === undefined ? {} : { retryAfter }) }
  return errorFor(answer.status)(`Feldera refused: ${quoted(problem.message, access)}.`, detail)
}

function errorFor(status: number): (message: string, detail: ErrorDetail) => GatewayError {
  if (status === 400) return badUserInput
  if (status === 401) return unauthenticated
  if (status === 403) return forbidden
  if (status === 409) return conflict
  if (status === 429) return upstreamRateLimited
  return status >= 500 ? upstreamUnavailable : upstreamError
}
