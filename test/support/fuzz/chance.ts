import { createRandom } from '../../../src/sandbox/random.ts'

/** Choices that are the same for the same seed. */
export interface Chance {
  /** From 0 up to but not including 1. */
  next(): number
  /** A whole number from `low` to `high`, both included. */
  between(low: number, high: number): number
  /** True with this share of the times, from 0 to 1. */
  of(share: number): boolean
  /**
   * One of these.
   *
   * @throws RangeError where there is none
   */
  pick<Value>(values: readonly Value[]): Value
}

/** Makes the choices of one case. Parts of a seed may be texts, such as the path of a field. */
export function createChance(...seed: readonly (string | number)[]): Chance {
  const { next, between } = createRandom(hashOf(seed.join('\u0000')))
  return {
    next,
    between,
    of: (share) => next() < share,
    pick<Value>(values: readonly Value[]): Value {
      if (values.length === 0) throw new RangeError('nothing to pick from')
      return values[between(0, values.length - 1)] as Value
    },
  }
}

/** FNV-1a, and the end of MurmurHash3, so that seeds next to one another give choices that have nothing in common. */
function hashOf(text: string): number {
  let hash = 0x811c9dc5
  for (let index = 0; index < text.length; index += 1) {
    hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193)
  }
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b)
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35)
  return (hash ^ (hash >>> 16)) >>> 0
}
