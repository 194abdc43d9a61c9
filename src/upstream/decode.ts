import { z } from 'zod'
import { type UpstreamDetail, upstreamInvalidResponse } from '../core/errors.ts'
import { lostAnswerHint } from './connection-failure.ts'
import type { UpstreamMethod } from './http-client.ts'

/** An id, which comes as text or as a number. Read in one step: a union with a transform takes twice as long, and lists have hundreds. */
export const wireId = z.unknown().transform((value, context): string => {
  if (typeof value === 'number' && Number.isFinite(value)) return String(value)
  if (typeof value === 'string' && value !== '') return value
  context.addIssue({ code: 'custom', message: 'is not an id' })
  return z.NEVER
})

/** A whole number from 0 on, which comes as a number or as digits. Nothing else is taken for one, not even null. */
export const wireCount = z
  .union([z.number(), z.string().regex(/^\d+$/).transform(Number)])
  .pipe(z.int().min(0))

/** GraphQL's `Int` goes no further. */
const maxInt = 2 ** 31 - 1

/** A count that clients get as `Int`: beyond it GraphQL would fail the field that shows it, as a fault of ours. */
export const wireInt = wireCount.refine((count) => count <= maxInt, { error: 'is too large' })

/** RFC 3339 as Vault prints it, zone included, of a day that there is. Handed on as it came. */
export const wireDateTime = z
  .string()
  .refine((text) => plainDateTime.test(text) || (dateTime.test(text) && !Number.isNaN(Date.parse(text))), {
    error: 'is not a date and time',
  })

/** A day that every month has, and a time that every day has: nearly all are, and lists have hundreds. */
const plainDateTime =
  /^\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|1\d|2[0-8])T(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d(?:\.\d+)?(?:Z|[+-](?:[01]\d|2[0-3]):[0-5]\d)$/

/** What `Date.parse` alone takes has more forms, and this alone takes the 99th of a month. */
const dateTime = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/

/** A field that an upstream leaves out, sets to null, or fills: all three are normal. Missing becomes null. */
export function optional<Schema extends z.ZodType>(schema: Schema) {
  return z.preprocess((value) => (value === '' ? null : (value ?? null)), schema.nullable())
}

/**
 * Reads the JSON of an upstream by schema. Features call it in their client and nowhere else.
 *
 * @param schema compiled (`z.compile`), once for each: lists have hundreds of elements
 * @param what is being read, for the message, such as `the status of a job`
 * @param method of the call: after a write the message says to look before trying again
 * @throws GatewayError UPSTREAM_INVALID_RESPONSE naming the field that does not fit
 */
export function decode<Schema extends z.ZodType>(
  schema: Schema,
  body: unknown,
  what: string,
  upstream: UpstreamDetail,
  method: UpstreamMethod = 'GET',
): z.output<Schema> {
  const result = schema.safeParse(body)
  if (result.success) return result.data
  const [issue] = result.error.issues
  const field = issue === undefined || issue.path.length === 0 ? 'the answer' : `\`${issue.path.join('.')}\``
  const hint = method === 'GET' ? '' : ` ${lostAnswerHint(method)}`
  throw upstreamInvalidResponse(
    `The answer of ${upstream.service} to ${what} does not fit: ${field} is not what it should be (${issue?.message ?? 'unknown'}).${hint}`,
    { upstream, cause: result.error },
  )
}
