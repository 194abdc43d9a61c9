import type { HttpServer } from './http.ts'

/** Says whether the gateway can serve. */
export interface Readiness {
  /** What is not ready, by name; empty when all is. */
  notReady(): readonly string[]
}

/** Adds `/livez` (the process answers) and `/readyz` (it can serve; else 503, naming what is not ready). */
export function addHealthRoutes(http: HttpServer, readiness: Readiness): void {
  http.get('/livez', async () => ({ status: 'live' }))
  http.get('/readyz', async (_request, reply) => {
    const notReady = readiness.notReady()
    if (notReady.length === 0) return { status: 'ready' }
    return reply.code(503).send({ status: 'not ready', notReady })
  })
}
