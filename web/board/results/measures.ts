import { sizeOf } from '../words/size.ts'
import type { ProfilingResultOrder, ResultRowFragment } from './operations.generated.ts'

/** What requests are compared by. */
export type Measure = Exclude<ProfilingResultOrder, 'TIMESTAMP'>

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

/** What a request comes to: nanoseconds, milliseconds or bytes. Null where Vault's file does not tell. */
export function measureOf(result: ResultRowFragment, measure: Measure): number | null {
  switch (measure) {
    case 'CPU_TIME':
      return result.cpuTimeNs
    case 'ELAPSED_TIME':
      return result.elapsedTimeMs
    case 'MEMORY':
      return result.grossMemoryBytes
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
