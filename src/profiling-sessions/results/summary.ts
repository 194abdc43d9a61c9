import type {
  ProfilingHistogramBin,
  ProfilingPercentiles,
  ProfilingTotals,
} from '../../generated/resolvers.ts'
import { histogramOf } from './histogram.ts'
import { type Numbers, type ResultTable, type RowNumbers, type TextCells, textAt } from './table.ts'

/** How many of the most expensive requests a summary names. */
const mostExpensiveCount = 10

/** What all rows come to. */
export interface ResultFigures {
  readonly requestCount: number
  readonly userCount: number
  readonly totals: ProfilingTotals
  /** Null where no row has a value. */
  readonly cpuTimeNs: ProfilingPercentiles | null
  readonly elapsedTimeMs: ProfilingPercentiles | null
  readonly cpuTimeHistogram: readonly ProfilingHistogramBin[]
  readonly elapsedTimeHistogram: readonly ProfilingHistogramBin[]
  readonly grossMemoryHistogram: readonly ProfilingHistogramBin[]
  /** The rows with the most CPU time, the largest first. */
  readonly mostExpensive: readonly number[]
}

/** Sums up all rows. What a row does not have counts nowhere. */
export function figuresOf({ rowCount, numbers, text, orders }: ResultTable): ResultFigures {
  const { sdk_count, sdk_cpu_time, sdk_elapsed_time, sdk_gross_memory } = numbers
  return {
    requestCount: rowCount,
    userCount: distinctUsers(text, rowCount),
    totals: {
      sdkCount: total(sdk_count),
      cpuTimeNs: total(sdk_cpu_time),
      elapsedTimeMs: total(sdk_elapsed_time),
      grossMemoryBytes: total(sdk_gross_memory),
    },
    cpuTimeNs: percentiles(sdk_cpu_time, orders.CPU_TIME),
    elapsedTimeMs: percentiles(sdk_elapsed_time, orders.ELAPSED_TIME),
    cpuTimeHistogram: histogramOf(sdk_cpu_time),
    elapsedTimeHistogram: histogramOf(sdk_elapsed_time),
    grossMemoryHistogram: histogramOf(sdk_gross_memory),
    mostExpensive: [...orders.CPU_TIME.subarray(0, Math.min(mostExpensiveCount, countOf(sdk_cpu_time)))],
  }
}

function distinctUsers(text: TextCells, rowCount: number): number {
  const users = new Set<string>()
  for (let row = 0; row < rowCount; row += 1) users.add(textAt(text, row, 'user_id') ?? '')
  users.delete('')
  return users.size
}

/**
 * The percentiles of a column by the nearest rank: the smallest value that is not exceeded by so many of a hundred
 * rows. So each is a value that some row has.
 *
 * @param descending the rows, the largest value first and those without one last
 * @returns null where no row has a value
 */
export function percentiles(values: Numbers, descending: RowNumbers): ProfilingPercentiles | null {
  const count = countOf(values)
  const at = (percent: number) => values[descending[count - Math.ceil((percent * count) / 100)] ?? 0] ?? 0
  return count === 0 ? null : { p50: at(50), p95: at(95), p99: at(99) }
}

const countOf = (values: Numbers) => values.reduce((count, value) => count + (Number.isNaN(value) ? 0 : 1), 0)

const total = (values: Numbers) => values.reduce((sum, value) => sum + (Number.isNaN(value) ? 0 : value), 0)
