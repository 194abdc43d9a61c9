import { type Numbers, type RowNumbers, sharedWholeNumbers } from './table.ts'

/** The rows with the largest value first. Rows without one come last; equal ones stay as they are in the file. */
export const largestFirst = (values: Numbers): RowNumbers => ordered(values, (one, other) => other - one)

/** The rows with the smallest value first. Rows without one come last; equal ones stay as they are in the file. */
export const smallestFirst = (values: Numbers): RowNumbers => ordered(values, (one, other) => one - other)

function ordered(values: Numbers, compare: (one: number, other: number) => number): RowNumbers {
  const valueAt = (row: number) => values[row] ?? Number.NaN
  const withValue: number[] = []
  const without: number[] = []
  for (const row of values.keys()) (Number.isNaN(valueAt(row)) ? without : withValue).push(row)
  withValue.sort((one, other) => compare(valueAt(one), valueAt(other)) || one - other)
  return sharedWholeNumbers(withValue.concat(without))
}
