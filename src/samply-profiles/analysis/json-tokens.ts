import { TaskRefusal } from '../../workers/serve.ts'

/** Signs. */
export const [quote, comma, colon, backslash, minus, dot] = [0x22, 0x2c, 0x3a, 0x5c, 0x2d, 0x2e]
/** Brackets. */
export const [openBrace, closeBrace, openBracket, closeBracket] = [0x7b, 0x7d, 0x5b, 0x5d]
/** What `null` begins with. */
export const letterN = 0x6e

/** Whether a byte is one of JSON's spaces. */
export const isSpace = (byte: number) => byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09

/** Finds the end of a scalar. @returns the place behind a number, `true`, `false` or `null`, or -1 where it may go on beyond the piece */
export function endOfScalar(bytes: Buffer, from: number): number {
  for (let at = from; at < bytes.length; at += 1) {
    const byte = bytes[at] ?? 0
    if (byte === comma || byte === closeBrace || byte === closeBracket || isSpace(byte)) return at
  }
  return -1
}

/** Finds the end of a text. @returns the place behind the closing quote, or -1 where it is not there yet */
export function endOfText(bytes: Buffer, from: number): number {
  for (let at = from + 1; at < bytes.length; at += 1) {
    const byte = bytes[at]
    if (byte === backslash) at += 1
    else if (byte === quote) return at + 1
  }
  return -1
}

/**
 * Reads a text.
 *
 * @throws TaskRefusal where it has an escape that there is not
 */
export function textAt(bytes: Buffer, from: number, end: number): string {
  const hasEscapes = bytes.subarray(from, end).includes(backslash)
  if (!hasEscapes) return bytes.toString('utf8', from + 1, end - 1)
  try {
    return String(JSON.parse(bytes.toString('utf8', from, end)))
  } catch {
    throw new TaskRefusal('it is not JSON: a text in it has an escape that there is not')
  }
}
