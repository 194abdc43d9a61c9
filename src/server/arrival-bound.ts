import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Clock } from '../core/time.ts'
import { answerUnreadable } from './unreadable-request.ts'

/** How long a client may take to send a request, in milliseconds; an upload may take {@link uploadTimeoutMs}. */
export const requestTimeoutMs = 30_000

/** How long a client may take to send a file by PUT, in milliseconds: 50 MB at half a megabit per second. */
export const uploadTimeoutMs = 15 * 60_000

/** How often it is looked whether the head of a request is overdue, in milliseconds. */
export const arrivalCheckIntervalMs = 5000

/**
 * Answers a request 408 and closes its connection where it has not arrived within {@link requestTimeoutMs}. Node has
 * one such bound for all requests, which has to be that of uploads. One that was answered already, or is being answered, is
 * broken off without another word. Where its turn has not come, those before it are answered.
 */
export function boundArrival(request: IncomingMessage, response: ServerResponse, clock: Clock): void {
  // Nearly every request comes in one piece, and then is here when Node has read on: a timer for each would be for nothing.
  setImmediate(() => {
    if (!request.complete && !request.destroyed) waitForRest(request, response, clock)
  })
}

function waitForRest(request: IncomingMessage, response: ServerResponse, clock: Clock): void {
  const timer = clock.after(requestTimeoutMs, () => {
    if (request.complete) return
    if (response.headersSent) request.socket.destroy()
    else answerUnreadable({ code: 'ERR_HTTP_REQUEST_TIMEOUT' }, request.socket)
  })
  request.once('end', timer.cancel).once('close', timer.cancel)
}
