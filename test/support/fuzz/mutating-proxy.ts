import { once } from 'node:events'
import {
  Agent,
  createServer,
  request as httpRequest,
  type IncomingMessage,
  type ServerResponse,
} from 'node:http'
import type { Socket } from 'node:net'
import { buffer } from 'node:stream/consumers'

/** A whole answer of an upstream. */
export interface UpstreamReply {
  readonly status: number
  /** Names in lower case. `content-length` and `transfer-encoding` are left out. */
  readonly headers: Readonly<Record<string, string>>
  readonly body: Buffer
}

/** What the gateway gets instead of an answer. */
export type Mutated =
  /** An answer that is HTTP as it should be. */
  | { readonly kind: 'reply'; readonly what: string; readonly reply: UpstreamReply }
  /** Bytes as they are, in pieces with pauses in milliseconds, and then the end of the connection. */
  | {
      readonly kind: 'bytes'
      readonly what: string
      readonly bytes: Buffer
      readonly end: 'end' | 'reset' | 'stay open'
      readonly pieceBytes?: number
      readonly pauseMs?: number
    }

/** Changes an answer; undefined: leaves it as it is. */
export type Mutation = (
  reply: UpstreamReply,
  request: { readonly method: string; readonly path: string; readonly authorization: string },
) => Mutated | undefined

/** A line to an upstream that changes what it answers. */
export interface MutatingProxy extends AsyncDisposable {
  readonly url: string
}

/** Starts one on a free port of loopback. */
export async function startMutatingProxy(
  target: { readonly url: string },
  mutate: Mutation,
): Promise<MutatingProxy> {
  const agent = new Agent({ keepAlive: true })
  const sockets = new Set<Socket>()
  const serve = async (incoming: IncomingMessage, response: ServerResponse) => {
    const reply = await forwarded(incoming, target.url, agent)
    const { method = '', url: path = '', headers } = incoming
    const mutated = mutate(reply, { method, path, authorization: headers.authorization ?? '' })
    if (mutated?.kind === 'bytes') return sendBytes(incoming.socket, mutated)
    const { status, headers: sent, body } = mutated?.reply ?? reply
    response.writeHead(status, { ...sent })
    response.end(body)
  }
  const server = createServer({ keepAliveTimeout: 600_000 }, (incoming, response) => {
    // The gateway may leave, or the sandbox cut the line: then there is nothing to hand on.
    serve(incoming, response).catch(() => incoming.socket.destroy())
  })
  server.on('connection', (socket) => {
    sockets.add(socket)
    socket.on('error', () => {})
    socket.on('close', () => sockets.delete(socket))
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('no port')
  return {
    url: `http://127.0.0.1:${address.port}`,
    async [Symbol.asyncDispose]() {
      const closed = once(server, 'close')
      server.close()
      for (const socket of sockets) socket.destroy()
      await closed
      agent.destroy()
    },
  }
}

async function forwarded(incoming: IncomingMessage, target: string, agent: Agent): Promise<UpstreamReply> {
  const { method = 'GET', url = '/', headers } = incoming
  const outgoing = httpRequest(`${target}${url}`, { method, headers, agent })
  incoming.pipe(outgoing)
  const [answer]: [IncomingMessage] = await once(outgoing, 'response').then(([first]) => [first])
  const body = await buffer(answer)
  const kept = Object.entries(answer.headers).flatMap(([name, value]): [string, string][] =>
    value === undefined || hopByHop.includes(name) ? [] : [[name, String(value)]],
  )
  return { status: answer.statusCode ?? 500, headers: Object.fromEntries(kept), body }
}

const hopByHop = ['connection', 'keep-alive', 'content-length', 'transfer-encoding', 'date']

function sendBytes(
  socket: Socket,
  { bytes, end, pieceBytes = bytes.length, pauseMs = 0 }: Extract<Mutated, { kind: 'bytes' }>,
): void {
  const send = (from: number) => {
    if (socket.destroyed) return
    if (from < bytes.length) {
      socket.write(bytes.subarray(from, from + pieceBytes))
      if (from + pieceBytes < bytes.length) {
        setTimeout(send, pauseMs, from + pieceBytes)
        return
      }
    }
    if (end === 'end') socket.end()
    // What was written may still be on its way: a reset behind it comes after it.
    if (end === 'reset') setImmediate(() => socket.resetAndDestroy())
  }
  send(0)
}
