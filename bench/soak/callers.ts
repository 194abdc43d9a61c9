import { randomUUID } from 'node:crypto'
import type { SandboxVault } from '../../src/sandbox/sandbox.ts'

/** How many callers come back; older ones have gone for good, and their sessions have ended. */
const maxPresent = 200

/** Which share of acts is a new caller's. */
const newShare = 0.4

/** Which share comes with a session that Vault does not know. */
const unknownShare = 0.03

/** Who asks: ever-new callers, and those who come back. */
export interface Callers {
  /** A Vault session for one act. */
  session(): string
  /** The headers of a client behind a proxy, from one of very many addresses. */
  address(): { readonly 'x-forwarded-for': string }
}

/** Makes the callers of a Vault. Each is an admin there, so that each sees all that there is. */
export function createCallers(vault: SandboxVault): Callers {
  const present: string[] = []
  let lastId = 100_000

  const arrive = () => {
    lastId += 1
    const sessionId = randomUUID()
    vault.addUser({ id: lastId, sessionId, admin: true, username: `soak${lastId}@sandbox.example` })
    present.push(sessionId)
    const gone = present.length > maxPresent ? present.shift() : undefined
    if (gone !== undefined) vault.endSession(gone)
    return sessionId
  }
  return {
    session() {
      const chance = Math.random()
      if (chance < unknownShare) return `unknown-${randomUUID()}`
      if (chance < unknownShare + newShare) return arrive()
      return present[Math.floor(Math.random() * present.length)] ?? arrive()
    },
    address() {
      const part = () => Math.floor(Math.random() * 256)
      return { 'x-forwarded-for': `10.${part()}.${part()}.${part()}` }
    },
  }
}
