import { type Dispatcher, Pool } from 'undici'
import type { Aborting } from './aborting.ts'
import { type AnswerHeaders, answerHeaders } from './answer-headers.ts'
import { bodyStream } from './body-stream.ts'
import { type CallProgress, notingStart } from './call-progress.ts'
import { type CallQueue, createCallQueue, type Place } from './call-queue.ts'
import { namedError } from './connection-errors.ts'
import { dispatchWhole, readWhole, type WholeAnswer } from './whole-answer.ts'

/** The most connections to one upstream for calls whose answer is read at once. */
export const maxConnections = 50

/** The most of them that one caller has at the same time. */
const maxCallsPerCaller = 25

/** The most of them that watches have. */
const maxPolls = 40

/** The most calls to one upstream that may wait for a connection. */
const maxWaitingCalls = 2000

/** Settings of an {@link UpstreamPool}. */
export interface UpstreamPoolOptions {
  /** Scheme, host and port. */
  readonly origin: string
  /** The longest silence before and inside an answer, in milliseconds. */
  readonly silenceMs: number
}

/** What is sent. */
export interface UpstreamRequest {
  readonly method: Dispatcher.HttpMethod
  /** With the query. */
  readonly path: string
  /** In lower case. */
  readonly headers: Record<string, string>
  /** Null: none. */
  readonly body: string | null
}

/** One try of a call. */
export interface Try {
  readonly place: Place
  readonly progress: CallProgress
  readonly aborting: Aborting
  /** Called when the turn of this try has come. What it throws ends it. */
  check(): void
}

/** What an answer begins with. */
export type AnswerHead = Pick<WholeAnswer, 'status' | 'headers'>

/** An answer whose body is handed through as it arrives. */
export interface StreamedAnswer {
  readonly status: number
  readonly headers: AnswerHeaders
  readonly stream: ReadableStream<Uint8Array>
}

/** How an answer is opened. */
export interface OpenOptions {
  /** Whether the body is handed through; else it is read whole. */
  isStreamed(head: AnswerHead): boolean
  /** What the reader of a streamed body is thrown where it breaks off. */
  bodyFailure(error: Error): unknown
}

/**
 * A bounded number of kept connections to one upstream. It follows no redirects. Both ways of calling fail with
 * `ConnectionError`, `SilenceError`, `AnswerError` or `BusyError`, with what {@link Try.check} throws, or with the reason of
 * the abort.
 */
export interface UpstreamPool {
  /** Reads the answer whole, up to `maxAnswerSizeBytes`. */
  read(request: UpstreamRequest, oneTry: Try): Promise<WholeAnswer>
  /** Hands a body through, which keeps its place until it has ended. It ends with the {@link Aborting}, whose `end` it calls then. */
  open(request: UpstreamRequest, oneTry: Try, options: OpenOptions): Promise<WholeAnswer | StreamedAnswer>
  readonly queue: Pick<CallQueue, 'figures'>
  /** Ends all connections; calls under way fail. */
  close(): Promise<void>
}

/**
 * Makes connections to one upstream, at most so many. WHATWG's `fetch` has no bound: it opens one for every concurrent call. A turn
 * in a {@link CallQueue} is a connection. So HTTP/2 is not spoken, where calls share one, and a slow download holds up what comes
 * beside it; and undici would make connections one by one until it knows which of the two it is.
 */
export const boundedPool = ({ origin, silenceMs }: UpstreamPoolOptions, connections: number): Pool =>
  new Pool(origin, {
    connections,
    // While a body is sent, undici counts only the time in which the upstream takes nothing of it.
    headersTimeout: silenceMs,
    bodyTimeout: silenceMs,
    connect: { timeout: silenceMs },
    allowH2: false,
  })

/** Makes the pool. Who waits for a connection does so in a {@link CallQueue}. */
export function createUpstreamPool(options: UpstreamPoolOptions): UpstreamPool {
  const pool = boundedPool(options, maxConnections)
  const noting = pool.compose(notingStart)
  const queue = createCallQueue({
    maxUnderWay: maxConnections,
    maxPerCaller: maxCallsPerCaller,
    maxPolls,
    maxWaiting: maxWaitingCalls,
  })

  /** Waits for a turn, if there is one to wait for. Who gets it calls {@link enter}. */
  const turnOf = ({ place, progress, aborting }: Try): Promise<void> | undefined => {
    progress.step = 'waiting'
    return queue.enter(place, aborting)
  }
  /** Takes the turn that has come. Who does calls `queue.leave`, unless this throws. */
  const enter = ({ place, progress, aborting, check }: Try): void => {
    try {
      check()
      if (aborting.reason() !== undefined) throw aborting.reason()
    } catch (error) {
      queue.leave(place)
      throw error
    }
    progress.step = 'connecting'
  }
  /** Undici hears of an abort once a connection is there. Nobody waits for that; but until then, the place is not free. */
  const begin = (request: UpstreamRequest, { place, progress, aborting }: Try) => {
    const abort = new AbortController()
    const ended = Promise.withResolvers<never>()
    aborting.listen(() => {
      abort.abort(aborting.reason())
      ended.reject(aborting.reason())
    })
    const answer = noting.request({ ...request, signal: abort.signal, opaque: progress })
    const free = () => queue.leave(place)
    answer.then(({ body }) => body.once('close', free), free)
    return Promise.race([answer, ended.promise])
  }
  const openNow = async (
    request: UpstreamRequest,
    oneTry: Try,
    { isStreamed, bodyFailure }: OpenOptions,
  ): Promise<WholeAnswer | StreamedAnswer> => {
    const { aborting } = oneTry
    const { statusCode, headers, body } = await begin(request, oneTry)
    const head = { status: statusCode, headers: answerHeaders(headers) }
    if (!isStreamed(head)) return { ...head, text: await readWhole(body) }
    body.once('close', () => aborting.end())
    const failureOf = (error: unknown) => aborting.reason() ?? bodyFailure(namedError(error))
    return { ...head, stream: bodyStream(body, failureOf) }
  }

  return {
    async read(request, oneTry) {
      await turnOf(oneTry)
      enter(oneTry)
      const { progress, aborting, place } = oneTry
      try {
        return await dispatchWhole(pool, request, { progress, aborting, free: () => queue.leave(place) })
      } catch (error) {
        throw aborting.reason() ?? namedError(error)
      }
    },
    async open(request, oneTry, options) {
      await turnOf(oneTry)
      enter(oneTry)
      try {
        return await openNow(request, oneTry, options)
      } catch (error) {
        throw oneTry.aborting.reason() ?? namedError(error)
      }
    },
    queue,
    close: () => pool.destroy(),
  }
}
