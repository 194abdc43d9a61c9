import ky, {
  type HTTPError,
  isHTTPError,
  isTimeoutError,
  type KyInstance,
  type Options,
  type RetryOptions,
} from 'ky'
import {
  type ErrorDetail,
  type UpstreamService,
  upstreamInvalidResponse,
  upstreamTimeout,
  upstreamUnavailable,
} from '../core/errors.ts'
import { systemClock } from '../core/time.ts'
import { CallProgress } from './call-progress.ts'
import { BusyError, type CallQueueFigures, type Place } from './call-queue.ts'
import { type Circuit, CircuitOpenError, createCircuit, type Outcome, type Permit } from './circuit.ts'
import {
  AnswerError,
  ConnectionError,
  createPoolFetch,
  type PoolFetch,
  readWhole,
  SilenceError,
} from './pool-fetch.ts'
import { retryAfterSeconds } from './retry-after.ts'
import { sumOf } from './upstream-health.ts'

/** How often a read is tried again (`docs/errors.md`, Retries). */
const maxRetries = 2

/** The wait before the first retry, in milliseconds; it doubles, and jitter shortens it. */
const firstRetryDelayMs = 200

/** Statuses that another try may mend. */
const retriedStatuses = [502, 503, 504]

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
}

/** An answer that was read whole. */
export interface UpstreamAnswer {
  readonly status: number
  readonly headers: Headers
  /** The parsed JSON; undefined where the body is not JSON. */
  readonly body: unknown
}

/** An answer that is a file. Who gets it reads the stream or cancels it; one that breaks off throws a GatewayError. */
export interface UpstreamFile {
  readonly status: number
  readonly headers: Headers
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
  readonly tellsFailure?: (headers: Headers) => boolean
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

/** The one way in which the gateway calls an upstream: ky over a pool of kept connections. */
export function createHttpClient(options: HttpClientOptions): HttpClient {
  const { origin, pathname } = new URL(options.baseUrl)
  const base = origin + pathname.replace(/\/+$/, '')
  const reading = createPoolFetch({ origin, silenceMs: options.timeoutMs, streaming: false })
  const streamingPool = () =>
    createPoolFetch({
      origin,
      silenceMs: options.timeoutMs,
      streaming: true,
      bodyFailure: (error) => connectionFailure(error, { method: 'GET' }, options, new CallProgress()),
    })
  const [opening, files] = [streamingPool(), streamingPool()]
  const common: Options = {
    timeout: false,
    totalTimeout: options.timeoutMs,
    throwHttpErrors: (status) => retriedStatuses.includes(status),
  }
  const client = ky.create(common)
  const { circuit = createCircuit(systemClock) } = options

  /** Sends a call if the circuit lets it, and tells the circuit what became of it. */
  const sendOver = async <Answer extends UpstreamFile | UpstreamAnswer>(
    pool: PoolFetch,
    call: UpstreamCall,
    read: (response: Response) => Promise<Answer>,
  ): Promise<Answer | UpstreamAnswer> => {
    const permit = permitFor(circuit, call, options)
    const progress = new CallProgress()
    try {
      const response = await send({ client, base, pool, permit, progress, options }, call)
      const answer = 'data' in response ? answerOf(response) : await read(response)
      permit.end(isOutage(answer, options) ? 'failed' : 'answered')
      return answer
    } catch (error) {
      permit.end(outcomeOf(error, call, progress))
      call.signal?.throwIfAborted()
      throw connectionFailure(error, call, options, progress)
    }
  }
  const openOver = (pool: PoolFetch, call: UpstreamCall) =>
    sendOver(pool, call, async (response): Promise<UpstreamFile | UpstreamAnswer> => {
      const { status, headers, body } = response
      if (body !== null && isFile(response, options)) return { status, headers, stream: body }
      return wholeAnswer(response, options)
    })
  return {
    call: (call) =>
      sendOver(reading, call, async (response) => {
        const { status, headers } = response
        return { status, headers, body: parsedJson(await response.text()) }
      }),
    open: (call) => openOver(opening, call),
    openFile: (call) => openOver(files, call),
    figures: () => sumOf([reading, opening, files].map(({ queue }) => queue.figures())),
    async close() {
      await Promise.all([reading.close(), opening.close(), files.close()])
    },
  }
}

/** What sending takes beside the call. */
interface Sending {
  readonly client: KyInstance
  readonly base: string
  readonly pool: PoolFetch
  readonly permit: Permit
  readonly progress: CallProgress
  readonly options: HttpClientOptions
}

async function send(
  { client, base, pool, permit, progress, options }: Sending,
  call: UpstreamCall,
): Promise<Response | HTTPError> {
  const { method, signal, place = nobodysPlace } = call
  const { check } = permit
  try {
    return await client(base + call.path + queryOf(call.query), {
      method,
      // The signal goes past ky, which would join it with its own one anew for each call.
      fetch: (request) => pool(request, { place, progress, signal, check }),
      headers: { accept: 'application/json', ...options.headers, ...call.headers, ...authorizationOf(call) },
      ...(call.form === undefined ? {} : { body: new URLSearchParams(call.form) }),
      retry: method === 'GET' ? retryPolicy(options) : 0,
    })
  } catch (error) {
    signal?.throwIfAborted()
    if (isHTTPError(error)) return error
    throw error
  }
}

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
  const { isRetriable = () => true, isException = () => false } = options
  return (retriedStatuses.includes(answer.status) && isRetriable(answer.body)) || isException(answer.body)
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

const authorizationOf = ({ authorization }: UpstreamCall) =>
  authorization === undefined ? undefined : { authorization }

function queryOf(query: UpstreamCall['query']): string {
  const parameters = Object.entries(query ?? {}).flatMap(([name, value]): [string, string][] =>
    value === undefined ? [] : [[name, String(value)]],
  )
  return parameters.length === 0 ? '' : `?${new URLSearchParams(parameters)}`
}

/** Waits as long as `Retry-After` says, as long as the time for the whole call allows; else backs off with jitter. */
function retryPolicy({ timeoutMs, isRetriable = () => true }: HttpClientOptions): RetryOptions {
  const deadlineMs = performance.now() + timeoutMs
  return {
    limit: maxRetries,
    methods: ['get'],
    statusCodes: retriedStatuses,
    afterStatusCodes: retriedStatuses,
    delay: (attempt) => firstRetryDelayMs * 2 ** (attempt - 1),
    jitter: (delayMs) => delayMs * (0.5 + Math.random() / 2),
    shouldRetry({ error }) {
      if (!isHTTPError(error)) return error instanceof ConnectionError
      const waitMs = (retryAfterSeconds(error.response.headers) ?? 0) * 1000
      const isWorthIt = isRetriable(error.data) && performance.now() + waitMs < deadlineMs
      return isWorthIt ? undefined : false
    },
  }
}

/** ky has read the body of an answer that it takes for an error. */
const answerOf = ({ response, data }: HTTPError): UpstreamAnswer => ({
  status: response.status,
  headers: response.headers,
  body: typeof data === 'string' ? parsedJson(data) : data,
})

/** Both services answer their failures as text of some kind, and so do proxies, the sign-in page in HTTP 200 included. */
function isFile({ status, headers }: Response, { tellsFailure = () => false }: HttpClientOptions): boolean {
  return status === 200 && !tellsFailure(headers) && !/json|xml|text/.test(headers.get('content-type') ?? '')
}

async function wholeAnswer(
  { status, headers, body }: Response,
  { service }: HttpClientOptions,
): Promise<UpstreamAnswer> {
  if (body === null) return { status, headers, body: undefined }
  const bytes = await readWhole(body).catch((error: unknown) => {
    if (!(error instanceof AnswerError)) throw error
    throw upstreamInvalidResponse(`${serviceNames[service]}'s answer could not be read: ${error.message}.`, {
      upstream: { service, status },
    })
  })
  return { status, headers, body: parsedJson(new TextDecoder().decode(bytes)) }
}

/** What a text is as JSON; undefined where it is none. */
export function parsedJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

const serviceNames = { vault: 'Vault', feldera: 'Feldera' } as const

/**
 * What to do where no answer, or none of use, came to a call that may have arrived. Every message about such a call ends
 * with it, so that nobody sends a write again that was carried out.
 */
export function lostAnswerHint(method: UpstreamMethod): string {
  return method === 'GET' ? 'Try again later.' : 'It may have been carried out: look before you try again.'
}

/**
 * Makes the error that the log and the client are told when there was no usable answer.
 *
 * @param progress how far the call came: what was not sent was not carried out
 * @returns what was thrown, where it is no failure of a call
 */
export function connectionFailure(
  error: unknown,
  { method }: Pick<UpstreamCall, 'method'>,
  options: Pick<HttpClientOptions, 'service' | 'timeoutMs'>,
  { step }: CallProgress,
): unknown {
  const { service, timeoutMs } = options
  const name = serviceNames[service]
  const hint = lostAnswerHint(step === 'sent' ? method : 'GET')
  const detail: ErrorDetail = { upstream: { service }, cause: error }
  if (isTimeoutError(error) || error instanceof SilenceError) {
    const what = step === 'waiting' ? `This call to ${name} had no turn` : `${name} did not answer`
    return upstreamTimeout(`${what} within ${timeoutMs} ms. ${hint}`, detail)
  }
  if (error instanceof ConnectionError) {
    return upstreamUnavailable(`${name} could not be reached, or broke the connection. ${hint}`, detail)
  }
  if (error instanceof BusyError) {
    return upstreamUnavailable(`Too many calls to ${name} are waiting already. ${hint}`, detail)
  }
  if (error instanceof CircuitOpenError) {
    const { retryAfter } = error
    return upstreamUnavailable(
      `${name} has failed time and again, so the gateway leaves it alone for a moment: this call was not sent. ${hint}`,
      { ...detail, retryAfter },
    )
  }
  if (error instanceof AnswerError) {
    return upstreamInvalidResponse(`${name}'s answer could not be read: ${error.message}. ${hint}`, detail)
  }
  return error
}
