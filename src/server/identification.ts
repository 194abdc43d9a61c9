import type { IncomingHttpHeaders } from 'node:http'
import type { BrowserSession, SealedSessions } from '../core/browser-session.ts'
import { accessWith, type Caller, type Credentials } from '../core/identity.ts'
import type { BrowserSessions } from '../upstream/browser-sessions.ts'
import { credentialsOfHeaders } from './credentials.ts'
import { type CookieReading, noCookie, readSessionCookie } from './session-cookie.ts'

/** Who has sent a request. */
export interface Sender {
  readonly caller: Caller
  /** The session of the browser, where its cookie is what counts. */
  readonly session: BrowserSession | undefined
  /** Whether the browser had better forget its cookie. */
  readonly hasStaleCookie: boolean
}

/** How all routes find out who asks. */
export interface Identification {
  /**
   * By the headers of a request, or else by its cookie: a header wins.
   *
   * @returns a promise where there is a cookie to open
   * @throws GatewayError UNAUTHENTICATED for a header that no upstream could take
   */
  senderOf(headers: IncomingHttpHeaders): Sender | Promise<Sender>
  /** Reads the cookie alone: a WebSocket says in its `connection_init` whether it brings something else. */
  cookieOf(headers: IncomingHttpHeaders): Promise<CookieReading>
  callerOf(credentials: Credentials): Caller
  /** Keeps the session of a connection alive, see {@link BrowserSessions.hold}. */
  hold: BrowserSessions['hold']
}

/** What {@link createIdentification} needs. */
export interface IdentificationOptions {
  readonly callerOf: (credentials: Credentials) => Caller
  readonly sealedSessions: SealedSessions
  readonly browserSessions: Pick<BrowserSessions, 'touch' | 'hold' | 'hasEnded'>
  readonly allowedOrigins: readonly string[]
}

/** Makes the one {@link Identification} of a gateway. */
export function createIdentification({
  callerOf,
  sealedSessions,
  browserSessions,
  allowedOrigins,
}: IdentificationOptions): Identification {
  const cookieOf = async (headers: IncomingHttpHeaders): Promise<CookieReading> => {
    const cookie = await readSessionCookie(headers, allowedOrigins, sealedSessions)
    const isSignedOut =
      cookie.session !== undefined && browserSessions.hasEnded(accessWith(cookie.session.vaultSession))
    // It is not taken away: the browser may have another one meanwhile, which would go with it.
    return isSignedOut ? { ...noCookie, fault: signedOut } : cookie
  }
  return {
    senderOf(headers) {
      const given = credentialsOfHeaders(headers)
      const isAlone = given.vault !== undefined || headers.cookie === undefined
      if (isAlone) return { caller: callerOf(given), session: undefined, hasStaleCookie: false }
      return cookieOf(headers).then((cookie) => {
        const { session, isStale } = cookie
        if (session !== undefined) browserSessions.touch(session)
        return { caller: callerOf(withCookie(given, cookie)), session, hasStaleCookie: isStale }
      })
    },
    cookieOf,
    callerOf,
    hold: browserSessions.hold,
  }
}

const signedOut = 'This browser was signed out. Sign in again.'

/** Adds the session of a cookie to what a caller brings otherwise, unless that is a session, too. */
export function withCookie(given: Credentials, { session, fault }: CookieReading): Credentials {
  return { ...given, vault: given.vault ?? session?.vaultSession, cookieFault: fault }
}
