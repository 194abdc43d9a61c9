import { sizeOf } from '../words/size.ts'
import type {
  HistogramBinFragment,
  ProfilingResultOrder,
  ResultsSummaryQuery,
} from './operations.generated.ts'

/** What requests are compared by. */
export type Measure = Exclude<ProfilingResultOrder, 'TIMESTAMP'>

/** What all requests of a session come to. */
export type ResultsSummary = NonNullable<
  NonNullable<ResultsSummaryQuery['profilingSession']>['resultsSummary']
>

/** The measures with their names. */
export const measures = [
  ['CPU_TIME', 'CPU time'],
  ['ELAPSED_TIME', 'Elapsed time'],
  ['MEMORY', 'Memory'],
] as const satisfies readonly (readonly [Measure, string])[]

/** The name of a measure. */
export function nameOf(measure: Measure): string {
  return measures.find(([one]) => one === measure)?.[1] ?? ''
}

/** How a measure is spread over all requests. */
export function histogramOf(summary: ResultsSummary, measure: Measure): readonly HistogramBinFragment[] {
  switch (measure) {
    case 'CPU_TIME':
      return summary.cpuTimeHistogram
    case 'ELAPSED_TIME':
      return summary.elapsedTimeHistogram
    case 'MEMORY':
      return summary.grossMemoryHistogram
  }
}

/** A value of a measure in words. */
export function inWords(value: number | null, measure: Measure): string {
  if (value === null) return '–'
  if (measure === 'MEMORY') return sizeOf(value)
  return durationOf(measure === 'CPU_TIME' ? value : value * 1_000_000)
}

const units = ['ns', 'µs', 'ms', 's']

/** A duration in nanoseconds as people read it, such as `12.5 ms`. */
export function durationOf(ns: number): string {
  if (ns >= 100e9) return `${Math.round(ns / 1e9)} s`
  const power = ns < 1000 ? 0 : Math.min(units.length - 1, Math.floor(Math.log10(ns) / 3))
  const number = ns / 1000 ** power
  return `${number < 10 && power > 0 ? Number(number.toFixed(1)) : Math.round(number)} ${units[power]}`
}
