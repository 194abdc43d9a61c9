import { z } from 'zod'
import { type UpstreamDetail, upstreamInvalidResponse } from '../core/errors.ts'
import { lostAnswerHint, type UpstreamMethod } from './http-client.ts'

/** An id, which comes as text or as a number. */
export const wireId = z.union([z.string().min(1), z.number()]).transform(String)

/** A whole number from 0 on, which comes as a number or as digits. Nothing else is taken for one, not even null. */
export const wireCount = z
  .union([z.number(), z.string().regex(/^\d+$/).transform(Number)])
  .pipe(z.int().min(0))

/** RFC 3339 as Vault prints it, zone included. Handed on as it came. */
export const wireDateTime = z.string().regex(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/, {
  error: 'is not a date and time',
})

/** A field that an upstream leaves out, sets to null, or fills: all three are normal. Missing becomes null. */
export function optional<Schema extends z.ZodType>(schema: Schema) {
  return z.preprocess((value) => (value === '' ? null : (value ?? null)), schema.nullable())
}

/**
 * Reads the JSON of an upstream by schema. Features call it in their client and nowhere else.
 *
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
