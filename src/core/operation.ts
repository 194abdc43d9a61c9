import type { BrowserSession } from './browser-session.ts'
import type { Caller } from './identity.ts'

/**
 * The loaders of one operation, one set for each resource. Empty here: each resource adds its own by declaration
 * merging in its `loaders.ts`, so that no list of them has to be kept and no resource imports another.
 */
// biome-ignore lint/suspicious/noEmptyInterface: resources fill it by declaration merging
export interface Loaders {}

/** The browser behind an operation, as far as signing in and out concerns it. */
export interface Browser {
  /** What its cookie holds. Undefined where it has none, where that does not count, or a header came with it. */
  readonly session: BrowserSession | undefined
  /**
   * Undefined over WebSocket and on a stream of events, where the headers of the answer are gone already, and for queries, which
   * may be run for several requests.
   */
  readonly exchange: HttpExchange | undefined
}

/** A request whose answer can still set a cookie. */
export interface HttpExchange {
  /** From where the request came: attempts to sign in are counted by it. */
  readonly clientAddress: string
  setCookie(session: BrowserSession): Promise<void>
  clearCookie(): void
}

/** Learns what the answer to a query is made of, so that it may be told again while it would be made of the same. */
export interface Basis {
  /** A part was remembered. @param holds whether the same would be told again; it is asked often, and keeps no credential */
  restsOn(holds: () => boolean): void
  /** A part has to be asked for again. */
  isPassing(): void
}

/** What lasts as long as one operation. */
export interface OperationScope {
  readonly caller: Caller
  /** Aborts when nobody waits for the answer any more; upstream calls end with it. */
  readonly signal: AbortSignal
  /** Undefined for the events of a subscription, which are executed once for many. */
  readonly browser?: Browser
  /** Undefined where the answer is not told again anyway. */
  readonly basis?: Basis
}

/** What every resolver gets. */
export interface OperationContext extends OperationScope {
  /** Fresh for each operation; a subscription has a context of its own for each event. */
  readonly loaders: Loaders
}

/** Why the signal of an operation aborts: its client has gone, or the gateway stops. Nobody reads the answer. */
export class OperationCancelled extends Error {
  override readonly name = 'OperationCancelled'
}
