import type { ProfilingHistogramBin } from '../../generated/resolvers.ts'
import type { Numbers } from './table.ts'

/** Bins of one power of ten: at 1, 2 and 5. */
const stepsOfTen = [1, 2, 5]

/**
 * Counts values into bins whose bounds are 1, 2 and 5 times a power of ten, from the smallest value to the largest. Costs
 * are spread over orders of magnitude, so bins of one width would put nearly all into the first. Zeros have a bin of their
 * own before the others. What is NaN is in none.
 */
export function histogramOf(values: Numbers): readonly ProfilingHistogramBin[] {
  const measured = Array.from(values).filter((value) => value >= 0)
  if (measured.length === 0) return []
  const positive = measured.filter((value) => value > 0)
  const bounds = positive.length === 0 ? [1] : boundsAround(positive)
  const counts = new Array<number>(bounds.length).fill(0)
  for (const value of positive) {
    const place = bounds.findLastIndex((bound) => bound <= value)
    counts[place] = (counts[place] ?? 0) + 1
  }
  const [first = 1] = bounds
  const zeros = { from: 0, to: first, count: measured.length - positive.length }
  const bins = bounds
    .slice(1)
    .map((to, index) => ({ from: bounds[index] ?? 0, to, count: counts[index] ?? 0 }))
  return zeros.count === 0 ? bins : [zeros, ...bins]
}

/** A logarithm may be rounded over a whole number, so a power more is looked at on each side. */
function boundsAround(values: readonly number[]): readonly number[] {
  const smallest = values.reduce((one, other) => Math.min(one, other))
  const largest = values.reduce((one, other) => Math.max(one, other))
  const first = Math.floor(Math.log10(smallest)) - 1
  const last = Math.floor(Math.log10(largest)) + 1
  const all = Array.from({ length: last - first + 1 }, (_, index) => first + index).flatMap((power) =>
    stepsOfTen.map((step) => Number(`${step}e${power}`)),
  )
  const begin = all.findLastIndex((bound) => bound <= smallest)
  const end = all.findIndex((bound) => bound > largest)
  return all.slice(begin, end + 1)
}
