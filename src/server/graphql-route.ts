import { ApolloServer, type ApolloServerPlugin, type BaseContext } from '@apollo/server'
import {
  ApolloServerPluginCacheControlDisabled,
  ApolloServerPluginLandingPageDisabled,
  ApolloServerPluginUsageReportingDisabled,
} from '@apollo/server/plugin/disabled'
import { fastifyApolloHandler } from '@as-integrations/fastify'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { GraphQLError, type GraphQLSchema } from 'graphql'
import type { Caller, Credentials } from '../core/identity.ts'
import type { OperationContext } from '../core/operation.ts'
import type { ContextFactory } from '../graphql/context.ts'
import { type CheckedDocument, maxDocumentTokens } from '../graphql/documents.ts'
import { asGraphqlError, type ErrorPresentation } from '../graphql/error-presentation.ts'
import type { Subscriptions } from '../graphql/subscriptions.ts'
import { credentialsOfHeaders } from './credentials.ts'
import type { HttpServer } from './http.ts'
import { requestSignal } from './request-signal.ts'

/** Where the graph is, over HTTP and WebSocket alike. */
export const graphqlPath = '/graphql'

/** Where operations have a stream of events each (`event-stream.ts`). */
export const eventStreamPath = `${graphqlPath}/stream`

/** What the transports of the graph share. */
export interface GraphOptions {
  readonly schema: GraphQLSchema
  /** Parses and validates for the transports that Apollo Server does not serve. They share what it remembers. */
  readonly checkDocument: (source: string) => CheckedDocument
  readonly createContext: ContextFactory
  readonly callerOf: (credentials: Credentials) => Caller
  readonly presentError: ErrorPresentation
  readonly subscriptions: Subscriptions
  /** Aborts when operations under way are given up. */
  readonly stopping: AbortSignal
  readonly allowedOrigins: readonly string[]
}

/** Adds `POST /graphql`, `GET /graphql?query=` and, for browsers, GraphiQL. */
export async function addGraphqlRoute(
  http: HttpServer,
  graph: GraphOptions,
  sendGraphiql: (reply: FastifyReply) => Promise<FastifyReply>,
): Promise<void> {
  const apollo = await startedApollo(graph)
  const answer = fastifyApolloHandler(apollo, {
    context: async (request: FastifyRequest, reply: FastifyReply) =>
      graph.createContext({
        caller: graph.callerOf(credentialsOfHeaders(request.headers)),
        signal: requestSignal(reply, graph.stopping),
      }),
  })
  http.route({
    method: ['GET', 'POST'],
    url: graphqlPath,
    async handler(request, reply) {
      reply.header('vary', [reply.getHeader('vary'), 'accept'].filter(Boolean).join(', '))
      if (isBrowserVisit(request)) return sendGraphiql(reply)
      // Looked at before Apollo does, which would answer a refusal of its context with HTTP 500.
      credentialsOfHeaders(request.headers)
      if (isHarmlessGet(request, graph.allowedOrigins))
        request.headers['apollo-require-preflight'] = 'not needed'
      return answer.call(http, request, reply)
    },
  })
  http.get('/', (_request, reply) => reply.redirect(graphqlPath))
}

async function startedApollo(graph: GraphOptions): Promise<ApolloServer<OperationContext>> {
  const { schema, presentError } = graph
  const apollo = new ApolloServer<OperationContext>({
    schema,
    introspection: true,
    includeStacktraceInErrorResponses: false,
    persistedQueries: false,
    stopOnTerminationSignals: false,
    parseOptions: { maxTokens: maxDocumentTokens },
    formatError: (_formatted, error) => presentError(asGraphqlError(error)),
    plugins: [
      // The cache-control plugin looks at every field of every answer, and nothing here may be cached by proxies.
      ApolloServerPluginCacheControlDisabled(),
      ApolloServerPluginLandingPageDisabled(),
      ApolloServerPluginUsageReportingDisabled(),
      subscriptionRefusal,
    ] satisfies NonNullable<ConstructorParameters<typeof ApolloServer<BaseContext>>[0]['plugins']>,
  })
  await apollo.start()
  return apollo
}

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

/** A browser that opens an address asks for HTML; a program that fetches does not. */
function isBrowserVisit({ method, headers: { accept = '' } }: FastifyRequest): boolean {
  return (
    method === 'GET' && accept.includes('text/html') && !/application\/(graphql-response\+)?json/.test(accept)
  )
}

/**
 * A GET can only read, and no cookie speaks for its sender. So Apollo's protection against requests that another
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
