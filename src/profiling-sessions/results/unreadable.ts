/** The results cannot be read. The message says what is wrong with them, as the end of a sentence. */
export class UnreadableResults extends Error {
  override readonly name = 'UnreadableResults'
}

/** How much of what stands in a file is repeated in a message, in characters. */
const maxRepeatedLength = 60

/** How much of the words of a library is, in characters: it repeats what it found. */
const maxReasonLength = 200

/** Quotes something out of a file for a message: short, and on one line. */
export const repeated = (text: string) => `“${shortened(text, maxRepeatedLength)}”`

/** What a library says of a file, likewise. */
export const reasonOf = (error: unknown) =>
  shortened(error instanceof Error ? error.message : String(error), maxReasonLength)

function shortened(text: string, maxLength: number): string {
  const line = text.replaceAll(/\p{C}+/gu, ' ')
  return line.length > maxLength ? `${line.slice(0, maxLength)}…` : line
}
