import type { IncomingMessage } from 'node:http'
import proxyAddr from '@fastify/proxy-addr'

/** Tells from where a request comes. */
export type ClientAddress = (request: IncomingMessage) => string

/**
 * Makes the reading of addresses for what never becomes a request of Fastify: the upgrade to a WebSocket. It is Fastify's own
 * (`FastifyRequest.ip`), so that one client is the same over all transports.
 *
 * @param trustedProxies addresses and networks whose `X-Forwarded-For` is believed
 */
export function createClientAddress(trustedProxies: readonly string[]): ClientAddress {
  const isTrusted = proxyAddr.compile([...trustedProxies])
  return (request) => proxyAddr(request, isTrusted) ?? ''
}
