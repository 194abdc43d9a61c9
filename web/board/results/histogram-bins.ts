/** One bar of a histogram: how many values are from `from` up to, but without, `to`. */
export interface Bin {
  readonly from: number
  readonly to: number
  readonly count: number
}

/** Bins of one power of ten: at 1, 2 and 5. */
const stepsOfTen = [1, 2, 5]

/**
 * Counts values into bins whose bounds are 1, 2 and 5 times a power of ten, from the smallest value to the largest. Costs
 * are spread over orders of magnitude, so bins of one width would put nearly all into the first.
 */
export function binsOf(values: readonly number[]): readonly Bin[] {
  const positive = values.filter((value) => value > 0)
  if (positive.length === 0) return []
  const bounds = boundsAround(Math.min(...positive), Math.max(...positive))
  return bounds.slice(0, -1).map((from, index) => {
    const to = bounds[index + 1] ?? from
    return { from, to, count: positive.filter((value) => value >= from && value < to).length }
  })
}

/** A logarithm may be rounded over a whole number, so a power more is looked at on each side. */
function boundsAround(least: number, most: number): readonly number[] {
  const first = Math.floor(Math.log10(least)) - 1
  const last = Math.floor(Math.log10(most)) + 1
  const all = Array.from({ length: last - first + 1 }, (_, index) => first + index).flatMap((power) =>
    stepsOfTen.map((step) => Number(`${step}e${power}`)),
  )
  const begin = all.findLastIndex((bound) => bound <= least)
  const end = all.findIndex((bound) => bound > most)
  return all.slice(begin, end + 1)
}
