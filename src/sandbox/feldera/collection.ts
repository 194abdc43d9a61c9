/**
 * What the last collection on a host has left in its memory: lost when the pipeline stops (Feldera's
 * `crates/adapters/src/samply.rs`, `SamplyState`).
 */
export type Outcome = { kind: 'nothing' } | { kind: 'profile'; profile: () => Uint8Array } | Failure

/** A collection that failed, with what samply said. */
export interface Failure {
  kind: 'failure'
  details: string
}

/** A collection that runs. */
export interface Collection {
  /** When samply stops sampling and begins to write. */
  windowEndMs: number
  /** When the outcome is there; infinite when only a test ends it. */
  doneMs: number
  outcome: Outcome
}

/** One host of a pipeline: what it runs now and what it has. */
export interface Host {
  running: Collection | undefined
  last: Outcome
}

/** Files a collection that is done by `nowMs`. A failure, too, replaces what was there before. */
export function settleHost(host: Host, nowMs: number) {
  if (host.running === undefined || nowMs < host.running.doneMs) return
  host.last = host.running.outcome
  host.running = undefined
}

/** `Retry-After` of a running collection: whole seconds, 0 while samply writes (Feldera's `crates/adapters/src/server.rs`). */
export function retryAfterSeconds(collection: Collection, nowMs: number): number {
  return Math.max(0, Math.floor((collection.windowEndMs - nowMs) / 1000))
}
