import type { Clock } from '../core/time.ts'

/** How many calls in a row fail before an upstream is left alone. */
export const failuresToOpen = 10

/** Of how many paths they are, where the upstream was reached: one thing that always fails says nothing of the others. */
const minFailedPaths = 2

/** A failure that came longer than this after the one before is the first of a new row, in milliseconds. */
const failureRowMs = 60_000

/** How long an upstream is left alone at first, in milliseconds. It doubles with each probe that fails. */
export const firstOpenMs = 2000

/** The longest time that an upstream is left alone, in milliseconds. */
export const maxOpenMs = 30_000

/** When to try again where a probe is under way, in seconds. */
const probeRetrySeconds = 1

/** `closed`: calls go. `open`: none does. `half-open`: the next one does, and all others wait for what becomes of it. */
export type CircuitState = 'closed' | 'open' | 'half-open'

/**
 * What became of a call, as far as it tells of the upstream. `answered`: it is there, whatever it said. `failed`: it was asked,
 * and no answer came, or one that says that it is not well. `unreached`: no connection came about. `unknown`: nothing is known,
 * such as where the caller has left.
 */
export type Outcome = 'answered' | 'failed' | 'unreached' | 'unknown'

/** The upstream is left alone. The call was not sent. */
export class CircuitOpenError extends Error {
  override readonly name = 'CircuitOpenError'
  /** In whole seconds, at least 1. */
  readonly retryAfter: number

  constructor(retryAfter: number) {
    super('the upstream is left alone after failures in a row')
    this.retryAfter = retryAfter
  }
}

/** The leave for one call. */
export interface Permit {
  /**
   * Called before each try, which may come long after the call began.
   *
   * @throws CircuitOpenError where the circuit has opened since
   */
  check(): void
  /** Tells once what became of the call. */
  end(outcome: Outcome): void
}

/** Whether an upstream is called. */
export interface Circuit {
  /**
   * Asks leave for a call.
   *
   * @param path what is asked for
   * @param mayProbe whether this call may be the one that finds out; true by default
   * @throws CircuitOpenError
   */
  begin(path: string, mayProbe?: boolean): Permit
  state(): CircuitState
  /** Calls back on each change between closed, open, and half-open with its probe under way. */
  onChange(listener: (state: CircuitState) => void): void
}

/**
 * Makes a circuit, closed. It opens after {@link failuresToOpen} calls in a row that failed, and half-opens after a while: the next
 * call is a probe, and what becomes of it closes the circuit or opens it for longer. What becomes of calls that began
 * before the circuit changed is of no account.
 */
export function createCircuit(clock: Clock): Circuit {
  const listeners: ((state: CircuitState) => void)[] = []
  let phase: CircuitState = 'closed'
  /** Tells the calls of one phase from those of another. */
  let term = 0
  /** Openings in a row. */
  let openings = 0
  let probeAtMs = 0
  let failures = 0
  let lastFailureAtMs = 0
  let wasUnreached = false
  const failedPaths = new Set<string>()

  const enter = (next: CircuitState) => {
    phase = next
    term += 1
    for (const listener of listeners) listener(next)
  }
  const forgetFailures = () => {
    failures = 0
    wasUnreached = false
    failedPaths.clear()
  }
  const open = () => {
    forgetFailures()
    probeAtMs = clock.now() + Math.min(maxOpenMs, firstOpenMs * 2 ** openings)
    openings += 1
    enter('open')
  }
  const close = () => {
    openings = 0
    enter('closed')
  }
  const countFailure = (path: string, isUnreached: boolean) => {
    if (clock.now() - lastFailureAtMs > failureRowMs) forgetFailures()
    lastFailureAtMs = clock.now()
    failures += 1
    wasUnreached ||= isUnreached
    if (failedPaths.size < minFailedPaths) failedPaths.add(path)
    if (failures >= failuresToOpen && (wasUnreached || failedPaths.size >= minFailedPaths)) open()
  }
  const openError = () => {
    const leftSeconds = Math.ceil((probeAtMs - clock.now()) / 1000)
    return new CircuitOpenError(phase === 'half-open' ? probeRetrySeconds : Math.max(1, leftSeconds))
  }
  const endUsual = (path: string, outcome: Outcome) => {
    if (outcome === 'answered') forgetFailures()
    else if (outcome !== 'unknown') countFailure(path, outcome === 'unreached')
  }
  const endProbe = (outcome: Outcome) => {
    if (outcome === 'answered') close()
    else if (outcome === 'unknown') enter('open')
    else open()
  }

  return {
    begin(path, mayProbe = true) {
      const isProbe = phase === 'open' && mayProbe && clock.now() >= probeAtMs
      if (phase !== 'closed' && !isProbe) throw openError()
      if (isProbe) enter('half-open')
      const ownTerm = term
      return {
        check() {
          if (term !== ownTerm && phase !== 'closed') throw openError()
        },
        end(outcome) {
          if (term !== ownTerm) return
          if (isProbe) endProbe(outcome)
          else endUsual(path, outcome)
        },
      }
    },
    state: () => phase,
    onChange: (listener) => void listeners.push(listener),
  }
}
