import type { Readable } from 'node:stream'
import { Pool } from 'undici'
import { GatewayError } from '../core/errors.ts'
import { systemClock } from '../core/time.ts'
import { abortingBy } from './aborting.ts'
import { CallProgress, notingStart } from './call-progress.ts'
import { type CallQueueFigures, createCallQueue, type Place } from './call-queue.ts'
import { createCircuit, type Permit } from './circuit.ts'
import {
  connectionFailure,
  type HttpClientOptions,
  isOutage,
  outcomeOf,
  parsedJson,
  type UpstreamAnswer,
  type UpstreamCall,
} from './http-client.ts'
import { headersOf, namedError, readWhole, SilenceError } from './pool-fetch.ts'

/** The most uploads to one upstream that are sent at the same time. Further ones wait, and their clients with them. */
export const maxUploadConnections = 50

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
 * Makes the client for files that go to an upstream, over connections of its own. It takes undici's pool without ky and
 * `fetch`: those copy bodies, and know no back-pressure.
 */
export function createUploadClient(options: Omit<HttpClientOptions, 'isRetriable'>): UploadClient {
  const { baseUrl, timeoutMs, headers } = options
  const { origin, pathname } = new URL(baseUrl)
  const pool = new Pool(origin, {
    connections: maxUploadConnections,
    // While a body is sent, undici counts only the time in which the upstream takes nothing of it.
    headersTimeout: timeoutMs,
    bodyTimeout: timeoutMs,
    connect: { timeout: timeoutMs },
  })
  const sending = pool.compose(notingStart)
  const { circuit = createCircuit(systemClock) } = options
  const queue = createCallQueue({
    maxUnderWay: maxUploadConnections,
    maxPerCaller: maxUploadsPerCaller,
    maxPolls: 0,
    maxWaiting: maxWaitingUploads,
  })

  const send = async (call: UploadCall, progress: CallProgress): Promise<UpstreamAnswer> => {
    const aborting = abortingBy([call.signal])
    progress.step = 'connecting'
    try {
      const answer = await sending.request({
        method: 'PUT',
        path: pathname.replace(/\/+$/, '') + call.path,
        headers: { accept: 'application/json', ...headers, ...call.headers, ...authorizationOf(call) },
        body: call.body,
        signal: aborting.emitter,
        opaque: progress,
      })
      const text = new TextDecoder().decode(await readWhole(answer.body))
      return {
        status: answer.statusCode,
        headers: new Headers(headersOf(answer.headers)),
        body: parsedJson(text),
      }
    } catch (error) {
      throw aborting.reason() ?? bodyFailure(call.body) ?? namedError(error)
    } finally {
      aborting.end()
    }
  }

  /** Waits for its turn, but no longer than a call may take. */
  const enter = async (place: Place, signal: AbortSignal) => {
    const tooLong = new AbortController()
    const timer = systemClock.after(timeoutMs, () => tooLong.abort(new SilenceError('no turn in time')))
    const aborting = abortingBy([signal, tooLong.signal])
    try {
      await queue.enter(place, aborting)
    } finally {
      timer.cancel()
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

const authorizationOf = ({ authorization }: UploadCall) =>
  authorization === undefined ? undefined : { authorization }

/** Why the body gave no more, where that was not undici's doing. */
const bodyFailure = ({ errored }: Readable) => (errored instanceof GatewayError ? errored : undefined)
