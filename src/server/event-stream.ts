import type { OutgoingHttpHeaders, ServerResponse } from 'node:http'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { type DocumentNode, execute, OperationTypeNode } from 'graphql'
import { badRequest, gatewayStopping } from '../core/errors.ts'
import { type Clock, orAborted } from '../core/time.ts'
import { asGraphqlError } from '../graphql/error-presentation.ts'
import { chooseOperation } from '../graphql/operations.ts'
import { type PresentedResult, presentedResult } from '../graphql/results.ts'
import { type EventStreamRequest, eventStreamRequestOf, refusalOf } from './event-stream-request.ts'
import { createEventStreams, type EventStream } from './event-stream-response.ts'
import { eventStreamPath, type GraphOptions } from './graphql-route.ts'
import { type HttpServer, sendError } from './http.ts'
import type { Sender } from './identification.ts'
import { requestSignal } from './request-signal.ts'

/** What the route needs. */
export interface EventStreamOptions {
  readonly graph: GraphOptions
  /** How long a subscription's stream may have more to send than its client takes, in milliseconds. */
  readonly slowConnectionTimeoutMs: number
  readonly clock: Clock
}

/** What `addEventStream` returns. */
export interface EventStreamRoute {
  /**
   * Ends subscriptions without `complete`, so that their clients connect again, and begins nothing more. Queries and
   * mutations under way go on: `Drain` waits for them.
   */
  close(): void
}

/** An operation that can be run, and who asks for it. */
interface Operation extends EventStreamRequest {
  readonly sender: Sender
  readonly document: DocumentNode
}

/**
 * Adds `GET` and `POST /graphql/stream`: one operation for each request, in the protocol of graphql-sse (PROTOCOL.md,
 * Distinct connections mode).
 */
export function addEventStream(
  http: HttpServer,
  { graph, slowConnectionTimeoutMs, clock }: EventStreamOptions,
): EventStreamRoute {
  const streams = createEventStreams(clock, slowConnectionTimeoutMs)
  const subscriptions = new Set<EventStream>()
  let isClosing = false

  const begin = (
    operation: Operation,
    type: OperationTypeNode,
    request: FastifyRequest,
    reply: FastifyReply,
  ) => {
    if (type !== OperationTypeNode.SUBSCRIPTION) return run(graph, operation, request, reply, openOn(reply))
    request.operation = graph.operationReport.answered({
      ...operation,
      errors: undefined,
      durationMs: undefined,
    })
    const stream = openOn(reply)
    subscriptions.add(stream)
    reply.raw.once('close', () => subscriptions.delete(stream))
    return follow(graph, operation, reply.raw, stream)
  }
  const openOn = (reply: FastifyReply) => {
    reply.hijack()
    return streams.open(reply.raw, headersOf(reply))
  }

  http.route({
    method: ['GET', 'POST'],
    url: eventStreamPath,
    async onRequest(request, reply) {
      const refusal = refusalOf(request, graph.allowedOrigins)
      if (refusal !== undefined) await sendError(reply, refusal.error, refusal.status)
    },
    async handler(request, reply) {
      const sender = await graph.identification.senderOf(request.headers)
      const asked = eventStreamRequestOf(request)
      // The request is kept as long as its stream, which may be days. Its text need not be.
      request.body = undefined
      if (isClosing) return sendError(reply, gatewayStopping(), 503)
      if (isBehindAnother(reply))
        return sendError(reply, badRequest('A stream needs a connection of its own.'))
      const { type, document, errors } = chooseOperation(
        graph.checkDocument(asked.query),
        asked.operationName,
      )
      if (errors !== undefined) {
        const refusal = presentedResult({ errors }, graph.presentError)
        request.operation = graph.operationReport.answered({
          document: undefined,
          operationName: asked.operationName,
          errors: refusal.errors,
          durationMs: undefined,
        })
        return openOn(reply).answer(JSON.stringify(refusal))
      }
      if (type === OperationTypeNode.MUTATION && request.method === 'GET') {
        return refuseMethod(reply, 'POST', 'A GET only reads. Send a mutation by POST.')
      }
      return begin({ ...asked, sender, document }, type, request, reply)
    },
  })
  http.route({
    method: ['HEAD', 'PUT', 'PATCH', 'DELETE'],
    url: eventStreamPath,
    async onRequest(_request, reply) {
      await refuseMethod(
        reply,
        'GET, POST',
        'Send one operation by GET or POST: each has a stream of its own.',
      )
    },
    handler: () => {},
  })

  return {
    close() {
      isClosing = true
      streams.close()
      for (const stream of subscriptions) stream.breakOff()
    },
  }
}

function refuseMethod(reply: FastifyReply, allow: string, message: string): FastifyReply {
  return sendError(reply.header('allow', allow), badRequest(message), 405)
}

/**
 * Whether the answer has to wait for another one on the same connection (HTTP pipelining). Node does not tell such an
 * answer that its client has gone; and streams are bounded by connections only where each has its own.
 */
const isBehindAnother = ({ raw }: FastifyReply) => raw.socket === null

/** What hooks have set, which a hijacked reply does not send by itself. */
function headersOf(reply: FastifyReply): OutgoingHttpHeaders {
  const headers: OutgoingHttpHeaders = {}
  for (const [name, value] of Object.entries(reply.getHeaders())) {
    if (value !== undefined) headers[name] = value
  }
  return headers
}

function follow(
  { subscriptions, identification }: GraphOptions,
  { sender, query, document, operationName, variables }: Operation,
  response: ServerResponse,
  stream: EventStream,
): void {
  const { caller, session } = sender
  const operation = { caller, source: query, document, operationName, variables }
  const subscriber = subscriptions.subscribe(operation, stream)
  response.on('drain', () => subscriptions.resume(subscriber))
  response.once('close', () => subscriptions.leave(subscriber))
  if (session !== undefined)
    response.once(
      'close',
      identification.hold(session, () => stream.breakOff()),
    )
}

async function run(
  { schema, createContext, presentError, operationReport, stopping }: GraphOptions,
  { sender, document, operationName, variables }: Operation,
  request: FastifyRequest,
  reply: FastifyReply,
  stream: EventStream,
): Promise<void> {
  const { caller, session } = sender
  const browser = { session, exchange: undefined }
  const contextValue = createContext({ caller, signal: requestSignal(reply, stopping), browser })
  const beganAtMs = performance.now()
  const answer = (result: PresentedResult) => {
    const { errors } = result
    const durationMs = performance.now() - beganAtMs
    request.operation = operationReport.answered({ document, operationName, errors, durationMs })
    stream.answer(JSON.stringify(result))
  }
  try {
    const execution = execute({ schema, document, operationName, variableValues: variables, contextValue })
    // A write is not broken off when the gateway gives up, but its client is told.
    const result = await orAborted(Promise.resolve(execution), stopping)
    answer(presentedResult(result, presentError))
  } catch (thrown) {
    answer(presentedResult({ errors: [asGraphqlError(thrown)] }, presentError))
  }
}
