import { randomUUID } from 'node:crypto'
import type { SealedBytes } from '../core/sealed-bytes.ts'
import type { Clock } from '../core/time.ts'
import { createAnnouncements } from './announcements.ts'
import type { Bus, Seat } from './bus.ts'
import { type FleetEvents, noFleetEvents } from './events.ts'
import { createLeases } from './leases.ts'
import type { RedisConnection } from './redis-connection.ts'
import { beatsPerLease } from './silence.ts'
import { createTopicState, type TopicState } from './topic.ts'
import { createTopicHearing } from './topic-hearing.ts'
import { createTopicSubscriptions } from './topic-subscriptions.ts'
import { createTopicVoice } from './topic-voice.ts'

/** Settings of a Redis {@link Bus}. */
export interface RedisBusOptions {
  readonly redis: RedisConnection
  readonly sealed: SealedBytes
  readonly clock: Clock
  /** For how long a leader leads without renewing its lease, in milliseconds. */
  readonly leaseMs: number
  /** Who is told of roles. Nobody, by default. */
  readonly events?: FleetEvents
}

/**
 * Makes the bus of one replica. Who leads a topic holds a lease in Redis, renews it in time, and tells its news by a script
 * that looks at the lease first, so that a process that was paused cannot speak over its successor. What is wanted goes
 * the other way by messages, and is said again in each lease; nothing of it is stored.
 */
export function createRedisBus(options: RedisBusOptions): Bus {
  const { redis, sealed, clock, leaseMs, events = noFleetEvents } = options
  const self = randomUUID()
  const topics = new Set<TopicState>()
  let isClosed = false
  const voice = createTopicVoice(redis, sealed, clock, leaseMs)
  const startHearing = createTopicSubscriptions(redis, clock)
  const leases = createLeases({
    redis,
    clock,
    leaseMs,
    voice,
    startHearing,
    events,
    isClosed: () => isClosed,
  })
  const hearing = createTopicHearing({ sealed, clock, leaseMs, voice, leases, self })
  const announcements = createAnnouncements({ redis, sealed, clock, leaseMs, self })

  const onLost = (topic: TopicState) => {
    topic.isHearing = false
    if (redis.isConnected()) void leases.claim(topic)
  }
  /** Who follows says in each lease that it is here, and needs no other message to hear itself. */
  const noticeSilence = (topic: TopicState) => {
    const heard = topic.silence.beat()
    if (heard === 'deaf') redis.giveUp(topic.channel)
    if (heard === 'silent' && topic.role !== 'following') voice.say(topic, { from: topic.id, kind: 'echo' })
  }
  /**
   * Renews what is led, tries for what is not, and forgets who was not heard of. Who follows tries once in a lease: it
   * is told when a leader leaves, and for one that was killed that is soon enough.
   */
  const beat = (topic: TopicState) => {
    if (topic.isHearing) noticeSilence(topic)
    else void leases.claim(topic)
    if (topic.role === 'leading') {
      void leases.renew(topic)
      return hearing.forgetSilent(topic)
    }
    if (topic.isHearing && topic.role === 'following') voice.sayHere(topic)
    const isDue = topic.role === 'alone' || clock.now() - topic.triedAtMs >= leaseMs
    if (isDue) void leases.claim(topic)
  }
  const beatAll = () => {
    if (redis.isConnected()) {
      announcements.beat()
      for (const topic of [...topics]) beat(topic)
    }
    timer = clock.after(leaseMs / beatsPerLease, beatAll)
  }
  let timer = clock.after(leaseMs / beatsPerLease, beatAll)
  redis.watch((isConnected) => {
    for (const topic of [...topics]) {
      if (isConnected) void leases.claim(topic)
      else leases.setRole(topic, 'alone')
    }
  })

  /** All keys of a topic carry the same hash tag, so that they are on the same server of a cluster. */
  const keyOf = (topic: string, part: string) => `vaultline:{${sealed.nameOf(topic)}}:${part}`

  const seatAt = (topic: TopicState): Seat => ({
    role: () => topic.role,
    term: () =>
      leases.isLapsed(topic) ? 'lapsed' : `${topic.role} ${topic.role === 'leading' ? topic.term : ''}`,
    want(wants) {
      topic.wants = wants
      if (topic.role === 'following') voice.sayWantsSoon(topic)
    },
    tell(news) {
      if (topic.role !== 'leading' || topic.neighbours.size === 0 || leases.isLapsed(topic)) return
      leases.tell(topic, { from: topic.id, kind: 'news', term: topic.term, news: news() })
    },
    leave() {
      if (topic.isGone) return
      topic.isGone = true
      topic.sayingWants?.cancel()
      topics.delete(topic)
      events.onRole(topic.role, undefined)
      if (topic.isHearing) redis.unsubscribe(topic.channel, topic.listener)
      if (topic.role === 'leading') leases.release(topic)
      else voice.say(topic, { from: topic.id, kind: 'leave' })
      topic.role = 'following'
    },
  })

  return {
    isConnected: () => redis.isConnected() && announcements.isHeard(),
    hurry: (name, changed) =>
      voice.say({ channel: keyOf(name, 'news') }, { from: self, kind: 'hurry', changed }),
    announce: announcements.announce,
    listen: announcements.listen,
    join(name, member) {
      const topic: TopicState = createTopicState({
        channel: keyOf(name, 'news'),
        lease: keyOf(name, 'lease'),
        member,
        listener: { onMessage: (bytes) => hearing.hear(topic, bytes), onLost: () => onLost(topic) },
        role: redis.isConnected() ? 'following' : 'alone',
      })
      topics.add(topic)
      events.onRole(undefined, topic.role)
      if (redis.isConnected()) void leases.claim(topic)
      return seatAt(topic)
    },
    async close() {
      isClosed = true
      announcements.close()
      timer.cancel()
      await redis.close()
    },
  }
}
