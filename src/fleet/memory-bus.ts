import {
  addedTo,
  type Bus,
  type Member,
  noWants,
  type Role,
  type Seat,
  type Selection,
  unionOf,
  type Wants,
  wholeOf,
} from './bus.ts'

/** Replicas in one process: the gateway itself where it is the only one, and several in tests. */
export interface MemoryHub {
  /** The bus of one replica. */
  connect(): Bus
}

/** One replica's place at a topic. */
interface Place {
  readonly member: Member
  role: Role
  wants: Wants
}

/** One replica that hears what others announce. */
interface Listener {
  readonly owner: symbol
  readonly name: string
  onAnnounced(detail: string): void
}

/** Makes a hub. Who came first to a topic leads it, until it leaves. */
export function createMemoryHub(): MemoryHub {
  const topics = new Map<string, Set<Place>>()
  const listeners = new Set<Listener>()
  let terms = 0

  const othersOf = (topic: string, place: Place) =>
    [...(topics.get(topic) ?? [])].filter((one) => one !== place)
  const leaderOf = (topic: string) => [...(topics.get(topic) ?? [])].find(({ role }) => role === 'leading')
  const tellWants = (topic: string, leader: Place, repeat: (wants: Wants) => Selection) => {
    const wants = unionOf(othersOf(topic, leader).map((one) => one.wants))
    leader.member.onWants(wants, repeat(wants))
  }
  const promoteFirst = (topic: string) => {
    const [first] = topics.get(topic) ?? []
    if (first === undefined || first.role === 'leading') return
    first.role = 'leading'
    terms += 1
    first.member.onRole('leading')
    if ((topics.get(topic)?.size ?? 0) > 1) tellWants(topic, first, wholeOf)
  }

  const join = (topic: string, member: Member, own: Map<string, Place>): Seat => {
    const place: Place = { member, role: 'following', wants: noWants }
    const places = topics.get(topic) ?? new Set()
    topics.set(topic, places.add(place))
    own.set(topic, place)
    // Who comes first to a topic waits for nobody.
    if (places.size === 1) place.role = 'leading'
    return {
      role: () => place.role,
      term: () => `${place.role} ${terms}`,
      want(wants) {
        const before = place.wants
        place.wants = wants
        queueMicrotask(() => {
          const leader = leaderOf(topic)
          if (leader === undefined || leader === place) return
          tellWants(topic, leader, () => addedTo(before, wants))
        })
      },
      tell(news) {
        const others = othersOf(topic, place)
        if (place.role !== 'leading' || others.length === 0) return
        const bytes = news()
        for (const { member: other } of others) queueMicrotask(() => other.onNews(bytes))
      },
      leave() {
        if (!places.delete(place)) return
        if (own.get(topic) === place) own.delete(topic)
        if (places.size === 0) topics.delete(topic)
        const wasLeading = place.role === 'leading'
        place.role = 'following'
        queueMicrotask(() => {
          const leader = leaderOf(topic)
          if (wasLeading) promoteFirst(topic)
          else if (leader !== undefined) tellWants(topic, leader, () => ({ keys: [], all: false }))
        })
      },
    }
  }
  return {
    connect() {
      const own = new Map<string, Place>()
      const owner = Symbol('replica')
      return {
        join: (topic, member) => join(topic, member, own),
        hurry(topic, changed) {
          queueMicrotask(() => {
            for (const place of topics.get(topic) ?? []) {
              if (place !== own.get(topic)) place.member.onHurry(changed)
            }
          })
        },
        announce(name, detail) {
          for (const one of listeners) {
            if (one.owner !== owner && one.name === name) queueMicrotask(() => one.onAnnounced(detail))
          }
        },
        listen: (name, onAnnounced) => void listeners.add({ owner, name, onAnnounced }),
        isConnected: () => true,
        close: async () => {},
      }
    },
  }
}
