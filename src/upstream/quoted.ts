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
export function withoutCredential(text: string, authorization = ''): string {
  return withoutSecret(withoutSecret(text, authorization), authorization.replace(/^\S+ +/, ''))
}

/** Takes a secret out of an upstream's words. */
export const withoutSecret = (text: string, secret: string): string =>
  secret === '' ? text : text.replaceAll(secret, '…')
