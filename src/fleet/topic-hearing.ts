import { deserialize } from 'node:v8'
import type { SealedBytes } from '../core/sealed-bytes.ts'
import type { Clock } from '../core/time.ts'
import { addedTo, noWants, type Selection, unionOf, wholeOf } from './bus.ts'
import type { Leases } from './leases.ts'
import type { TopicMessage, TopicState } from './topic.ts'
import type { TopicVoice } from './topic-voice.ts'

/** For how many leases it is remembered what a replica wanted that is not heard of any more. */
const neighbourLeases = 3

/** What {@link createTopicHearing} needs. */
export interface TopicHearingOptions {
  readonly sealed: SealedBytes
  readonly clock: Clock
  readonly leaseMs: number
  readonly voice: TopicVoice
  readonly leases: Leases
  /** Who this replica is where it is at no topic. */
  readonly self: string
}

/** What a replica hears of the others at a topic. */
export interface TopicHearing {
  hear(topic: TopicState, bytes: Buffer): void
  /** While leading: forgets what they wanted who were not heard of. */
  forgetSilent(topic: TopicState): void
}

/** Makes the hearing of one replica, for all of its topics. */
export function createTopicHearing(options: TopicHearingOptions): TopicHearing {
  const { sealed, clock, leaseMs, voice, leases, self } = options

  const tellWants = (topic: TopicState, repeat: Selection) => {
    topic.member.onWants(unionOf([...topic.neighbours.values()].map(({ wants }) => wants)), repeat)
  }
  const untilMs = (theirLeaseMs: number) => clock.now() + neighbourLeases * Math.max(leaseMs, theirLeaseMs)
  const hearWants = (topic: TopicState, message: TopicMessage & { kind: 'wants' }) => {
    const { from, wants, isAnew } = message
    if (topic.role !== 'leading') return
    const before = topic.neighbours.get(from)?.wants ?? noWants
    topic.neighbours.set(from, { wants, untilMs: untilMs(message.leaseMs) })
    tellWants(topic, isAnew ? wholeOf(wants) : addedTo(before, wants))
  }
  const hearPresence = (topic: TopicState, message: TopicMessage & { kind: 'here' }) => {
    if (topic.role !== 'leading') return
    const neighbour = topic.neighbours.get(message.from)
    if (neighbour === undefined) return voice.say(topic, { from: topic.id, kind: 'call', term: topic.term })
    topic.neighbours.set(message.from, { ...neighbour, untilMs: untilMs(message.leaseMs) })
  }
  const hearLeave = (topic: TopicState, from: string) => {
    if (topic.role === 'following') void leases.claim(topic)
    else if (topic.neighbours.delete(from)) tellWants(topic, { keys: [], all: false })
  }
  return {
    hear(topic, bytes) {
      topic.silence.end()
      const opened = sealed.open(bytes, topic.channel)
      if (opened === undefined || topic.isGone) return
      const message: TopicMessage = deserialize(opened)
      if (message.from === topic.id || message.from === self) return
      switch (message.kind) {
        case 'news':
          if (topic.role !== 'following' || message.term < topic.term) return
          topic.term = message.term
          return topic.member.onNews(message.news)
        case 'wants':
          return hearWants(topic, message)
        case 'here':
          return hearPresence(topic, message)
        case 'hurry':
          return topic.member.onHurry(message.changed)
        case 'call':
          // The server's clock may have been put back since the last term: what is told has to come under a lease in any case.
          topic.term = topic.role === 'leading' ? topic.term : message.term
          if (topic.role === 'following') voice.sayWants(topic, true)
          return
        case 'leave':
          return hearLeave(topic, message.from)
        case 'echo':
          return
      }
    },
    forgetSilent(topic) {
      const gone = [...topic.neighbours].filter(([, neighbour]) => neighbour.untilMs <= clock.now())
      for (const [from] of gone) topic.neighbours.delete(from)
      if (gone.length > 0) tellWants(topic, { keys: [], all: false })
    },
  }
}
