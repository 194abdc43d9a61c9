/** Whether something is part of a whole, in order and without repeats. */
export function isSubsequence(part: readonly string[], whole: readonly string[]): boolean {
  let index = 0
  return part.every((one) => {
    index = whole.indexOf(one, index) + 1
    return index > 0
  })
}
