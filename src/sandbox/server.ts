import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { text } from 'node:stream/consumers'
import type { Clock } from '../core/time.ts'
import { type CallLog, createCallRecorder, type OpenCall } from './call-log.ts'
import { answerWithFault } from './fault-answers.ts'
import { createFaultPlan, type FaultList, type MetFault } from './faults.ts'
import { receiveFile } from './received-file.ts'
import { type SandboxRequest, type SandboxService, toSandboxRequest } from './service.ts'
import { isCutByServer, sendAnswer } from './wire.ts'

const formType = 'application/x-www-form-urlencoded'
const fileType = 'application/octet-stream'

/** A service that listens. */
export interface SandboxServer {
  /** Such as `http://127.0.0.1:49152`, without a slash at the end. */
  url: string
  calls: CallLog
  faults: FaultList
  /** Stops listening and closes every socket, also those in the middle of an answer. */
  stop(): Promise<void>
}

/**
 * Listens on `port` of `host` (0: a free one) and serves `service` there: every request is recorded, then answered by
 * the first fault that matches it or by the service.
 */
export async function startServer(
  service: SandboxService,
  options: { clock: Clock; host: string; port: number; keepAliveTimeoutMs: number },
): Promise<SandboxServer> {
  const { clock, host, port, keepAliveTimeoutMs } = options
  const recorder = createCallRecorder()
  const plan = createFaultPlan({ envelopes: service.envelopes !== undefined })
  let stopping = false

  function serve(incoming: IncomingMessage, response: ServerResponse) {
    const request = toSandboxRequest(incoming)
    const { route, answer } = service.route(request)
    const call = toCall(route, request, incoming, clock.now())
    response.on('close', () => {
      if (!response.writableFinished && !isCutByServer(response) && !stopping) recorder.clientLeft(call)
      recorder.ended(call)
    })
    recorder.arrived(call)
    const { method, path, url, authorization } = request
    const fault = plan.take({ route, method, path, url, authorization })
    const reply = () => {
      if (fault === undefined) return sendAnswer(response, answer())
      const { envelopes } = service
      answerWithFault(fault, { request, response, clock, normalAnswer: answer, envelopes })
    }
    if (incoming.headers['content-type']?.startsWith(formType) === true) {
      text(incoming).then(
        (body) => {
          request.form = new URLSearchParams(body)
          reply()
        },
        () => response.destroy(),
      )
    } else if (incoming.headers['content-type'] === fileType && !isAtOnce(fault)) {
      receiveFile(incoming).then(
        (file) => {
          request.file = file
          reply()
        },
        () => response.destroy(),
      )
    } else {
      incoming.resume()
      reply()
    }
  }

  const server = createServer({ keepAliveTimeout: keepAliveTimeoutMs }, serve)
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, host, resolve)
  })

  return {
    url: toUrl(host, server.address()),
    calls: recorder.log,
    faults: plan.list,
    stop() {
      stopping = true
      return new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      })
    },
  }
}

/** Whether a fault strikes before the body has arrived. The others need the normal answer, which depends on it. */
function isAtOnce(fault: MetFault | undefined): boolean {
  return (
    fault !== undefined && ['status', 'failure', 'exception', 'json', 'reset'].includes(fault.answer.kind)
  )
}

function toCall(route: string, request: SandboxRequest, incoming: IncomingMessage, atMs: number): OpenCall {
  return {
    route,
    method: request.method,
    path: request.path,
    headers: incoming.headers,
    atMs,
    aborted: false,
    get query() {
      return request.query
    },
    get form() {
      return request.form
    },
  }
}

function toUrl(host: string, address: ReturnType<ReturnType<typeof createServer>['address']>): string {
  if (address === null || typeof address === 'string') throw new Error('The sandbox has no port.')
  return `http://${host.includes(':') ? `[${host}]` : host}:${address.port}`
}
