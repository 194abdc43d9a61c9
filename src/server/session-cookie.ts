import type { IncomingHttpHeaders } from 'node:http'
import { parseCookie, stringifySetCookie } from 'cookie'
import { type BrowserSession, maxSessionLifetimeMs, type SealedSessions } from '../core/browser-session.ts'
import { isAllowedOrigin } from './origin.ts'

/** A browser takes a cookie of such a name only over HTTPS (or from this machine), for this host alone and for all its paths (RFC 6265bis, 4.1.3.2). */
const sessionCookieName = '__Host-vaultline'

/** What the cookie of a request says. */
export interface CookieReading {
  /** Undefined where there is no cookie, or it does not count. */
  readonly session: BrowserSession | undefined
  /** Why a cookie that is there gives no session, in a sentence. */
  readonly fault: string | undefined
  /** Whether the browser had better forget the cookie, since nobody can open it any more. */
  readonly isStale: boolean
}

/** What no cookie says. */
export const noCookie: CookieReading = { session: undefined, fault: undefined, isStale: false }

/**
 * Reads the cookie of a request. It counts only where the browser tells that a page of this origin, or of an allowed one,
 * has sent the request: a cookie goes along with what any page makes a browser send.
 *
 * @param allowedOrigins beside the gateway's own
 */
export async function readSessionCookie(
  headers: IncomingHttpHeaders,
  allowedOrigins: readonly string[],
  sealed: SealedSessions,
): Promise<CookieReading> {
  const value = headers.cookie === undefined ? undefined : parseCookie(headers.cookie)[sessionCookieName]
  if (value === undefined || value === '') return noCookie
  if (!isOwnPage(headers, allowedOrigins)) return { ...noCookie, fault: foreignPage }
  const session = await sealed.open(value)
  return session === undefined ? { ...noCookie, fault: staleCookie, isStale: true } : { ...noCookie, session }
}

const foreignPage =
  'The cookie of a sign-in counts only from pages of this gateway and of the origins in ALLOWED_ORIGINS, by their `Origin`. Programs send the header `Authorization`.'
const staleCookie = 'The sign-in has ended. Sign in again.'

/** A browser that reads from its own origin sends no `Origin`, and says so by `Sec-Fetch-Site` (Fetch Metadata). */
function isOwnPage(headers: IncomingHttpHeaders, allowedOrigins: readonly string[]): boolean {
  if (headers.origin === undefined) return headers['sec-fetch-site'] === 'same-origin'
  return isAllowedOrigin(headers, allowedOrigins)
}

const attributes = {
  name: sessionCookieName,
  path: '/',
  httpOnly: true,
  secure: true,
  // A page reaches the gateway by its own requests, never by a link from elsewhere that needs the cookie.
  sameSite: 'strict',
} as const

/** The `Set-Cookie` that hands a browser its session. */
export async function setSessionCookie(session: BrowserSession, sealed: SealedSessions): Promise<string> {
  const value = await sealed.seal(session)
  return stringifySetCookie({ ...attributes, value, maxAge: maxSessionLifetimeMs / 1000 })
}

/** The `Set-Cookie` by which a browser forgets its session. */
export const clearSessionCookie = stringifySetCookie({ ...attributes, value: '', maxAge: 0 })
