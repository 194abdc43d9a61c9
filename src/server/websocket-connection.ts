import type { IncomingHttpHeaders } from 'node:http'
import type { Duplex } from 'node:stream'
import { MessageType } from 'graphql-ws'
import type { WebSocket } from 'ws'
import type { BrowserSession } from '../core/browser-session.ts'
import type { Credentials } from '../core/identity.ts'
import { OperationCancelled } from '../core/operation.ts'
import type { Clock } from '../core/time.ts'
import type { Subscriber } from '../graphql/subscriber.ts'
import type { GraphOptions } from './graphql-route.ts'
import type { CookieReading } from './session-cookie.ts'
import { closeCodes } from './websocket-close.ts'
import { textFrame } from './websocket-frame.ts'

/**
 * From how many bytes on that wait for a client a connection counts as full. Results of its subscriptions then wait in
 * their bounded backlogs, and nothing more is read from it, so that what it asks for cannot pile up either.
 */
const fullAfterBytes = 64 * 1024

/** How often a connection is tested for life, in milliseconds: oftener than proxies drop silent connections (60 s). */
export const pingIntervalMs = 15_000

/** What the operator bounds, for each WebSocket. */
export interface SocketLimits {
  /** The most operations under way. */
  readonly maxOperationsPerConnection: number
  /** How long a connection may be without an operation, in milliseconds. */
  readonly idleConnectionTimeoutMs: number
  /** How long a connection may stay full, in milliseconds. */
  readonly slowConnectionTimeoutMs: number
}

/** What all connections share. */
export interface SocketFloor {
  readonly graph: GraphOptions
  readonly limits: SocketLimits
  readonly clock: Clock
  /** Whether the gateway stops: clients bring what is not begun any more to its successor. */
  isStopping(): boolean
  logFault(error: unknown): void
}

/** The headers of the upgrade that say who asks. */
export type CredentialHeaders = Pick<IncomingHttpHeaders, 'authorization' | 'feldera-authorization'>

/** What a request for a WebSocket says of who asks. */
export interface UpgradeIdentity {
  readonly headers: IncomingHttpHeaders
  /** From where it came: `networkOf` the client's address. */
  readonly network: string
  readonly cookie: CookieReading
}

/** One connection of graphql-transport-ws. Plain data and no timer, since there are many. */
export interface Connection {
  readonly floor: SocketFloor
  readonly webSocket: WebSocket
  /** What the WebSocket writes to. */
  readonly socket: Duplex
  /** From where its client connects: what comes from there is counted. */
  readonly network: string
  /** Undefined once `connection_init` was read. */
  headers: CredentialHeaders | undefined
  /** Undefined once `connection_init` was read. */
  cookie: CookieReading | undefined
  /** The session of the browser, where its cookie is what counts. */
  session: BrowserSession | undefined
  /** Lets go of the browser's session. */
  release: (() => void) | undefined
  /** Undefined until `connection_init` was acknowledged, which is at once. */
  credentials: Credentials | undefined
  readonly subscriptions: Map<string, Subscriber>
  /** Queries and mutations: operations that end by themselves. */
  readonly requests: Map<string, AbortController>
  /** When its last operation ended, or when it was opened or acknowledged, if that was later. */
  idleSinceMs: number
  /** Undefined while it is not full. */
  fullSinceMs: number | undefined
  nextPingAtMs: number
  /** Whether it has answered the last ping. */
  isAlive: boolean
}

/** Makes a connection that was just opened. */
export function createConnection(
  floor: SocketFloor,
  webSocket: WebSocket,
  socket: Duplex,
  { headers, network, cookie }: UpgradeIdentity,
): Connection {
  const nowMs = floor.clock.now()
  return {
    floor,
    webSocket,
    socket,
    network,
    // The headers and not the request, which is large.
    headers: {
      authorization: headers.authorization,
      'feldera-authorization': headers['feldera-authorization'],
    },
    cookie,
    session: undefined,
    release: undefined,
    credentials: undefined,
    subscriptions: new Map(),
    requests: new Map(),
    idleSinceMs: nowMs,
    fullSinceMs: undefined,
    // Many connect at the same time, after a restart. Their pings are spread.
    nextPingAtMs: nowMs + Math.random() * pingIntervalMs,
    isAlive: true,
  }
}

/** How many operations are under way. */
export const operationCount = ({ subscriptions, requests }: Connection) => subscriptions.size + requests.size

/** Sends a message, unless the connection is closing. */
export function send(connection: Connection, message: string): void {
  const { webSocket, socket } = connection
  if (webSocket.readyState !== webSocket.OPEN) return
  // `ws` keeps nothing back, as it compresses nothing here. So frames beside its own are in order.
  socket.write(textFrame(message))
  if (isBeyondBound(connection)) holdBack(connection)
}

/** Sends a result of an operation. Both its id and the result are JSON already, since results go to very many. */
export function sendNext(connection: Connection, idJson: string, result: string): void {
  send(connection, `{"id":${idJson},"type":"${MessageType.Next}","payload":${result}}`)
}

/** Tells that nothing more comes for an operation. Its id is JSON already. */
export function sendComplete(connection: Connection, idJson: string): void {
  send(connection, `{"id":${idJson},"type":"${MessageType.Complete}"}`)
}

/** Sends the one message that tells of errors, which ends an operation. The payload is GraphQL's errors. */
export function sendErrors(connection: Connection, id: string, payload: readonly object[]): void {
  send(connection, JSON.stringify({ id, type: MessageType.Error, payload }))
}

/** Only a socket that wants to drain tells when it has. */
function isBeyondBound({ fullSinceMs, socket }: Connection): boolean {
  return fullSinceMs === undefined && socket.writableNeedDrain && socket.writableLength >= fullAfterBytes
}

function holdBack(connection: Connection): void {
  connection.fullSinceMs = connection.floor.clock.now()
  connection.webSocket.pause()
  connection.socket.once('drain', () => release(connection))
}

function release(connection: Connection): void {
  const { floor, webSocket, subscriptions } = connection
  connection.fullSinceMs = undefined
  // While nothing was read, no answer to a ping was either.
  connection.isAlive = true
  connection.nextPingAtMs = floor.clock.now() + pingIntervalMs
  webSocket.resume()
  for (const subscriber of inFairOrder([...subscriptions.values()]))
    floor.graph.subscriptions.resume(subscriber)
}

/** The connection may be full again before all had their turn, so each time another one is the first. */
function inFairOrder<Entry>(entries: readonly Entry[]): readonly Entry[] {
  const first = Math.floor(Math.random() * entries.length)
  return [...entries.slice(first), ...entries.slice(0, first)]
}

/** To be called when an operation has ended. */
export function operationEnded(connection: Connection): void {
  if (operationCount(connection) === 0) connection.idleSinceMs = connection.floor.clock.now()
}

/** Ends all operations without a word to the client. */
export function endOperations({ floor, subscriptions, requests }: Connection): void {
  for (const subscriber of subscriptions.values()) floor.graph.subscriptions.leave(subscriber)
  subscriptions.clear()
  for (const abort of requests.values()) abort.abort(new OperationCancelled('The client has gone.'))
  requests.clear()
}

/**
 * Closes a connection and ends its operations. A client that does not close its side is cut off after a while
 * (`closeTimeoutMs`).
 *
 * @param reason at most 123 bytes (RFC 6455)
 */
export function closeConnection(connection: Connection, code: number, reason: string): void {
  const { webSocket, fullSinceMs } = connection
  if (fullSinceMs !== undefined) webSocket.resume()
  webSocket.close(code, reason)
  endOperations(connection)
}

/** Tells the client to connect again, to this process's successor. */
export function closeForRestart(connection: Connection): void {
  closeConnection(connection, closeCodes.serviceRestart, 'The gateway stops. Connect again.')
}
