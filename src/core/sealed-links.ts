import { unauthenticated } from './errors.ts'
import type { Credentials } from './identity.ts'
import { createSeal, type SealOptions } from './sealing.ts'

/** How long a sealed link works, in seconds (`schema.graphql`, `downloadUrl`). */
const linkLifetimeSeconds = 300

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
export interface SealedLinksOptions extends Pick<SealOptions, 'secrets' | 'clock'> {
  /** The address under which clients reach the gateway; asked for at each link, since a port may be known late. */
  publicUrl(): string
}

/** Makes the links of one gateway. */
export function createSealedLinks({ secrets, publicUrl, clock }: SealedLinksOptions): SealedLinks {
  const { seal, open } = createSeal({ secrets, use: 'vaultline sealed links', clock })

  return {
    async seal(link, { vault, feldera }) {
      const expiresAtMs = clock.now() + linkLifetimeSeconds * 1000
      const url = new URL(publicUrl().replace(/\/+$/, '') + link)
      url.searchParams.set('token', await seal({ vault, feldera }, { audience: link, expiresAtMs }))
      return url
    },
    async open(link, token) {
      const claims = await open(token, link)
      if (claims === undefined) throw badLink()
      return { vault: textOf(claims['vault']), feldera: textOf(claims['feldera']) }
    },
  }
}

const textOf = (claim: unknown) => (typeof claim === 'string' ? claim : undefined)

const badLink = () =>
  unauthenticated(
    'This link has expired or was altered. Ask the graph for a new one: it works for five minutes.',
  )
