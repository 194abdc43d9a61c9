/** Codes that any act may be told while upstreams fail, callers go and sessions end. */
const alwaysExplained: ReadonlySet<string> = new Set([
  'OK',
  'UNAUTHENTICATED',
  'UPSTREAM_ERROR',
  'UPSTREAM_INVALID_RESPONSE',
  'UPSTREAM_RATE_LIMITED',
  'UPSTREAM_TIMEOUT',
  'UPSTREAM_UNAVAILABLE',
])

/** What came back, by act and code. */
export interface Answers {
  /**
   * Notes an answer.
   *
   * @param act what was done
   * @param code `OK`, the code of an error, or what happened to the connection
   * @param explained codes that this act provokes
   */
  note(act: string, code: string, explained?: readonly string[]): void
  /** All answers up to now. */
  total(): number
  /** How many there were of each code. */
  byCode(): ReadonlyMap<string, number>
  /** What nobody has provoked, such as `query: INTERNAL_SERVER_ERROR, 3 times`. */
  unexplained(): readonly string[]
}

/** Makes an account of answers that has none. */
export function createAnswers(): Answers {
  const codes = new Map<string, number>()
  const faults = new Map<string, number>()
  let total = 0
  const count = (counts: Map<string, number>, key: string) => counts.set(key, (counts.get(key) ?? 0) + 1)
  return {
    note(act, code, explained = []) {
      total += 1
      count(codes, code)
      if (!alwaysExplained.has(code) && !explained.includes(code)) count(faults, `${act}: ${code}`)
    },
    total: () => total,
    byCode: () => codes,
    unexplained: () => [...faults].map(([what, times]) => `${what}, ${times} times`),
  }
}

/** The codes of the errors in a text of JSON, whatever it is the answer of; `OK` where there is none. */
export function codesIn(text: string): readonly string[] {
  const codes = [...text.matchAll(/"extensions":\{"code":"(\w+)"/g)].map(([, code = '']) => code)
  if (codes.length > 0) return [...new Set(codes)]
  return [text.includes('"errors":[') ? 'an error without a code' : 'OK']
}
