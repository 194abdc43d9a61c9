import { Readable } from 'node:stream'
import { errors, Pool } from 'undici'

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
}

/** A `fetch` that ky can use, over a bounded number of kept connections. It follows no redirects. */
export interface PoolFetch {
  (input: Request | URL | string): Promise<Response>
  /** Ends all connections; calls under way fail. */
  close(): Promise<void>
}

/**
 * Makes a `fetch` over an undici pool. ky on the WHATWG fetch costs more than twice as much for each call and opens
 * a connection for every concurrent one (`docs/benchmarks.md`).
 *
 * Method, headers, body and abort signal are carried over. Fails with {@link ConnectionError},
 * {@link SilenceError} or {@link AnswerError}, or with the abort reason.
 */
export function createPoolFetch({ origin, silenceMs, streaming }: PoolFetchOptions): PoolFetch {
  const pool = new Pool(origin, {
    connections: maxConnections,
    headersTimeout: silenceMs,
    bodyTimeout: silenceMs,
    connect: { timeout: silenceMs },
  })
  let pendingCalls = 0

  const send = async (request: Request): Promise<Response> => {
    const { pathname, search } = new URL(request.url)
    const answer = await pool.request({
      path: pathname + search,
      method: request.method as 'GET',
      headers: [...request.headers].flat(),
      body: request.body === null ? null : Buffer.from(await request.arrayBuffer()),
      signal: request.signal,
    })
    const head = { status: answer.statusCode, headers: headersOf(answer.headers) }
    if (nullBodyStatuses.has(answer.statusCode)) {
      await answer.body.dump()
      return new Response(null, head)
    }
    return new Response(streaming ? Readable.toWeb(answer.body) : await readWhole(answer.body), head)
  }

  const poolFetch = async (input: Request | URL | string) => {
    const request = input instanceof Request ? input : new Request(input)
    if (pendingCalls >= maxPendingCalls) {
      throw new AnswerError(`${maxPendingCalls} calls are waiting already`)
    }
    pendingCalls += 1
    try {
      return await send(request)
    } catch (error) {
      throw request.signal.aborted ? request.signal.reason : namedError(error)
    } finally {
      pendingCalls -= 1
    }
  }
  return Object.assign(poolFetch, { close: () => pool.destroy() })
}

function headersOf(headers: Record<string, string | string[] | undefined>): [string, string][] {
  return Object.entries(headers).flatMap(([name, value]) =>
    (Array.isArray(value) ? value : [value ?? '']).map((one): [string, string] => [name, one]),
  )
}

async function readWhole(body: Readable): Promise<Uint8Array<ArrayBuffer>> {
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
function namedError(error: unknown): Error {
  if (error instanceof AnswerError) return error
  if (error instanceof errors.HeadersTimeoutError || error instanceof errors.BodyTimeoutError) {
    return new SilenceError('no answer in time', { cause: error })
  }
  if (error instanceof errors.ConnectTimeoutError)
    return new SilenceError('no connection in time', { cause: error })
  if (error instanceof errors.HTTPParserError || error instanceof RangeError) {
    return new AnswerError('the answer is not HTTP', { cause: error })
  }
  return new ConnectionError('the connection failed', { cause: error })
}
