import { createClient } from '@redis/client'
import { channelsOf, clientOptions, dropListener, type RedisLink } from './redis-link.ts'

/** A single server. Subscriptions have a connection of their own, whose commands wait until it is there. */
export function serverLink(url: string): RedisLink {
  const client = createClient({ ...clientOptions, url })
  const subscriber = client.duplicate({ disableOfflineQueue: false })
  return {
    send: (_firstKey, parts) => client.sendCommand(parts),
    subscribe: (channel, onMessage) => subscriber.sSubscribe(channel, onMessage, true),
    async unsubscribe(channel, onMessage) {
      try {
        await subscriber.sUnsubscribe(channel, onMessage, true)
      } finally {
        dropListener(subscriber, channel, onMessage)
      }
    },
    forget: (channel) => void channelsOf(subscriber).delete(channel),
    isReady: () => client.isReady && subscriber.isReady,
    renew() {
      for (const each of [client, subscriber]) each.sendCommand(['QUIT']).catch(() => {})
    },
    // Nothing is lost that it does not find again: it subscribes anew on each connection.
    open({ onChange, onError }) {
      for (const each of [client, subscriber]) {
        each.on('ready', onChange).on('end', onChange).on('reconnecting', onChange).on('error', onError)
        each.connect().catch(onError)
      }
    },
    close() {
      for (const each of [client, subscriber]) if (each.isOpen) each.destroy()
    },
  }
}
