import type { Caller } from './identity.ts'

/**
 * The loaders of one operation, one set for each resource. Empty here: each resource adds its own by declaration
 * merging in its `loaders.ts`, so that no list of them has to be kept and no resource imports another.
 */
// biome-ignore lint/suspicious/noEmptyInterface: resources fill it by declaration merging
export interface Loaders {}

/** What lasts as long as one operation. */
export interface OperationScope {
  readonly caller: Caller
  /** Aborts when nobody waits for the answer any more; upstream calls end with it. */
  readonly signal: AbortSignal
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
