import type { Access } from '../core/identity.ts'

/** How much of an upstream's words is passed on, in characters. */
const maxQuotedLength = 500

/**
 * Quotes an upstream's words for a message of ours. An upstream, or a proxy before it, may repeat the credential that it
 * was sent; messages reach clients and the log, so it is taken out.
 */
export function quoted(text: string, { authorization }: Access): string {
  const secrets = authorization === undefined ? [] : [authorization, authorization.replace(/^\S+ +/, '')]
  const clean = secrets.reduce((words, secret) => words.replaceAll(secret, '…'), text)
  return `“${clean.slice(0, maxQuotedLength)}”`
}
