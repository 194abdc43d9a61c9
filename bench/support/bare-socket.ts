import { randomBytes } from 'node:crypto'
import { connect, type Socket } from 'node:net'

/** Opcodes of RFC 6455, section 5.2. */
const opcodes = { text: 1, close: 8, ping: 9, pong: 10 }

/** What a socket tells. */
export interface BareSocketEvents {
  onText(text: string): void
  /** Called when the other side ended the connection, or broke it. */
  onEnd(reason: string): void
}

/** A WebSocket that costs the load as little as possible, so that it is the server that is measured. */
export interface BareSocket {
  send(text: string): void
  /** Drops the connection without a closing handshake. */
  drop(): void
  /** Resets the connection: the server's side breaks. */
  reset(): void
  /** Tells the server that the connection ends, with 1000. */
  close(): void
  /** Reads nothing from now on. */
  stopReading(): void
}

/**
 * Opens a WebSocket in the protocol graphql-transport-ws. It understands what servers on this machine send to a
 * benchmark: texts in one frame, pings and closes.
 *
 * @throws Error where the server refuses
 */
export function openBareSocket(url: string, { onText, onEnd }: BareSocketEvents): Promise<BareSocket> {
  const { hostname, port, host, pathname } = new URL(url)
  const socket = connect({ host: hostname, port: Number(port), noDelay: true })
  const { promise, resolve, reject } = Promise.withResolvers<BareSocket>()
  let isOpen = false
  let rest: Buffer = Buffer.alloc(0)

  const opened = () => {
    const end = rest.indexOf('\r\n\r\n')
    if (end === -1) return false
    const answer = rest.toString('latin1', 0, end)
    if (!answer.startsWith('HTTP/1.1 101 '))
      reject(new Error(`the server refuses: ${answer.split('\r\n')[0]}`))
    rest = rest.subarray(end + 4)
    isOpen = true
    resolve({
      send: (text) => writeFrame(socket, opcodes.text, Buffer.from(text)),
      drop: () => socket.destroy(),
      reset: () => socket.resetAndDestroy(),
      close: () => writeFrame(socket, opcodes.close, Buffer.from([0x03, 0xe8])),
      stopReading: () => socket.pause(),
    })
    return true
  }
  const take = (opcode: number, payload: Buffer) => {
    if (opcode === opcodes.text) onText(payload.toString())
    else if (opcode === opcodes.ping) writeFrame(socket, opcodes.pong, payload)
    else if (opcode === opcodes.close)
      onEnd(`closed with ${payload.readUInt16BE(0)} ${payload.toString('utf8', 2)}`)
    else throw new Error(`a frame of kind ${opcode} that no benchmark expects`)
  }
  socket.on('data', (chunk: Buffer) => {
    rest = rest.length === 0 ? chunk : Buffer.concat([rest, chunk])
    if (isOpen || opened()) rest = readFrames(rest, take)
  })
  socket.on('error', (error) => {
    reject(error)
    onEnd(error.message)
  })
  socket.on('end', () => onEnd('the connection ended'))
  socket.write(upgrade(host, pathname))
  return promise
}

function upgrade(host: string, path: string): string {
  return [
    `GET ${path} HTTP/1.1`,
    `Host: ${host}`,
    'Connection: Upgrade',
    'Upgrade: websocket',
    `Sec-WebSocket-Key: ${randomBytes(16).toString('base64')}`,
    'Sec-WebSocket-Version: 13',
    'Sec-WebSocket-Protocol: graphql-transport-ws',
    '\r\n',
  ].join('\r\n')
}

/** Reads the whole frames of some bytes. @returns what is left of them */
function readFrames(bytes: Buffer, take: (opcode: number, payload: Buffer) => void): Buffer {
  let at = 0
  while (bytes.length >= at + 2) {
    const [first = 0, second = 0] = [bytes[at], bytes[at + 1]]
    if (first < 0x80) throw new Error('a message in several frames, which no benchmark expects')
    const isLong = second === 126
    if (second > 126) throw new Error('a message of more than 64 KB, which no benchmark expects')
    if (isLong && bytes.length < at + 4) break
    const start = at + (isLong ? 4 : 2)
    const end = start + (isLong ? bytes.readUInt16BE(at + 2) : second)
    if (bytes.length < end) break
    take(first & 0x0f, bytes.subarray(start, end))
    at = end
  }
  return bytes.subarray(at)
}

/** Clients have to mask (RFC 6455, section 5.3); a mask of zeros leaves the bytes as they are. */
function writeFrame(socket: Socket, opcode: number, payload: Buffer): void {
  const isLong = payload.length > 125
  const header = Buffer.alloc(isLong ? 8 : 6)
  header[0] = 0x80 | opcode
  header[1] = 0x80 | (isLong ? 126 : payload.length)
  if (isLong) header.writeUInt16BE(payload.length, 2)
  socket.write(Buffer.concat([header, payload]))
}
