import { randomUUID } from 'node:crypto'
import { deserialize, serialize } from 'node:v8'
import type { FailureReport } from '../core/failure-report.ts'
import type { SealedBytes } from '../core/sealed-bytes.ts'
import { type Clock, orTimeout, type Timer } from '../core/time.ts'
import {
  addedTo,
  type Bus,
  type Member,
  noWants,
  type Role,
  type Selection,
  unionOf,
  type Wants,
  wholeOf,
} from './bus.ts'
import { type FleetEvents, noFleetEvents } from './events.ts'
import { claimLease, releaseLease, renewLease, tellUnderLease } from './lease-scripts.ts'
import type { RedisConnection } from './redis-connection.ts'

/** Settings of a Redis {@link Bus}. */
export interface RedisBusOptions {
  readonly redis: RedisConnection
  readonly sealed: SealedBytes
  readonly clock: Clock
  /** For how long a leader leads without renewing its lease, in milliseconds. */
  readonly leaseMs: number
  readonly reportFailure: FailureReport
  /** Who is told of roles. Nobody, by default. */
  readonly events?: FleetEvents
}

/** What replicas tell each other about a topic. Replicas of one version alone understand each other, since topics name it. */
type Message = { readonly from: string } & (
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
)

/** What is told to all replicas. */
interface Announcement {
  readonly from: string
  readonly name: string
  readonly detail: string
}

/** What another replica wants, as far as it was heard of. */
interface Neighbour {
  readonly wants: Wants
  readonly untilMs: number
}

/** A topic on this replica. */
interface Table {
  /** Who this is, for others: where all have left a topic and somebody comes again, that is somebody else. */
  readonly id: string
  readonly channel: string
  readonly lease: string
  readonly member: Member
  readonly onMessage: (bytes: Buffer) => void
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
  /** What it waits for until then. There is one at a time: the connection of subscriptions may come about late. */
  subscribing: Promise<void> | undefined
  /** Whether its last claim failed, which was told. */
  isFailing: boolean
  isGone: boolean
}

/**
 * Makes the bus of one replica. Who leads a topic holds a lease in Redis, renews it in time, and tells its news by a script
 * that looks at the lease first, so that a process that was paused cannot speak over its successor. What is wanted goes
 * the other way by messages, and is said again in each lease; nothing of it is stored.
 */
export function createRedisBus({
  redis,
  sealed,
  clock,
  leaseMs,
  reportFailure,
  events = noFleetEvents,
}: RedisBusOptions): Bus {
  const self = randomUUID()
  const tables = new Set<Table>()
  let isClosed = false

  const say = ({ channel }: Pick<Table, 'channel'>, message: Message): void => {
    redis.publish(channel, sealed.seal(serialize(message), channel)).catch(ignore)
  }
  const setRole = (table: Table, role: Role) => {
    if (table.role === role) return
    events.onRole(table.role, role)
    table.role = role
    if (role !== 'leading') table.neighbours.clear()
    table.member.onRole(role)
  }
  const sayWants = (table: Table, isAnew: boolean) => {
    table.sayingWants?.cancel()
    table.sayingWants = undefined
    if (!table.isHearing) return
    table.saidAtMs = clock.now()
    table.saidWantsAtMs = table.saidAtMs
    say(table, { from: table.id, kind: 'wants', wants: table.wants, isAnew, leaseMs })
  }
  /** All that is wanted is said each time: where many come and go one by one, that is once in a while. */
  const sayWantsSoon = (table: Table) => {
    if (table.sayingWants !== undefined) return
    const waitMs = table.saidWantsAtMs + wantsPauseMs - clock.now()
    if (waitMs <= 0) return sayWants(table, false)
    table.sayingWants = clock.after(waitMs, () => {
      table.sayingWants = undefined
      if (table.role === 'following') sayWants(table, false)
    })
  }
  const tellWants = (table: Table, repeat: Selection) => {
    table.member.onWants(unionOf([...table.neighbours.values()].map(({ wants }) => wants)), repeat)
  }

  const lead = (table: Table, term: number, askedAtMs: number) => {
    table.term = term
    table.heldAtMs = askedAtMs
    setRole(table, 'leading')
    say(table, { from: table.id, kind: 'call', term })
  }
  const claim = async (table: Table) => {
    if (table.isClaiming || table.isGone) return
    table.isClaiming = true
    try {
      const isNew = !table.isHearing
      if (isNew) await startHearing(table)
      if (table.isGone) return
      const askedAtMs = clock.now()
      table.triedAtMs = askedAtMs
      const term = Number(await redis.run(claimLease, [table.lease], [table.id, String(leaseMs)]))
      if (table.isGone) return void release(table)
      table.isFailing = false
      if (term > 0) lead(table, term, askedAtMs)
      else if (isNew || table.role !== 'following') follow(table)
    } catch (error) {
      failed(table, error)
    } finally {
      table.isClaiming = false
    }
  }
  const startHearing = (table: Table): Promise<void> => {
    table.subscribing ??= subscribe(table)
    return orTimeout(table.subscribing, clock, subscribeTimeoutMs)
  }
  /** What each channel is being subscribed to for. */
  const subscriptions = new Map<string, Promise<void>>()
  /**
   * One behind the other for each channel. Who has left meanwhile takes its subscription back when that has come about: sent sooner, it
   * could overtake the subscription, and later, it would take away the one behind it.
   */
  const subscribe = (table: Table): Promise<void> => {
    const { channel } = table
    const subscribed = subscribeBehind(subscriptions.get(channel), table)
    const ended = subscribed.catch(ignore).then(() => {
      if (subscriptions.get(channel) === ended) subscriptions.delete(channel)
    })
    subscriptions.set(channel, ended)
    return subscribed
  }
  const subscribeBehind = async (before: Promise<void> | undefined, table: Table): Promise<void> => {
    try {
      await before
      if (table.isGone) return
      await redis.subscribe(table.channel, table.onMessage)
      table.isHearing = true
    } finally {
      table.subscribing = undefined
    }
    if (table.isGone) redis.unsubscribe(table.channel, table.onMessage)
  }
  const renew = async (table: Table) => {
    const askedAtMs = clock.now()
    try {
      const isOurs = Number(await redis.run(renewLease, [table.lease], [table.id, String(leaseMs)])) === 1
      if (table.role !== 'leading') return
      if (isOurs) table.heldAtMs = askedAtMs
      else follow(table)
    } catch (error) {
      failed(table, error)
    }
  }
  const follow = (table: Table) => {
    setRole(table, 'following')
    sayWants(table, true)
  }
  const release = (table: Table) => {
    redis
      .run(releaseLease, [table.lease], [table.id])
      .then(() => say(table, { from: table.id, kind: 'leave' }), ignore)
  }
  const failed = (table: Table, error: unknown) => {
    if (isClosed || table.isGone) return
    if (!table.isFailing) reportFailure(error)
    table.isFailing = true
    setRole(table, 'alone')
  }

  const hear = (table: Table, bytes: Buffer) => {
    const opened = sealed.open(bytes, table.channel)
    if (opened === undefined || table.isGone) return
    const message: Message = deserialize(opened)
    if (message.from === table.id || message.from === self) return
    switch (message.kind) {
      case 'news':
        if (table.role !== 'following' || message.term < table.term) return
        table.term = message.term
        return table.member.onNews(message.news)
      case 'wants':
        return hearWants(table, message)
      case 'here':
        return hearPresence(table, message)
      case 'hurry':
        return table.member.onHurry(message.changed)
      case 'call':
        // The server's clock may have been put back since the last term: what is told has to come under a lease in any case.
        table.term = table.role === 'leading' ? table.term : message.term
        if (table.role === 'following') sayWants(table, true)
        return
      case 'leave':
        return hearLeave(table, message.from)
    }
  }
  const untilMs = (theirLeaseMs: number) => clock.now() + neighbourLeases * Math.max(leaseMs, theirLeaseMs)
  const hearWants = (table: Table, message: Message & { kind: 'wants' }) => {
    const { from, wants, isAnew } = message
    if (table.role !== 'leading') return
    const before = table.neighbours.get(from)?.wants ?? noWants
    table.neighbours.set(from, { wants, untilMs: untilMs(message.leaseMs) })
    tellWants(table, isAnew ? wholeOf(wants) : addedTo(before, wants))
  }
  const hearPresence = (table: Table, { from, leaseMs: theirLeaseMs }: Message & { kind: 'here' }) => {
    if (table.role !== 'leading') return
    const neighbour = table.neighbours.get(from)
    if (neighbour === undefined) return say(table, { from: table.id, kind: 'call', term: table.term })
    table.neighbours.set(from, { ...neighbour, untilMs: untilMs(theirLeaseMs) })
  }
  const hearLeave = (table: Table, from: string) => {
    if (table.role === 'following') void claim(table)
    else if (table.neighbours.delete(from)) tellWants(table, { keys: [], all: false })
  }

  /**
   * Renews what is led, tries for what is not, and forgets who was not heard of. Who follows tries once in a lease: it
   * is told when a leader leaves, and for one that was killed that is soon enough.
   */
  const beat = (table: Table) => {
    if (table.role !== 'leading') {
      if (table.isHearing && table.role === 'following' && clock.now() - table.saidAtMs >= leaseMs) {
        table.saidAtMs = clock.now()
        say(table, { from: table.id, kind: 'here', leaseMs })
      }
      const isDue = table.role === 'alone' || clock.now() - table.triedAtMs >= leaseMs
      return isDue ? void claim(table) : undefined
    }
    void renew(table)
    const gone = [...table.neighbours].filter(([, { untilMs }]) => untilMs <= clock.now())
    for (const [from] of gone) table.neighbours.delete(from)
    if (gone.length > 0) tellWants(table, { keys: [], all: false })
  }
  const announcements = `vaultline:{${sealed.nameOf('announcements')}}`
  const listeners = new Map<string, (detail: string) => void>()
  const hearAnnouncement = (bytes: Buffer) => {
    const opened = sealed.open(bytes, announcements)
    if (opened === undefined) return
    const { from, name, detail }: Announcement = deserialize(opened)
    if (from !== self) listeners.get(name)?.(detail)
  }
  let hearsAnnouncements = false
  const startHearingAnnouncements = async () => {
    try {
      await redis.subscribe(announcements, hearAnnouncement)
      hearsAnnouncements = true
    } catch (error) {
      if (isClosed) return
      reportFailure(error)
      clock.after(leaseMs, () => void startHearingAnnouncements())
    }
  }
  void startHearingAnnouncements()

  const beatAll = () => {
    if (redis.isConnected()) for (const table of [...tables]) beat(table)
    timer = clock.after(leaseMs / beatsPerLease, beatAll)
  }
  let timer = clock.after(leaseMs / beatsPerLease, beatAll)
  redis.watch((isConnected) => {
    for (const table of [...tables]) {
      if (isConnected) void claim(table)
      else setRole(table, 'alone')
    }
  })

  /** All keys of a topic carry the same hash tag, so that they are on the same server of a cluster. */
  const keyOf = (topic: string, part: string) => `vaultline:{${sealed.nameOf(topic)}}:${part}`
  const isLapsed = (table: Table) => table.role === 'leading' && clock.now() - table.heldAtMs >= leaseMs

  return {
    isConnected: () => redis.isConnected() && hearsAnnouncements,
    hurry: (topic, changed) => say({ channel: keyOf(topic, 'news') }, { from: self, kind: 'hurry', changed }),
    announce(name, detail) {
      const announcement: Announcement = { from: self, name, detail }
      redis.publish(announcements, sealed.seal(serialize(announcement), announcements)).catch(ignore)
    },
    listen: (name, onAnnounced) => void listeners.set(name, onAnnounced),
    join(topic, member) {
      const table: Table = {
        id: randomUUID(),
        channel: keyOf(topic, 'news'),
        lease: keyOf(topic, 'lease'),
        member,
        onMessage: (bytes) => hear(table, bytes),
        neighbours: new Map(),
        role: redis.isConnected() ? 'following' : 'alone',
        term: 0,
        heldAtMs: 0,
        wants: noWants,
        saidAtMs: 0,
        triedAtMs: 0,
        saidWantsAtMs: 0,
        sayingWants: undefined,
        isClaiming: false,
        isHearing: false,
        subscribing: undefined,
        isFailing: false,
        isGone: false,
      }
      tables.add(table)
      events.onRole(undefined, table.role)
      if (redis.isConnected()) void claim(table)
      return {
        role: () => table.role,
        term: () =>
          isLapsed(table) ? 'lapsed' : `${table.role} ${table.role === 'leading' ? table.term : ''}`,
        want(wants) {
          table.wants = wants
          if (table.role === 'following') sayWantsSoon(table)
        },
        tell(news) {
          if (table.role !== 'leading' || table.neighbours.size === 0 || isLapsed(table)) return
          const message: Message = { from: table.id, kind: 'news', term: table.term, news: news() }
          const bytes = sealed.seal(serialize(message), table.channel)
          redis.run(tellUnderLease, [table.lease, table.channel], [table.id, bytes]).then(
            (isOurs) => {
              if (Number(isOurs) !== 1 && table.role === 'leading') follow(table)
            },
            (error) => failed(table, error),
          )
        },
        leave() {
          if (table.isGone) return
          table.isGone = true
          table.sayingWants?.cancel()
          tables.delete(table)
          events.onRole(table.role, undefined)
          if (table.isHearing) redis.unsubscribe(table.channel, table.onMessage)
          if (table.role === 'leading') release(table)
          else say(table, { from: table.id, kind: 'leave' })
          table.role = 'following'
        },
      }
    },
    async close() {
      isClosed = true
      timer.cancel()
      await redis.close()
    },
  }
}

/** How often a lease is renewed, or tried for, while it lasts. */
const beatsPerLease = 3

/** How long a replica waits until it hears a topic, in milliseconds. Beyond it, it looks for itself meanwhile. */
const subscribeTimeoutMs = 1000

/** Between two messages of what is wanted, in milliseconds. */
const wantsPauseMs = 50

/** For how many leases it is remembered what a replica wanted that is not heard of any more. */
const neighbourLeases = 3

/** What is said is said again, or its failure is noticed by the next lease. */
const ignore = () => {}
