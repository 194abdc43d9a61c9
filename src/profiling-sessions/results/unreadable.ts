/** The results cannot be read. The message says what is wrong with them, as the end of a sentence. */
export class UnreadableResults extends Error {
  override readonly name = 'UnreadableResults'
}

/** How much of what stands in a file is repeated in a message, in characters. */
const maxRepeatedLength = 60

/** Quotes something out of a file for a message: short, and on one line. */
export function repeated(text: string): string {
  const line = text.replaceAll(/\p{C}+/gu, ' ')
  return line.length > maxRepeatedLength ? `“${line.slice(0, maxRepeatedLength)}…”` : `“${line}”`
}
