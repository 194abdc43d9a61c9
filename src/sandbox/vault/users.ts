/** A user of the sandbox's Vault, who signs in with one session id. */
export interface SandboxUser {
  id: number
  /** What its callers send as `Authorization`, raw or after `Bearer `. */
  sessionId: string
  /** Whether it sees everybody's upload sessions. Default: false. */
  admin?: boolean
}

/** The users and their sessions. */
export interface UserStore {
  add(user: SandboxUser): void
  /** From now on the session is INVALID_SESSION_ID. */
  endSession(sessionId: string): void
  /** Whose session an `Authorization` header names (upstream A1). */
  ofAuthorization(authorization: string | undefined): SandboxUser | undefined
}

/** Makes a store that knows nobody. */
export function createUserStore(): UserStore {
  const bySession = new Map<string, SandboxUser>()
  return {
    add: (user) => bySession.set(user.sessionId, user),
    endSession: (sessionId) => bySession.delete(sessionId),
    ofAuthorization(authorization) {
      if (authorization === undefined) return undefined
      return bySession.get(authorization.replace(/^Bearer /i, ''))
    },
  }
}
