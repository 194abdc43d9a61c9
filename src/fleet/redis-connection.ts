import { createHash } from 'node:crypto'
import { ErrorReply } from '@redis/client'
import { type Clock, orTimeout } from '../core/time.ts'
import { clusterLink } from './cluster-link.ts'
import { serverLink } from './server-link.ts'

/** How long a command may take, in milliseconds. Beyond it the server counts as out of reach, and is tried again as often. */
const commandTimeoutMs = 1000

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

/** Who hears a channel. */
export interface ChannelListener {
  readonly onMessage: (bytes: Buffer) => void
  /** Called when the channel is not heard any more, though nobody has unsubscribed. It has to be subscribed to again. */
  readonly onLost: () => void
}

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
   * Hears a channel from when the promise is fulfilled, until `unsubscribe` or `onLost`.
   *
   * @throws where the connection breaks meanwhile, or the server refuses: the channel is not heard then, and has to be
   *   subscribed to again
   */
  subscribe(channel: string, listener: ChannelListener): Promise<void>
  /** @param listener as it was given to `subscribe`: others may hear the same channel */
  unsubscribe(channel: string, listener: ChannelListener): void
  /** Takes a channel for lost, for who hears not even itself there. All who hear it are told, and have to subscribe again. */
  giveUp(channel: string): void
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

/** Makes a connection, which comes about by itself and is made anew whenever it breaks. */
export function createRedisConnection({ urls, clock, onFailure }: RedisConnectionOptions): RedisConnection {
  const isCluster = urls.length > 1
  const link = isCluster ? clusterLink(urls, clock) : serverLink(urls[0])
  const watchers = new Set<(isConnected: boolean) => void>()
  const listeners = new Map<string, Set<ChannelListener>>()
  /** Undefined until it is known. */
  let wasConnected: boolean | undefined
  /**
   * What tells that the server is of use again, since something has failed: the like of what failed, at the same server of a
   * cluster. The rest may work all the while.
   */
  let trial: (() => Promise<unknown>) | undefined
  let isProbing = false
  /** What a server refuses it refuses however often it is connected to: it is no primary any more, or does not permit it. */
  let isRefused = false
  let isClosed = false

  const isConnected = () => link.isReady() && trial === undefined
  const update = () => {
    if (isConnected() === wasConnected || isClosed) return
    wasConnected = isConnected()
    for (const onChange of watchers) onChange(wasConnected)
  }
  const report = (error: unknown) => {
    if (!isClosed) onFailure(error)
  }
  const failed = (error: unknown, newTrial: () => Promise<unknown>) => {
    if (isClosed) return
    report(error)
    isRefused ||= error instanceof ErrorReply
    trial ??= newTrial
    probeSoon()
    update()
  }
  const send = async (
    firstKey: string,
    parts: (string | Buffer)[],
    newTrial: () => Promise<unknown>,
  ): Promise<unknown> => {
    try {
      return await orTimeout(link.send(firstKey, parts), clock, commandTimeoutMs)
    } catch (error) {
      if (!isUnknownScript(error)) failed(error, newTrial)
      throw error
    }
  }
  const probeSoon = () => {
    if (isProbing) return
    isProbing = true
    clock.after(commandTimeoutMs, async () => {
      await probe()
      isProbing = false
      if (trial !== undefined && !isClosed) probeSoon()
    })
  }
  /**
   * A server that was slow for a moment, or that takes nothing more since it is full, keeps its connections: nothing but
   * another try tells that it is of use again. One that has become a replica keeps them too: the address may lead to its
   * successor by now.
   */
  const probe = async () => {
    const tried = trial
    if (isClosed || tried === undefined) return
    try {
      await orTimeout(tried(), clock, commandTimeoutMs)
      if (trial === tried) trial = undefined
      isRefused = false
      update()
    } catch (error) {
      report(error)
      isRefused = error instanceof ErrorReply
      if (error instanceof ErrorReply && error.message.startsWith('READONLY')) link.renew()
    }
  }
  const writing = (key: string) => () =>
    link.send(key, ['SET', probedKeyBeside(key), '', 'PX', String(commandTimeoutMs)])
  /** An empty message is one that nobody can open. */
  const publishing = (channel: string) => () => link.send(channel, ['SPUBLISH', channel, ''])
  /** @param first a subscription that is under way. There is one at a time: it may come about late. */
  const subscribing = (channel: string, first: Promise<void>) => {
    const subscribed = async () => {
      await link.subscribe(channel, ignore)
      link.unsubscribe(channel, ignore).catch(report)
    }
    const watched = (attempt: Promise<void>) => attempt.finally(() => (underWay = undefined))
    let underWay: Promise<void> | undefined = watched(first)
    underWay.catch(ignore)
    return () => (underWay ??= watched(subscribed()))
  }
  /** A subscription that breaks together with its connection, or waits for it, says nothing of the server. */
  const watchSubscription = async (channel: string, subscribed: Promise<void>) => {
    try {
      await orTimeout(subscribed, clock, commandTimeoutMs)
    } catch (error) {
      if (link.isReady() || error instanceof ErrorReply) failed(error, subscribing(channel, subscribed))
    }
  }
  const lose = (channel: string) => {
    const lost = listeners.get(channel) ?? []
    listeners.delete(channel)
    for (const { onLost } of lost) onLost()
  }
  link.open({
    onChange() {
      // What a server of a cluster does says nothing of the one that has failed.
      if (!isCluster && !isRefused) trial = undefined
      // At first one connection is there before the other: that is not yet out of reach.
      if (wasConnected !== undefined || isConnected()) update()
    },
    onError(error) {
      report(error)
      update()
    },
    onLost(channel) {
      if (!isClosed) lose(channel)
    },
  })
  return {
    async run({ source, sha1 }, keys, given) {
      const [firstKey = ''] = keys
      const rest = [String(keys.length), ...keys, ...given]
      try {
        return await send(firstKey, ['EVALSHA', sha1, ...rest], writing(firstKey))
      } catch (error) {
        if (!isUnknownScript(error)) throw error
        return send(firstKey, ['EVAL', source, ...rest], writing(firstKey))
      }
    },
    async publish(channel, bytes) {
      await send(channel, ['SPUBLISH', channel, bytes], publishing(channel))
    },
    async subscribe(channel, listener) {
      const subscribed = link.subscribe(channel, listener.onMessage)
      void watchSubscription(channel, subscribed)
      await subscribed
      listeners.set(channel, (listeners.get(channel) ?? new Set()).add(listener))
    },
    unsubscribe(channel, listener) {
      const left = listeners.get(channel)
      if (left?.delete(listener) && left.size === 0) listeners.delete(channel)
      link.unsubscribe(channel, listener.onMessage).catch(report)
    },
    giveUp(channel) {
      link.forget(channel)
      lose(channel)
    },
    isConnected,
    watch: (onChange) => void watchers.add(onChange),
    async close() {
      isClosed = true
      link.close()
    },
  }
}

/** A key of which nobody cares whether it is there, with the same hash tag: it is written to find out whether anything can be. */
const probedKeyBeside = (key: string) => `vaultline:{${/\{([^}]+)\}/.exec(key)?.[1] ?? key}}:probe`

const isUnknownScript = (error: unknown) => error instanceof Error && error.message.startsWith('NOSCRIPT')

const ignore = () => {}
