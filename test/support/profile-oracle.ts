import type { DescribedFrame, DescribedProfile } from './processed-profile.ts'

/** What a function costs, by the plainest way to count it. */
export interface CountedFunction {
  self: number
  total: number
}

/** Names a function: by name and library. */
export const functionKey = ({ name, library }: Pick<DescribedFrame, 'name' | 'library'>) =>
  `${name} (${library ?? ''})`

/** Names a way in which a function was called: all functions from the root to it. */
export const pathKey = (path: readonly Pick<DescribedFrame, 'name' | 'library'>[]) =>
  path.map(functionKey).join(' > ')

/** The samples of the threads of a name, or of all. */
export function samplesOf({ threads }: DescribedProfile, thread?: string) {
  return threads
    .filter(({ name }) => thread === undefined || name === thread)
    .flatMap(({ samples }) => samples)
}

/** Counts functions sample by sample. */
export function countFunctions(profile: DescribedProfile, thread?: string): Map<string, CountedFunction> {
  const counts = new Map<string, CountedFunction>()
  const at = (key: string) => {
    const count = counts.get(key) ?? { self: 0, total: 0 }
    counts.set(key, count)
    return count
  }
  for (const { stack, weight = 1 } of samplesOf(profile, thread)) {
    const leaf = stack.at(-1)
    if (leaf !== undefined) at(functionKey(leaf)).self += weight
    for (const key of new Set(stack.map(functionKey))) at(key).total += weight
  }
  return counts
}

/** Counts paths sample by sample; inverted, they begin where the sample was taken. */
export function countPaths(profile: DescribedProfile, isInverted: boolean): Map<string, CountedFunction> {
  const counts = new Map<string, CountedFunction>()
  for (const { stack, weight = 1 } of samplesOf(profile)) {
    const path = isInverted ? stack.toReversed() : stack
    for (let length = 1; length <= path.length; length += 1) {
      const key = pathKey(path.slice(0, length))
      const count = counts.get(key) ?? { self: 0, total: 0 }
      count.total += weight
      if (length === path.length) count.self += weight
      counts.set(key, count)
    }
  }
  return counts
}
