import { createCluster } from '@redis/client'
import type { Clock } from '../core/time.ts'
import { channelsOf, clientOptions, dropListener, maxReconnectDelayMs, type RedisLink } from './redis-link.ts'

/**
 * A cluster. Its client makes connections anew by itself, but not the first one, and takes subscriptions only behind that.
 *
 * It would also subscribe anew by itself, and that is kept from it: nobody waits for what it does then, so that one that fails
 * ends the process. What it has lost is told instead, and whoever wants to hear it subscribes again.
 */
export function clusterLink(urls: readonly string[], clock: Clock): RedisLink {
  const connected = Promise.withResolvers<void>()
  let isClosed = false
  const cluster = createCluster({ rootNodes: urls.map((url) => ({ url })), defaults: clientOptions })
  /** Of each server, the client that has subscribed there. */
  const subscribers = () => cluster.masters.flatMap(({ pubSub }) => pubSub?.client ?? [])
  const forget = (channel: string) => {
    for (const subscriber of subscribers()) channelsOf(subscriber).delete(channel)
  }
  return {
    send: (firstKey, parts) => inWords(cluster.sendCommand(firstKey, false, parts)),
    async subscribe(channel, onMessage) {
      await connected.promise
      await inWords(cluster.sSubscribe(channel, onMessage, true))
    },
    async unsubscribe(channel, onMessage) {
      await connected.promise
      try {
        await inWords(cluster.sUnsubscribe(channel, onMessage, true))
      } finally {
        // Where the channel has moved, the server it came from may still be taken for the one that serves it.
        for (const subscriber of subscribers()) dropListener(subscriber, channel, onMessage)
      }
    },
    forget,
    isReady: () => cluster.isReady,
    // A cluster says itself who has taken over.
    renew() {},
    open({ onChange, onError, onLost }) {
      for (const event of ['connect', 'disconnect', 'node-ready', 'node-disconnect', 'node-reconnecting']) {
        cluster.on(event, onChange)
      }
      cluster.on('error', onError).on('node-error', onError)
      // Before it connects again, and subscribes to what it knows.
      cluster.on('node-reconnecting', () => {
        for (const subscriber of subscribers()) {
          if (subscriber.isReady) continue
          const lost = [...channelsOf(subscriber).keys()]
          channelsOf(subscriber).clear()
          for (const channel of lost) onLost(channel)
        }
      })
      cluster.on('sharded-channel-moved-error', (error: unknown, channel: string) => {
        onError(error)
        forget(channel)
        onLost(channel)
      })
      // The client's own listener goes. It is not the last one here, since Node would then put the list aside that the client knows.
      cluster.removeAllListeners(lostServerEvent)
      cluster.on(lostServerEvent, ({ SHARDED }: { readonly SHARDED?: ReadonlyMap<string, unknown> }) => {
        for (const channel of SHARDED?.keys() ?? []) onLost(channel)
      })
      const connect = async () => {
        try {
          await cluster.connect()
          connected.resolve()
          onChange()
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

/** How `@redis/client` tells itself what was subscribed to at a server that has left the cluster. */
const lostServerEvent = '__resubscribeListeners'

/** For a key that no server is responsible for, the client trips over its own table. */
async function inWords<Answer>(answer: Promise<Answer>): Promise<Answer> {
  try {
    return await answer
  } catch (error) {
    if (!(error instanceof TypeError)) throw error
    throw new Error('no server of the cluster is responsible for a key', { cause: error })
  }
}
