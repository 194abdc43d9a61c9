import { hash, hkdfSync, randomBytes } from 'node:crypto'
import type { UpstreamService } from './errors.ts'

/** The longest credential that is taken: Vault's have 128 characters, a JWT some thousand. */
export const maxCredentialLength = 8192

/** Visible ASCII and single spaces: what an HTTP header may carry without harm. */
const credentialPattern = /^[\x21-\x7e]+(?: [\x21-\x7e]+)*$/

/** So that a key in a heap dump, a log or a Redis says nothing about the credential. */
let keyingSecret = randomBytes(32).toString('hex')

/**
 * Makes caller keys by a secret from now on: the same in all replicas that have it. Called once, at start, before there is
 * any caller. Without it each process has keys of its own.
 */
export function keyCallersBy(secret: string): void {
  keyingSecret = Buffer.from(hkdfSync('sha256', secret, '', 'vaultline caller keys', 32)).toString('hex')
}

/** The credentials that a caller brought, each just as it came. */
export interface Credentials {
  /** Goes to Vault as `Authorization`. */
  readonly vault: string | undefined
  /** Goes to Feldera as `Authorization`. */
  readonly feldera: string | undefined
  /** Why the cookie that the caller has gives no credential. Told where one is missing. */
  readonly cookieFault?: string | undefined
}

/** Names a caller of one upstream, where no call is made. */
export interface CallerKey {
  /** Stands for the credential in every cache, watch and shared call. It cannot be turned back. */
  readonly callerKey: string
}

/** One upstream, as one caller may use it. */
export interface Access extends CallerKey {
  /** The value of the `Authorization` header; undefined sends none. */
  readonly authorization: string | undefined
  /**
   * Asks Vault whether the session is good that this access rests on. Set where the caller has nothing of its own for
   * Feldera: no call is made before it has resolved, and what is watched ends when it refuses.
   *
   * @returns until when the answer holds, in milliseconds since the epoch
   * @throws GatewayError UNAUTHENTICATED where Vault refuses the session; else what a call to Vault throws
   */
  readonly confirm?: (signal?: AbortSignal) => Promise<number>
  /** Whether a watch looks with it, and nobody waits for the answer: such calls come after others. False by default. */
  readonly isPoll?: boolean
}

/**
 * Who asks. `vault` and `feldera` throw where this caller may not ask that service. Shared state is keyed by the
 * `callerKey` of the upstream that it came from (`docs/architecture.md`, Identity).
 */
export interface Caller {
  /** Stands for all credentials of this caller together. What is made for one caller as a whole is kept under it. */
  readonly key: string
  /** Stands for the credentials alone, by which callers are counted. Undefined where there are none, whatever the cookie. */
  readonly credentialKey: string | undefined
  /** @throws GatewayError UNAUTHENTICATED or UPSTREAM_NOT_CONFIGURED */
  vault(): Access
  /** @throws GatewayError UNAUTHENTICATED or UPSTREAM_NOT_CONFIGURED */
  feldera(): Access
  /**
   * What a link to a file of this service carries: as little of what this caller brought as makes the same access
   * again. A key of the gateway's own is never in it.
   */
  linkCredentials(service: UpstreamService): Credentials
}

/** Makes the access that a credential gives. */
export function accessWith(authorization: string | undefined): Access {
  return { authorization, callerKey: keyOf(authorization ?? '') }
}

/**
 * Makes the access of a caller for whom Vault speaks. It carries no credential, and shares nothing with a caller who
 * brings the same text as a credential: no credential has a line break.
 *
 * @param session the caller's access to Vault
 */
export function accessOnWordOf(session: Access, confirm: NonNullable<Access['confirm']>): Access {
  return { authorization: undefined, callerKey: keyOf(`Vault\n${session.callerKey}`), confirm }
}

/** Makes the {@link Caller.key} of credentials. */
export function keyOfCredentials({ vault, feldera, cookieFault }: Credentials): string {
  return keyOf(JSON.stringify([vault ?? null, feldera ?? null, cookieFault ?? null]))
}

const keyOf = (text: string) => hash('sha256', keyingSecret + text, 'base64url')

/** Whether text can be sent as a credential at all: short enough, and nothing in it that could break a header. */
export function isCredential(text: string): boolean {
  return text.length <= maxCredentialLength && credentialPattern.test(text)
}
