import { LRUCache } from 'lru-cache'
import type { Access } from '../core/identity.ts'
import type { Clock } from '../core/time.ts'
import type { CallsSaved } from './observed-call.ts'
import { pathOf } from './path.ts'
import { createSharedCalls } from './shared-calls.ts'
import type { VaultClient } from './vault.ts'

/** How long Vault's word that a session is good is relied on, in milliseconds (`README.md`, Credentials). */
const confirmationLifetimeMs = 60_000

/** How many sessions are remembered as good. A further one costs a call that would have been spared. */
const maxConfirmedSessions = 20_000

/**
 * Asks Vault whether a session is good, at most once a minute for each credential. Only a yes is remembered.
 *
 * @param session the caller's access to Vault
 * @param signal ends the wait when nobody wants to know any more; without one the call is carried through
 * @returns until when the answer holds, in milliseconds since the epoch
 * @throws GatewayError UNAUTHENTICATED where Vault refuses the session; else what a call to Vault throws
 */
export type ConfirmSession = (session: Access, signal?: AbortSignal) => Promise<number>

/** Makes the one {@link ConfirmSession} of a gateway (API reference, Validate Session User). */
export function createSessionConfirmation(
  vault: Pick<VaultClient, 'get'>,
  clock: Clock,
  saved?: CallsSaved,
): ConfirmSession {
  const goodUntilMs = new LRUCache<string, number>({ max: maxConfirmedSessions })
  const calls = createSharedCalls<number>({ saved })

  const ask = async (session: Access, signal: AbortSignal): Promise<number> => {
    const untilMs = clock.now() + confirmationLifetimeMs
    await vault.get(session, pathOf`/objects/users/me`, { signal })
    goodUntilMs.set(session.callerKey, untilMs)
    return untilMs
  }
  return async (session, signal = new AbortController().signal) => {
    const untilMs = goodUntilMs.get(session.callerKey) ?? 0
    if (untilMs > clock.now()) return untilMs
    return calls.run(session.callerKey, signal, (shared) => ask(session, shared))
  }
}
