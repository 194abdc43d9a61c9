import { once } from 'node:events'
import { createServer, type Socket } from 'node:net'

/** A server that writes bytes, HTTP or not. */
export interface RawUpstream extends AsyncDisposable {
  readonly port: number
  /** How many requests have begun. */
  requests(): number
  /** Resolves when so many connections have been made. */
  connections(count: number): Promise<void>
}

/**
 * Starts a server on a free port of loopback.
 *
 * @param answer called for each piece of a request, which is a whole one where it has no body
 */
export async function startRawUpstream(answer: (socket: Socket) => void): Promise<RawUpstream> {
  const sockets = new Set<Socket>()
  let made = 0
  let requests = 0
  const server = createServer((socket) => {
    made += 1
    sockets.add(socket)
    socket.on('error', () => socket.destroy())
    socket.on('close', () => sockets.delete(socket))
    socket.on('data', () => {
      requests += 1
      answer(socket)
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('no port')
  return {
    port: address.port,
    requests: () => requests,
    async connections(count) {
      while (made < count) await once(server, 'connection')
    },
    async [Symbol.asyncDispose]() {
      const closed = once(server, 'close')
      server.close()
      for (const socket of sockets) socket.destroy()
      await closed
    },
  }
}
