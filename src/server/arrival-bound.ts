import type { IncomingMessage } from 'node:http'
import type { Clock } from '../core/time.ts'
import { answerUnreadable } from './unreadable-request.ts'

/** How long a client may take to send a request, in milliseconds; an upload may take {@link uploadTimeoutMs}. */
export const requestTimeoutMs = 30_000

/** How long a client may take to send a file by PUT, in milliseconds: 50 MB at half a megabit per second. */
export const uploadTimeoutMs = 15 * 60_000

/**
 * Answers a request 408 and closes its connection where it has not arrived within {@link requestTimeoutMs}. Node has
 * one such bound for all requests, which has to be that of uploads.
 */
export function boundArrival(request: IncomingMessage, clock: Clock): void {
  const timer = clock.after(requestTimeoutMs, () => {
    if (!request.complete) answerUnreadable({ code: 'ERR_HTTP_REQUEST_TIMEOUT' }, request.socket)
  })
  request.once('end', timer.cancel).once('close', timer.cancel)
}
