import { type IncomingMessage, type Server, ServerResponse, STATUS_CODES } from 'node:http'
import type { Socket } from 'node:net'
import type { ConnectionError } from 'fastify'
import { badRequest, type GatewayError } from '../core/errors.ts'
import { errorBody } from './error-status.ts'
import { securityHeaders } from './security-headers.ts'

/**
 * Answers what Node could not read as a request, and closes the connection. It takes the place of Fastify's handler,
 * which logs the bytes as they came: they may be those of a credential or of a link's token. Where whole requests came before, they
 * are answered, and the answer to the last of them is the last one of the connection; where an answer has begun, nothing is
 * written into it: it breaks off, which its reader notices.
 */
export function answerUnreadable({ code }: Pick<ConnectionError, 'code'>, socket: Socket): void {
  if (code === 'ECONNRESET' || socket.destroyed) return
  const underWay = answerUnderWay(socket)
  if (underWay?.headersSent === true) return void socket.destroy()
  const last = [...(pipelined.get(socket) ?? []), underWay].find(isToBeAnswered)
  if (last !== undefined) return void closeBehind(last, socket)
  const { status, message } = faultOf(code)
  if (socket.writable) socket.write(lastAnswer(status, badRequest(message)))
  socket.destroy()
}

/** Node looks at it in the same place before it answers such a request by itself (`socketOnError`), and has no other. */
const answerUnderWay = (socket: Socket): ServerResponse | undefined =>
  '_httpMessage' in socket && socket._httpMessage instanceof ServerResponse ? socket._httpMessage : undefined

/**
 * The last two answers of each connection whose requests came before their turn (RFC 9112, 9.3.2), the last one first. The last
 * request may be the one that cannot be read; the one before it is whole.
 */
const pipelined = new WeakMap<Socket, readonly ServerResponse[]>()

/** Notes which requests come before their turn, so that {@link answerUnreadable} knows what is still to be answered. */
export function notePipelined(server: Server): void {
  server.on('request', ({ socket }: IncomingMessage, response: ServerResponse) => {
    if (response.socket !== null) return
    const [last] = pipelined.get(socket) ?? []
    pipelined.set(socket, last === undefined ? [response] : [response, last])
    response.once('close', () => {
      const others = (pipelined.get(socket) ?? []).filter((one) => one !== response)
      pipelined.set(socket, others)
    })
  })
}

const isToBeAnswered = (response: ServerResponse | undefined): boolean =>
  response?.req.complete === true && !response.writableFinished

/** An answer that is written already waits for its turn, and cannot say any more that it is the last one. */
function closeBehind(response: ServerResponse, socket: Socket): void {
  if (response.headersSent) response.once('finish', () => socket.destroySoon())
  else response.setHeader('connection', 'close')
}

/** The headers of an error that is answered past Fastify. The connection closes behind it: nobody reads a body there. */
export const lastHeaders = {
  ...securityHeaders,
  'content-type': 'application/json; charset=utf-8',
  connection: 'close',
}

/**
 * An error as the whole of an answer behind which the connection closes, where there is no response to write to.
 *
 * @param headers beside {@link lastHeaders}
 */
export function lastAnswer(
  status: number,
  error: GatewayError,
  headers: Readonly<Record<string, string>> = {},
): string {
  const body = JSON.stringify(errorBody(error))
  const all = { ...lastHeaders, ...headers, 'content-length': String(Buffer.byteLength(body)) }
  const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}\r\n`)
  return `HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\n${lines.join('')}\r\n${body}`
}

/** Answers a path that Fastify cannot read. Its own words would repeat the whole address, with a token in it. */
export function answerUnreadablePath(status: number, response: ServerResponse): void {
  const message =
    status === 414
      ? 'A part of the path is longer than any name.'
      : 'The path cannot be read: it has a `%` that encodes nothing.'
  response.writeHead(status, lastHeaders).end(JSON.stringify(errorBody(badRequest(message))))
}

function faultOf(code: string): { status: number; message: string } {
  switch (code) {
    case 'ERR_HTTP_REQUEST_TIMEOUT':
      return { status: 408, message: 'The request did not arrive in time.' }
    case 'HPE_HEADER_OVERFLOW':
      return { status: 431, message: 'Address and headers are too long: together they may have 16 KB.' }
    default:
      return { status: 400, message: 'This is not an HTTP request.' }
  }
}
