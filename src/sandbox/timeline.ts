/** A state that begins at a moment and lasts until the next one begins. */
export interface Phase {
  /** Milliseconds since the Unix epoch. */
  atMs: number
  status: string
}

/** The phase that holds at `nowMs`: the last that has begun, or the first when none has. */
export function phaseAt<Any extends Phase>(phases: readonly [Any, ...Any[]], nowMs: number): Any {
  let current = phases[0]
  for (const phase of phases) {
    if (phase.atMs > nowMs) break
    current = phase
  }
  return current
}

/** The phases that have begun by `nowMs`, followed by one that begins then: what was planned is forgotten. */
export function cutTimeline<Any extends Phase>(phases: readonly Any[], next: Any): [Any, ...Any[]] {
  const [first, ...others] = [...phases.filter((phase) => phase.atMs <= next.atMs), next]
  return [first ?? next, ...others]
}
