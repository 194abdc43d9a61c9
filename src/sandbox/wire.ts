import type { ServerResponse } from 'node:http'
import type { Answer } from './answer.ts'

const pieceSizeBytes = 65_536
const cut = new WeakSet<ServerResponse>()

/** Sends a whole answer. Does nothing when the client is already gone. */
export function sendAnswer(response: ServerResponse, answer: Answer) {
  if (response.destroyed) return
  if (answer.chunked === true && answer.body !== undefined) {
    response.writeHead(answer.status, answer.headers)
    writePieces(response, asBytes(answer.body))
    return
  }
  writeHeadWithLength(response, answer)
  response.end(answer.body)
}

/**
 * Sends the headers and the first `afterBytes` bytes of the body. `then` says what follows: the connection
 * is destroyed once those bytes have left, or nothing more happens.
 */
export function sendPart(
  response: ServerResponse,
  answer: Answer,
  afterBytes: number,
  then: 'cut' | 'stall',
) {
  if (response.destroyed) return
  if (answer.chunked === true) response.writeHead(answer.status, answer.headers)
  else writeHeadWithLength(response, answer)
  response.flushHeaders()
  const part = asBytes(answer.body ?? '').subarray(0, afterBytes)
  const sent = () => {
    if (then === 'cut') cutConnection(response)
  }
  if (part.length === 0) response.socket?.write('', sent)
  else response.write(part, sent)
}

/** Destroys the connection of a call on the server's own account. */
function cutConnection(response: ServerResponse) {
  cut.add(response)
  response.socket?.destroy()
}

/** Resets the connection of a call: the client sees ECONNRESET and no answer. */
export function resetConnection(response: ServerResponse) {
  cut.add(response)
  response.socket?.resetAndDestroy()
}

/** Whether the server, not the client, ended this call's connection. */
export function isCutByServer(response: ServerResponse): boolean {
  return cut.has(response)
}

function writeHeadWithLength(response: ServerResponse, answer: Answer) {
  const length = answer.body === undefined ? 0 : Buffer.byteLength(answer.body)
  const headers = answer.status === 204 ? answer.headers : { ...answer.headers, 'Content-Length': length }
  response.writeHead(answer.status, headers)
}

function writePieces(response: ServerResponse, body: Uint8Array) {
  let offset = 0
  const writeMore = () => {
    while (offset < body.length) {
      const piece = body.subarray(offset, offset + pieceSizeBytes)
      offset += piece.length
      if (!response.write(piece)) {
        response.once('drain', writeMore)
        return
      }
    }
    response.end()
  }
  writeMore()
}

function asBytes(body: string | Uint8Array): Uint8Array {
  return typeof body === 'string' ? Buffer.from(body) : body
}
