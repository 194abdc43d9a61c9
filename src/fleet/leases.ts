import type { Clock } from '../core/time.ts'
import type { Role } from './bus.ts'
import type { FleetEvents } from './events.ts'
import { claimLease, releaseLease, renewLease, tellUnderLease } from './lease-scripts.ts'
import type { RedisConnection } from './redis-connection.ts'
import type { TopicMessage, TopicState } from './topic.ts'
import type { TopicVoice } from './topic-voice.ts'

/** What {@link createLeases} needs. */
export interface LeasesOptions {
  readonly redis: RedisConnection
  readonly clock: Clock
  readonly leaseMs: number
  readonly voice: TopicVoice
  startHearing(topic: TopicState): Promise<void>
  readonly events: FleetEvents
  /** What fails then says nothing. */
  isClosed(): boolean
}

/** Who leads, as far as this replica knows. */
export interface Leases {
  setRole(topic: TopicState, role: Role): void
  /** Tries to lead: follows where another one does, and is alone where that cannot be found out. */
  claim(topic: TopicState): Promise<void>
  /** Keeps the lead, or notices that it is over. */
  renew(topic: TopicState): Promise<void>
  /** Gives the lead up, and says so to those who may take it. */
  release(topic: TopicState): void
  /** Tells something as the leader, if this one still is. */
  tell(topic: TopicState, message: TopicMessage): void
  /** Whether the lead may have ended without anybody having said so. */
  isLapsed(topic: TopicState): boolean
}

/** Makes the leases of one replica, for all of its topics. */
export function createLeases(options: LeasesOptions): Leases {
  const { redis, clock, leaseMs, voice, startHearing, events, isClosed } = options

  const setRole = (topic: TopicState, role: Role) => {
    if (topic.role === role) return
    events.onRole(topic.role, role)
    topic.role = role
    if (role !== 'leading') topic.neighbours.clear()
    topic.member.onRole(role)
  }
  const lead = (topic: TopicState, term: number, askedAtMs: number) => {
    topic.term = term
    topic.heldAtMs = askedAtMs
    setRole(topic, 'leading')
    voice.say(topic, { from: topic.id, kind: 'call', term })
  }
  const follow = (topic: TopicState) => {
    setRole(topic, 'following')
    voice.sayWants(topic, true)
  }
  /** The connection has told why. */
  const failed = (topic: TopicState) => {
    if (!topic.isGone && !isClosed()) setRole(topic, 'alone')
  }
  const release = (topic: TopicState) => {
    redis.run(releaseLease, [topic.lease], [topic.id]).then(
      () => voice.say(topic, { from: topic.id, kind: 'leave' }),
      // It ends by itself.
      () => {},
    )
  }
  return {
    setRole,
    release,
    async claim(topic) {
      if (topic.isClaiming || topic.isGone) return
      topic.isClaiming = true
      try {
        const isNew = !topic.isHearing
        if (isNew) await startHearing(topic)
        if (topic.isGone) return
        const askedAtMs = clock.now()
        topic.triedAtMs = askedAtMs
        const term = Number(await redis.run(claimLease, [topic.lease], [topic.id, String(leaseMs)]))
        if (topic.isGone) return void release(topic)
        // It went out of reach meanwhile, so all are alone. They claim anew when it comes back.
        if (!redis.isConnected()) return
        if (term > 0) lead(topic, term, askedAtMs)
        else if (isNew || topic.role !== 'following') follow(topic)
      } catch {
        failed(topic)
      } finally {
        topic.isClaiming = false
      }
    },
    async renew(topic) {
      const askedAtMs = clock.now()
      try {
        const isOurs = Number(await redis.run(renewLease, [topic.lease], [topic.id, String(leaseMs)])) === 1
        if (topic.role !== 'leading') return
        if (isOurs) topic.heldAtMs = askedAtMs
        else follow(topic)
      } catch {
        failed(topic)
      }
    },
    tell(topic, message) {
      const given = [topic.id, voice.seal(topic, message)]
      redis.run(tellUnderLease, [topic.lease, topic.channel], given).then(
        (isOurs) => {
          if (Number(isOurs) !== 1 && topic.role === 'leading') follow(topic)
        },
        () => failed(topic),
      )
    },
    isLapsed: (topic) => topic.role === 'leading' && clock.now() - topic.heldAtMs >= leaseMs,
  }
}
