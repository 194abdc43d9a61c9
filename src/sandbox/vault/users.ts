/** A user of the sandbox's Vault, who has one session from the start and opens more by signing in. */
export interface SandboxUser {
  id: number
  /** What its callers send as `Authorization`, raw or after `Bearer `. */
  sessionId: string
  /** Whether it sees everybody's upload sessions. Default: false. */
  admin?: boolean
  /** The name to sign in with. Default: `user{id}@sandbox.example`. */
  username?: string
  /** Default: `sandbox`. */
  password?: string
  /** What stands against signing in although the password is right. Default: nothing. */
  signIn?: 'locked out' | 'password change required' | 'no access to this Vault'
}

/** The password of who was given none. */
export const defaultPassword = 'sandbox'

/** The name that a user signs in with. */
export const usernameOf = ({ id, username = `user${id}@sandbox.example` }: SandboxUser): string => username

/** The users and their sessions. */
export interface UserStore {
  add(user: SandboxUser): void
  /** From now on the session opens this user's things, too. */
  openSession(user: SandboxUser, sessionId: string): void
  /** From now on the session is INVALID_SESSION_ID. */
  endSession(sessionId: string): void
  /** Whose name this is, in any case. */
  named(username: string): SandboxUser | undefined
  /** Whose session an `Authorization` header names, bare or after `Bearer` (API reference, Authentication). */
  ofAuthorization(authorization: string | undefined): SandboxUser | undefined
}

/** The session that an `Authorization` header names. */
export const sessionIdOf = (authorization: string): string => authorization.replace(/^Bearer /i, '')

/** Makes a store that knows nobody. */
export function createUserStore(): UserStore {
  const bySession = new Map<string, SandboxUser>()
  const byName = new Map<string, SandboxUser>()
  return {
    add(user) {
      bySession.set(user.sessionId, user)
      byName.set(usernameOf(user).toLowerCase(), user)
    },
    openSession: (user, sessionId) => bySession.set(sessionId, user),
    endSession: (sessionId) => bySession.delete(sessionId),
    named: (username) => byName.get(username.toLowerCase()),
    ofAuthorization: (authorization) =>
      authorization === undefined ? undefined : bySession.get(sessionIdOf(authorization)),
  }
}
