import { serialize } from 'node:v8'
import type { SealedBytes } from '../core/sealed-bytes.ts'
import type { Clock } from '../core/time.ts'
import type { RedisConnection } from './redis-connection.ts'
import type { TopicMessage, TopicState } from './topic.ts'

/** Between two messages of what is wanted, in milliseconds. */
const wantsPauseMs = 50

/** What a replica says to the others at a topic. */
export interface TopicVoice {
  /** @param topic only its channel counts: who says something need not be at the topic */
  say(topic: Pick<TopicState, 'channel'>, message: TopicMessage): void
  /** What has to come under a lease, for a script to tell it. */
  seal(topic: TopicState, message: TopicMessage): Buffer
  /** Says what is wanted here, if the answer would be heard. @param isAnew whether it is to be told again */
  sayWants(topic: TopicState, isAnew: boolean): void
  /** The same, a moment later where it was said just now. */
  sayWantsSoon(topic: TopicState): void
  /** Says, once in a lease, that this replica wants what it wanted. */
  sayHere(topic: TopicState): void
}

/** Makes the voice of one replica, for all of its topics. */
export function createTopicVoice(
  redis: RedisConnection,
  sealed: SealedBytes,
  clock: Clock,
  leaseMs: number,
): TopicVoice {
  const seal = ({ channel }: Pick<TopicState, 'channel'>, message: TopicMessage) =>
    sealed.seal(serialize(message), channel)
  const say = (topic: Pick<TopicState, 'channel'>, message: TopicMessage) => {
    // A lost message needs no answer: it is repeated with the next lease.
    redis.publish(topic.channel, seal(topic, message)).catch(() => {})
  }
  const sayWants = (topic: TopicState, isAnew: boolean) => {
    topic.sayingWants?.cancel()
    topic.sayingWants = undefined
    if (!topic.isHearing) return
    topic.saidAtMs = clock.now()
    topic.saidWantsAtMs = topic.saidAtMs
    say(topic, { from: topic.id, kind: 'wants', wants: topic.wants, isAnew, leaseMs })
  }
  return {
    say,
    seal,
    sayWants,
    // All that is wanted is said each time: where many come and go one by one, that is once in a while.
    sayWantsSoon(topic) {
      if (topic.sayingWants !== undefined) return
      const waitMs = topic.saidWantsAtMs + wantsPauseMs - clock.now()
      if (waitMs <= 0) return sayWants(topic, false)
      topic.sayingWants = clock.after(waitMs, () => {
        topic.sayingWants = undefined
        if (topic.role === 'following') sayWants(topic, false)
      })
    },
    sayHere(topic) {
      if (clock.now() - topic.saidAtMs < leaseMs) return
      topic.saidAtMs = clock.now()
      say(topic, { from: topic.id, kind: 'here', leaseMs })
    },
  }
}
