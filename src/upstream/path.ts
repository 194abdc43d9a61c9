import { badUserInput } from '../core/errors.ts'

/** Longer than any key that Vault or Feldera makes. */
const maxSegmentLength = 512

/** What may stand in a segment without a second meaning to some server or proxy on the way. */
const segmentPattern = /^[\w.~!$'()*+,;=:@ -]+$/

/**
 * Builds the path of an upstream call. Each value becomes exactly one segment, so that no key of a caller can
 * reach another route: a slash, a backslash, a control character, `.` and `..` are refused, the rest is encoded.
 *
 * @throws GatewayError BAD_USER_INPUT when a value cannot be a segment
 */
export function pathOf(parts: TemplateStringsArray, ...values: readonly string[]): string {
  return String.raw({ raw: parts }, ...values.map(segmentOf))
}

function segmentOf(value: string): string {
  const isSegment =
    value.length <= maxSegmentLength && segmentPattern.test(value) && value !== '.' && value !== '..'
  if (!isSegment) {
    throw badUserInput(
      'A key may have letters, digits and punctuation, but no slash, and cannot be `.` or `..`. Pass on keys as this gateway gave them.',
    )
  }
  return encodeURIComponent(value)
}
