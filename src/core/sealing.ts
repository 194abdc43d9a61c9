import { hkdfSync } from 'node:crypto'
import { EncryptJWT, type JWTPayload, jwtDecrypt } from 'jose'
import type { Clock } from './time.ts'

/** A sealed text holds a credential and some claims; anything longer is none of ours. */
const maxTokenLength = 16_384

/** For whom a text is sealed, and until when. */
export interface SealTerms {
  /** Who opens it has to name the same. */
  readonly audience: string
  /** In milliseconds since the epoch; whole seconds count. */
  readonly expiresAtMs: number
}

/** Makes texts that carry a credential through hands that must not read or alter it. */
export interface Seal {
  /** Each time another text, so that two do not tell that they hold the same. */
  seal(claims: Readonly<Record<string, string | undefined>>, terms: SealTerms): Promise<string>
  /** @returns the claims; undefined where the text is expired, altered, for another audience, or none of ours */
  open(token: string, audience: string): Promise<Readonly<Record<string, unknown>> | undefined>
}

/** Settings of a {@link Seal}. */
export interface SealOptions {
  /** The first one seals, and each of them opens: a new one is put in front, and the old one stays until what it sealed has expired. */
  readonly secrets: readonly [string, ...string[]]
  /** What the texts are for: those of one use are nothing to another one. */
  readonly use: string
  readonly clock: Clock
}

/** Seals by JWE: direct encryption with A256GCM, under keys derived from the secrets for this use alone (RFC 7516, RFC 5869). */
export function createSeal({ secrets, use, clock }: SealOptions): Seal {
  const keyOf = (secret: string) => new Uint8Array(hkdfSync('sha256', secret, '', use, 32))
  const [newest, ...older] = secrets
  const sealingKey = keyOf(newest)
  const keys = [sealingKey, ...older.map(keyOf)]

  const openWith = async (
    key: Uint8Array,
    token: string,
    audience: string,
  ): Promise<JWTPayload | undefined> => {
    const decrypted = await jwtDecrypt(token, key, {
      audience,
      requiredClaims: ['exp'],
      currentDate: new Date(clock.now()),
      keyManagementAlgorithms: ['dir'],
      contentEncryptionAlgorithms: ['A256GCM'],
    }).catch(() => undefined)
    return decrypted?.payload
  }
  return {
    seal: (claims, { audience, expiresAtMs }) =>
      new EncryptJWT({ ...claims })
        .setProtectedHeader({ alg: 'dir', enc: 'A256GCM' })
        .setAudience(audience)
        .setExpirationTime(Math.floor(expiresAtMs / 1000))
        .encrypt(sealingKey),
    async open(token, audience) {
      if (token.length > maxTokenLength) return undefined
      for (const key of keys) {
        const claims = await openWith(key, token, audience)
        if (claims !== undefined) return claims
      }
      return undefined
    },
  }
}
