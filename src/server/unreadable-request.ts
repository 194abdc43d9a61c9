import { type ServerResponse, STATUS_CODES } from 'node:http'
import type { Socket } from 'node:net'
import type { ConnectionError } from 'fastify'
import { badRequest } from '../core/errors.ts'
import { errorBody } from './error-status.ts'

/**
 * Answers what Node could not read as a request, and closes the connection. It takes the place of Fastify's handler,
 * which logs the bytes as they came: they may be those of a credential or of a link's token.
 */
export function answerUnreadable({ code }: Pick<ConnectionError, 'code'>, socket: Socket): void {
  if (code === 'ECONNRESET' || socket.destroyed) return
  const { status, message } = faultOf(code)
  const body = JSON.stringify(errorBody(badRequest(message)))
  if (socket.writable) {
    socket.write(
      `HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\nContent-Type: application/json; charset=utf-8\r\nContent-Length: ${Buffer.byteLength(body)}\r\nConnection: close\r\n\r\n${body}`,
    )
  }
  socket.destroy()
}

/** Answers a path that Fastify cannot read. Its own words would repeat the whole address, with a token in it. */
export function answerUnreadablePath(status: number, response: ServerResponse): void {
  const message =
    status === 414
      ? 'A part of the path is longer than any name.'
      : 'The path cannot be read: it has a `%` that encodes nothing.'
  response
    .writeHead(status, { 'content-type': 'application/json; charset=utf-8' })
    .end(JSON.stringify(errorBody(badRequest(message))))
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
