import { z } from 'zod'
import { createSeal, type SealOptions } from './sealing.ts'

/** After this time Vault ends every session, whatever is done with it, in milliseconds (API reference, Session Keep Alive). */
export const maxSessionLifetimeMs = 48 * 60 * 60 * 1000

/** A session that the gateway has opened at Vault for a browser. The browser holds it sealed, and never sees what is in it. */
export interface BrowserSession {
  /** Vault's id of the session: a credential. */
  readonly vaultSession: string
  readonly userId: string
  readonly vaultId: string
  /** When it ends at the latest, in milliseconds since the epoch. */
  readonly expiresAtMs: number
}

/** Seals and opens the value of the cookie. */
export interface SealedSessions {
  seal(session: BrowserSession): Promise<string>
  /** @returns undefined where it has expired, was altered, or is for another Vault or of another secret */
  open(token: string): Promise<BrowserSession | undefined>
}

/** Settings of {@link SealedSessions}. */
export interface SealedSessionsOptions extends Pick<SealOptions, 'secrets' | 'clock'> {
  /** Such as `https://myvault.veevavault.com`: a cookie of another Vault is not sent there. */
  readonly vaultUrl: string
}

/** What is sealed, beside the audience. */
const claimsSchema = z.object({
  vaultSession: z.string(),
  userId: z.string(),
  vaultId: z.string(),
  exp: z.number(),
})

/** Makes the {@link SealedSessions} of one gateway. */
export function createSealedSessions({ secrets, clock, vaultUrl }: SealedSessionsOptions): SealedSessions {
  const { seal, open } = createSeal({ secrets, use: 'vaultline browser sessions', clock })
  const audience = new URL(vaultUrl).origin

  return {
    seal: ({ expiresAtMs, ...claims }) => seal({ ...claims }, { audience, expiresAtMs }),
    async open(token) {
      const claims = claimsSchema.safeParse(await open(token, audience))
      if (!claims.success) return undefined
      const { exp, ...session } = claims.data
      return { ...session, expiresAtMs: exp * 1000 }
    },
  }
}
