import { z } from 'zod'
import { type BrowserSession, maxSessionLifetimeMs } from '../core/browser-session.ts'
import {
  forbidden,
  GatewayError,
  hasCode,
  passwordChangeRequired,
  reworded,
  upstreamRateLimited,
  userLockedOut,
  usernameOrPasswordIncorrect,
} from '../core/errors.ts'
import { type Access, accessWith, isCredential } from '../core/identity.ts'
import type { Clock } from '../core/time.ts'
import { decode, wireId } from '../upstream/decode.ts'
import { pathOf } from '../upstream/path.ts'
import { withoutSecret } from '../upstream/quoted.ts'
import type { VaultClient } from '../upstream/vault.ts'
import type { UserCredentials, Viewer } from './model.ts'

/** What Vault answers to a sign-in. It stands beside the envelope's fields, not under `data`. */
const authSchema = z.compile(
  z.object({
    sessionId: z.string().refine(isCredential, { error: 'is no text that a header can carry' }),
    userId: wireId,
    vaultId: wireId,
    vaultIds: z.array(z.object({ id: wireId, url: z.string() })),
  }),
)

const userSchema = z.object({ user: z.object({ id: wireId }) })
const currentUserSchema = z.compile(z.object({ users: z.tuple([userSchema]).rest(userSchema) }))

/** After how many seconds Vault counts attempts of a user anew (API limits, authentication burst limit). */
const authBurstWindowSeconds = 60

/** Vault's routes of sessions. */
export interface ViewerClient {
  /**
   * Opens a session. Sent once, never again.
   *
   * @throws GatewayError FORBIDDEN where the user has no access to this Vault; else what Vault refuses with
   */
  signIn(credentials: UserCredentials): Promise<BrowserSession>
  /** Ends a session, and only that. One that has ended already is no failure. */
  signOut(access: Access): Promise<void>
  /** Whose session it is. */
  whoIs(access: Access, signal: AbortSignal): Promise<Omit<Viewer, 'expiresAt'>>
}

/** Makes the client of Vault's routes of sessions (API reference, Authentication). */
export function createViewerClient(vault: VaultClient, clock: Clock): ViewerClient {
  const signOut = async (access: Access) => {
    try {
      await vault.delete(access, pathOf`/session`)
    } catch (error) {
      if (!hasCode(error, 'UNAUTHENTICATED')) throw error
    }
  }
  return {
    async signIn({ username, password }) {
      const startedMs = clock.now()
      const form = { username, password, vaultDNS: vault.host }
      const answer = await vault.post(accessWith(undefined), pathOf`/auth`, form).catch((error: unknown) => {
        throw explained(error, password)
      })
      const auth = decode(authSchema, answer.body, 'the answer to a sign-in', answer.upstream, 'POST')
      if (!isOf(auth, vault.host)) {
        // The session opens another Vault, which this gateway does not serve. Nobody will use it.
        await signOut(accessWith(auth.sessionId)).catch(() => {})
        throw forbidden(
          `The user has no access to the Vault at ${vault.host}. Vault would have signed in to another one instead. Ask the Vault admin for access.`,
          { upstream: answer.upstream },
        )
      }
      return {
        vaultSession: auth.sessionId,
        userId: auth.userId,
        vaultId: auth.vaultId,
        expiresAtMs: startedMs + maxSessionLifetimeMs,
      }
    },
    signOut,
    async whoIs(access, signal) {
      const { body, upstream, vaultId } = await vault.get(access, pathOf`/objects/users/me`, { signal })
      const [{ user }] = decode(currentUserSchema, body, 'the user of the session', upstream).users
      return { userId: user.id, vaultId }
    },
  }
}

/**
 * Whether a session is for the Vault that was asked for. A user without access to it is not refused: Vault opens the one of
 * the user's other Vaults that it takes for the most relevant (API reference, User Name and Password, Authentication Defaulting).
 */
function isOf({ vaultId, vaultIds }: z.output<typeof authSchema>, host: string): boolean {
  const url = vaultIds.find(({ id }) => id === vaultId)?.url
  return url !== undefined && URL.parse(url)?.host === host
}

/** What a refusal means to who signs in; elsewhere Vault's types of this kind say that a session is no good. */
function explained(error: unknown, password: string): unknown {
  if (!(error instanceof GatewayError)) return error
  // Vault may repeat what it was sent.
  const message = withoutSecret(error.message, password)
  const refusal = refusalsByType.get(error.extensions.upstream?.type ?? '')
  if (refusal !== undefined) return refusal.make(`${message} ${refusal.advice}`, error.extensions)
  switch (error.code) {
    case 'UPSTREAM_RATE_LIMITED':
      return upstreamRateLimited('Vault takes no more sign-ins of this user for now. Wait a minute.', {
        retryAfter: authBurstWindowSeconds,
        ...error.extensions,
      })
    case 'UPSTREAM_TIMEOUT':
    case 'UPSTREAM_UNAVAILABLE':
      return reworded(error, 'Vault did not answer the sign-in. Nobody was signed in; try again later.')
    default:
      return reworded(error, message)
  }
}

/** By Vault's error types (API reference, Errors, error types). */
const refusalsByType = new Map([
  [
    'USERNAME_OR_PASSWORD_INCORRECT',
    {
      make: usernameOrPasswordIncorrect,
      advice: 'Check both, and mind that Vault locks a user out who is wrong too often.',
    },
  ],
  ['USER_LOCKED_OUT', { make: userLockedOut, advice: 'Wait, or ask the Vault admin to unlock the user.' }],
  [
    'PASSWORD_CHANGE_REQUIRED',
    { make: passwordChangeRequired, advice: 'Change the password on a page of Vault first.' },
  ],
])
