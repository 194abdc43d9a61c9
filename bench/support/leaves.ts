/** The values of an answer in the order in which they stand, whatever they are wrapped in and called. */
export function leavesOf(value: unknown): readonly string[] {
  if (value === null || typeof value !== 'object') return [String(value)]
  return Object.values(value).flatMap(leavesOf)
}
