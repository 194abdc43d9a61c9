import { unauthenticated, upstreamNotConfigured } from '../core/errors.ts'
import { type Access, accessWith, type Caller, type Credentials, keyOfCredentials } from '../core/identity.ts'

/** Which upstreams there are, and what a caller needs to reach them. */
export interface AccessRules {
  readonly vault: 'configured' | 'not configured'
  readonly feldera: 'configured' | 'not configured'
  /** What a caller of the sandbox has who brings nothing. Undefined outside the sandbox. */
  readonly demo: Credentials | undefined
}

/**
 * Makes the callers. The gateway opens no door that was closed before it came: Vault is asked with the caller's own
 * session only, and Feldera with the caller's own `Feldera-Authorization`. Where Feldera stands alone, it is asked
 * with what the caller brought, if anything, just as the caller could ask it without a gateway.
 */
export function createCallers(rules: AccessRules): (credentials: Credentials) => Caller {
  return (credentials) => ({
    get key() {
      return keyOfCredentials(credentials)
    },
    vault: onceOnly(() => vaultAccess(rules, credentials)),
    feldera: onceOnly(() => felderaAccess(rules, credentials)),
  })
}

function vaultAccess({ vault, demo }: AccessRules, credentials: Credentials): Access {
  if (vault === 'not configured') throw upstreamNotConfigured('vault')
  const authorization = credentials.vault ?? demo?.vault
  if (authorization === undefined) {
    throw unauthenticated(
      'Vault needs a session: send its id as the header `Authorization`, or as `authorization` in the connectionParams of a WebSocket.',
      { upstream: { service: 'vault' } },
    )
  }
  return accessWith(authorization)
}

function felderaAccess({ vault, feldera, demo }: AccessRules, credentials: Credentials): Access {
  if (feldera === 'not configured') throw upstreamNotConfigured('feldera')
  const authorization = credentials.feldera ?? demo?.feldera
  const isOpen = vault === 'not configured' || demo !== undefined
  if (authorization === undefined && !isOpen) {
    throw unauthenticated(
      'Feldera needs a credential: send it as the header `Feldera-Authorization`, or as `felderaAuthorization` in the connectionParams of a WebSocket.',
      { upstream: { service: 'feldera' } },
    )
  }
  return accessWith(authorization)
}

function onceOnly<Value>(make: () => Value): () => Value {
  let made: { readonly value: Value } | undefined
  return () => {
    made ??= { value: make() }
    return made.value
  }
}
