import type { Access } from '../core/identity.ts'

/** How a resource is watched: what it brings to the one engine. */
export interface WatchPolicy<State> {
  /**
   * Looks at what is due, and tells what it sees as it sees it. What it throws counts for all that it has not told of:
   * a transient error is tried again later, any other ends what was due.
   */
  look(look: Look<State>): Promise<void>
  /**
   * Takes in what another replica has seen, as if it had been seen here. Left out: there is nothing that remembers it.
   *
   * @param askedAtMs when the look began that saw it, in milliseconds since the epoch
   * @returns what is known of it with that
   */
  hear?(access: Access, state: State, askedAtMs: number): State
  /** Whether subscribers have to hear of the new state. */
  isChange(previous: State, next: State): boolean
  /** Whether nothing can come after this state. */
  isOver(state: State): boolean
  /**
   * Whether the state has all that those who follow everything are told. They hear of a thing first when it has. Left out: every
   * state has.
   */
  isWhole?(state: State): boolean
}

/** One look of one caller. */
export interface Look<State> {
  readonly access: Access
  /** What is to be looked at; what has waited longest comes first. */
  readonly due: readonly Due[]
  /** Whether everything that there is has to be found and told, since somebody follows all of it. */
  readonly isForAll: boolean
  /** Aborts when nobody of this caller follows anything any more. */
  readonly signal: AbortSignal
  /** Whether somebody wants detail of this: changes that a look at many does not tell. */
  wantsDetail(key: string): boolean
  /** Whether somebody still follows this. Who follows all follows what was told to them. */
  isFollowed(key: string): boolean
  /** All that is followed by this caller at present. */
  followed(): Iterable<string>
  /**
   * Tells a state.
   *
   * @param aloneAfterMs when to look at this thing again, by itself; left out: with the others, in the next round
   * @param askedAtMs when it was asked for, in milliseconds since the epoch; left out: when this look began
   */
  see(key: string, state: State, aloneAfterMs?: number, askedAtMs?: number): void
  /** What was last told of a thing that is followed. */
  state(key: string): State | undefined
  /**
   * Tells a state that was seen by the way. When this is looked at stays as it is.
   *
   * @param askedAtMs as in `see`
   */
  mention(key: string, state: State, askedAtMs?: number): void
  /** Tells that there is nothing any more. Its followers complete with what they have. */
  end(key: string): void
  /** Tells that one thing could not be looked at. */
  fail(key: string, error: unknown): void
  /** Tells those who follow everything why they cannot. Those who follow by key go on. */
  failAll(error: unknown): void
  /** Tells the operator of a failure that this look makes up for in another way. */
  report(error: unknown): void
  /** Leaves a thing for a look of its own, after this time. */
  postpone(key: string, delayMs: number): void
}

/** Something that is to be looked at. */
export interface Due {
  readonly key: string
  /** Whether it was never seen by those who follow it now. */
  readonly isFirst: boolean
  /** Whether somebody waits for it: it was never seen, or was changed through this gateway since. */
  readonly isAwaited: boolean
  /** Whether it goes at its own pace. */
  readonly isAlone: boolean
  /** Whether somebody wants detail: to hear of changes that a look at many does not tell. */
  readonly wantsDetail: boolean
}
