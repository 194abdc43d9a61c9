import type { OutgoingHttpHeaders, ServerResponse } from 'node:http'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { OperationTypeNode } from 'graphql'
import { badRequest, GatewayError, gatewayStopping } from '../core/errors.ts'
import { networkOf } from '../core/network.ts'
import { type Clock, orAborted } from '../core/time.ts'
import { asGraphqlError } from '../graphql/error-presentation.ts'
import type { RunnableOperation } from '../graphql/execution.ts'
import type { SubscriptionOperation } from '../graphql/subscription-group.ts'
import { eventStreamRequestOf, refusalOf } from './event-stream-request.ts'
import { createEventStreams, type EventStream } from './event-stream-response.ts'
import { eventStreamPath, type GraphOptions, refuseOperation } from './graphql-route.ts'
import { type HttpServer, sendError } from './http.ts'
import type { Sender } from './identification.ts'
import { requestSignal, wasCancelled } from './request-signal.ts'

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
interface Operation extends RunnableOperation, Pick<SubscriptionOperation, 'source'> {
  readonly sender: Sender
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

  const follow = (operation: Operation, request: FastifyRequest, reply: FastifyReply) => {
    request.operation = graph.operationReport.answered({
      ...operation,
      errors: undefined,
      durationMs: undefined,
    })
    const stream = openOn(reply)
    subscriptions.add(stream)
    reply.raw.once('close', () => subscriptions.delete(stream))
    return followOn(graph, operation, reply.raw, stream)
  }
  const openOn = (reply: FastifyReply) => {
    reply.hijack()
    return streams.open(reply.raw, headersOf(reply))
  }

  http.route({
    method: ['GET', 'POST'],
    url: eventStreamPath,
    async onRequest(request, reply) {
      keepByNobody(reply)
      const refusal = refusalOf(request, graph.allowedOrigins)
      if (refusal !== undefined) await sendError(reply, refusal.error, refusal.status)
    },
    async handler(request, reply) {
      const sender = await graph.identification.senderOf(request.headers)
      const asked = eventStreamRequestOf(request)
      // The request is kept as long as its stream, which may be days. Its text need not be.
      request.body = undefined
      // It may have left while it was found out who it is: nothing would tell that it closes.
      if (reply.raw.destroyed) return reply.hijack()
      if (isClosing) return sendError(reply, gatewayStopping(), 503)
      if (isBehindAnother(reply))
        return sendError(reply, badRequest('A stream needs a connection of its own.'))
      const counted = { callerKey: sender.caller.credentialKey, network: networkOf(request.ip) }
      const refusal = graph.admission.refusalOf(counted)
      if (refusal !== undefined) return refuseOperation(graph, request, reply, refusal)
      const { type, document, source, errors } = graph.chooseOperation(asked)
      if (errors !== undefined) {
        const refused = { errors: errors.map(graph.presentError) }
        request.operation = graph.operationReport.answered({
          document: undefined,
          operationName: asked.operationName,
          errors: refused.errors,
          durationMs: undefined,
        })
        return openOn(reply).answer(JSON.stringify(refused))
      }
      if (type === OperationTypeNode.MUTATION && request.method === 'GET') {
        return refuseMethod(reply, 'POST', 'A GET only reads. Send a mutation by POST.')
      }
      const { operationName, variables } = asked
      const operation = { type, document, source, operationName, variables, sender }
      if (type === OperationTypeNode.SUBSCRIPTION) return follow(operation, request, reply)
      const end = graph.admission.begin(counted)
      if (end instanceof GatewayError) return refuseOperation(graph, request, reply, end)
      return run(graph, operation, request, reply, openOn(reply)).finally(end)
    },
  })
  http.route({
    method: ['HEAD', 'PUT', 'PATCH', 'DELETE'],
    url: eventStreamPath,
    async onRequest(_request, reply) {
      await refuseMethod(
        reply,
        'GET, POST',
        'There is no single connection mode here. Send each operation by GET or POST, and it has a stream of its own.',
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
  return sendError(keepByNobody(reply).header('allow', allow), badRequest(message), 405)
}

/** Refusals too: caches may keep a 405 that does not forbid it (RFC 9110, 15.1). */
const keepByNobody = (reply: FastifyReply) => reply.header('cache-control', 'no-store')

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

function followOn(
  { subscriptions, identification }: GraphOptions,
  { sender, source, document, operationName, variables }: Operation,
  response: ServerResponse,
  stream: EventStream,
): void {
  const { caller, session } = sender
  const operation = { caller, source, document, operationName, variables }
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
  { execution, presentError, operationReport, stopping }: GraphOptions,
  { sender, ...operation }: Operation,
  request: FastifyRequest,
  reply: FastifyReply,
  stream: EventStream,
): Promise<void> {
  const { caller, session } = sender
  const asker = { caller, browser: { session, exchange: undefined } }
  const signal = requestSignal(reply, stopping)
  const beganAtMs = performance.now()
  const failed = (thrown: unknown) => {
    const errors = [presentError(asGraphqlError(thrown))]
    return { json: JSON.stringify({ errors }), errors }
  }
  // A write is not broken off when the gateway gives up, but its client is told.
  const { json, errors } = await orAborted(
    execution(operation, asker, () => signal),
    stopping,
  ).catch(failed)
  const durationMs = performance.now() - beganAtMs
  const isCancelled = wasCancelled(errors, signal, stopping)
  request.operation = operationReport.answered({ ...operation, errors, durationMs, isCancelled })
  stream.answer(json)
}
