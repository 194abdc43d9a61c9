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
import { badRequest, GatewayError, gatewayStopping, internalServerError, notFound } from '../core/errors.ts'
import type { FailureReport } from '../core/failure-report.ts'
import { OperationCancelled } from '../core/operation.ts'
import { systemClock } from '../core/time.ts'
import type { SpanInProgress } from '../core/tracing.ts'
import type { AnsweredOperation } from '../graphql/operation-report.ts'
import { arrivalCheckIntervalMs, boundArrival, requestTimeoutMs, uploadTimeoutMs } from './arrival-bound.ts'
import { inviteBody, takeTimeToInvite } from './body-invitation.ts'
import { errorBody, statusOf } from './error-status.ts'
import type { HostCheck } from './host-check.ts'
import { foreignOrigin } from './origin.ts'
import { bodyRefusalOf, bodyTooLarge, maxBodySizeBytes, readJsonStrictly } from './request-body.ts'
import { securityHeaders } from './security-headers.ts'
import { boundReading } from './slow-reader.ts'
import { answerUnreadable, answerUnreadablePath, notePipelined } from './unreadable-request.ts'

/** The longest segment of a path. Names of pipelines and sessions are shorter. */
const maxParamLength = 512

/** How much of a path that leads nowhere is repeated, in characters. */
const maxToldPathLength = 200

/** How long a connection is kept without a request, in milliseconds: longer than load balancers do (60 s). */
const keepAliveTimeoutMs = 65_000

/** A caller's own request id is taken where it is short and clean. */
const requestIdPattern = /^[\w-]{1,64}$/

/** What load balancers ask all day, by whatever name. */
const healthRoutes: readonly string[] = ['/livez', '/readyz']

/** What an operator's machines ask all day. They are in no trace, and are answered also while the gateway stops. */
export const probeRoutes: readonly string[] = [...healthRoutes, '/metrics']

/** What the HTTP server tells of itself. */
export interface HttpEvents {
  /** @param route as it was registered; `none` where there is no such route */
  onAnswered(route: string, method: string, status: number): void
}

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Whether the route takes a file, which may take its time, and asks for its body itself. */
    takesFile?: boolean
  }
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
  /** Which names the gateway has. Probes may call it by any. */
  readonly checkHost: HostCheck
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
  checkHost,
  trustedProxies,
  allowsOrigin,
  events,
}: HttpOptions): Promise<HttpServer> {
  const http = bareServer(log, trustedProxies)
  readJsonStrictly(http)
  takeTimeToInvite(http.server)
  notePipelined(http.server)
  http.server.maxConnections = maxConnections
  http.addHook('onRequest', (request, reply, done) => {
    reply.headers(securityHeaders).header('x-request-id', request.id)
    const refusal = checkHost(request.raw)
    if (refusal === undefined) return done()
    const { status, error } = refusal
    if (status === 421 && healthRoutes.includes(request.routeOptions.url ?? '')) return done()
    sendError(reply.header('connection', 'close'), error, status)
  })
  // Before the plugin answers preflights.
  http.addHook('onRequest', (request, reply, done) => {
    if (!isForFile(request)) boundArrival(request.raw, reply.raw, systemClock)
    done()
  })
  // Before the plugin adds its route, which takes the handler that is there by then.
  http.setErrorHandler<FastifyError | Error>((error, request, reply) => {
    reportFailure(error)
    return answerError(error, request, reply)
  })
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
  http.addHook('preParsing', (request, reply, payload, done) => {
    if (isForFile(request)) return done(null, payload)
    // Nobody waits for the body of what leads nowhere.
    if (request.is404) return void sendError(reply, noRoute(request))
    const refusal = bodyRefusalOf(request.headers)
    if (refusal !== undefined)
      return void sendError(reply.header('connection', 'close'), refusal.error, refusal.status)
    inviteBody(request.raw, reply.raw)
    done(null, payload)
  })
  http.addHook('onSend', (_request, { raw }, payload, done) => {
    boundReading(raw)
    done(null, payload)
  })
  http.addHook('onResponse', (request, reply, done) => {
    const { method, routeOptions, operation, span } = request
    const { statusCode: status, elapsedTime: durationMs } = reply
    events?.onAnswered(routeOptions.url ?? 'none', method, status)
    log.info(
      {
        reqId: request.id,
        method,
        route: routeOptions.url,
        status,
        durationMs,
        ...(operation === null ? {} : { operation }),
        ...span?.ids,
      },
      'answered',
    )
    done()
  })
  http.setNotFoundHandler((request, reply) => sendError(reply, noRoute(request)))
  return http
}

function bareServer(log: FastifyBaseLogger, trustedProxies: readonly string[]): HttpServer {
  return fastify({
    trustProxy: trustedProxies.length === 0 ? false : [...trustedProxies],
    loggerInstance: log,
    // A logger for each request costs more than its one line.
    childLoggerFactory: (logger) => logger,
    logController: new LogController({ disableRequestLogging: true }),
    routerOptions: { maxParamLength },
    bodyLimit: maxBodySizeBytes,
    requestTimeout: uploadTimeoutMs,
    http: {
      // `checkHost` says what is missing. Node would answer without a word.
      requireHostHeader: false,
      headersTimeout: requestTimeoutMs,
      connectionsCheckingInterval: arrivalCheckIntervalMs,
      // Java's client proposes HTTP/2 with its first request, which is one like any other (RFC 9110, 7.8).
      shouldUpgradeCallback: ({ headers: { upgrade } }) => upgrade?.toLowerCase() === 'websocket',
    },
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

const isForFile = ({ routeOptions }: FastifyRequest) => routeOptions.config.takesFile === true

/** A preflight that the CORS plugin has not answered is one of an origin that is not allowed. */
function noRoute({ method, url, headers: { origin } }: FastifyRequest): GatewayError {
  if (method === 'OPTIONS' && origin !== undefined) return foreignOrigin(origin)
  return nothingThere(method, pathOnly(url))
}

/** Says that there is no such route. */
export const nothingThere = (method: string, path: string): GatewayError =>
  notFound(`There is nothing at ${method} ${path.slice(0, maxToldPathLength)}. The graph is at /graphql.`)

/** An address without its query, which may carry a token and so is told and logged nowhere. */
export const pathOnly = (url: string): string => url.replace(/\?.*$/s, '')

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
  // So says the plugin for files of a path that leads out of its folder. What is there is nobody's business.
  if (status === 403) return sendError(reply, noRoute(request))
  if (status >= 500) {
    request.log.error({ reqId: request.id, err: error }, 'a request failed')
    return sendError(reply, internalServerError(request.id))
  }
  return sendError(reply, badRequest(requestFault(status, error)), status)
}

function requestFault(status: number, error: Error): string {
  if (status === 413) return bodyTooLarge
  if (status === 415) return 'Send the body as `application/json`.'
  return `The request cannot be used: ${error.message}`
}
