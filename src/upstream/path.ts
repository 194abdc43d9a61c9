import { badUserInput } from '../core/errors.ts'

/** Longer than any key that Vault or Feldera makes. */
const maxSegmentLength = 512

/** What may stand in a segment without a second meaning to some server or proxy on the way. */
const segmentPattern = /^[\w.~!$'()*+,;=:@ -]+$/

/** The path of an upstream call. */
export interface UpstreamPath {
  /** As it is sent. */
  readonly text: string
  /** The same with `{key}` in the place of each value: there are as many as places in the code, so that metrics can be counted by it. */
  readonly route: string
}

/** Each place in the code has one array of parts, so that its route is written once. */
const routes = new WeakMap<TemplateStringsArray, string>()

/**
 * Builds the path of an upstream call. Each value becomes exactly one segment, so that no key of a caller can
 * reach another route: a slash, a backslash, a control character, `.` and `..` are refused, the rest is encoded.
 *
 * @throws GatewayError BAD_USER_INPUT when a value cannot be a segment
 */
export function pathOf(parts: TemplateStringsArray, ...values: readonly string[]): UpstreamPath {
  return { text: String.raw({ raw: parts }, ...values.map(segmentOf)), route: routeOf(parts) }
}

function routeOf(parts: TemplateStringsArray): string {
  const known = routes.get(parts)
  if (known !== undefined) return known
  const route = parts.join('{key}')
  routes.set(parts, route)
  return route
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
