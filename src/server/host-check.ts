import type { IncomingMessage } from 'node:http'
import { isIP } from 'node:net'
import { badRequest, forbidden, type GatewayError } from '../core/errors.ts'

/** A request is refused by its `Host`: 421 where the name is none of the gateway's, 400 where it is no name. */
export interface HostRefusal {
  readonly status: 400 | 421
  readonly error: GatewayError
}

/** Looks at the name by which a request calls the gateway. Undefined: nothing speaks against it. */
export type HostCheck = (request: IncomingMessage) => HostRefusal | undefined

/** By what names the gateway may be called. */
export interface HostNames {
  /** The address or name that it listens on. */
  readonly host: string
  /** Where clients reach it. */
  readonly publicUrl: string | undefined
  /** Further names, those below one as `*.example.com`, or all as `*`. */
  readonly allowedHosts: readonly string[]
}

/** The longest name that is repeated in an error: as long as a name can be. */
const maxToldNameLength = 253

/**
 * Makes the check against DNS rebinding: a page of another site whose name was led to this gateway is of the same origin as it,
 * for the browser. It can bring no credential, but reaches what needs none.
 *
 * An address cannot be led anywhere, nor can `localhost`. A name without a dot belongs to nobody outside, so it is taken where
 * other machines reach the gateway: services call each other by such names. On loopback there is nothing they are good for.
 */
export function createHostCheck({ host, publicUrl, allowedHosts }: HostNames): HostCheck {
  const known = [host, ...allowedHosts, ...(publicUrl === undefined ? [] : [new URL(publicUrl).hostname])]
  const names = new Set(known.map((name) => withoutRoot(name.toLowerCase())))
  const suffixes = [...names].filter((name) => name.startsWith('*.')).map((name) => name.slice(1))
  const takesNamesWithoutDot = !isLoopback(host)
  const isOwn = (name: string): boolean =>
    isAddress(name) ||
    isNameOfThisMachine(name) ||
    names.has(name) ||
    suffixes.some((suffix) => name.endsWith(suffix)) ||
    (takesNamesWithoutDot && !name.includes('.'))
  // Nearly all requests call it by the same name.
  let lastOwn: string | undefined
  return (request) => {
    const given = givenHost(request)
    if (given !== undefined && given === lastOwn) return undefined
    // HTTP/1.0 knows requests without one. No browser sends them.
    if (given === '' && request.httpVersion !== '1.1') return undefined
    const name = given === undefined ? undefined : nameIn(given)
    if (name === undefined) return { status: 400, error: badRequest(noHost) }
    if (names.has('*') || isOwn(name)) {
      lastOwn = given
      return undefined
    }
    return { status: 421, error: forbidden(notCalled(name)) }
  }
}

const noHost = 'The request has to say by `Host` where it goes, once.'

const notCalled = (name: string) =>
  `This gateway is not called “${name.slice(0, maxToldNameLength)}”. Its operator can add the name to ALLOWED_HOSTS.`

/** An address as target stands before `Host` (RFC 9112, 3.2.2). Undefined where there is more than one `Host`. */
function givenHost({ url = '', headers, rawHeaders }: IncomingMessage): string | undefined {
  if (countHosts(rawHeaders) > 1) return undefined
  const [, target] = url.startsWith('/') ? [] : (/^[a-z][a-z\d+.-]*:\/\/([^/?#]*)/i.exec(url) ?? [])
  return target ?? headers.host ?? ''
}

/** Node keeps the first one, and tells of no other. */
function countHosts(rawHeaders: readonly string[]): number {
  let count = 0
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const name = rawHeaders[index]
    if (name?.length === 4 && name.toLowerCase() === 'host') count += 1
  }
  return count
}

/** The name in lower case, without port. Undefined where there is more than that, which `URL` would read as user or path. */
function nameIn(host: string): string | undefined {
  if (/[\s/?#\\@%]/.test(host)) return undefined
  const name = URL.parse(`http://${host}/`)?.hostname
  return name === undefined ? undefined : withoutRoot(name)
}

/** A name may end in the dot that stands for the root of all names. */
const withoutRoot = (name: string) => name.replace(/\.$/, '')

const isAddress = (name: string) => isIP(name) !== 0 || name.startsWith('[')

/** Browsers look such names up nowhere (RFC 6761, 6.3). */
const isNameOfThisMachine = (name: string) => name === 'localhost' || name.endsWith('.localhost')

/** Whether only this machine reaches what listens there. */
export const isLoopback = (host: string) => isNameOfThisMachine(host) || host === '::1' || /^127\./.test(host)
