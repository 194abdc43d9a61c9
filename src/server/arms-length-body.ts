import type { IncomingMessage } from 'node:http'
import { PassThrough, type Readable } from 'node:stream'
import { badRequest } from '../core/errors.ts'
import type { Clock, Timer } from '../core/time.ts'

/** How long a client may send nothing of a body that is waited for, or of the rest of one that goes by, in milliseconds. */
export const maxSendingPauseMs = 30_000

/** The body of a request, which may be given up while its client is still to be answered. */
export interface ArmsLengthBody {
  /** Begins to read: only as fast as what it returns is read, which may be destroyed at any time. Called once. */
  open(): Readable
  /**
   * Lets the rest of the body go by, so that the client, which reads no answer before it has sent all, gets one. Where it
   * stops sending, the connection is closed.
   */
  release(): void
}

/** Destroying the request itself would end the connection, and the answer with it; this is at arm's length from it. */
export function createArmsLengthBody(request: IncomingMessage, clock: Clock): ArmsLengthBody {
  let body: PassThrough | undefined
  let timer: Timer | undefined

  let waitOn = () => {}

  const stopWaiting = () => timer?.cancel()
  const waitFor = (opened: PassThrough) => {
    stopWaiting()
    timer = clock.after(maxSendingPauseMs, () => {
      // Where the body is full, it is the upstream that is slow, and its own time-out counts.
      if (opened.writableNeedDrain) waitFor(opened)
      else opened.destroy(badRequest(`No byte came for ${maxSendingPauseMs} ms. Send the part again.`))
    })
  }
  return {
    open() {
      const opened = new PassThrough()
      body = opened
      // Whoever reads it is told of what breaks it off; it may break before anybody does.
      opened.on('error', () => {})
      opened.once('close', stopWaiting)
      waitOn = () => waitFor(opened)
      request.on('data', waitOn)
      request.once('end', stopWaiting)
      waitOn()
      return request.pipe(opened)
    },
    release() {
      stopWaiting()
      if (body !== undefined) request.unpipe(body)
      request.off('data', waitOn)
      request.resume()
      if (request.complete) return
      const waitForMore = () => {
        stopWaiting()
        timer = clock.after(maxSendingPauseMs, () => request.destroy())
      }
      request.on('data', waitForMore)
      request.once('end', stopWaiting).once('close', stopWaiting)
      waitForMore()
    },
  }
}
