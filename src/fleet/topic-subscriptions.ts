import { type Clock, orTimeout } from '../core/time.ts'
import type { RedisConnection } from './redis-connection.ts'
import type { TopicState } from './topic.ts'

/** How long a replica waits until it hears a topic, in milliseconds. Beyond it, it looks for itself meanwhile. */
const subscribeTimeoutMs = 1000

/**
 * Makes what lets a topic hear its channel. It waits for that no longer than a second; what is under way then goes on.
 *
 * Subscriptions go one behind the other for each channel. Who has left meanwhile takes its subscription back when that has come
 * about: sent sooner, it could overtake the subscription, and later, it would take away the one behind it.
 */
export function createTopicSubscriptions(redis: RedisConnection, clock: Clock) {
  /** By channel: the last subscription to it that is under way. */
  const subscriptions = new Map<string, Promise<void>>()
  const subscribe = (topic: TopicState): Promise<void> => {
    const { channel } = topic
    const subscribed = subscribeBehind(subscriptions.get(channel), topic)
    const ended = subscribed
      .catch(() => {})
      .then(() => {
        if (subscriptions.get(channel) === ended) subscriptions.delete(channel)
      })
    subscriptions.set(channel, ended)
    return subscribed
  }
  const subscribeBehind = async (before: Promise<void> | undefined, topic: TopicState): Promise<void> => {
    try {
      await before
      if (topic.isGone) return
      await redis.subscribe(topic.channel, topic.listener)
      topic.isHearing = true
      topic.silence.end()
    } finally {
      topic.subscribing = undefined
    }
    if (topic.isGone) redis.unsubscribe(topic.channel, topic.listener)
  }
  return (topic: TopicState): Promise<void> => {
    topic.subscribing ??= subscribe(topic)
    return orTimeout(topic.subscribing, clock, subscribeTimeoutMs)
  }
}
