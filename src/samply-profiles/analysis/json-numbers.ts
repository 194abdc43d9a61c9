import { dot, endOfScalar, minus } from './json-tokens.ts'

const [zero, nine, lowerE, upperE] = [0x30, 0x39, 0x65, 0x45]

/** The most digits that make a whole number which a double holds exactly. */
const maxExactDigits = 15
const powersOfTen = Array.from({ length: maxExactDigits + 1 }, (_, exponent) => 10 ** exponent)

/** Where the last number that {@link numberAt} read has ended. A second result without an object for each number. */
export let numberEnd = 0

/**
 * Reads a number. Most of a profile is numbers, so this makes no text of the usual ones.
 *
 * @returns NaN for null; undefined where there is no number, or where it may go on beyond the piece
 */
export function numberAt(bytes: Buffer, from: number): number | undefined {
  let at = from
  const isNegative = bytes[at] === minus
  if (isNegative) at += 1
  let [mantissa, digits, decimals] = [0, 0, 0]
  let isFraction = false
  for (; at < bytes.length; at += 1) {
    const byte = bytes[at] ?? 0
    if (byte >= zero && byte <= nine) {
      mantissa = mantissa * 10 + (byte - zero)
      digits += 1
      if (isFraction) decimals += 1
    } else if (byte === dot && !isFraction) isFraction = true
    else break
  }
  if (at === bytes.length) return undefined
  const byte = bytes[at]
  const isPlain = digits > 0 && digits <= maxExactDigits && byte !== lowerE && byte !== upperE && byte !== dot
  if (!isPlain) return unusualNumberAt(bytes, from)
  numberEnd = at
  // Both are exact, so that the quotient is the nearest double, as it is where JSON.parse reads it.
  const value = isFraction ? mantissa / (powersOfTen[decimals] ?? 1) : mantissa
  return isNegative ? -value : value
}

function unusualNumberAt(bytes: Buffer, from: number): number | undefined {
  const end = endOfScalar(bytes, from)
  if (end === -1) return undefined
  const text = bytes.toString('latin1', from, end)
  numberEnd = end
  if (text === 'null') return Number.NaN
  return /^-?\d+(\.\d+)?([eE][+-]?\d+)?$/.test(text) ? Number(text) : undefined
}
