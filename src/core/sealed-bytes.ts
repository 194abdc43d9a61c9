import { createCipheriv, createDecipheriv, createHmac, hkdfSync, randomBytes } from 'node:crypto'

/** AES-256-GCM: a nonce of 96 bits, a tag of 128 (NIST SP 800-38D, 5.2.1.1). */
const nonceLength = 12
const tagLength = 16

/** Bytes for a place that others can read, and may alter. */
export interface SealedBytes {
  /** @param about what the bytes are about: they open for nothing else */
  seal(bytes: Uint8Array, about: string): Buffer
  /** Undefined where the bytes were altered, are about something else, or none of ours. */
  open(sealed: Uint8Array, about: string): Buffer | undefined
  /** A name that tells nothing of what it stands for, the same wherever the secret is the same. */
  nameOf(text: string): string
}

/**
 * Seals synchronously, for what is sealed very often. For what a browser carries there is `sealing.ts`, in a format that others
 * know.
 *
 * @param secrets the first one seals and names, each of them opens
 */
export function createSealedBytes(secrets: readonly [string, ...string[]], use: string): SealedBytes {
  const keyOf = (secret: string, part: string) =>
    Buffer.from(hkdfSync('sha256', secret, '', `${use} ${part}`, 32))
  const [newest] = secrets
  const sealingKey = keyOf(newest, 'contents')
  const namingKey = keyOf(newest, 'names')
  const keys = secrets.map((secret) => keyOf(secret, 'contents'))

  const openWith = (key: Buffer, sealed: Uint8Array, about: string): Buffer | undefined => {
    const decipher = createDecipheriv('aes-256-gcm', key, sealed.subarray(0, nonceLength), {
      authTagLength: tagLength,
    })
    decipher.setAAD(Buffer.from(about))
    decipher.setAuthTag(sealed.subarray(nonceLength, nonceLength + tagLength))
    try {
      const start = decipher.update(sealed.subarray(nonceLength + tagLength))
      return Buffer.concat([start, decipher.final()])
    } catch {
      return undefined
    }
  }
  return {
    seal(bytes, about) {
      const nonce = randomBytes(nonceLength)
      const cipher = createCipheriv('aes-256-gcm', sealingKey, nonce, { authTagLength: tagLength })
      cipher.setAAD(Buffer.from(about))
      const contents = [cipher.update(bytes), cipher.final()]
      return Buffer.concat([nonce, cipher.getAuthTag(), ...contents])
    },
    open(sealed, about) {
      if (sealed.length < nonceLength + tagLength) return undefined
      for (const key of keys) {
        const bytes = openWith(key, sealed, about)
        if (bytes !== undefined) return bytes
      }
      return undefined
    },
    nameOf: (text) => createHmac('sha256', namingKey).update(text).digest('base64url'),
  }
}
