import type { ProfileAnalysis } from './analysis.ts'
import { none } from './columns.ts'

/** The samples of some threads, for each node of the tree. */
export interface SelectedSamples {
  /** Those that end at the node. */
  readonly self: Float64Array
  /** Those that end at the node or at what it called. */
  readonly total: Float64Array
  /** Of these threads, those without a stack included. */
  readonly sampleCount: number
}

/**
 * Sums up the samples of threads.
 *
 * @param thread the name of those to take; undefined takes all
 */
export function selectSamples(
  { threads, samples, tree }: ProfileAnalysis,
  thread: string | undefined,
): SelectedSamples {
  const self = new Float64Array(tree.parent.length)
  let sampleCount = 0
  for (const [index, one] of threads.entries()) {
    if (thread !== undefined && one.name !== thread) continue
    sampleCount += one.sampleCount
    const from = index === 0 ? 0 : (samples.threadEnd[index - 1] ?? 0)
    for (let row = from; row < (samples.threadEnd[index] ?? 0); row += 1) {
      const node = samples.node[row] ?? 0
      self[node] = (self[node] ?? 0) + (samples.weight[row] ?? 0)
    }
  }
  const total = Float64Array.from(self)
  for (let node = total.length - 1; node >= 0; node -= 1) {
    const parent = tree.parent[node] ?? none
    if (parent !== none) total[parent] = (total[parent] ?? 0) + (total[node] ?? 0)
  }
  return { self, total, sampleCount }
}
