import { beginSpan } from '../core/tracing.ts'
import { type HttpServer, probeRoutes } from './http.ts'

/**
 * Makes a span of each request, which goes on from the caller's `traceparent` where it has one. Added only where something
 * is traced, so that nothing is paid otherwise.
 */
export function addRequestSpans(http: HttpServer): void {
  http.addHook('onRequest', async (request, { raw }) => {
    const { method, headers, routeOptions } = request
    const route = routeOptions.url
    if (route !== undefined && probeRoutes.includes(route)) return
    request.span = beginSpan(`${method} ${route ?? 'none'}`, {
      kind: 'server',
      attributes: { 'http.request.method': method, 'http.route': route ?? 'none' },
      headers,
    })
    // Nothing is a response to who has left.
    raw.once('close', () => {
      if (!raw.writableFinished) request.span?.end({ attributes: { 'vaultline.outcome': 'CANCELLED' } })
    })
  })
  // Not sooner: the body is read in the context of its connection.
  http.addHook('preValidation', (request, _reply, done) => {
    if (request.span === null) done()
    else request.span.run(done)
  })
  http.addHook('onResponse', async ({ span, operation }, { statusCode }) => {
    span?.end({
      attributes: {
        'http.response.status_code': statusCode,
        ...(operation === null
          ? {}
          : {
              'graphql.operation.type': operation.type,
              'vaultline.field': operation.field,
              'vaultline.outcome': operation.code,
            }),
      },
      isFailure: statusCode >= 500,
    })
  })
}
