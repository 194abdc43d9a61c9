import { RESP_TYPES, type RedisClientType } from '@redis/client'

/** Between two signs of life on a connection, in milliseconds. One without any for three times as long is given up. */
const redisPingIntervalMs = 1000

/** The longest wait before the next try to connect, in milliseconds. */
export const maxReconnectDelayMs = 1000

/** Who is told how a {@link RedisLink} fares. */
export interface RedisLinkEvents {
  /** Something has changed that `isReady` may depend on. */
  onChange(): void
  onError(error: unknown): void
  /** The channel is not heard any more, though it was subscribed to. */
  onLost(channel: string): void
}

/** What single servers and clusters have in common. */
export interface RedisLink {
  /** @param firstKey the key or channel that says which server of a cluster it is for */
  send(firstKey: string, parts: (string | Buffer)[]): Promise<unknown>
  subscribe(channel: string, onMessage: (bytes: Buffer) => void): Promise<void>
  /** Also where it fails, `onMessage` is not called any more, and the next connection does not subscribe again. */
  unsubscribe(channel: string, onMessage: (bytes: Buffer) => void): Promise<void>
  /** Forgets that the channel was subscribed to, without a word to the server: the next subscription is sent in any case. */
  forget(channel: string): void
  isReady(): boolean
  /** Connects anew, to whatever the address leads to now. */
  renew(): void
  open(events: RedisLinkEvents): void
  close(): void
}

/** What all connections are made with. */
export const clientOptions = {
  disableOfflineQueue: true,
  pingInterval: redisPingIntervalMs,
  // What is stored is no text.
  commandOptions: { typeMapping: { [RESP_TYPES.BLOB_STRING]: Buffer } },
  socket: {
    connectTimeout: 3 * redisPingIntervalMs,
    socketTimeout: 3 * redisPingIntervalMs,
    reconnectStrategy: (retries: number) => Math.min(maxReconnectDelayMs, 50 * 2 ** Math.min(retries, 10)),
  },
}

/** What a client of one server knows of its subscriptions. It is what the client subscribes to again by itself. */
export const channelsOf = (client: Pick<RedisClientType, 'getPubSubListeners'>) =>
  client.getPubSubListeners('SHARDED')

/** Takes a listener back where the client did not: it forgets one only when the server has answered. */
export function dropListener(
  client: Pick<RedisClientType, 'getPubSubListeners'>,
  channel: string,
  onMessage: (bytes: Buffer) => void,
): void {
  const listeners = channelsOf(client).get(channel)
  if (listeners?.buffers.delete(onMessage) && listeners.buffers.size === 0) channelsOf(client).delete(channel)
}
