import { type IncomingMessage, STATUS_CODES } from 'node:http'
import type { Duplex } from 'node:stream'
import { GRAPHQL_TRANSPORT_WS_PROTOCOL, handleProtocols } from 'graphql-ws'
import { type RawData, type WebSocket, WebSocketServer } from 'ws'
import { networkOf } from '../core/network.ts'
import { type Clock, orAborted } from '../core/time.ts'
import type { ClientAddress } from './client-address.ts'
import { type GraphOptions, graphqlPath } from './graphql-route.ts'
import { type HttpServer, maxBodySizeBytes } from './http.ts'
import { isAllowedOrigin } from './origin.ts'
import { closeCodes } from './websocket-close.ts'
import {
  type Connection,
  closeConnection,
  closeForRestart,
  createConnection,
  endOperations,
  type SocketFloor,
  type SocketLimits,
  type UpgradeIdentity,
} from './websocket-connection.ts'
import { receive } from './websocket-messages.ts'
import { giveUpRequests } from './websocket-operations.ts'
import { startSweep } from './websocket-sweep.ts'

/** How long a client has to close its side of a connection that the gateway closes, in milliseconds. */
const closeTimeoutMs = 2000

/** What `addWebSocket` returns. */
export interface WebSockets {
  /**
   * Lets queries and mutations end, tells clients to connect again, and resolves when all sockets have closed. A client
   * sends what has not ended once more to whoever it connects to, and a mutation must not be sent twice.
   *
   * @param giveUp aborts when what has not ended is told to have failed
   */
  close(giveUp: AbortSignal): Promise<void>
}

/** Settings of the WebSockets. */
export interface WebSocketOptions {
  readonly graph: GraphOptions
  readonly limits: SocketLimits
  readonly addressOf: ClientAddress
  readonly clock: Clock
}

/** Adds `WS /graphql` in the protocol graphql-transport-ws. */
export function addWebSocket(
  http: HttpServer,
  { graph, limits, addressOf, clock }: WebSocketOptions,
): WebSockets {
  const connections = new Map<WebSocket, Connection>()
  const allClosed = Promise.withResolvers<void>()
  let isStopping = false
  const floor: SocketFloor = {
    graph,
    limits,
    clock,
    isStopping: () => isStopping,
    logFault: (err) => http.log.error({ err }, 'a WebSocket message failed'),
  }
  const sweep = startSweep(connections, clock)
  const settle = () => {
    if (isStopping && connections.size === 0) allClosed.resolve()
  }

  // `ws` calls listeners with the WebSocket as `this`, so that all connections share the same few functions.
  const listeners = {
    message(this: WebSocket, data: RawData) {
      const connection = connections.get(this)
      if (connection !== undefined) receive(connection, String(data))
    },
    pong(this: WebSocket) {
      const connection = connections.get(this)
      if (connection !== undefined) connection.isAlive = true
    },
    close(this: WebSocket) {
      const connection = connections.get(this)
      connections.delete(this)
      if (connection !== undefined) {
        connection.release?.()
        endOperations(connection)
      }
      settle()
    },
    /** `ws` closes by itself what is at fault; a WebSocket without this listener would end the process. */
    error() {},
  }
  const open = (webSocket: WebSocket, socket: Duplex, identity: UpgradeIdentity) => {
    const connection = createConnection(floor, webSocket, socket, identity)
    connections.set(webSocket, connection)
    webSocket.on('message', listeners.message)
    webSocket.on('pong', listeners.pong)
    webSocket.on('close', listeners.close)
    webSocket.on('error', listeners.error)
    if (webSocket.protocol === GRAPHQL_TRANSPORT_WS_PROTOCOL) return
    closeConnection(connection, closeCodes.subprotocolNotAcceptable, 'Speak graphql-transport-ws.')
  }

  const sockets = createSocketServer()
  const upgrade = async (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    const refused = refusalOf(request, graph.allowedOrigins)
    if (refused !== undefined) return refuse(socket, refused)
    const { headers } = request
    const network = networkOf(addressOf(request))
    // Node has let go of the socket, and `ws` has not taken it yet.
    const destroy = () => socket.destroy()
    socket.on('error', destroy)
    const cookie = await graph.identification.cookieOf(headers)
    socket.off('error', destroy)
    if (isStopping) return refuse(socket, 503)
    sockets.handleUpgrade(request, socket, head, (webSocket) =>
      open(webSocket, socket, { headers, network, cookie }),
    )
  }
  http.server.on('upgrade', (request, socket, head) => {
    if (isStopping) return refuse(socket, 503)
    upgrade(request, socket, head).catch((error: unknown) => {
      floor.logFault(error)
      socket.destroy()
    })
  })

  return {
    async close(giveUp) {
      isStopping = true
      for (const connection of [...connections.values()]) {
        if (connection.requests.size === 0) closeForRestart(connection)
      }
      settle()
      await orAborted(allClosed.promise, giveUp).catch(() => {
        for (const connection of [...connections.values()]) giveUpRequests(connection)
        return allClosed.promise
      })
      sweep.cancel()
    },
  }
}

function createSocketServer(): WebSocketServer {
  const options = {
    noServer: true,
    clientTracking: false,
    perMessageDeflate: false,
    maxPayload: maxBodySizeBytes,
    // Not in the types of `ws` yet: how long after `close` it cuts a connection off.
    closeTimeout: closeTimeoutMs,
    handleProtocols,
  }
  return new WebSocketServer(options)
}

/** Only this path, and from a browser only pages that may use the graph: a WebSocket knows no CORS. */
function refusalOf(
  { url = '', headers }: IncomingMessage,
  allowedOrigins: readonly string[],
): number | undefined {
  if (url.replace(/\?.*$/s, '') !== graphqlPath) return 404
  return isAllowedOrigin(headers, allowedOrigins) ? undefined : 403
}

/** Node has let go of the socket: its errors and its end are ours to look after. */
function refuse(socket: Duplex, status: number): void {
  socket.on('error', () => socket.destroy())
  socket.once('finish', () => socket.destroy())
  socket.end(`HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`)
}
