import { hkdfSync } from 'node:crypto'
import { EncryptJWT, jwtDecrypt } from 'jose'
import { unauthenticated } from './errors.ts'
import type { Credentials } from './identity.ts'
import type { Clock } from './time.ts'

/** How long a sealed link works, in seconds (the contract of `downloadUrl`). */
export const linkLifetimeSeconds = 300

/** A token is a credential, a path and some claims; anything longer is none of ours. */
const maxTokenLength = 16_384

/** Links that carry a credential, encrypted and authenticated, so that a browser can open them without a header. */
export interface SealedLinks {
  /**
   * Makes the address of a file, good for {@link linkLifetimeSeconds} and for this file alone.
   *
   * @param link path and query of the file on this gateway
   * @param credentials what the caller is to have who opens it (`linkCredentials` of a caller)
   */
  seal(link: string, credentials: Credentials): Promise<URL>
  /**
   * Opens the token of a link.
   *
   * @returns the credentials in it
   * @throws GatewayError UNAUTHENTICATED when the token is expired, altered, or of another file
   */
  open(link: string, token: string): Promise<Credentials>
}

/** Settings of {@link SealedLinks}. */
export interface SealedLinksOptions {
  readonly secret: string
  /** The address under which clients reach the gateway; asked for at each link, since a port may be known late. */
  publicUrl(): string
  readonly clock: Clock
}

/** Seals by JWE: direct encryption with A256GCM, under a key derived from the secret for this use alone. */
export function createSealedLinks({ secret, publicUrl, clock }: SealedLinksOptions): SealedLinks {
  const key = new Uint8Array(hkdfSync('sha256', secret, '', 'vaultline sealed links', 32))

  return {
    async seal(link, { vault, feldera }) {
      const nowSeconds = Math.floor(clock.now() / 1000)
      const token = await new EncryptJWT({ vault, feldera })
        .setProtectedHeader({ alg: 'dir', enc: 'A256GCM' })
        .setAudience(link)
        .setExpirationTime(nowSeconds + linkLifetimeSeconds)
        .encrypt(key)
      const url = new URL(publicUrl().replace(/\/+$/, '') + link)
      url.searchParams.set('token', token)
      return url
    },
    async open(link, token) {
      if (token.length > maxTokenLength) throw badLink()
      const { payload } = await jwtDecrypt(token, key, {
        audience: link,
        requiredClaims: ['exp'],
        currentDate: new Date(clock.now()),
        keyManagementAlgorithms: ['dir'],
        contentEncryptionAlgorithms: ['A256GCM'],
      }).catch(() => {
        throw badLink()
      })
      return { vault: textOf(payload['vault']), feldera: textOf(payload['feldera']) }
    },
  }
}

const textOf = (claim: unknown) => (typeof claim === 'string' ? claim : undefined)

const badLink = () =>
  unauthenticated(
    'This link has expired or was altered. Ask the graph for a new one: it works for five minutes.',
  )
