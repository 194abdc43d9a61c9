import type { HttpServer } from './http.ts'

/** What is measured, in a form that Prometheus reads. */
export interface Scrape {
  readonly contentType: string
  text(): Promise<string>
}

/** Where Prometheus reads. It is open to all who reach the port: no credential, key or name is in it. */
const metricsPath = '/metrics'

/** Adds `/metrics`. */
export function addMetricsRoute(http: HttpServer, { contentType, text }: Scrape): void {
  http.get(metricsPath, async (_request, reply) => {
    reply.header('content-type', contentType).header('cache-control', 'no-store')
    return text()
  })
}
