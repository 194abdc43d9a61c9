import { createHash } from 'node:crypto'
import { createClient, createCluster, RESP_TYPES } from '@redis/client'
import { type Clock, orTimeout } from '../core/time.ts'

/** How long a command may take, in milliseconds. Beyond it the server counts as out of reach. */
const commandTimeoutMs = 1000

/** Between two signs of life on a connection, in milliseconds. One without any for three times as long is given up. */
const redisPingIntervalMs = 1000

/** The longest wait before the next try to connect, in milliseconds. */
const maxReconnectDelayMs = 1000

/** A script that the server runs as a whole. */
export interface Script {
  readonly source: string
  readonly sha1: string
}

/** Makes a script of Lua. */
export const scriptOf = (source: string): Script => ({
  source,
  sha1: createHash('sha1').update(source).digest('hex'),
})

/** One Redis, Valkey or cluster of them, as the fleet uses it. Keys and channels that go together carry the same hash tag. */
export interface RedisConnection {
  /**
   * Runs a script. What it returns is for the caller to look at.
   *
   * @throws where the server cannot be reached, does not answer in time, or refuses
   */
  run(script: Script, keys: readonly string[], given: readonly (string | Buffer)[]): Promise<unknown>
  publish(channel: string, bytes: Buffer): Promise<void>
  /**
   * Hears a channel from when the promise is fulfilled, until `unsubscribe`.
   *
   * @throws where the connection breaks meanwhile: the channel is not heard then, and has to be subscribed to again
   */
  subscribe(channel: string, onMessage: (bytes: Buffer) => void): Promise<void>
  /** @param onMessage as it was given to `subscribe`: others may hear the same channel */
  unsubscribe(channel: string, onMessage: (bytes: Buffer) => void): void
  /** Whether it can be used. */
  isConnected(): boolean
  /** @param onChange called when the server comes into reach, and when it goes */
  watch(onChange: (isConnected: boolean) => void): void
  close(): Promise<void>
}

/** Settings of a {@link RedisConnection}. */
export interface RedisConnectionOptions {
  /** One address, or several of one cluster. */
  readonly urls: readonly [string, ...string[]]
  readonly clock: Clock
  /** Called with each failure of a connection. There may be many, and none of them has a password in it. */
  onFailure(error: unknown): void
}

/** What single servers and clusters have in common. */
interface Link {
  send(firstKey: string, parts: (string | Buffer)[]): Promise<unknown>
  subscribe(channel: string, onMessage: (bytes: Buffer) => void): Promise<void>
  unsubscribe(channel: string, onMessage: (bytes: Buffer) => void): Promise<void>
  isReady(): boolean
  /** Connects anew, to whatever the address leads to now. */
  renew(): void
  open(onEvent: () => void, onError: (error: unknown) => void): void
  close(): void
}

/** Makes a connection, which comes about by itself and is made anew whenever it breaks. */
export function createRedisConnection({ urls, clock, onFailure }: RedisConnectionOptions): RedisConnection {
  const link = urls.length === 1 ? serverLink(urls[0]) : clusterLink(urls, clock)
  const watchers = new Set<(isConnected: boolean) => void>()
  /** Undefined until it is known. */
  let wasConnected: boolean | undefined
  let isUnusable = false
  /** A server that is no primary any more stays so, however often it is connected to. */
  let isReadOnly = false
  let isClosed = false

  const isConnected = () => link.isReady() && !isUnusable
  const update = () => {
    if (isConnected() === wasConnected || isClosed) return
    wasConnected = isConnected()
    for (const onChange of watchers) onChange(wasConnected)
  }
  const report = (error: unknown) => {
    if (!isClosed) onFailure(error)
  }
  const send = async (firstKey: string, parts: (string | Buffer)[]): Promise<unknown> => {
    try {
      return await orTimeout(link.send(firstKey, parts), clock, commandTimeoutMs)
    } catch (error) {
      if (!isUnknownScript(error)) {
        report(error)
        if (!isUnusable) clock.after(commandTimeoutMs, () => void probe())
        isUnusable = true
        update()
      }
      throw error
    }
  }
  /**
   * A server that was slow for a moment, or that takes nothing more since it is full, keeps its connections: nothing but
   * another try tells that it is of use again. One that has become a replica keeps them too: the address may lead to its
   * successor by now.
   */
  const probe = async () => {
    if (isClosed || !isUnusable) return
    try {
      const write = ['SET', probedKey, '', 'PX', String(commandTimeoutMs)]
      await orTimeout(link.send(probedKey, write), clock, commandTimeoutMs)
      isUnusable = false
      isReadOnly = false
      update()
    } catch (error) {
      report(error)
      isReadOnly = error instanceof Error && error.message.startsWith('READONLY')
      if (isReadOnly) link.renew()
      clock.after(commandTimeoutMs, () => void probe())
    }
  }
  link.open(
    () => {
      isUnusable &&= isReadOnly
      // At first one connection is there before the other: that is not yet out of reach.
      if (wasConnected !== undefined || isConnected()) update()
    },
    (error) => {
      report(error)
      update()
    },
  )
  return {
    async run({ source, sha1 }, keys, given) {
      const [firstKey = ''] = keys
      const rest = [String(keys.length), ...keys, ...given]
      try {
        return await send(firstKey, ['EVALSHA', sha1, ...rest])
      } catch (error) {
        if (!isUnknownScript(error)) throw error
        return send(firstKey, ['EVAL', source, ...rest])
      }
    },
    async publish(channel, bytes) {
      await send(channel, ['SPUBLISH', channel, bytes])
    },
    subscribe: link.subscribe,
    unsubscribe: (channel, onMessage) => void link.unsubscribe(channel, onMessage).catch(report),
    isConnected,
    watch: (onChange) => void watchers.add(onChange),
    async close() {
      isClosed = true
      link.close()
    },
  }
}

/** A key of which nobody cares whether it is there: it is written to find out whether anything can be. */
const probedKey = 'vaultline'

const isUnknownScript = (error: unknown) => error instanceof Error && error.message.startsWith('NOSCRIPT')

const clientOptions = {
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

/** A single server. Subscriptions have a connection of their own, whose commands wait until it is there. */
function serverLink(url: string): Link {
  const client = createClient({ ...clientOptions, url })
  const subscriber = client.duplicate({ disableOfflineQueue: false })
  return {
    send: (_firstKey, parts) => client.sendCommand(parts),
    subscribe: (channel, onMessage) => subscriber.sSubscribe(channel, onMessage, true),
    unsubscribe: (channel, onMessage) => subscriber.sUnsubscribe(channel, onMessage, true),
    isReady: () => client.isReady && subscriber.isReady,
    renew() {
      for (const each of [client, subscriber]) each.sendCommand(['QUIT']).catch(() => {})
    },
    open(onEvent, onError) {
      for (const each of [client, subscriber]) {
        each.on('ready', onEvent).on('end', onEvent).on('reconnecting', onEvent).on('error', onError)
        each.connect().catch(onError)
      }
    },
    close() {
      for (const each of [client, subscriber]) if (each.isOpen) each.destroy()
    },
  }
}

/** A cluster. Its client makes connections anew by itself, but not the first one, and takes subscriptions only behind that. */
function clusterLink(urls: readonly string[], clock: Clock): Link {
  const connected = Promise.withResolvers<void>()
  let isUp = false
  let isClosed = false
  const cluster = createCluster({ rootNodes: urls.map((url) => ({ url })), defaults: clientOptions })
  return {
    send: (firstKey, parts) => cluster.sendCommand(firstKey, false, parts),
    async subscribe(channel, onMessage) {
      await connected.promise
      await cluster.sSubscribe(channel, onMessage, true)
    },
    async unsubscribe(channel, onMessage) {
      await connected.promise
      await cluster.sUnsubscribe(channel, onMessage, true)
    },
    isReady: () => isUp && cluster.isReady,
    // A cluster says itself who has taken over.
    renew() {},
    open(onEvent, onError) {
      for (const event of ['connect', 'disconnect', 'node-ready', 'node-disconnect', 'node-reconnecting']) {
        cluster.on(event, onEvent)
      }
      cluster.on('error', onError).on('node-error', onError)
      const connect = async () => {
        try {
          await cluster.connect()
          connected.resolve()
          isUp = true
          onEvent()
        } catch (error) {
          onError(error)
          if (!isClosed) clock.after(maxReconnectDelayMs, () => void connect())
        }
      }
      void connect()
    },
    close() {
      isClosed = true
      if (cluster.isOpen) cluster.destroy()
    },
  }
}
