import { randomUUID } from 'node:crypto'
import cors from '@fastify/cors'
import fastify, {
  type FastifyBaseLogger,
  type FastifyError,
  type FastifyInstance,
  type FastifyReply,
  type FastifyRequest,
  LogController,
} from 'fastify'
import {
  badRequest,
  forbidden,
  GatewayError,
  gatewayStopping,
  internalServerError,
  notFound,
} from '../core/errors.ts'
import type { FailureReport } from '../core/failure-report.ts'
import { OperationCancelled } from '../core/operation.ts'
import { systemClock } from '../core/time.ts'
import type { SpanInProgress } from '../core/tracing.ts'
import type { AnsweredOperation } from '../graphql/operation-report.ts'
import { boundArrival, requestTimeoutMs, uploadTimeoutMs } from './arrival-bound.ts'
import { errorBody, statusOf } from './error-status.ts'
import { answerUnreadable, answerUnreadablePath } from './unreadable-request.ts'

/** The largest body of a request, in bytes. A query with its variables has a few thousand. */
export const maxBodySizeBytes = 1_000_000

/** The longest segment of a path. Names of pipelines and sessions are shorter. */
const maxParamLength = 512

/** How long a connection is kept without a request, in milliseconds: longer than load balancers do (60 s). */
const keepAliveTimeoutMs = 65_000

/** A caller's own request id is taken where it is short and clean. */
const requestIdPattern = /^[\w-]{1,64}$/

/**
 * What every answer tells browsers: it is no page, belongs into no frame, and is only what its type says. GraphiQL
 * sets a policy of its own. Whether a whole host is HTTPS only is for its operator to say, at the proxy that ends TLS.
 */
const securityHeaders = {
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
  'cross-origin-resource-policy': 'same-origin',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
}

/** What an operator's machines ask all day. They are in no trace, and are answered also while the gateway stops. */
export const probeRoutes: readonly string[] = ['/livez', '/readyz', '/metrics']

/** What the HTTP server tells of itself. */
export interface HttpEvents {
  /** @param route as it was registered; `none` where there is no such route */
  onAnswered(route: string, method: string, status: number): void
}

declare module 'fastify' {
  interface FastifyRequest {
    /** The operation that the request asked for, once it is known; for the log. */
    operation: AnsweredOperation | null
    /** Null where nothing is traced. */
    span: SpanInProgress | null
  }
}

/** Settings of the HTTP server. */
export interface HttpOptions {
  readonly log: FastifyBaseLogger
  readonly reportFailure: FailureReport
  /** The most connections of one process. Past it new ones are closed at once, so that those that are there go on. */
  readonly maxConnections: number
  readonly allowedOrigins: readonly string[]
  /** Proxies whose word on a client's address is taken (`X-Forwarded-For`). */
  readonly trustedProxies: readonly string[]
  /** Further origins that may read what one request answers. */
  allowsOrigin(origin: string, request: FastifyRequest): boolean
  /** Who is told of requests. Nobody, by default. */
  readonly events?: HttpEvents
}

/** A Fastify with the bounds, headers and error answers that all routes share. */
export type HttpServer = FastifyInstance

/** Makes the HTTP server; it does not listen yet. */
export async function createHttpServer({
  log,
  reportFailure,
  maxConnections,
  allowedOrigins,
  trustedProxies,
  allowsOrigin,
  events,
}: HttpOptions): Promise<HttpServer> {
  const http = bareServer(log, trustedProxies)
  http.server.maxConnections = maxConnections
  await http.register(cors, {
    delegator: (request: FastifyRequest, callback) => {
      const { origin = '' } = request.headers
      const isOfList = allowedOrigins.includes(origin)
      const isAllowed = isOfList || allowsOrigin(origin, request)
      callback(null, {
        origin: isAllowed ? origin : false,
        // The cookie of a sign-in comes along from the pages of the list only.
        credentials: isOfList,
        strictPreflight: false,
        methods: ['GET', 'POST', 'PUT'],
        exposedHeaders: ['content-disposition', 'x-request-id'],
        maxAge: 86_400,
      })
    },
  })
  http.decorateRequest('operation', null).decorateRequest('span', null)
  http.addHook('onRequest', async (request, reply) => {
    reply.headers(securityHeaders).header('x-request-id', request.id)
  })
  http.addHook('onRequest', async ({ method, raw }) => {
    if (method !== 'PUT') boundArrival(raw, systemClock)
  })
  http.addHook('onResponse', async (request, reply) => {
    const { method, routeOptions, operation, span } = request
    const { statusCode: status, elapsedTime: durationMs } = reply
    events?.onAnswered(routeOptions.url ?? 'none', method, status)
    request.log.info(
      {
        method,
        route: routeOptions.url,
        status,
        durationMs,
        ...(operation === null ? {} : { operation }),
        ...span?.ids,
      },
      'answered',
    )
  })
  http.setErrorHandler<FastifyError | Error>((error, request, reply) => {
    reportFailure(error)
    return answerError(error, request, reply)
  })
  http.setNotFoundHandler((request, reply) => sendError(reply, noRoute(request)))
  return http
}

function bareServer(log: FastifyBaseLogger, trustedProxies: readonly string[]): HttpServer {
  return fastify({
    trustProxy: trustedProxies.length === 0 ? false : [...trustedProxies],
    loggerInstance: log,
    logController: new LogController({ disableRequestLogging: true }),
    routerOptions: { maxParamLength },
    bodyLimit: maxBodySizeBytes,
    requestTimeout: uploadTimeoutMs,
    http: { headersTimeout: requestTimeoutMs },
    keepAliveTimeout: keepAliveTimeoutMs,
    forceCloseConnections: 'idle',
    exposeHeadRoutes: false,
    return503OnClosing: false,
    clientErrorHandler: answerUnreadable,
    frameworkErrors: ({ statusCode = 400 }, _request, { raw }) => answerUnreadablePath(statusCode, raw),
    genReqId: ({ headers }) => {
      const given = headers['x-request-id']
      return typeof given === 'string' && requestIdPattern.test(given) ? given : randomUUID()
    },
  })
}

/** A preflight that the CORS plugin has not answered is one of an origin that is not allowed. */
function noRoute({ method, url, headers: { origin } }: FastifyRequest): GatewayError {
  if (method === 'OPTIONS' && origin !== undefined) {
    return forbidden(
      `Pages of ${origin} may not use this gateway. Its operator can add them to ALLOWED_ORIGINS.`,
    )
  }
  return notFound(`There is nothing at ${method} ${pathOnly(url)}. The graph is at /graphql.`)
}

/** A query may carry a token, so it is told and logged nowhere. */
const pathOnly = (url: string) => url.replace(/\?.*$/s, '')

/** Sends an error in the form of GraphQL's errors. */
export function sendError(
  reply: FastifyReply,
  error: GatewayError,
  status = statusOf(error.code),
): FastifyReply {
  const { retryAfter } = error.extensions
  if (retryAfter !== undefined) reply.header('retry-after', retryAfter)
  return reply.code(status).send(errorBody(error))
}

function answerError(
  error: FastifyError | Error,
  request: FastifyRequest,
  reply: FastifyReply,
): FastifyReply {
  if (error instanceof GatewayError) return sendError(reply, error)
  if (error instanceof OperationCancelled) return sendError(reply, gatewayStopping(), 503)
  const status = 'statusCode' in error ? (error.statusCode ?? 500) : 500
  if (status >= 500) {
    request.log.error({ err: error }, 'a request failed')
    return sendError(reply, internalServerError(request.id))
  }
  return sendError(reply, badRequest(requestFault(status, error)), status)
}

function requestFault(status: number, error: Error): string {
  if (status === 413) return `The body has more than ${maxBodySizeBytes} bytes. Send less at a time.`
  if (status === 415) return 'Send the body as `application/json`.'
  return `The request cannot be used: ${error.message}`
}
