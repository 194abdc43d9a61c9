/** The headers of an answer. */
export interface AnswerHeaders {
  /**
   * @param name in lower case
   * @returns the values of all headers of this name, joined as the Fetch standard does; null where there is none
   */
  get(name: string): string | null
}

/** Makes headers of what undici read: names in lower case, and a list where a name came several times. */
export function answerHeaders(
  fields: Readonly<Record<string, string | readonly string[] | undefined>>,
): AnswerHeaders {
  return {
    get(name) {
      const value = Object.hasOwn(fields, name) ? fields[name] : undefined
      if (value === undefined) return null
      return typeof value === 'string' ? value.trim() : value.map((one) => one.trim()).join(', ')
    },
  }
}
