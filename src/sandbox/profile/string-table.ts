/** The strings that all threads of a profile share. */
export interface StringTable {
  readonly strings: readonly string[]
  /** The index of a text, which is added at its first use. */
  indexOf(text: string): number
}

/** Makes an empty string table. */
export function createStringTable(): StringTable {
  const strings: string[] = []
  const indexes = new Map<string, number>()
  return {
    strings,
    indexOf(text) {
      const known = indexes.get(text)
      if (known !== undefined) return known
      indexes.set(text, strings.length)
      return strings.push(text) - 1
    },
  }
}
