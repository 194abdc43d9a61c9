import { isTimeoutError } from 'ky'
import type { UpstreamService } from '../core/errors.ts'
import { systemClock } from '../core/time.ts'
import { abortingBy } from './aborting.ts'
import type { AnswerHeaders } from './answer-headers.ts'
import { CallProgress } from './call-progress.ts'
import type { CallQueueFigures, Place } from './call-queue.ts'
import { type Circuit, createCircuit, type Outcome, type Permit } from './circuit.ts'
import { ConnectionError, SilenceError } from './connection-errors.ts'
import { connectionFailure } from './connection-failure.ts'
import { retriedStatuses, withRetries } from './retries.ts'
import { sumOf } from './upstream-health.ts'
import {
  type AnswerHead,
  createUpstreamPool,
  type Try,
  type UpstreamPool,
  type UpstreamRequest,
} from './upstream-pool.ts'
import type { WholeAnswer } from './whole-answer.ts'

/** The methods of the two services. All but `GET` write. */
export type UpstreamMethod = 'GET' | 'POST' | 'PUT' | 'DELETE'

/** One call to an upstream. */
export interface UpstreamCall {
  readonly method: UpstreamMethod
  /** Behind the origin, with every segment encoded (see `pathOf`); may carry a query. */
  readonly path: string
  /** Query parameters; undefined ones are left out. */
  readonly query?: Readonly<Record<string, string | number | boolean | undefined>>
  readonly authorization: string | undefined
  /** Whose call it is. Calls of different callers take turns; those of nobody in particular are one caller's. */
  readonly place?: Place
  /** The fields of a form, sent as `application/x-www-form-urlencoded`. Left out: no body. */
  readonly form?: Readonly<Record<string, string>>
  /** Headers of this call alone, in lower case. */
  readonly headers?: Readonly<Record<string, string>>
  /** Ends the call when nobody waits for it any more. A write has none: once sent, it is carried through. */
  readonly signal?: AbortSignal
  /** Learns how far the call has come, of several tries the last one. */
  readonly progress?: CallProgress
}

/** An answer that was read whole. */
export interface UpstreamAnswer {
  readonly status: number
  readonly headers: AnswerHeaders
  /** The parsed JSON; undefined where the body is not JSON. */
  readonly body: unknown
}

/** An answer that is a file. Who gets it reads the stream or cancels it; one that breaks off throws a GatewayError. */
export interface UpstreamFile {
  readonly status: number
  readonly headers: AnswerHeaders
  readonly stream: ReadableStream<Uint8Array>
}

/** Settings of an {@link HttpClient}. */
export interface HttpClientOptions {
  readonly service: UpstreamService
  /** The configured address of the upstream. Its path, if it has one, goes before that of each call. */
  readonly baseUrl: string
  /** The time for one call, its retries included, in milliseconds; for a streamed body the longest silence. */
  readonly timeoutMs: number
  /** Headers of every call, in lower case. */
  readonly headers?: Readonly<Record<string, string>>
  /** Whether a 502, 503 or 504 with this JSON body is worth another try. All are, by default. */
  readonly isRetriable?: (body: unknown) => boolean
  /** Whether the headers tell a failure, whatever type the body is said to have. None do, by default. */
  readonly tellsFailure?: (headers: AnswerHeaders) => boolean
  /** Whether this JSON body tells that the upstream itself is not well, whatever the status. None do, by default. */
  readonly isException?: (body: unknown) => boolean
  /** Whether the upstream is called at all. Default: one of its own. */
  readonly circuit?: Circuit
}

/** Calls one upstream. Any HTTP status is an answer; what it means, the service's own client knows. */
export interface HttpClient {
  /**
   * Calls, and reads the answer whole. Reads are retried on broken connections, 502, 503 and 504; writes never are.
   *
   * @throws GatewayError UPSTREAM_TIMEOUT, UPSTREAM_UNAVAILABLE, UPSTREAM_INVALID_RESPONSE; or the abort reason
   */
  call(call: UpstreamCall): Promise<UpstreamAnswer>
  /** Calls likewise, but hands a file on as it arrives. */
  open(call: UpstreamCall): Promise<UpstreamFile | UpstreamAnswer>
  /** Opens likewise, over connections of its own: slow downloads hold theirs for long, and block nobody else. */
  openFile(call: UpstreamCall): Promise<UpstreamFile | UpstreamAnswer>
  /** How many calls are under way and wait, over all kinds of connections. */
  figures(): CallQueueFigures
  /** Ends all connections; calls under way fail. */
  close(): Promise<void>
}

/** The one way in which the gateway calls an upstream, uploads aside: over a pool of kept connections. */
export function createHttpClient(options: HttpClientOptions): HttpClient {
  const { origin, basePath } = originAndPath(options.baseUrl)
  const { timeoutMs, circuit = createCircuit(systemClock) } = options
  const newPool = () => createUpstreamPool({ origin, silenceMs: timeoutMs })
  const [reading, opening, files] = [newPool(), newPool(), newPool()]

  const isWorthRetry = (answer: UpstreamFile | UpstreamAnswer) => isRetriable(answer, options)
  const readParsed = (request: UpstreamRequest, oneTry: Try) =>
    reading.read(request, oneTry).then(parsedAnswer)

  /** Sends a call if the circuit lets it, and tells the circuit what became of it. */
  const send = async <Answer extends UpstreamFile | UpstreamAnswer>(
    call: UpstreamCall,
    attempt: (request: UpstreamRequest, oneTry: Try) => Promise<Answer>,
  ): Promise<Answer> => {
    const { signal, place = nobodysPlace, progress = new CallProgress() } = call
    signal?.throwIfAborted()
    const permit = permitFor(circuit, call, options)
    const aborting = abortingBy(signal, timeoutMs)
    try {
      const request = requestOf(basePath, call, options)
      const tryOnce = () => attempt(request, { place, progress, aborting, check: permit.check })
      const retries = { isRetriable: isWorthRetry, signal, timeoutMs }
      const answer = await (call.method === 'GET' ? withRetries<Answer>(tryOnce, retries) : tryOnce())
      permit.end(isOutage(answer, options) ? 'failed' : 'answered')
      // The signal ends a file that is on its way, too; the time is for its beginning.
      if ('stream' in answer) aborting.stopTimer()
      else aborting.end()
      return answer
    } catch (error) {
      aborting.abort(error)
      aborting.end()
      permit.end(outcomeOf(error, call, progress))
      signal?.throwIfAborted()
      throw connectionFailure(error, call, options, progress)
    }
  }
  const openOver = (pool: UpstreamPool, call: UpstreamCall) =>
    send(call, async (request, oneTry): Promise<UpstreamFile | UpstreamAnswer> => {
      const answer = await pool.open(request, oneTry, {
        isStreamed: (head) => isFile(head, options),
        bodyFailure: (error) => connectionFailure(error, call, options, oneTry.progress),
      })
      return 'stream' in answer ? answer : parsedAnswer(answer)
    })
  return {
    call: (call) => send(call, readParsed),
    open: (call) => openOver(opening, call),
    openFile: (call) => openOver(files, call),
    figures: () => sumOf([reading, opening, files].map(({ queue }) => queue.figures())),
    async close() {
      await Promise.all([reading.close(), opening.close(), files.close()])
    },
  }
}

const parsedAnswer = ({ status, headers, text }: WholeAnswer): UpstreamAnswer => ({
  status,
  headers,
  body: parsedJson(text),
})

function requestOf(
  basePath: string,
  { method, path, query, form, headers, authorization }: UpstreamCall,
  options: HttpClientOptions,
): UpstreamRequest {
  const isForm = form !== undefined
  return {
    method,
    path: basePath + path + queryOf(query),
    headers: headersOf(
      { authorization, headers: isForm ? { ...formType, ...headers } : headers },
      options.headers,
    ),
    body: isForm ? new URLSearchParams(form).toString() : null,
  }
}

/** Where the calls to an upstream go, and what stands before the path of each. */
export function originAndPath(baseUrl: string): { readonly origin: string; readonly basePath: string } {
  const { origin, pathname } = new URL(baseUrl)
  return { origin, basePath: pathname.replace(/\/+$/, '') }
}

/**
 * The headers of a call. Its own win over those of every call, and its credential over both.
 *
 * @param common those of every call
 */
export const headersOf = (
  {
    authorization,
    headers,
  }: { readonly authorization: string | undefined; readonly headers: UpstreamCall['headers'] | undefined },
  common: HttpClientOptions['headers'],
): Record<string, string> => ({
  accept: 'application/json',
  ...common,
  ...headers,
  ...(authorization === undefined ? undefined : { authorization }),
})

const formType = { 'content-type': 'application/x-www-form-urlencoded;charset=UTF-8' }

const nobodysPlace: Place = { callerKey: '', isPoll: false }

/** @throws GatewayError UPSTREAM_UNAVAILABLE */
function permitFor(circuit: Circuit, call: UpstreamCall, options: HttpClientOptions): Permit {
  try {
    return circuit.begin(call.path)
  } catch (error) {
    throw connectionFailure(error, call, options, new CallProgress())
  }
}

/** Whether an answer tells that the upstream itself is not well: nothing that it says of what was asked for. */
export function isOutage(
  answer: UpstreamFile | UpstreamAnswer,
  options: Pick<HttpClientOptions, 'isRetriable' | 'isException'>,
): boolean {
  if (!('body' in answer)) return false
  const { isException = () => false } = options
  return (retriedStatuses.includes(answer.status) && isRetriable(answer, options)) || isException(answer.body)
}

function isRetriable(
  answer: UpstreamFile | UpstreamAnswer,
  options: Pick<HttpClientOptions, 'isRetriable'>,
): boolean {
  return !('body' in answer) || (options.isRetriable?.(answer.body) ?? true)
}

/** What the failure of a call tells of the upstream. What waited in vain for its turn tells nothing. */
export function outcomeOf(
  error: unknown,
  { signal }: Pick<UpstreamCall, 'signal'>,
  { step }: CallProgress,
): Outcome {
  if (signal?.aborted === true || step === 'waiting') return 'unknown'
  const isSilence = isTimeoutError(error) || error instanceof SilenceError
  if (!isSilence && !(error instanceof ConnectionError)) return 'unknown'
  return step === 'sent' ? 'failed' : 'unreached'
}

function queryOf(query: UpstreamCall['query']): string {
  if (query === undefined) return ''
  const parameters = Object.entries(query).flatMap(([name, value]): [string, string][] =>
    value === undefined ? [] : [[name, String(value)]],
  )
  return parameters.length === 0 ? '' : `?${new URLSearchParams(parameters)}`
}

/** Both services answer their failures as text of some kind, and so do proxies, the sign-in page in HTTP 200 included. */
function isFile({ status, headers }: AnswerHead, { tellsFailure = () => false }: HttpClientOptions): boolean {
  return status === 200 && !tellsFailure(headers) && !/json|xml|text/.test(headers.get('content-type') ?? '')
}

/** What a text is as JSON; undefined where it is none. */
export function parsedJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
