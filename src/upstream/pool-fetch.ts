import { EventEmitter } from 'node:events'
import type { Readable } from 'node:stream'
import { errors, Pool } from 'undici'
import { bodyStream } from './body-stream.ts'

/** The most connections to one upstream for calls whose answer is read at once. */
export const maxConnections = 50

/** The most calls to one upstream that may be under way or wait for a connection. */
export const maxPendingCalls = 2000

/** The largest answer that is read into memory: 200 jobs have about 100 KB. */
export const maxAnswerSizeBytes = 16 * 1024 * 1024

/** Statuses whose answer has no body by definition (Fetch standard, "null body status"). */
const nullBodyStatuses = new Set([204, 205, 304])

/** The upstream was not reached, or the connection broke. The only failure that another try may mend. */
export class ConnectionError extends Error {
  override readonly name = 'ConnectionError'
}

/** No connection to the upstream came about, so that nothing was sent. */
export class UnreachedError extends ConnectionError {}

/** Failures of a connection that come before anything is sent, by Node's names. */
const unreachedCodes = ['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN']

/** The upstream kept silent for longer than it may. */
export class SilenceError extends Error {
  override readonly name = 'SilenceError'
}

/** What came back is no HTTP answer that can be used. */
export class AnswerError extends Error {
  override readonly name = 'AnswerError'
}

/** So many calls are waiting that another one would only wait too ({@link maxPendingCalls}). It was not sent. */
export class BusyError extends Error {
  override readonly name = 'BusyError'
}

/** Settings of a {@link PoolFetch}. */
export interface PoolFetchOptions {
  /** Scheme, host and port. Whatever a request names, its call goes here and nowhere else. */
  readonly origin: string
  /** The longest silence before and inside an answer, in milliseconds. */
  readonly silenceMs: number
  /** True: bodies are handed through as they arrive. False: the answer is read whole, up to {@link maxAnswerSizeBytes}. */
  readonly streaming: boolean
  /** What the reader of a streamed body is thrown where it breaks off. Default: the error as it is. */
  readonly bodyFailure?: (error: Error) => unknown
}

/** A `fetch` that ky can use, over a bounded number of kept connections. It follows no redirects. */
export interface PoolFetch {
  /** @param signal of who waits for the answer, beside that of the request, which ky uses for its time-outs */
  (input: Request | URL | string, signal?: AbortSignal): Promise<Response>
  /** Ends all connections; calls under way fail. */
  close(): Promise<void>
}

/**
 * Makes a `fetch` over an undici pool. The WHATWG fetch, which ky takes otherwise, has no bound on connections: it opens
 * one for every concurrent call.
 *
 * Method, headers, body and abort signal are carried over. Fails with {@link ConnectionError},
 * {@link SilenceError} or {@link AnswerError}, or with the abort reason.
 */
export function createPoolFetch({
  origin,
  silenceMs,
  streaming,
  bodyFailure = (error) => error,
}: PoolFetchOptions): PoolFetch {
  const pool = new Pool(origin, {
    connections: maxConnections,
    headersTimeout: silenceMs,
    bodyTimeout: silenceMs,
    connect: { timeout: silenceMs },
  })
  let pendingCalls = 0

  const send = async (request: Request, aborting: Aborting): Promise<Response> => {
    const answer = await pool.request({
      path: request.url.slice(origin.length),
      method: request.method,
      headers: [...request.headers].flat(),
      body: request.body === null ? null : Buffer.from(await request.arrayBuffer()),
      signal: aborting.emitter,
    })
    answer.body.once('close', aborting.end)
    const head = { status: answer.statusCode, headers: headersOf(answer.headers) }
    if (nullBodyStatuses.has(answer.statusCode)) {
      await answer.body.dump()
      return new Response(null, head)
    }
    if (!streaming) return new Response(await readWhole(answer.body), head)
    const failureOf = (error: unknown) => aborting.reason() ?? bodyFailure(namedError(error))
    return new Response(bodyStream(answer.body, failureOf), head)
  }

  const poolFetch = async (input: Request | URL | string, signal?: AbortSignal) => {
    const request = input instanceof Request ? input : new Request(input)
    if (pendingCalls >= maxPendingCalls) {
      throw new BusyError(`${maxPendingCalls} calls are waiting already`)
    }
    const aborting = abortingBy(signal === undefined ? [request.signal] : [request.signal, signal])
    pendingCalls += 1
    try {
      return await send(request, aborting)
    } catch (error) {
      aborting.end()
      throw aborting.reason() ?? namedError(error)
    } finally {
      pendingCalls -= 1
    }
  }
  return Object.assign(poolFetch, { close: () => pool.destroy() })
}

/** The signals that may end a call, as undici takes them. */
export interface Aborting {
  readonly emitter: EventEmitter
  /** Why the call is ended; undefined while it is not. */
  reason(): unknown
  /** Stops listening, so that a signal that outlives many calls keeps none of them. */
  end(): void
}

/**
 * Joins the signals that may end a call. An emitter costs a fraction of `AbortSignal.any`, of which there would be one
 * for each call.
 *
 * @throws the reason of one that has aborted
 */
export function abortingBy(signals: readonly AbortSignal[]): Aborting {
  for (const signal of signals) signal.throwIfAborted()
  const emitter = new EventEmitter()
  const abort = () => emitter.emit('abort')
  for (const signal of signals) signal.addEventListener('abort', abort, { once: true })
  return {
    emitter,
    reason: () => signals.find(({ aborted }) => aborted)?.reason,
    end() {
      for (const signal of signals) signal.removeEventListener('abort', abort)
    },
  }
}

/** Names and values of undici's headers. A name that came several times stands as often. */
export function headersOf(headers: Record<string, string | string[] | undefined>): [string, string][] {
  return Object.entries(headers).flatMap(([name, value]) =>
    (Array.isArray(value) ? value : [value ?? '']).map((one): [string, string] => [name, one]),
  )
}

/**
 * Reads a body into memory.
 *
 * @throws AnswerError beyond {@link maxAnswerSizeBytes}; else what the body breaks off with
 */
export async function readWhole(
  body: Readable | ReadableStream<Uint8Array>,
): Promise<Uint8Array<ArrayBuffer>> {
  const chunks: Uint8Array[] = []
  let sizeBytes = 0
  for await (const chunk of body) {
    sizeBytes += chunk.length
    if (sizeBytes > maxAnswerSizeBytes) {
      throw new AnswerError(`the answer is larger than ${maxAnswerSizeBytes} bytes`)
    }
    chunks.push(chunk)
  }
  return Buffer.concat(chunks)
}

/** Tells undici's failures apart by what can be done about them. */
export function namedError(error: unknown): Error {
  if (error instanceof AnswerError) return error
  if (error instanceof errors.HeadersTimeoutError || error instanceof errors.BodyTimeoutError) {
    return new SilenceError('no answer in time', { cause: error })
  }
  if (error instanceof errors.ConnectTimeoutError)
    return new SilenceError('no connection in time', { cause: error })
  if (error instanceof errors.HTTPParserError || error instanceof RangeError) {
    return new AnswerError('the answer is not HTTP', { cause: error })
  }
  if (error instanceof Error && 'code' in error && unreachedCodes.some((code) => code === error.code)) {
    return new UnreachedError('no connection', { cause: error })
  }
  return new ConnectionError('the connection failed', { cause: error })
}
