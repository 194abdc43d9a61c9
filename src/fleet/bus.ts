/** What followers want to hear of, on one replica. */
export interface Wants {
  /** By key: whether detail is wanted too. */
  readonly keys: ReadonlyMap<string, boolean>
  /** Whether somebody follows everything there is. */
  readonly all: boolean
}

/** Some of a topic. */
export interface Selection {
  readonly keys: readonly string[]
  /** Whether everything there is belongs to it. */
  readonly all: boolean
}

/**
 * What a replica has to do about a topic. `leading`: look for all replicas, and tell them. `following`: another one looks.
 * `alone`: the others cannot be reached, so each looks for itself.
 */
export type Role = 'leading' | 'following' | 'alone'

/** The side of a {@link Seat} that its replica holds. */
export interface Member {
  /** Called when the role has changed. It is `following` at first, until it is known who leads. */
  onRole(role: Role): void
  /** While leading: what is wanted elsewhere, taken together, and what of it is to be told now, since somebody does not know it. */
  onWants(wants: Wants, repeat: Selection): void
  /** These were changed through another replica. Who leads looks at them. */
  onHurry(changed: Selection): void
  /** What the leader tells, in its order. Nothing comes of a leader whose term is over. */
  onNews(news: Uint8Array): void
}

/** The place of one replica among those that watch the same topic. */
export interface Seat {
  role(): Role
  /**
   * Stands for the present role and its term. What was asked for in another term is not told: a process that was paused does
   * not know that its term is over, so a leader's ends here as soon as its lease may have run out.
   */
  term(): string
  /** Says what is wanted here. It replaces what was said before. */
  want(wants: Wants): void
  /** While leading: tells the others, if there are any. */
  tell(news: () => Uint8Array): void
  /** Gives the place up. Another replica leads, if there is one. */
  leave(): void
}

/**
 * Between the replicas of a gateway. For each topic one of them leads: it looks, and tells the others. A topic stands for a
 * caller and a resource.
 */
export interface Bus {
  join(topic: string, member: Member): Seat
  /** Tells the other replicas at a topic that these were changed through this one: whoever leads looks at once. */
  hurry(topic: string, changed: Selection): void
  /** Tells all other replicas of something, under a name. One that cannot be reached does not hear of it. */
  announce(name: string, detail: string): void
  /** Hears what other replicas announce under a name. */
  listen(name: string, onAnnounced: (detail: string) => void): void
  /** Whether the other replicas can be reached, as far as this one knows. */
  isConnected(): boolean
  close(): Promise<void>
}

/** What nobody wants. */
export const noWants: Wants = { keys: new Map(), all: false }

/** What several replicas want, together. */
export function unionOf(all: Iterable<Wants>): Wants {
  const keys = new Map<string, boolean>()
  let isAll = false
  for (const wants of all) {
    isAll ||= wants.all
    for (const [key, detail] of wants.keys) keys.set(key, detail || keys.get(key) === true)
  }
  return { keys, all: isAll }
}

/** What is wanted now and was not before. */
export function addedTo(before: Wants, now: Wants): Selection {
  return { keys: [...now.keys.keys()].filter((key) => !before.keys.has(key)), all: now.all && !before.all }
}

/** Everything that is wanted. */
export const wholeOf = (wants: Wants): Selection => addedTo(noWants, wants)
