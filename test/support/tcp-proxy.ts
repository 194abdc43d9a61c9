import { once } from 'node:events'
import { connect, createServer, type Socket } from 'node:net'

/** A line to a server on loopback that a test can hold up, as a partition of the network does. */
export interface TcpProxy extends AsyncDisposable {
  readonly port: number
  /** From now on nothing goes through, and no connection breaks. */
  holdUp(): void
  /** From now on new connections go to this port. */
  leadTo(port: number): void
  /** What was held up goes through. */
  letThrough(): void
  /** Breaks all connections. What was held up is lost with them; new ones go through. */
  cut(): void
}

/** Starts a line to a port of loopback. */
export async function startTcpProxy(firstPort: number): Promise<TcpProxy> {
  let targetPort = firstPort
  const sockets = new Set<Socket>()
  let isHeldUp = false
  const add = (socket: Socket) => {
    sockets.add(socket)
    socket.on('error', () => socket.destroy())
    socket.on('close', () => sockets.delete(socket))
    if (isHeldUp) socket.pause()
  }
  const server = createServer((near) => {
    const far = connect(targetPort, '127.0.0.1')
    for (const [from, to] of [
      [near, far],
      [far, near],
    ] as const) {
      add(from)
      from.on('data', (bytes) => to.write(bytes))
      from.on('close', () => to.destroy())
    }
    if (isHeldUp) near.pause()
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('no port')
  return {
    port: address.port,
    holdUp() {
      isHeldUp = true
      for (const socket of sockets) socket.pause()
    },
    leadTo(next) {
      targetPort = next
    },
    letThrough() {
      isHeldUp = false
      for (const socket of sockets) socket.resume()
    },
    cut() {
      isHeldUp = false
      for (const socket of sockets) socket.destroy()
    },
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy()
      server.close()
      await once(server, 'close')
    },
  }
}
