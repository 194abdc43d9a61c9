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
import { type Clock, systemClock } from '../core/time.ts'
import type { Outcome } from '../core/tracing.ts'
import { createCircuit } from './circuit.ts'
import { lostAnswerHint } from './connection-failure.ts'
import {
  createHttpClient,
  type UpstreamAnswer,
  type UpstreamCall,
  type UpstreamFile,
  type UpstreamMethod,
} from './http-client.ts'
import { noUpstreamEvents, observedCall, type UpstreamEvents } from './observed-call.ts'
import type { UpstreamPath } from './path.ts'
import { type PolledUpstream, patientUpstream } from './polled-upstream.ts'
import { quoted, withoutCredential } from './quoted.ts'
import { retryAfterSeconds } from './retry-after.ts'
import { statusFailure } from './status-failure.ts'
import { healthOf, onRecovery, type UpstreamHealth } from './upstream-health.ts'

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

/**
 * Feldera's REST API. Where a caller reaches it on Vault's word, Vault is asked before each call, and the gateway's own
 * key goes out on it: here and nowhere else.
 */
export interface FelderaClient {
  /** Reads an answer whole, whatever its status. */
  get(
    access: Access,
    path: UpstreamPath,
    call: Pick<UpstreamCall, 'query' | 'signal'>,
  ): Promise<UpstreamAnswer>
  /** Never retried, and not ended when its caller leaves. */
  post(access: Access, path: UpstreamPath, call: Pick<UpstreamCall, 'query'>): Promise<UpstreamAnswer>
  /** Opens an answer: a file as a stream, anything else as JSON. */
  open(
    access: Access,
    path: UpstreamPath,
    call: Pick<UpstreamCall, 'query' | 'signal'>,
  ): Promise<UpstreamFile | UpstreamAnswer>
  /** Opens likewise for a client that may read slowly. */
  openFile: FelderaClient['open']
  /** For watches. Feldera tells of no budget. */
  readonly polled: PolledUpstream
  readonly health: UpstreamHealth
  close(): Promise<void>
}

/** Settings of a {@link FelderaClient}. */
export interface FelderaOptions {
  readonly url: string
  readonly timeoutMs: number
  /** The gateway's own key, with the prefix that is part of it, such as `apikey:…`. Undefined: such calls go out bare. */
  readonly apiKey: string | undefined
  /** Who is told of calls. Nobody, by default. */
  readonly events?: UpstreamEvents
  /** Default: that of the machine. */
  readonly clock?: Clock
}

/** Makes the client of one Feldera. */
export function createFelderaClient(options: FelderaOptions): FelderaClient {
  const { url, timeoutMs, apiKey, events = noUpstreamEvents, clock = systemClock } = options
  const circuit = createCircuit(clock)
  const http = createHttpClient({
    service: 'feldera',
    baseUrl: url,
    timeoutMs,
    isRetriable: (body) => !isPipelineState(problemOf(body)),
    circuit,
  })
  const ownAuthorization = apiKey === undefined ? undefined : `Bearer ${apiKey}`

  /** Sends with what this access has, once it may. */
  const by =
    <Answer extends UpstreamFile | UpstreamAnswer>(
      method: UpstreamCall['method'],
      send: (call: UpstreamCall) => Promise<Answer>,
    ) =>
    async (
      { authorization, confirm, callerKey, isPoll = false }: Access,
      { text: path, route }: UpstreamPath,
      call: Pick<UpstreamCall, 'query' | 'signal'>,
    ): Promise<Answer> => {
      const place = { callerKey, isPoll }
      const sendWith = (credential: string | undefined) =>
        observedCall(
          events,
          { service: 'feldera', method, route },
          () => send({ ...call, method, path, authorization: credential, place }),
          outcomeOf,
        )
      if (confirm === undefined) return sendWith(authorization)
      await confirm(call.signal)
      return withoutKey(await sendWith(ownAuthorization), ownAuthorization)
    }
  return {
    get: by('GET', http.call),
    post: by('POST', http.call),
    open: by('GET', http.open),
    openFile: by('GET', http.openFile),
    polled: { ...patientUpstream, onRecovered: onRecovery(circuit) },
    health: healthOf(circuit, [http]),
    close: () => http.close(),
  }
}

/** A pipeline that does not run is a fact and no failure; what other refusals mean, the feature knows. */
function outcomeOf(answer: UpstreamFile | UpstreamAnswer): Outcome {
  const { status } = answer
  if (status < 400 || ('body' in answer && isPipelineState(problemOf(answer.body)))) return 'OK'
  return status === 404 ? 'NOT_FOUND' : errorFor(status)('', { upstream: { service: 'feldera' } }).code
}

/** Feldera, or a proxy before it, may repeat what it was sent, in any status. No caller knows the gateway's own key. */
function withoutKey<Answer extends UpstreamFile | UpstreamAnswer>(
  answer: Answer,
  ownAuthorization: string | undefined,
): Answer {
  if (ownAuthorization === undefined || !('body' in answer)) return answer
  const clean = (_name: string, value: unknown) =>
    typeof value === 'string' ? withoutCredential(value, ownAuthorization) : value
  return { ...answer, body: JSON.parse(JSON.stringify(answer.body ?? null), clean) }
}

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

/** What an answer that failed tells of itself. */
export function felderaDetail({ status, body }: UpstreamAnswer): UpstreamDetail {
  const problem = problemOf(body)
  return { service: 'feldera', status, ...(problem === undefined ? {} : { type: problem.code }) }
}

/** Makes the error for an answer to a call with this method that is none of those that the feature expects. */
export function felderaFailure(answer: UpstreamAnswer, access: Access, method: UpstreamMethod): GatewayError {
  const problem = problemOf(answer.body)
  const upstream = felderaDetail(answer)
  if (answer.status === 401 && access.confirm !== undefined) return ownKeyRefused(upstream)
  if (problem === undefined) return statusFailure(answer, upstream, method)
  const retryAfter = retryAfterSeconds(answer.headers)
  const detail: ErrorDetail = { upstream, ...(retryAfter === undefined ? {} : { retryAfter }) }
  // What failed inside Feldera may have been carried out all the same.
  const hint = answer.status >= 500 && method !== 'GET' ? ` ${lostAnswerHint(method)}` : ''
  return errorFor(answer.status)(`Feldera refused: ${quoted(problem.message, access)}.${hint}`, detail)
}

/** The caller's session is good: signing in again would not help. */
function ownKeyRefused(upstream: UpstreamDetail): GatewayError {
  return unauthenticated(
    'Feldera wants a credential, or another one than the gateway has. Your Vault session is good. Tell the operator to look at FELDERA_API_KEY, or send a credential of Feldera as `Feldera-Authorization`.',
    { upstream },
  )
}

function errorFor(status: number): (message: string, detail: ErrorDetail) => GatewayError {
  if (status === 400) return badUserInput
  if (status === 401) return unauthenticated
  if (status === 403) return forbidden
  if (status === 409) return conflict
  if (status === 429) return upstreamRateLimited
  return status >= 500 ? upstreamUnavailable : upstreamError
}
