import type { Clock, Timer } from '../core/time.ts'
import { closeCodes } from './websocket-close.ts'
import { type Connection, closeConnection, operationCount, pingIntervalMs } from './websocket-connection.ts'

/** How often connections are looked through for what is due, in milliseconds. */
const sweepIntervalMs = 250

/** How long a connection may wait with its `connection_init`, in milliseconds. */
const connectionInitTimeoutMs = 3000

/**
 * Looks after all connections with one timer, since a timer for each takes memory: closes those that wait with their
 * `connection_init`, that are idle or that stay full, and pings the others.
 *
 * @returns the timer, to be cancelled
 */
export function startSweep(connections: ReadonlyMap<unknown, Connection>, clock: Clock): Timer {
  let timer: Timer
  const sweep = () => {
    const nowMs = clock.now()
    for (const connection of connections.values()) lookAfter(connection, nowMs)
    timer = clock.after(sweepIntervalMs, sweep)
  }
  timer = clock.after(sweepIntervalMs, sweep)
  return { cancel: () => timer.cancel() }
}

function lookAfter(connection: Connection, nowMs: number): void {
  const { webSocket, fullSinceMs, nextPingAtMs } = connection
  if (webSocket.readyState !== webSocket.OPEN) return
  if (fullSinceMs !== undefined) closeIfSlow(connection, nowMs - fullSinceMs)
  else if (operationCount(connection) === 0 && isIdle(connection, nowMs)) closeIdle(connection)
  else if (nextPingAtMs <= nowMs) ping(connection, nowMs)
}

function closeIfSlow(connection: Connection, fullForMs: number): void {
  if (fullForMs < connection.floor.limits.slowConnectionTimeoutMs) return
  closeConnection(
    connection,
    closeCodes.tryAgainLater,
    'The client reads too slowly. Connect again, or ask for less.',
  )
}

const isInitialised = ({ credentials }: Connection) => credentials !== undefined

function isIdle(connection: Connection, nowMs: number): boolean {
  const { idleConnectionTimeoutMs } = connection.floor.limits
  return (
    nowMs - connection.idleSinceMs >=
    (isInitialised(connection) ? idleConnectionTimeoutMs : connectionInitTimeoutMs)
  )
}

function closeIdle(connection: Connection): void {
  if (isInitialised(connection)) {
    const reason = 'No operation for a long time. Connect again for the next one.'
    closeConnection(connection, closeCodes.normal, reason)
  } else {
    closeConnection(connection, closeCodes.initialisationTimeout, 'Connection initialisation timeout')
  }
}

function ping(connection: Connection, nowMs: number): void {
  const { webSocket, isAlive } = connection
  if (isAlive) {
    connection.isAlive = false
    connection.nextPingAtMs = nowMs + pingIntervalMs
    webSocket.ping()
  } else webSocket.terminate()
}
