import { once } from 'node:events'
import { connect, type Socket } from 'node:net'

/** A connection on which a test writes HTTP byte by byte, where a client would not let it. */
export interface RawConnection extends Disposable {
  readonly socket: Socket
  write(bytes: string | Uint8Array): void
  /** What came up to now, each byte a character. */
  received(): string
  /** Resolves when what came has this in it. Rejects where the connection closes before. */
  receives(pattern: RegExp): Promise<void>
  /** Resolves with all that came, each byte a character, when the gateway has ended its side or reset the connection. */
  readonly ended: Promise<string>
}

/** Connects. The connection does not close by itself when the gateway has closed its side. */
export async function openRaw(gateway: { readonly url: string }): Promise<RawConnection> {
  const socket = connect({ host: '127.0.0.1', port: Number(new URL(gateway.url).port), allowHalfOpen: true })
  let received = ''
  let look = () => {}
  const ended = Promise.withResolvers<string>()
  socket.setEncoding('latin1')
  socket.on('data', (text: string) => {
    received += text
    look()
  })
  socket.on('error', () => {})
  socket.once('end', () => ended.resolve(received)).once('close', () => ended.resolve(received))
  await once(socket, 'connect')
  return {
    socket,
    write: (bytes) => void socket.write(bytes),
    received: () => received,
    receives: (pattern) =>
      new Promise((resolve, reject) => {
        look = () => {
          if (pattern.test(received)) resolve()
        }
        look()
        ended.promise.then(() => reject(new Error(`the connection ended behind: ${received}`)))
      }),
    ended: ended.promise,
    [Symbol.dispose]: () => void socket.destroy(),
  }
}

/** An answer as it came. */
export interface RawAnswer {
  readonly status: number
  /** The names in lower case; of several with one name the last. */
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
  /** `extensions.code` of the first error; undefined where the body is not in the form of errors. */
  readonly code: string | undefined
}

/** A request of one line and some headers, `Host` and `Connection: close` among them unless they are given. */
export function rawRequest(
  line: string,
  headers: Readonly<Record<string, string>> = {},
  body: string | Uint8Array = '',
): Buffer {
  const all = { Host: 'localhost', Connection: 'close', ...headers }
  const head = Object.entries(all).map(([name, value]) => `${name}: ${value}\r\n`)
  return Buffer.concat([Buffer.from(`${line} HTTP/1.1\r\n${head.join('')}\r\n`), Buffer.from(body)])
}

/** A POST of JSON with its length. */
export function rawPost(
  path: string,
  body: string | Uint8Array,
  headers: Readonly<Record<string, string>> = {},
): Buffer {
  const length = String(Buffer.from(body).length)
  const all = { 'Content-Type': 'application/json', 'Content-Length': length, ...headers }
  return rawRequest(`POST ${path}`, all, body)
}

/** Sends these bytes on a connection of their own, and reads until the gateway closes it. */
export async function exchange(
  gateway: { readonly url: string },
  bytes: string | Uint8Array,
): Promise<RawAnswer> {
  using connection = await openRaw(gateway)
  connection.write(bytes)
  return answerIn(await connection.ended)
}

/** Reads the first answer in what came. */
export function answerIn(text: string): RawAnswer {
  const [head = '', body = ''] = text.split(/\r\n\r\n(.*)/s)
  const [line = '', ...fields] = head.split('\r\n')
  const headers = Object.fromEntries(
    fields.map((field) => [field.replace(/:.*/s, '').toLowerCase(), field.replace(/^[^:]*: ?/, '')]),
  )
  const [, status = '0'] = /^HTTP\/1\.1 (\d{3}) /.exec(line) ?? []
  return { status: Number(status), headers, body, code: /"code":"(\w+)"/.exec(body)?.[1] }
}

/** The status of each answer in what came, in order. */
export const statusesIn = (text: string): number[] =>
  [...text.matchAll(/HTTP\/1\.1 (\d{3}) /g)].map(([, status]) => Number(status))

/** The request that opens a WebSocket for graphql-transport-ws. */
export const rawUpgrade = (headers: Readonly<Record<string, string>> = {}): Buffer =>
  rawRequest('GET /graphql', {
    Connection: 'Upgrade',
    Upgrade: 'websocket',
    'Sec-WebSocket-Version': '13',
    'Sec-WebSocket-Key': 'AAAAAAAAAAAAAAAAAAAAAA==',
    'Sec-WebSocket-Protocol': 'graphql-transport-ws',
    ...headers,
  })

/** How a frame is to be, where it is not as it should. */
export interface FrameOptions {
  /** FIN, RSV1 to 3 and the opcode. A whole text by default. */
  readonly firstByte?: number
  readonly isMasked?: boolean
  /** What the frame says of its length. Default: the truth. */
  readonly lengthBytes?: number
}

/** A frame of a client (RFC 6455, 5.2), masked with zeros. */
export function rawFrame(
  payload: string | Uint8Array,
  { firstByte = 0x81, isMasked = true, lengthBytes }: FrameOptions = {},
): Buffer {
  const bytes = Buffer.from(payload)
  const length = lengthBytes ?? bytes.length
  const head = Buffer.alloc(length < 126 ? 2 : 10)
  head[0] = firstByte
  head[1] = (isMasked ? 0x80 : 0) | Math.min(length, 127)
  // Lengths of two bytes are written in eight, which gets by: `ws` does not insist on the shortest form.
  if (length >= 126) {
    head[1] |= 127
    head.writeBigUInt64BE(BigInt(length), 2)
  }
  return Buffer.concat([head, Buffer.alloc(isMasked ? 4 : 0), bytes])
}

/** The code of the close frame at the end of what came; undefined where there is none. */
export function closeCodeIn(text: string): number | undefined {
  const bytes = Buffer.from(text, 'latin1')
  const at = bytes.lastIndexOf(0x88)
  return at < 0 || bytes.length < at + 4 ? undefined : bytes.readUInt16BE(at + 2)
}
