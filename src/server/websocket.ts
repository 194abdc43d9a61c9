import { type IncomingMessage, STATUS_CODES } from 'node:http'
import type { Duplex } from 'node:stream'
import { handleProtocols, MessageType, makeServer } from 'graphql-ws'
import { type WebSocket, WebSocketServer } from 'ws'
import { gatewayStopping } from '../core/errors.ts'
import { orAborted } from '../core/time.ts'
import { type GraphOptions, graphqlPath } from './graphql-route.ts'
import { type HttpServer, maxBodySizeBytes } from './http.ts'
import { isAllowedOrigin } from './origin.ts'
import { createSocketOperations, type SocketOperations } from './websocket-operations.ts'
import { type SocketExtra, webSocketProtocol } from './websocket-protocol.ts'

type Params = Readonly<Record<string, unknown>>

/** How long a client has to close its side when the gateway stops, in milliseconds. */
const closeTimeoutMs = 2000

/** How often a connection is tested for life, in milliseconds: oftener than proxies drop silent connections (60 s). */
const pingIntervalMs = 15_000

/**
 * The close code when the gateway stops: "Service Restart" (registry of RFC 6455). Clients such as graphql-ws,
 * Apollo Client and urql then connect again, to this process's successor.
 */
const serviceRestartCode = 1012

/** The close code of graphql-transport-ws for what cannot be understood. */
const badRequestCode = 4400

/** The close code of graphql-transport-ws for a fault of the server. */
const internalServerErrorCode = 4500

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

/** Adds `WS /graphql` in the protocol graphql-transport-ws. */
export function addWebSocket(http: HttpServer, options: GraphOptions): WebSockets {
  let isClosing = false
  const sockets = new WebSocketServer({ noServer: true, maxPayload: maxBodySizeBytes, handleProtocols })
  const open = new Map<WebSocket, SocketOperations>()
  const protocol = makeServer<Params, SocketExtra>(webSocketProtocol(options, () => isClosing))

  http.server.on('upgrade', (request, socket, head) => {
    const status = isClosing ? 503 : refusalOf(request, options.allowedOrigins)
    if (status !== undefined) return refuse(socket, status)
    sockets.handleUpgrade(request, socket, head, (webSocket) => {
      const operations = createSocketOperations()
      open.set(webSocket, operations)
      webSocket.once('close', () => open.delete(webSocket))
      keepAlive(webSocket)
      const close: SocketExtra['close'] = (code, reason) => webSocket.close(code, reason)
      serve(protocol, webSocket, { request, operations, close }, (err) =>
        http.log.error({ err }, 'a WebSocket message failed'),
      )
    })
  })

  return {
    async close(giveUp) {
      isClosing = true
      await Promise.all([...open].map(([webSocket, operations]) => closing(webSocket, operations, giveUp)))
    },
  }
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

/** Ties a socket to the protocol, which knows nothing of sockets. */
function serve(
  protocol: ReturnType<typeof makeServer<Params, SocketExtra>>,
  webSocket: WebSocket,
  extra: SocketExtra,
  logFault: (error: unknown) => void,
): void {
  const fail = (error: unknown) => {
    // The protocol answers what it cannot read by itself, but throws where a client sends a server's message.
    if (error instanceof Error && error.message.startsWith('Unexpected message')) {
      return webSocket.close(badRequestCode, 'Only a server sends this message.')
    }
    logFault(error)
    webSocket.close(internalServerErrorCode, 'The gateway failed.')
  }
  const closed = protocol.opened(
    {
      protocol: webSocket.protocol,
      send: (data) =>
        new Promise<void>((resolve, reject) => {
          if (webSocket.readyState !== webSocket.OPEN) return resolve()
          webSocket.send(data, (error) => (error ? reject(error) : resolve()))
        }),
      close: (code, reason) => webSocket.close(code, reason),
      onMessage: (receive) => {
        webSocket.on('message', (data) => void receive(String(data)).catch(fail))
      },
    },
    extra,
  )
  webSocket.on('error', () => webSocket.terminate())
  webSocket.once('close', (code, reason) => void closed(code, String(reason)).catch(logFault))
}

/** Ends a connection whose other side does not answer a ping before the next one. */
function keepAlive(webSocket: WebSocket): void {
  let isAlive = true
  webSocket.on('pong', () => {
    isAlive = true
  })
  const timer = setInterval(() => {
    if (!isAlive) return webSocket.terminate()
    isAlive = false
    webSocket.ping()
  }, pingIntervalMs)
  timer.unref()
  webSocket.once('close', () => clearInterval(timer))
}

async function closing(
  webSocket: WebSocket,
  operations: SocketOperations,
  giveUp: AbortSignal,
): Promise<void> {
  await orAborted(operations.idle(), giveUp).catch(() => {
    const { message, extensions } = gatewayStopping()
    for (const id of operations.ending()) {
      webSocket.send(JSON.stringify({ id, type: MessageType.Error, payload: [{ message, extensions }] }))
    }
  })
  await new Promise<void>((resolve) => {
    if (webSocket.readyState === webSocket.CLOSED) return resolve()
    const terminate = setTimeout(() => webSocket.terminate(), closeTimeoutMs)
    webSocket.once('close', () => {
      clearTimeout(terminate)
      resolve()
    })
    webSocket.close(serviceRestartCode, 'The gateway stops. Connect again.')
  })
}
