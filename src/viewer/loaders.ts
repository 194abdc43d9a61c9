import type { BrowserSession } from '../core/browser-session.ts'
import { badRequest, badUserInput, GatewayError, hasCode, reworded } from '../core/errors.ts'
import { type Access, accessWith } from '../core/identity.ts'
import type { Browser, HttpExchange, OperationScope } from '../core/operation.ts'
import type { BrowserSessions } from '../upstream/browser-sessions.ts'
import type { ViewerClient } from './client.ts'
import type { UserCredentials, Viewer } from './model.ts'
import type { SignInAttempts } from './sign-in-attempts.ts'

/** The longest name of a user and the longest password, in characters. */
const maxUserCredentialLength = 512

/** Who asks, and the way in and out. */
export interface ViewerLoaders {
  /** Null where nobody is signed in. */
  viewer(): Promise<Viewer | null>
  signIn(credentials: UserCredentials): Promise<Viewer>
  /** @returns Vault's id of the user who was signed out; null where nobody was signed in by cookie */
  signOut(): Promise<string | null>
}

declare module '../core/operation.ts' {
  interface Loaders {
    readonly viewer: ViewerLoaders
  }
}

/** What the loaders of all operations share. */
export interface ViewerLoadersFloor {
  readonly client: ViewerClient
  readonly attempts: SignInAttempts
  readonly browserSessions: Pick<BrowserSessions, 'begin' | 'end'>
}

/** Makes the viewer's loaders of one operation. */
export function createViewerLoaders(
  { client, attempts, browserSessions }: ViewerLoadersFloor,
  { caller, signal, browser }: OperationScope,
): ViewerLoaders {
  /** The session of the browser: a document may sign in and out several times. */
  let own = browser?.session
  let asked: Promise<Viewer | null> | undefined
  const ask = async () => {
    const access = sessionOf(() => caller.vault())
    if (access === undefined) return null
    const user = await client.whoIs(access, signal).catch(nobodyIfEnded)
    return user === null ? null : { ...user, expiresAt: expiryOf(browser?.session) }
  }
  /** The browser's own session first: whatever Vault says, nobody is let in with it any more. */
  const end = async (session: BrowserSession) => {
    browserSessions.end(session)
    await client.signOut(accessWith(session.vaultSession))
  }
  return {
    viewer() {
      asked ??= ask()
      return asked
    },
    async signIn(credentials) {
      sessionOf(() => caller.vault())
      const exchange = exchangeOf(browser)
      checkCredentials(credentials)
      await attempts.count(credentials.username, exchange.clientAddress)
      signal.throwIfAborted()
      const session = await client.signIn(credentials)
      browserSessions.begin(session)
      if (signal.aborted) await end(session).catch(() => {})
      signal.throwIfAborted()
      await exchange.setCookie(session)
      const before = own
      own = session
      if (before !== undefined) await end(before).catch(() => {})
      return { userId: session.userId, vaultId: session.vaultId, expiresAt: expiryOf(session) }
    },
    async signOut() {
      const exchange = exchangeOf(browser)
      const session = own
      if (session === undefined) return null
      exchange.clearCookie()
      own = undefined
      await end(session).catch((error: unknown) => {
        throw error instanceof GatewayError ? reworded(error, `${openAtVault} ${error.message}`) : error
      })
      return session.userId
    },
  }
}

const openAtVault =
  'The browser is signed out, but Vault did not confirm it: there the session ends by itself when it was idle for long enough.'

/**
 * What Vault is asked with. Undefined where nobody is signed in.
 *
 * @throws GatewayError UPSTREAM_NOT_CONFIGURED
 */
function sessionOf(vaultAccess: () => Access): Access | undefined {
  try {
    return vaultAccess()
  } catch (error) {
    if (hasCode(error, 'UNAUTHENTICATED')) return undefined
    throw error
  }
}

function nobodyIfEnded(error: unknown): null {
  if (hasCode(error, 'UNAUTHENTICATED')) return null
  throw error
}

const expiryOf = (session: BrowserSession | undefined) =>
  session === undefined ? undefined : new Date(session.expiresAtMs).toISOString()

/** @throws GatewayError BAD_REQUEST where the answer cannot set a cookie */
function exchangeOf(browser: Browser | undefined): HttpExchange {
  if (browser?.exchange !== undefined) return browser.exchange
  throw badRequest(
    'Sign in and out by POST to /graphql: only its answer can set a cookie. Then connect again.',
  )
}

/** @throws GatewayError BAD_USER_INPUT */
function checkCredentials({ username, password }: UserCredentials): void {
  if (username.trim() === '') throw badUserInput('`username` is empty.')
  if (password === '') throw badUserInput('`password` is empty.')
  if (Math.max(username.length, password.length) > maxUserCredentialLength) {
    throw badUserInput(
      `\`username\` and \`password\` have at most ${maxUserCredentialLength} characters each.`,
    )
  }
}
