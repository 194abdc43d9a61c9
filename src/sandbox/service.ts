import type { IncomingMessage } from 'node:http'
import type { Answer } from './answer.ts'
import type { ReceivedFile } from './received-file.ts'

/** A request as a service's routes see it. */
export interface SandboxRequest {
  /** Upper case. */
  method: string
  /** Still percent-encoded, without the query string. */
  path: string
  /** Path and query string. */
  url: string
  /** Parsed at the first look. */
  readonly query: URLSearchParams
  /** The `Host` header. */
  host: string
  /** The `Authorization` header. */
  authorization: string | undefined
  /** The fields of the body, where that is a form. It is there when the answer is made. */
  form: URLSearchParams | undefined
  /** The body, where that is a file. It is there when the answer is made. */
  file: ReceivedFile | undefined
}

/** A request that found its route. */
export interface RoutedRequest {
  /** `unknown` when no route has its path. */
  route: string
  /** Makes the normal answer, at the moment it is called. */
  answer(): Answer
}

/** What makes a Vault or a Feldera out of a server. */
export interface SandboxService {
  route(request: SandboxRequest): RoutedRequest
  /** What faults of the kinds `failure`, `exception` and `warning` answer with; left out by Feldera. */
  envelopes?: FaultEnvelopes
}

/** Makes the envelopes of Vault that are not SUCCESS. */
export interface FaultEnvelopes {
  warning(normal: Answer, type: string, message: string): Answer
  failure(request: SandboxRequest, type: string, message: string): Answer
  exception(request: SandboxRequest, message: string): Answer
}

/** The request that arrived as `method` and `url`. */
export function toSandboxRequest({
  method = 'GET',
  url = '/',
  headers: { host = '', authorization },
}: Pick<IncomingMessage, 'method' | 'url' | 'headers'>): SandboxRequest {
  const queryStart = url.indexOf('?')
  let query: URLSearchParams | undefined
  return {
    method,
    url,
    host,
    authorization,
    form: undefined,
    file: undefined,
    path: queryStart === -1 ? url : url.slice(0, queryStart),
    get query() {
      query ??= new URLSearchParams(queryStart === -1 ? '' : url.slice(queryStart + 1))
      return query
    },
  }
}
