import type { ColumnBudget } from './columns.ts'
import { none } from './columns.ts'

/** Weights by rows of a stack table: each row stands once in `rows`, and its sum at the same place in `weights`. */
export interface SummedRows {
  readonly rows: Int32Array
  readonly weights: Float64Array
}

/** Sums up weights by rows. */
export interface RowSums {
  /**
   * @param rows of a stack table, or {@link none}
   * @param weightAt the weight of the sample at a place in `rows`
   */
  of(rows: Int32Array, weightAt: (index: number) => number): SummedRows
}

/**
 * Makes what sums up the samples of one profile. It works in one array for all threads, and keeps of each only the rows that
 * its samples name: where threads share their tables, an array for each would be as long as the table every time.
 */
export function createRowSums(budget: ColumnBudget): RowSums {
  let sums = new Float64Array(0)
  const makeRoom = (rows: Int32Array) => {
    const needed = rows.reduce((most, row) => Math.max(most, row + 1), 0)
    if (needed <= sums.length) return
    budget.take((needed - sums.length) * Float64Array.BYTES_PER_ELEMENT)
    sums = new Float64Array(needed)
  }
  return {
    of(rows, weightAt) {
      makeRoom(rows)
      for (let index = 0; index < rows.length; index += 1) {
        const row = rows[index] ?? none
        if (row !== none) sums[row] = (sums[row] ?? 0) + weightAt(index)
      }
      const [summed, weights]: [number[], number[]] = [[], []]
      for (const row of rows) {
        const sum = sums[row] ?? 0
        if (sum === 0) continue
        summed.push(row)
        weights.push(sum)
        sums[row] = 0
      }
      budget.take(summed.length * (Int32Array.BYTES_PER_ELEMENT + Float64Array.BYTES_PER_ELEMENT))
      return { rows: Int32Array.from(summed), weights: Float64Array.from(weights) }
    },
  }
}
