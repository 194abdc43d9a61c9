/** The user who asks. */
export interface Viewer {
  readonly userId: string
  readonly vaultId: string | undefined
  /** RFC 3339. Undefined where the gateway has not opened the session. */
  readonly expiresAt: string | undefined
}

/** What a user types to sign in. */
export interface UserCredentials {
  readonly username: string
  readonly password: string
}
