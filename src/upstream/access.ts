import { type UpstreamService, unauthenticated, upstreamNotConfigured } from '../core/errors.ts'
import {
  type Access,
  accessOnWordOf,
  accessWith,
  type Caller,
  type Credentials,
  keyOfCredentials,
} from '../core/identity.ts'
import type { BrowserSessions } from './browser-sessions.ts'
import type { ConfirmSession } from './vault-sessions.ts'

/** Which upstreams there are, and what a caller needs to reach them. */
export interface AccessRules {
  readonly vault: 'configured' | 'not configured'
  readonly feldera: 'configured' | 'not configured'
  /** The Vault session that a caller of the sandbox has who brings none. Undefined outside the sandbox. */
  readonly demoSession: string | undefined
}

/**
 * Makes the callers. The gateway opens no door that was closed before it came: Vault is asked with the caller's own
 * session only, and Feldera with the caller's own `Feldera-Authorization`. Who brings none reaches Feldera on Vault's
 * word that the session is good. Where Feldera stands alone, it is asked with what the caller brought, if anything,
 * just as the caller could ask it without a gateway (`README.md`, Credentials).
 */
export function createCallers(
  rules: AccessRules,
  confirmSession: ConfirmSession,
  { hasEnded }: Pick<BrowserSessions, 'hasEnded'>,
): (credentials: Credentials) => Caller {
  const sessionOf = (authorization: string): Access => {
    const access = accessWith(authorization)
    if (hasEnded(access)) throw unauthenticated('This session was signed out. Sign in again.')
    return access
  }
  const waysIn: WaysIn = {
    vault: (credentials) => vaultAccess(rules, credentials, sessionOf),
    feldera: (credentials) => felderaAccess(rules, credentials, sessionOf, confirmSession),
    linkCredentials: (credentials, service) => linkCredentials(rules, credentials, service),
  }
  return (credentials) => new CredentialedCaller(credentials, waysIn)
}

/** What callers have in common. */
interface WaysIn {
  vault(credentials: Credentials): Access
  feldera(credentials: Credentials): Access
  linkCredentials(credentials: Credentials, service: UpstreamService): Credentials
}

/**
 * Works out each thing once, when it is first asked for. A class, since an object of its own with getters would cost V8 a shape
 * of its own for each request, and outlive it.
 */
class CredentialedCaller implements Caller {
  readonly #credentials: Credentials
  readonly #waysIn: WaysIn
  #key: string | undefined
  #credentialKey: string | undefined
  #vault: Access | undefined
  #feldera: Access | undefined

  constructor(credentials: Credentials, waysIn: WaysIn) {
    this.#credentials = credentials
    this.#waysIn = waysIn
  }

  get key() {
    this.#key ??= keyOfCredentials(this.#credentials)
    return this.#key
  }

  get credentialKey() {
    const { vault, feldera, cookieFault } = this.#credentials
    if (vault === undefined && feldera === undefined) return undefined
    if (cookieFault === undefined) return this.key
    this.#credentialKey ??= keyOfCredentials({ vault, feldera })
    return this.#credentialKey
  }

  vault() {
    this.#vault ??= this.#waysIn.vault(this.#credentials)
    return this.#vault
  }

  feldera() {
    this.#feldera ??= this.#waysIn.feldera(this.#credentials)
    return this.#feldera
  }

  linkCredentials(service: UpstreamService) {
    return this.#waysIn.linkCredentials(this.#credentials, service)
  }
}

/** @throws GatewayError UNAUTHENTICATED where the browser that had this session has signed out */
type SessionAccess = (authorization: string) => Access

function vaultAccess(
  { vault, demoSession }: AccessRules,
  credentials: Credentials,
  sessionOf: SessionAccess,
): Access {
  if (vault === 'not configured') throw upstreamNotConfigured('vault')
  const authorization = sessionBroughtBy(credentials, demoSession)
  if (authorization === undefined) {
    throw unauthenticated(
      credentials.cookieFault ??
        'Vault needs a session: sign in with the mutation `signIn`, or send the id of a session as the header `Authorization`, or as `authorization` in the connectionParams of a WebSocket.',
      { upstream: { service: 'vault' } },
    )
  }
  return sessionOf(authorization)
}

function felderaAccess(
  { vault, feldera, demoSession }: AccessRules,
  credentials: Credentials,
  sessionOf: SessionAccess,
  confirmSession: ConfirmSession,
): Access {
  if (feldera === 'not configured') throw upstreamNotConfigured('feldera')
  if (credentials.feldera !== undefined || vault === 'not configured') return accessWith(credentials.feldera)
  const authorization = sessionBroughtBy(credentials, demoSession)
  if (authorization === undefined) {
    throw unauthenticated(
      credentials.cookieFault ??
        'Feldera is reached with a Vault session: sign in with the mutation `signIn`, or send the id of a session as the header `Authorization` (`authorization` in the connectionParams of a WebSocket), or a credential of Feldera as `Feldera-Authorization` (`felderaAuthorization`).',
      { upstream: { service: 'feldera' } },
    )
  }
  const session = sessionOf(authorization)
  return accessOnWordOf(session, (signal) => confirmSession(session, signal))
}

/** The demo user is who brings nothing. Whose sign-in has ended is not somebody else from then on. */
function sessionBroughtBy(
  { vault, cookieFault }: Credentials,
  demoSession: string | undefined,
): string | undefined {
  return vault ?? (cookieFault === undefined ? demoSession : undefined)
}

/** The demo session is not carried: who brings nothing is the demo user when the link is opened, too. */
function linkCredentials(
  rules: AccessRules,
  { vault, feldera }: Credentials,
  service: UpstreamService,
): Credentials {
  if (service === 'feldera' && feldera !== undefined) return { vault: undefined, feldera }
  return { vault: rules.vault === 'configured' ? vault : undefined, feldera: undefined }
}
