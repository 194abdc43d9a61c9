import { LRUCache } from 'lru-cache'
import type { BrowserSession } from '../core/browser-session.ts'
import type { FailureReport } from '../core/failure-report.ts'
import { type Access, accessWith } from '../core/identity.ts'
import type { Clock, Timer } from '../core/time.ts'
import { createCallLimit } from './batching.ts'
import { pathOf } from './path.ts'
import type { VaultClient } from './vault.ts'

/** Where Vault is told that a user is still there. It changes nothing that can be read. */
export const keepAlivePath = pathOf`/keep-alive`

/** How many sessions are remembered as signed out. Vault has ended each of them, so that a forgotten one opens nothing. */
const maxEndedSessions = 50_000

/** Of how many sessions it is remembered when they were kept alive. A further one costs a call that would have been spared. */
const maxKeptAliveSessions = 50_000

/** The sessions that browsers have, as far as this process hears of them. */
export interface BrowserSessions {
  /** Notes that Vault has opened a session just now. */
  begin(session: BrowserSession): void
  /**
   * Tells that the browser is there. Vault is asked to keep its session alive, at most once in the interval, and for a
   * few sessions at a time: after a restart the browsers come all at once. One that has ended is left alone.
   */
  touch(session: BrowserSession): void
  /**
   * Keeps a session alive as long as a connection of its browser is open.
   *
   * @param onEnd called when the browser signs out, and when the session has reached its end; at once where it had ended
   * @returns to be called when the connection has closed
   */
  hold(session: BrowserSession, onEnd: () => void): () => void
  /** Takes a session for ended: whoever holds it is told, and nobody is let in with it any more. */
  end(session: BrowserSession): void
  /** Whether {@link end} was called for the session of this access. */
  hasEnded(access: Access): boolean
  /** Keeps nothing alive any longer. */
  stop(): void
}

/** Settings of {@link BrowserSessions}. */
export interface BrowserSessionsOptions {
  readonly vault: Pick<VaultClient, 'post'>
  readonly clock: Clock
  /** Between two calls that keep a session alive, in milliseconds. */
  readonly keepAliveIntervalMs: number
  readonly reportFailure: FailureReport
  /** Called as soon as a session is let in nowhere any more, before Vault has heard of it. Nobody is, by default. */
  readonly onEnded?: () => void
}

/** A session with open connections. */
interface HeldSession {
  readonly session: BrowserSession
  readonly onEnd: Set<() => void>
  timer: Timer
}

/** Makes the one {@link BrowserSessions} of a gateway (API reference, Session Keep Alive). */
export function createBrowserSessions({
  vault,
  clock,
  keepAliveIntervalMs,
  reportFailure,
  onEnded = () => {},
}: BrowserSessionsOptions): BrowserSessions {
  const ended = new LRUCache<string, true>({ max: maxEndedSessions })
  const keptAtMs = new LRUCache<string, number>({ max: maxKeptAliveSessions })
  const held = new Map<string, HeldSession>()
  const accessOf = ({ vaultSession }: BrowserSession) => accessWith(vaultSession)

  let hasStopped = false
  const limit = createCallLimit()
  /** Sessions of which a call that keeps them alive waits for its turn. */
  const waiting = new Set<string>()

  const keepAlive = async (access: Access) => {
    waiting.delete(access.callerKey)
    if (hasStopped || ended.has(access.callerKey)) return
    keptAtMs.set(access.callerKey, clock.now())
    // Where Vault has ended the session, its subscriptions and queries hear of it by themselves.
    await vault.post(access, keepAlivePath)
  }
  const touch = (session: BrowserSession) => {
    const access = accessOf(session)
    const { callerKey } = access
    const isDue = clock.now() - (keptAtMs.get(callerKey) ?? 0) >= keepAliveIntervalMs
    if (!isDue || waiting.has(callerKey) || ended.has(callerKey)) return
    waiting.add(callerKey)
    limit(() => keepAlive(access)).catch(reportFailure)
  }
  const tellEnd = (key: string) => {
    const holding = held.get(key)
    if (holding === undefined) return
    held.delete(key)
    holding.timer.cancel()
    for (const onEnd of holding.onEnd) onEnd()
  }
  const nextTimer = (key: string, session: BrowserSession): Timer => {
    const leftMs = session.expiresAtMs - clock.now()
    // From the last call on: a timer that fires a little early would find nothing due, and come back an interval later.
    const dueInMs = (keptAtMs.get(key) ?? 0) + keepAliveIntervalMs - clock.now()
    const waitMs = dueInMs > 0 ? dueInMs : keepAliveIntervalMs
    return clock.after(Math.max(0, Math.min(waitMs, leftMs)), () => {
      if (session.expiresAtMs <= clock.now()) return tellEnd(key)
      const holding = held.get(key)
      if (holding === undefined) return
      touch(session)
      holding.timer = nextTimer(key, session)
    })
  }
  const holdingOf = (key: string, session: BrowserSession): HeldSession => {
    const known = held.get(key)
    if (known !== undefined) return known
    const holding = { session, onEnd: new Set<() => void>(), timer: nextTimer(key, session) }
    held.set(key, holding)
    return holding
  }

  return {
    begin: (session) => void keptAtMs.set(accessOf(session).callerKey, clock.now()),
    touch,
    hold(session, onEnd) {
      const { callerKey } = accessOf(session)
      if (ended.has(callerKey)) {
        onEnd()
        return () => {}
      }
      const holding = holdingOf(callerKey, session)
      holding.onEnd.add(onEnd)
      touch(session)
      return () => {
        holding.onEnd.delete(onEnd)
        if (holding.onEnd.size > 0 || held.get(callerKey) !== holding) return
        holding.timer.cancel()
        held.delete(callerKey)
      }
    },
    end(session) {
      const { callerKey } = accessOf(session)
      ended.set(callerKey, true)
      onEnded()
      tellEnd(callerKey)
    },
    hasEnded: ({ callerKey }) => ended.has(callerKey),
    stop() {
      hasStopped = true
      for (const { timer } of held.values()) timer.cancel()
      held.clear()
    },
  }
}
