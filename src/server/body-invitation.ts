import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import { badRequest } from '../core/errors.ts'
import { errorBody } from './error-status.ts'
import { lastHeaders } from './unreadable-request.ts'

/**
 * Leaves it to the routes when to ask for a body that its client holds back until then (`Expect: 100-continue`). Node asks for
 * every one at once, also for those that are refused then. Where nobody asks, Node closes the connection behind the answer.
 */
export function takeTimeToInvite(server: Server): void {
  server.on('checkContinue', (request, response) => void server.emit('request', request, response))
  server.on('checkExpectation', (_request, response) => {
    const error = badRequest('Of `Expect`, the gateway knows `100-continue` alone.')
    response.writeHead(417, lastHeaders).end(JSON.stringify(errorBody(error)))
  })
}

/** Asks for the body of a request where its client waits for that. */
export function inviteBody({ headers, httpVersion }: IncomingMessage, response: ServerResponse): void {
  if (httpVersion === '1.1' && headers.expect !== undefined && !response.headersSent) response.writeContinue()
}
