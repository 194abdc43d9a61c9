import { createClient } from 'graphql-ws'
import { addressOf } from '../configuration.ts'
import { backOff } from './back-off.ts'

const pingIntervalMs = 10_000
const pongTimeoutMs = 5000
/** From one screen to the next the socket stays open. */
const lazyCloseTimeoutMs = 3000

/** How the board stands with the gateway. `idle`: nothing is followed, so there is no connection. */
export type Connection = 'idle' | 'connecting' | 'live' | 'reconnecting'

let connection: Connection = 'idle'
let pongTimeout: ReturnType<typeof setTimeout> | undefined
const listeners = new Set<() => void>()

function become(next: Connection): void {
  connection = next
  for (const listener of listeners) listener()
}

/** One WebSocket for the whole board. It opens with the first subscription and closes after the last. */
export const socket = createClient({
  url: addressOf('graphql').href.replace(/^http/, 'ws'),
  lazyCloseTimeout: lazyCloseTimeoutMs,
  retryAttempts: Number.POSITIVE_INFINITY,
  // By default an attempt that is refused, since the gateway is not back yet, would be the last one.
  shouldRetry: () => true,
  retryWait: backOff,
  // After a change of network a connection may be dead without a sign. Only a ping finds out.
  keepAlive: pingIntervalMs,
  on: {
    connecting: (isRetrying) => become(isRetrying ? 'reconnecting' : 'connecting'),
    connected: () => become('live'),
    ping(isFromGateway) {
      if (!isFromGateway) pongTimeout = setTimeout(() => socket.terminate(), pongTimeoutMs)
    },
    pong(isFromGateway) {
      if (isFromGateway) clearTimeout(pongTimeout)
    },
    closed(event) {
      clearTimeout(pongTimeout)
      become(event instanceof CloseEvent && event.code === 1000 ? 'idle' : 'reconnecting')
    },
  },
})

/** For `useSyncExternalStore`. */
export const connectionStore = {
  subscribe(listener: () => void): () => void {
    listeners.add(listener)
    return () => listeners.delete(listener)
  },
  current: (): Connection => connection,
}
