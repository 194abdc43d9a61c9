import { ApolloServer, type ApolloServerPlugin, type BaseContext } from '@apollo/server'
import {
  ApolloServerPluginCacheControlDisabled,
  ApolloServerPluginLandingPageDisabled,
  ApolloServerPluginUsageReportingDisabled,
} from '@apollo/server/plugin/disabled'
import { fastifyApolloHandler } from '@as-integrations/fastify'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { GraphQLError, type GraphQLSchema } from 'graphql'
import type { BrowserSession, SealedSessions } from '../core/browser-session.ts'
import { badRequest, GatewayError, notFound } from '../core/errors.ts'
import { networkOf } from '../core/network.ts'
import type { HttpExchange, OperationContext } from '../core/operation.ts'
import type { ContextFactory } from '../graphql/context.ts'
import { asGraphqlError, type ErrorPresentation } from '../graphql/error-presentation.ts'
import type { Asker, Execution } from '../graphql/execution.ts'
import type { OperationReport } from '../graphql/operation-report.ts'
import type { OperationChoice } from '../graphql/operations.ts'
import type { Subscriptions } from '../graphql/subscriptions.ts'
import type { Admission } from './admission.ts'
import { type HttpServer, sendError } from './http.ts'
import type { Identification, Sender } from './identification.ts'
import { createKnownOperations } from './known-operations.ts'
import { operationPlugin } from './operation-plugin.ts'
import { requestSignal, wasCancelled } from './request-signal.ts'
import { clearSessionCookie, setSessionCookie } from './session-cookie.ts'

/** Where the graph is, over HTTP and WebSocket alike. */
export const graphqlPath = '/graphql'

/** Where operations have a stream of events each (`event-stream.ts`). */
export const eventStreamPath = `${graphqlPath}/stream`

declare module 'fastify' {
  interface FastifyRequest {
    /** Who has sent an operation, once that is known. */
    sender: Sender | null
  }
}

/** What the transports of the graph share. */
export interface GraphOptions {
  readonly schema: GraphQLSchema
  /** What may be run, and what not. */
  readonly chooseOperation: OperationChoice
  /** How much each may ask. */
  readonly admission: Admission
  /** Runs queries and mutations. */
  readonly execution: Execution
  /** For what Apollo Server runs. */
  readonly createContext: ContextFactory
  readonly identification: Identification
  readonly presentError: ErrorPresentation
  readonly operationReport: OperationReport
  readonly subscriptions: Subscriptions
  /** Aborts when operations under way are given up. */
  readonly stopping: AbortSignal
  readonly allowedOrigins: readonly string[]
}

/** What the route of plain HTTP needs beside that. */
export interface GraphqlRouteOptions {
  readonly graph: GraphOptions
  readonly sealedSessions: SealedSessions
  /** Undefined where GraphiQL is turned off. */
  readonly sendGraphiql: ((reply: FastifyReply) => Promise<FastifyReply>) | undefined
}

/** Adds `POST /graphql`, `GET /graphql?query=` and, for browsers, GraphiQL. */
export async function addGraphqlRoute(
  http: HttpServer,
  { graph, sealedSessions, sendGraphiql }: GraphqlRouteOptions,
): Promise<void> {
  // By the signal of each: Apollo Server makes a copy of the context.
  const requests = new WeakMap<AbortSignal, FastifyRequest>()
  const apollo = await startedApollo(graph, reporting(graph, requests))
  const askerOf = ({ caller, session }: Sender, request: FastifyRequest, reply: FastifyReply): Asker => ({
    caller,
    browser: { session, exchange: new ReplyExchange(request.ip, reply, sealedSessions) },
  })
  const senderOf = (request: FastifyRequest) =>
    request.sender ?? graph.identification.senderOf(request.headers)
  http.decorateRequest('sender', null)
  const knownOperations = createKnownOperations(graph)
  const answerByApollo = fastifyApolloHandler(apollo, {
    context: async (request: FastifyRequest, reply: FastifyReply) => {
      const sender = await senderOf(request)
      const signal = requestSignal(reply, graph.stopping)
      const context = graph.createContext({ ...askerOf(sender, request, reply), signal })
      requests.set(context.signal, request)
      return context
    },
  })
  http.route({
    method: ['GET', 'POST'],
    url: graphqlPath,
    async handler(request, reply) {
      reply.header('vary', [reply.getHeader('vary'), 'accept'].filter(Boolean).join(', '))
      if (isBrowserVisit(request)) return sendGraphiql?.(reply) ?? sendError(reply, noGraphiql())
      // A cookie, unlike `Authorization`, tells no proxy that the answer is one user's (RFC 9111, 3.5).
      reply.header('cache-control', 'no-store')
      // HTTP/1.0 knows requests without one.
      if (!request.headers.host && !hasAddress(request)) return sendError(reply, noHost())
      // Looked at before Apollo does, which would answer a refusal of its context with HTTP 500.
      const sender = await senderOf(request)
      request.sender = sender
      const { caller, hasStaleCookie } = sender
      if (hasStaleCookie) reply.header('set-cookie', clearSessionCookie)
      if (isHarmlessGet(request, graph.allowedOrigins))
        request.headers['apollo-require-preflight'] = 'not needed'
      const counted = { callerKey: caller.credentialKey, network: networkOf(request.ip) }
      const end = graph.admission.refusalOf(counted) ?? graph.admission.begin(counted)
      if (end instanceof GatewayError) return refuseOperation(graph, request, reply, end)
      try {
        const known = knownOperations.find(request)
        if (known !== undefined)
          return await knownOperations.answer(known, askerOf(sender, request, reply), request, reply)
        if (!hasAddress(request)) return sendError(reply, noHost())
        const answer = await answerByApollo.call(http, request, reply)
        knownOperations.learn(request, reply)
        return answer
      } finally {
        end()
      }
    },
  })
  http.get('/', (_request, reply) => reply.redirect(graphqlPath))
}

/** A class, since each request has one and hardly any needs it. */
class ReplyExchange implements HttpExchange {
  readonly clientAddress: string
  readonly #reply: FastifyReply
  readonly #sealed: SealedSessions

  constructor(clientAddress: string, reply: FastifyReply, sealed: SealedSessions) {
    this.clientAddress = clientAddress
    this.#reply = reply
    this.#sealed = sealed
  }

  async setCookie(session: BrowserSession) {
    this.#put(await setSessionCookie(session, this.#sealed))
  }

  clearCookie() {
    this.#put(clearSessionCookie)
  }

  #put(cookie: string) {
    this.#reply.removeHeader('set-cookie').header('set-cookie', cookie)
  }
}

async function startedApollo(
  graph: GraphOptions,
  report: ApolloServerPlugin<BaseContext>,
): Promise<ApolloServer<OperationContext>> {
  const { schema, chooseOperation, presentError } = graph
  const apollo = new ApolloServer<OperationContext>({
    schema,
    // `chooseOperation` decides over this, and over what is parsed, validated and persisted.
    introspection: true,
    documentStore: null,
    includeStacktraceInErrorResponses: false,
    persistedQueries: false,
    stopOnTerminationSignals: false,
    formatError: (_formatted, error) => presentError(asGraphqlError(error)),
    plugins: [
      // The cache-control plugin looks at every field of every answer, and nothing here may be cached by proxies.
      ApolloServerPluginCacheControlDisabled(),
      ApolloServerPluginLandingPageDisabled(),
      ApolloServerPluginUsageReportingDisabled(),
      operationPlugin(chooseOperation, presentError),
      subscriptionRefusal,
      report,
    ] satisfies NonNullable<ConstructorParameters<typeof ApolloServer<BaseContext>>[0]['plugins']>,
  })
  await apollo.start()
  return apollo
}

/** Refuses an operation that nobody has looked at, and tells of it as of those that were answered. */
export function refuseOperation(
  { operationReport, presentError }: GraphOptions,
  request: FastifyRequest,
  reply: FastifyReply,
  error: GatewayError,
): FastifyReply {
  request.operation = operationReport.answered({
    document: undefined,
    operationName: null,
    errors: [presentError(asGraphqlError(error))],
    durationMs: undefined,
  })
  return sendError(reply, error)
}

/** Tells of each operation, and lets the log of its request do so. */
const reporting = (
  { operationReport, stopping }: GraphOptions,
  requests: WeakMap<AbortSignal, FastifyRequest>,
): ApolloServerPlugin<BaseContext> => ({
  async requestDidStart() {
    const beganAtMs = performance.now()
    return {
      async willSendResponse({ contextValue, operation, document, operationName, response }) {
        const errors = response.body.kind === 'single' ? response.body.singleResult.errors : undefined
        const given = 'signal' in contextValue ? contextValue.signal : undefined
        const signal = given instanceof AbortSignal ? given : undefined
        const summary = operationReport.answered({
          document: operation === undefined ? undefined : document,
          operationName: operationName ?? null,
          errors,
          durationMs: performance.now() - beganAtMs,
          isCancelled: signal !== undefined && wasCancelled(errors, signal, stopping),
        })
        const request = signal === undefined ? undefined : requests.get(signal)
        if (request !== undefined) request.operation = summary
      },
    }
  },
})

/** Over HTTP a subscription would be run once, without an event to show. */
const subscriptionRefusal: ApolloServerPlugin<BaseContext> = {
  requestDidStart: async () => ({
    async didResolveOperation({ operation }) {
      if (operation?.operation !== 'subscription') return
      throw new GraphQLError(
        `A subscription needs a WebSocket, at this address with the protocol graphql-transport-ws, or a stream of events, at ${eventStreamPath} in the protocol of graphql-sse.`,
        { extensions: { code: 'BAD_REQUEST', http: { status: 400 } } },
      )
    },
  }),
}

const noGraphiql = () =>
  notFound('The operator of this gateway has turned GraphiQL off (GRAPHIQL). The graph is here, by POST.')

const noHost = () => badRequest('The request has to say by `Host` where it goes.')

/** Apollo's integration makes an address of what a proxy says of the host, too, which must not fail. */
const hasAddress = ({ protocol, hostname }: FastifyRequest) => URL.canParse(`${protocol}://${hostname}/`)

/** A browser that opens an address asks for HTML; a program that fetches does not. */
function isBrowserVisit({ method, headers: { accept = '' } }: FastifyRequest): boolean {
  return (
    method === 'GET' && accept.includes('text/html') && !/application\/(graphql-response\+)?json/.test(accept)
  )
}

/**
 * A GET can only read, and a cookie counts only from pages that may read. So Apollo's protection against requests that another
 * site forges is left to those that a browser marks as such (Fetch Metadata, `Sec-Fetch-Site`) and whose origin is not
 * allowed; curl needs no extra header.
 */
export function isHarmlessGet(
  { method, headers }: FastifyRequest,
  allowedOrigins: readonly string[],
): boolean {
  const { origin, 'sec-fetch-site': site } = headers
  const isOwn = site === undefined || site === 'same-origin' || site === 'none'
  return method === 'GET' && (isOwn || (origin !== undefined && allowedOrigins.includes(origin)))
}
