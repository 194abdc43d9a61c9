/** A source of numbers that are the same for the same seed. */
export interface Random {
  /** From 0 up to but not including 1. */
  next(): number
  /** A whole number from `low` to `high`, both included. */
  between(low: number, high: number): number
}

/** Makes a linear congruential generator: enough for believable data, not for secrets. */
export function createRandom(seed: number): Random {
  let state = (seed * 2_654_435_761) >>> 0
  const next = () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return state / 4_294_967_296
  }
  return { next, between: (low, high) => low + Math.floor(next() * (high - low + 1)) }
}
