import type { Readable } from 'node:stream'
import { GatewayError } from '../core/errors.ts'
import { systemClock } from '../core/time.ts'
import { abortingBy } from './aborting.ts'
import { answerHeaders } from './answer-headers.ts'
import { CallProgress, notingStart } from './call-progress.ts'
import { type CallQueueFigures, createCallQueue, type Place } from './call-queue.ts'
import { createCircuit, type Permit } from './circuit.ts'
import { namedError } from './connection-errors.ts'
import { connectionFailure } from './connection-failure.ts'
import {
  type HttpClientOptions,
  headersOf,
  isOutage,
  originAndPath,
  outcomeOf,
  parsedJson,
  type UpstreamAnswer,
  type UpstreamCall,
} from './http-client.ts'
import { boundedPool } from './upstream-pool.ts'
import { readWhole } from './whole-answer.ts'

/** The most uploads to one upstream that are sent at the same time. Further ones wait, and their clients with them. */
const maxUploadConnections = 50

/** The most of them that one caller has at the same time. */
const maxUploadsPerCaller = 25

/** The most uploads to one upstream that may wait for a connection. */
const maxWaitingUploads = 200

/** One upload. */
export interface UploadCall extends Pick<UpstreamCall, 'path' | 'authorization' | 'place'> {
  /** In lower case, with `content-length`: how many bytes the body has. */
  readonly headers: Readonly<Record<string, string>>
  /** Read as fast as the upstream takes it, and destroyed where the upstream wants no more. */
  readonly body: Readable
  /** Ends the call, at the upstream too: half a file is of use to nobody. */
  readonly signal: AbortSignal
}

/** Sends files to one upstream. */
export interface UploadClient {
  /**
   * Sends a file by PUT, once, and reads the answer whole. Any HTTP status is an answer.
   *
   * @throws GatewayError UPSTREAM_TIMEOUT where the upstream takes no byte, or does not answer, within `timeoutMs`;
   * UPSTREAM_UNAVAILABLE, UPSTREAM_INVALID_RESPONSE; what the body broke off with; or the abort reason
   */
  put(call: UploadCall): Promise<UpstreamAnswer>
  /** How many uploads are under way and wait. */
  figures(): CallQueueFigures
  /** Ends all connections; uploads under way fail. */
  close(): Promise<void>
}

/**
 * Makes the client for files that go to an upstream, over connections of its own. Undici reads a body only as fast as the
 * upstream takes it.
 */
export function createUploadClient(options: Omit<HttpClientOptions, 'isRetriable'>): UploadClient {
  const { baseUrl, timeoutMs, headers } = options
  const { origin, basePath } = originAndPath(baseUrl)
  const pool = boundedPool({ origin, silenceMs: timeoutMs }, maxUploadConnections)
  const sending = pool.compose(notingStart)
  const { circuit = createCircuit(systemClock) } = options
  const queue = createCallQueue({
    maxUnderWay: maxUploadConnections,
    maxPerCaller: maxUploadsPerCaller,
    maxPolls: 0,
    maxWaiting: maxWaitingUploads,
  })

  const send = async (call: UploadCall, progress: CallProgress): Promise<UpstreamAnswer> => {
    progress.step = 'connecting'
    try {
      const answer = await sending.request({
        method: 'PUT',
        path: basePath + call.path,
        headers: headersOf(call, headers),
        body: call.body,
        signal: call.signal,
        opaque: progress,
      })
      return {
        status: answer.statusCode,
        headers: answerHeaders(answer.headers),
        body: parsedJson(await readWhole(answer.body)),
      }
    } catch (error) {
      call.signal.throwIfAborted()
      throw bodyFailure(call.body) ?? namedError(error)
    }
  }

  /** Waits for its turn, but no longer than a call may take. */
  const enter = async (place: Place, signal: AbortSignal) => {
    const aborting = abortingBy(signal, timeoutMs)
    try {
      await queue.enter(place, aborting)
    } finally {
      aborting.end()
    }
  }
  const sendInTurn = async (call: UploadCall, progress: CallProgress, permit: Permit) => {
    const place = { callerKey: call.place?.callerKey ?? '', isPoll: false }
    await enter(place, call.signal)
    try {
      permit.check()
      return await send(call, progress)
    } finally {
      queue.leave(place)
    }
  }
  const put = async (call: UploadCall): Promise<UpstreamAnswer> => {
    const progress = new CallProgress()
    let permit: Permit | undefined
    try {
      // It takes too long to be the probe. The session is read before it, which is one.
      permit = circuit.begin(call.path, false)
      const answer = await sendInTurn(call, progress, permit)
      permit.end(isOutage(answer, options) ? 'failed' : 'answered')
      return answer
    } catch (error) {
      permit?.end(outcomeOf(error, call, progress))
      throw call.signal.aborted ? error : connectionFailure(error, { method: 'PUT' }, options, progress)
    }
  }
  return { put, figures: queue.figures, close: () => pool.destroy() }
}

/** Why the body gave no more, where that was not undici's doing. */
const bodyFailure = ({ errored }: Readable) => (errored instanceof GatewayError ? errored : undefined)
