import type { Readable } from 'node:stream'
import { Pool } from 'undici'
import { GatewayError } from '../core/errors.ts'
import {
  connectionFailure,
  type HttpClientOptions,
  parsedJson,
  type UpstreamAnswer,
  type UpstreamCall,
} from './http-client.ts'
import { abortingBy, BusyError, headersOf, namedError, readWhole } from './pool-fetch.ts'

/** The most uploads to one upstream that are sent at the same time. Further ones wait, and their clients with them. */
export const maxUploadConnections = 50

/** The most uploads to one upstream that may be under way or wait for a connection. */
export const maxPendingUploads = 200

/** One upload. */
export interface UploadCall extends Pick<UpstreamCall, 'path' | 'authorization'> {
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
  let pending = 0

  const send = async (call: UploadCall): Promise<UpstreamAnswer> => {
    if (pending >= maxPendingUploads) throw new BusyError(`${maxPendingUploads} uploads are waiting already`)
    const aborting = abortingBy([call.signal])
    pending += 1
    try {
      const answer = await pool.request({
        method: 'PUT',
        path: pathname.replace(/\/+$/, '') + call.path,
        headers: { accept: 'application/json', ...headers, ...call.headers, ...authorizationOf(call) },
        body: call.body,
        signal: aborting.emitter,
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
      pending -= 1
      aborting.end()
    }
  }

  return {
    put: (call) =>
      send(call).catch((error: unknown) => {
        throw call.signal.aborted ? error : connectionFailure(error, { method: 'PUT' }, options)
      }),
    close: () => pool.destroy(),
  }
}

const authorizationOf = ({ authorization }: UploadCall) =>
  authorization === undefined ? undefined : { authorization }

/** Why the body gave no more, where that was not undici's doing. */
const bodyFailure = ({ errored }: Readable) => (errored instanceof GatewayError ? errored : undefined)
