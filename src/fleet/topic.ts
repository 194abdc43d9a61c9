import { randomUUID } from 'node:crypto'
import type { Timer } from '../core/time.ts'
import { type Member, noWants, type Role, type Selection, type Wants } from './bus.ts'
import type { ChannelListener } from './redis-connection.ts'
import { createSilence, type Silence } from './silence.ts'

/** What replicas tell each other about a topic. Replicas of one version alone understand each other, since topics name it. */
export type TopicMessage = { readonly from: string } & (
  | { readonly kind: 'news'; readonly term: number; readonly news: Uint8Array }
  /** `isAnew`: what is wanted is to be told again. */
  | {
      readonly kind: 'wants'
      readonly wants: Wants
      readonly isAnew: boolean
      /** Within this time more is heard: settings of replicas may differ. */
      readonly leaseMs: number
    }
  /** What is wanted is what was said before. */
  | { readonly kind: 'here'; readonly leaseMs: number }
  | { readonly kind: 'hurry'; readonly changed: Selection }
  /** A leader that has just begun does not know what is wanted. */
  | { readonly kind: 'call'; readonly term: number }
  | { readonly kind: 'leave' }
  /** Nothing: who says it hears whether it still hears. */
  | { readonly kind: 'echo' }
)

/** What another replica wants, as far as it was heard of. */
export interface Neighbour {
  readonly wants: Wants
  readonly untilMs: number
}

/** A topic on this replica. */
export interface TopicState {
  /** Who this is, for others: where all have left a topic and somebody comes again, that is somebody else. */
  readonly id: string
  readonly channel: string
  readonly lease: string
  readonly member: Member
  readonly listener: ChannelListener
  readonly neighbours: Map<string, Neighbour>
  role: Role
  /** Of this replica while it leads; else of the leader that was last heard of. */
  term: number
  /** While leading: when the lease was last known to be ours. */
  heldAtMs: number
  wants: Wants
  /** When another replica was last told that this one is here. */
  saidAtMs: number
  /** When this replica last tried to lead. */
  triedAtMs: number
  /** When it was last told what is wanted here, and when it will be told of changes since. */
  saidWantsAtMs: number
  sayingWants: Timer | undefined
  isClaiming: boolean
  /** Whether it hears the channel. Before that it neither leads nor says what it wants: the answers would be lost. */
  isHearing: boolean
  readonly silence: Silence
  /** What it waits for until then. There is one at a time: the connection of subscriptions may come about late. */
  subscribing: Promise<void> | undefined
  isGone: boolean
}

/** How a topic begins. */
export const createTopicState = (
  start: Pick<TopicState, 'channel' | 'lease' | 'member' | 'listener' | 'role'>,
): TopicState => ({
  ...start,
  id: randomUUID(),
  neighbours: new Map(),
  term: 0,
  heldAtMs: 0,
  wants: noWants,
  saidAtMs: 0,
  triedAtMs: 0,
  saidWantsAtMs: 0,
  sayingWants: undefined,
  isClaiming: false,
  isHearing: false,
  silence: createSilence(),
  subscribing: undefined,
  isGone: false,
})
