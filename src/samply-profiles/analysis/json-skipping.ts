import { backslash, closeBrace, closeBracket, openBrace, openBracket, quote } from './json-tokens.ts'

/** A value that is gone over: how deep the scanner is in it, and whether in a text. */
export interface Skipping {
  depth: number
  isInText: boolean
  isEscaped: boolean
  /** What is kept of it; undefined where nothing is. */
  readonly kept: Uint8Array[] | undefined
  keptBytes: number
}

/**
 * Goes over a value until it or the piece ends. Only texts and brackets are looked at.
 *
 * @returns the place behind it
 */
export function endOfSkipped(value: Skipping, bytes: Buffer, from: number): number {
  let { depth, isInText, isEscaped } = value
  let at = from
  for (; at < bytes.length; at += 1) {
    const byte = bytes[at]
    if (isInText) {
      if (isEscaped) isEscaped = false
      else if (byte === backslash) isEscaped = true
      else if (byte === quote) {
        isInText = false
        if (depth === 0) {
          at += 1
          break
        }
      }
    } else if (byte === quote) isInText = true
    else if (byte === openBrace || byte === openBracket) depth += 1
    else if (byte === closeBrace || byte === closeBracket) {
      depth -= 1
      if (depth === 0) {
        at += 1
        break
      }
    }
  }
  Object.assign(value, { depth, isInText, isEscaped })
  return at
}
