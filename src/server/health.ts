import { gatewayStopping } from '../core/errors.ts'
import { type HttpServer, probeRoutes, sendError } from './http.ts'

/** Says whether the gateway can serve. */
export interface Readiness {
  /** What is not ready, by name; empty when all is. */
  notReady(): readonly string[]
  /** What is out of reach without which the gateway still serves, by name. */
  degraded(): readonly string[]
}

/** Some load balancers probe by HEAD. */
const probe = { exposeHeadRoute: true }

/** Adds `/livez` (the process answers) and `/readyz` (it can serve; else 503, naming what is not ready; what it does without is named, too). */
export function addHealthRoutes(http: HttpServer, readiness: Readiness): void {
  http.get('/livez', probe, async () => ({ status: 'live' }))
  http.get('/readyz', probe, async (_request, reply) => {
    const notReady = readiness.notReady()
    const degraded = readiness.degraded()
    if (notReady.length === 0) return { status: 'ready', ...(degraded.length > 0 ? { degraded } : {}) }
    return reply.code(503).send({ status: 'not ready', notReady })
  })
}

/** Refuses new requests on connections that are still open while the gateway stops; health goes on being told. */
export function refuseWorkWhile(http: HttpServer, isStopping: () => boolean): void {
  http.addHook('onRequest', (request, reply, done) => {
    if (!isStopping() || probeRoutes.includes(request.routeOptions.url ?? '')) return done()
    sendError(reply.header('connection', 'close'), gatewayStopping(), 503)
  })
}
