import type { Readable } from 'node:stream'
import { errors, Pool } from 'undici'
import { type Aborting, abortingBy } from './aborting.ts'
import { bodyStream } from './body-stream.ts'
import { type CallProgress, notingStart } from './call-progress.ts'
import { type CallQueue, createCallQueue, type Place } from './call-queue.ts'

/** The most connections to one upstream for calls whose answer is read at once. */
export const maxConnections = 50

/** The most of them that one caller has at the same time. */
const maxCallsPerCaller = 25

/** The most of them that watches have. */
const maxPolls = 40

/** The most calls to one upstream that may wait for a connection. */
const maxWaitingCalls = 2000

/** The largest answer that is read into memory: 200 jobs have about 100 KB. */
export const maxAnswerSizeBytes = 16 * 1024 * 1024

/** Statuses whose answer has no body by definition (Fetch standard, "null body status"). */
const nullBodyStatuses = new Set([204, 205, 304])

/** The upstream was not reached, or the connection broke. The only failure that another try may mend. */
export class ConnectionError extends Error {
  override readonly name = 'ConnectionError'
}

/** The upstream kept silent for longer than it may. */
export class SilenceError extends Error {
  override readonly name = 'SilenceError'
}

/** What came back is no HTTP answer that can be used. */
export class AnswerError extends Error {
  override readonly name = 'AnswerError'
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

/** One try of a call. */
export interface Try {
  readonly place: Place
  readonly progress: CallProgress
  /** Of who waits for the answer, beside that of the request, which ky uses for its time-outs. */
  readonly signal: AbortSignal | undefined
  /** Called when the turn of this try has come. What it throws ends it. */
  check(): void
}

/** What ky fetches with, over a bounded number of kept connections. It follows no redirects. */
export interface PoolFetch {
  (input: Request | URL | string, oneTry: Try): Promise<Response>
  readonly queue: Pick<CallQueue, 'figures'>
  /** Ends all connections; calls under way fail. */
  close(): Promise<void>
}

/**
 * Makes a `fetch` over an undici pool. The WHATWG fetch, which ky takes otherwise, has no bound on connections: it opens
 * one for every concurrent call. Who waits for a connection does so in a {@link CallQueue}, and a streamed body keeps its place
 * until it has ended.
 *
 * Method, headers, body and abort signal are carried over. Fails with {@link ConnectionError},
 * {@link SilenceError}, {@link AnswerError} or `BusyError`, or with the abort reason.
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
  const sending = pool.compose(notingStart)
  const queue = createCallQueue({
    maxUnderWay: maxConnections,
    maxPerCaller: maxCallsPerCaller,
    maxPolls,
    maxWaiting: maxWaitingCalls,
  })

  /** @param end called once, when the connection is free again */
  const send = async (request: Request, progress: CallProgress, aborting: Aborting, end: () => void) => {
    const body = request.body === null ? null : Buffer.from(await request.arrayBuffer())
    progress.step = 'connecting'
    const answer = await sending.request({
      path: request.url.slice(origin.length),
      method: request.method,
      headers: [...request.headers].flat(),
      body,
      signal: aborting.emitter,
      opaque: progress,
    })
    answer.body.once('close', end)
    const head = { status: answer.statusCode, headers: headersOf(answer.headers) }
    if (nullBodyStatuses.has(answer.statusCode)) {
      await answer.body.dump()
      return new Response(null, head)
    }
    if (!streaming) return new Response(await readWhole(answer.body), head)
    const failureOf = (error: unknown) => aborting.reason() ?? bodyFailure(namedError(error))
    return new Response(bodyStream(answer.body, failureOf), head)
  }

  const poolFetch = async (input: Request | URL | string, { place, progress, signal, check }: Try) => {
    const request = input instanceof Request ? input : new Request(input)
    const aborting = abortingBy(signal === undefined ? [request.signal] : [request.signal, signal])
    progress.step = 'waiting'
    try {
      await queue.enter(place, aborting)
    } catch (error) {
      aborting.end()
      throw error
    }
    const end = onceOnly(() => {
      aborting.end()
      queue.leave(place)
    })
    try {
      check()
      if (aborting.reason() !== undefined) throw aborting.reason()
      return await send(request, progress, aborting, end)
    } catch (error) {
      end()
      throw aborting.reason() ?? (progress.step === 'waiting' ? error : namedError(error))
    }
  }
  return Object.assign(poolFetch, { queue, close: () => pool.destroy() })
}

/** A body that broke off closes after the call has failed. */
function onceOnly(run: () => void): () => void {
  let isDone = false
  return () => {
    if (!isDone) run()
    isDone = true
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

/** Tells undici's failures apart by what can be done about them. How far the call came, its `CallProgress` knows. */
export function namedError(error: unknown): Error {
  if (error instanceof AnswerError) return error
  if (error instanceof errors.HeadersTimeoutError || error instanceof errors.BodyTimeoutError) {
    return new SilenceError('no answer in time', { cause: error })
  }
  if (error instanceof errors.HTTPParserError || error instanceof RangeError) {
    return new AnswerError('the answer is not HTTP', { cause: error })
  }
  return new ConnectionError('the connection failed', { cause: error })
}
