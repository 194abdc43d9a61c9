import type { IncomingHttpHeaders } from 'node:http'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { badRequest, type GatewayError } from '../core/errors.ts'

/** The largest body of a request, in bytes. A query with its variables has a few thousand. */
export const maxBodySizeBytes = 1_000_000

/** Why the body of a request is not read. */
export interface BodyRefusal {
  readonly status: number
  readonly error: GatewayError
}

/** Looks at what the headers say of a body, before any of it is read. Undefined where nothing speaks against it. */
export function bodyRefusalOf(headers: IncomingHttpHeaders): BodyRefusal | undefined {
  const { 'content-encoding': coding, 'content-length': length, 'transfer-encoding': transfer } = headers
  if (transfer === undefined && (length === undefined || length === '0')) return undefined
  if (transfer !== undefined && transfer.trim().toLowerCase() !== 'chunked') {
    return refusal(501, 'The body may come in chunks, and in no other transfer coding.')
  }
  if (Number(length ?? 0) > maxBodySizeBytes) return refusal(413, bodyTooLarge)
  if (coding !== undefined && coding.trim().toLowerCase() !== 'identity') {
    return refusal(415, 'Send the body as it is, without `Content-Encoding`.')
  }
  const charset = charsetOf(headers['content-type'])
  if (charset !== undefined && !/^utf-?8$/i.test(charset)) return refusal(415, 'Send the body in UTF-8.')
  return undefined
}

const refusal = (status: number, message: string): BodyRefusal => ({ status, error: badRequest(message) })

/** What is told of a body that is larger than it may be. */
export const bodyTooLarge = `The body has more than ${maxBodySizeBytes} bytes. Send less at a time.`

const charsetOf = (contentType = '') => /;\s*charset\s*=\s*"?([^";\s]*)/i.exec(contentType)?.[1]

/**
 * Reads JSON strictly. Fastify puts U+FFFD in place of what is no UTF-8, so that what is run would be another thing than what
 * was sent. A key that is there twice counts as `JSON.parse` has it: the last one.
 */
export function readJsonStrictly(http: FastifyInstance): void {
  const parse = http.getDefaultJsonParser('error', 'error')
  http.removeContentTypeParser('application/json')
  http.addContentTypeParser(
    'application/json',
    { parseAs: 'buffer' },
    (request: FastifyRequest, body: Buffer, done) => {
      const text = utf8In(body)
      if (text === undefined) done(badRequest('The body is not UTF-8.'))
      else parse(request, text, done)
    },
  )
}

const decoder = new TextDecoder('utf-8', { fatal: true })

function utf8In(bytes: Buffer): string | undefined {
  try {
    return decoder.decode(bytes)
  } catch {
    return undefined
  }
}
