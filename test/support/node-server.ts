import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'

/** Answers one request. `attempt` counts the requests that the server has had, from 1. */
export type Answer = (request: IncomingMessage, response: ServerResponse, attempt: number) => void

/** A server that answers just as a test tells it to. */
export interface NodeServer extends AsyncDisposable {
  readonly url: string
  /** What was asked for, in order: method and path. */
  readonly requests: readonly string[]
  /** The highest number of sockets that were open at the same time. */
  mostSockets(): number
  /** Resolves when the next socket closes. */
  closedSocket(): Promise<void>
}

/** Starts a server on a free port of loopback. */
export async function startNodeServer(answer: Answer): Promise<NodeServer> {
  const requests: string[] = []
  const sockets = new Set<Socket>()
  let mostSockets = 0
  let closed = Promise.withResolvers<void>()
  const server = createServer((request, response) => {
    requests.push(`${request.method} ${request.url}`)
    answer(request, response, requests.length)
  })
  server.on('connection', (socket) => {
    sockets.add(socket)
    mostSockets = Math.max(mostSockets, sockets.size)
    socket.once('close', () => {
      sockets.delete(socket)
      closed.resolve()
      closed = Promise.withResolvers()
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}`,
    requests,
    mostSockets: () => mostSockets,
    closedSocket: () => closed.promise,
    async [Symbol.asyncDispose]() {
      server.close()
      for (const socket of sockets) socket.destroy()
    },
  }
}

/** Answers with JSON. */
export function sendJson(
  response: ServerResponse,
  body: unknown,
  { status = 200, headers = {} }: { status?: number; headers?: Record<string, string> } = {},
): void {
  response.writeHead(status, { 'content-type': 'application/json', ...headers })
  response.end(JSON.stringify(body))
}
