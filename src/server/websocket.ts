import type { IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import { GRAPHQL_TRANSPORT_WS_PROTOCOL, handleProtocols } from 'graphql-ws'
import { type RawData, type WebSocket, WebSocketServer } from 'ws'
import { badRequest, type GatewayError, gatewayStopping } from '../core/errors.ts'
import { networkOf } from '../core/network.ts'
import { type Clock, orAborted } from '../core/time.ts'
import type { ClientAddress } from './client-address.ts'
import { type GraphOptions, graphqlPath } from './graphql-route.ts'
import type { HostCheck } from './host-check.ts'
import { type HttpServer, nothingThere, pathOnly } from './http.ts'
import { foreignOrigin, isAllowedOrigin } from './origin.ts'
import { maxBodySizeBytes } from './request-body.ts'
import { lastAnswer } from './unreadable-request.ts'
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
  readonly checkHost: HostCheck
  readonly clock: Clock
}

/** Adds `WS /graphql` in the protocol graphql-transport-ws. */
export function addWebSocket(
  http: HttpServer,
  { graph, limits, addressOf, checkHost, clock }: WebSocketOptions,
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
    message(this: WebSocket, data: RawData, isBinary: boolean) {
      const connection = connections.get(this)
      if (connection === undefined) return
      // Bytes need not be UTF-8; a text that is not, `ws` closes with 1007.
      if (isBinary) closeConnection(connection, closeCodes.badRequest, 'Send messages as text.')
      else receive(connection, String(data))
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
    const refused = checkHost(request) ?? refusalOf(request, graph.allowedOrigins)
    if (refused !== undefined) return refuse(socket, refused)
    const { headers } = request
    const network = networkOf(addressOf(request))
    // Node has let go of the socket, and `ws` has not taken it yet.
    const destroy = () => socket.destroy()
    socket.on('error', destroy)
    const cookie = await graph.identification.cookieOf(headers)
    socket.off('error', destroy)
    if (isStopping) return refuse(socket, stopping())
    sockets.handleUpgrade(request, socket, head, (webSocket) =>
      open(webSocket, socket, { headers, network, cookie }),
    )
  }
  http.server.on('upgrade', (request, socket, head) => {
    if (isStopping) return refuse(socket, stopping())
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
  const sockets = new WebSocketServer(options)
  // Its own answers are pages. A client that speaks another version is told which one to speak (RFC 6455, 4.4).
  sockets.on('wsClientError', ({ message }, socket) => {
    const error = badRequest(`This opens no WebSocket: ${message}.`)
    refuse(socket, { status: 400, error, headers: { 'sec-websocket-version': '13' } })
  })
  return sockets
}

/** Why there is no WebSocket. */
interface UpgradeRefusal {
  readonly status: number
  readonly error: GatewayError
  readonly headers?: Readonly<Record<string, string>>
}

const stopping = (): UpgradeRefusal => ({ status: 503, error: gatewayStopping() })

/** Only this path, and from a browser only pages that may use the graph: a WebSocket knows no CORS. */
function refusalOf(
  { url = '', headers }: IncomingMessage,
  allowedOrigins: readonly string[],
): UpgradeRefusal | undefined {
  const path = pathOnly(url)
  if (path !== graphqlPath) return { status: 404, error: nothingThere('WebSocket', path) }
  if (isAllowedOrigin(headers, allowedOrigins)) return undefined
  return { status: 403, error: foreignOrigin(headers.origin ?? '') }
}

/** Node has let go of the socket: its errors and its end are ours to look after. */
function refuse(socket: Duplex, { status, error, headers }: UpgradeRefusal): void {
  socket.on('error', () => socket.destroy())
  socket.once('finish', () => socket.destroy())
  socket.end(lastAnswer(status, error, headers))
}
