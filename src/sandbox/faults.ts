/** What a sandbox service does instead of, or on top of, its normal answer. */
export type Fault =
  /** Any HTTP answer, such as a proxy's 503 page. Without a `content-type` header it is `text/html`. */
  | { kind: 'status'; status: number; body?: string | Uint8Array; headers?: Record<string, string> }
  /** Vault only: an envelope with `responseStatus` FAILURE and one error of this type, in HTTP 200. */
  | { kind: 'failure'; type: string; message?: string }
  /** Vault only: an envelope with `responseStatus` EXCEPTION, in HTTP 200. */
  | { kind: 'exception'; message?: string }
  /** Vault only: the normal answer with `responseStatus` WARNING and one warning of this type. */
  | { kind: 'warning'; type: string; message?: string }
  /** HTTP 200 with any JSON. */
  | { kind: 'json'; body: unknown; headers?: Record<string, string> }
  /** The normal answer with these headers added, such as `X-VaultAPI-ResponseDelay`. */
  | { kind: 'headers'; headers: Record<string, string> }
  /** The normal answer, made and sent `delayMs` later by the sandbox's clock. */
  | { kind: 'delay'; delayMs: number }
  /** No answer until the handle's `release`, then the normal one. */
  | { kind: 'hold' }
  /** The connection is reset at once. */
  | { kind: 'reset' }
  /** Headers and the first bytes of the normal body, then the connection is destroyed. */
  | { kind: 'truncate'; afterBytes: number }
  /** Headers and the first bytes of the normal body, then silence. */
  | { kind: 'stall'; afterBytes: number }

/** A fault and the calls it is for. What is left out matches everything. */
export interface FaultRule<RouteName extends string = string> {
  route?: RouteName
  /** A string is the whole path without the query; a pattern is tried on path and query. */
  path?: string | RegExp
  method?: string
  /** The exact value of the `Authorization` header. */
  authorization?: string
  /** How many calls it answers before it is used up. Default: every one. */
  times?: number
  answer: Fault
}

/** A fault that was added. */
export interface FaultHandle {
  /** No further call meets the fault. Calls that a `hold` already holds stay held. */
  remove(): void
  /** How many calls met it. */
  used(): number
  /** Ends a `hold`: removes it and gives every call it holds its normal answer. Does nothing for others. */
  release(): void
}

/**
 * The faults of one service. A call meets at most one: the first in order of adding that matches it and is
 * not used up. So faults with `times: 1` play one after the other.
 */
export interface FaultList<RouteName extends string = string> {
  add(rule: FaultRule<RouteName>): FaultHandle
  /** Removes every fault and releases every call that one of them holds. */
  clear(): void
}

/** What a fault is matched against. */
export interface FaultedRequest {
  route: string
  path: string
  /** Path and query string. */
  url: string
  method: string
  authorization: string | undefined
}

/** A fault that met a call. */
export interface MetFault {
  answer: Fault
  /** Called by a `hold`'s call: `proceed` runs at the release. */
  hold(proceed: () => void): void
}

/** The list that tests see, and the question that the server asks it. */
export interface FaultPlan {
  readonly list: FaultList
  /** The fault that this call meets, now counted as used. */
  take(request: FaultedRequest): MetFault | undefined
}

interface Entry {
  rule: FaultRule
  used: number
  isReleased: boolean
  held: Set<() => void>
}

const envelopeKinds: ReadonlySet<Fault['kind']> = new Set(['failure', 'exception', 'warning'])

/** Makes an empty list. With `envelopes` false the kinds that are Vault's alone are refused at `add`. */
export function createFaultPlan(options: { envelopes: boolean }): FaultPlan {
  let entries: Entry[] = []
  const holding = new Set<Entry>()

  function remove(entry: Entry) {
    entries = entries.filter((other) => other !== entry)
  }

  function release(entry: Entry) {
    remove(entry)
    entry.isReleased = true
    holding.delete(entry)
    const held = [...entry.held]
    entry.held.clear()
    for (const proceed of held) proceed()
  }

  return {
    list: {
      add(rule) {
        const { kind } = rule.answer
        if (!options.envelopes && envelopeKinds.has(kind)) {
          throw new TypeError(`Only Vault answers in envelopes; a fault of kind ${kind} is not for Feldera.`)
        }
        const entry: Entry = { rule, used: 0, isReleased: false, held: new Set() }
        entries.push(entry)
        return { remove: () => remove(entry), used: () => entry.used, release: () => release(entry) }
      },
      clear() {
        for (const entry of [...entries, ...holding]) release(entry)
      },
    },
    take(request) {
      const entry = entries.find((candidate) => isOpen(candidate) && matches(candidate.rule, request))
      if (entry === undefined) return undefined
      entry.used += 1
      return {
        answer: entry.rule.answer,
        hold(proceed) {
          // A call that met the fault may still be sending its body when the fault is released.
          if (entry.isReleased) return proceed()
          entry.held.add(proceed)
          holding.add(entry)
        },
      }
    },
  }
}

function isOpen(entry: Entry): boolean {
  return entry.used < (entry.rule.times ?? Number.POSITIVE_INFINITY)
}

function matches(rule: FaultRule, request: FaultedRequest): boolean {
  if (rule.route !== undefined && rule.route !== request.route) return false
  if (rule.method !== undefined && rule.method !== request.method) return false
  if (rule.authorization !== undefined && rule.authorization !== request.authorization) return false
  if (rule.path === undefined) return true
  return typeof rule.path === 'string' ? rule.path === request.path : request.url.search(rule.path) !== -1
}
