import type { Access } from '../core/identity.ts'

/** How much of an upstream's words is passed on, in characters. */
const maxQuotedLength = 500

/**
 * Quotes an upstream's words for a message of ours. An upstream, or a proxy before it, may repeat the credential that it
 * was sent; messages reach clients and the log, so it is taken out.
 */
export function quoted(text: string, { authorization }: Access): string {
  return `“${withoutCredential(text, authorization).slice(0, maxQuotedLength)}”`
}

/** Takes a credential out of an upstream's words, with or without the scheme before it. */
export function withoutCredential(text: string, authorization: string | undefined): string {
  const secrets = authorization === undefined ? [] : [authorization, authorization.replace(/^\S+ +/, '')]
  return secrets.reduce((words, secret) => words.replaceAll(secret, '…'), text)
}
