import { functionName, libraryName, type ProfileAnalysis } from './analysis.ts'
import type { SelectedSamples } from './selected-samples.ts'

/** How functions are ordered, and how many are told. */
export interface HotFunctionsView {
  readonly first: number
  readonly by: 'SELF' | 'TOTAL'
}

/** What a function costs. */
export interface HotFunction {
  readonly name: string
  readonly library: string | undefined
  /** Samples that were taken in the function itself. */
  readonly selfSamples: number
  /** Samples that were taken in it or in what it called, each counted once. */
  readonly totalSamples: number
  /** Of all samples of the threads that were asked for, from 0 to 1. */
  readonly selfShare: number
  readonly totalShare: number
}

/** The functions that cost most. A function that calls itself counts once for each sample. */
export function hotFunctions(
  { functions, tree }: ProfileAnalysis,
  { self, total, sampleCount }: SelectedSamples,
  { first, by }: HotFunctionsView,
): readonly HotFunction[] {
  const count = functions.end.length
  const [selfSamples, totalSamples] = [new Float64Array(count), new Float64Array(count)]
  for (let node = 0; node < tree.func.length; node += 1) {
    const func = tree.func[node] ?? 0
    selfSamples[func] = (selfSamples[func] ?? 0) + (self[node] ?? 0)
    if (tree.isOutermost[node] === 1) totalSamples[func] = (totalSamples[func] ?? 0) + (total[node] ?? 0)
  }
  const [order, otherwise] = by === 'SELF' ? [selfSamples, totalSamples] : [totalSamples, selfSamples]
  const share = (samples: number) => (sampleCount === 0 ? 0 : samples / sampleCount)
  const difference = (column: Float64Array, one: number, other: number) =>
    (column[other] ?? 0) - (column[one] ?? 0)
  return Array.from({ length: count }, (_, func) => func)
    .filter((func) => order[func] !== 0)
    .sort((one, other) => difference(order, one, other) || difference(otherwise, one, other) || one - other)
    .slice(0, first)
    .map((func) => ({
      name: functionName(functions, func),
      library: libraryName(functions, func),
      selfSamples: selfSamples[func] ?? 0,
      totalSamples: totalSamples[func] ?? 0,
      selfShare: share(selfSamples[func] ?? 0),
      totalShare: share(totalSamples[func] ?? 0),
    }))
}
