import type { ServerResponse } from 'node:http'

/** How long a client may take no byte of an answer, in milliseconds. A file holds one of few connections to an upstream. */
const maxReadingPauseMs = 60_000

/**
 * Breaks an answer off, and its connection, where its client takes nothing of it for too long: for the half of
 * {@link maxReadingPauseMs} at least. Node looks whether there is less to send than when it last looked (`net.Socket`,
 * `_onTimeout`), so that it takes two looks to see that nothing moves any more. Where there is nothing to send, it is not the
 * client who pauses.
 *
 * @param lookIntervalMs between two looks; default: the half of {@link maxReadingPauseMs}
 */
export function boundReading(response: ServerResponse, lookIntervalMs = maxReadingPauseMs / 2): void {
  // Nearly every answer is taken at once, as far as it can be known here: a timer for each would be for nothing.
  process.nextTick(() => {
    const isTaken = response.writableEnded && response.writableLength === 0
    if (!isTaken && !response.destroyed) watchReading(response, lookIntervalMs)
  })
}

function watchReading(response: ServerResponse, lookIntervalMs: number): void {
  response.setTimeout(lookIntervalMs, () => {
    if (response.writableLength > 0) response.destroy()
  })
  // It holds for the connection, so it is lifted before Node sets its own bound, or goes on with a request that came meanwhile:
  // that one's answer may take long to begin.
  response.prependOnceListener('finish', () => void response.socket?.setTimeout(0))
}
