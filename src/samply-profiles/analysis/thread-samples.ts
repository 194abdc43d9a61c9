import { TaskRefusal } from '../../workers/serve.ts'
import { type ColumnBudget, none, numberColumn, placeColumn } from './columns.ts'
import type { Shape } from './json-scanner.ts'

/** What the samples of a thread come to. */
export interface ThreadSamples {
  /** The samples whose stack ends at each row of the stack table, as weighted sums. */
  readonly byStack: Float64Array
  /** All samples, those without a stack included. */
  readonly sampleCount: number
  /** When the first was taken, in milliseconds after the start of the profile; undefined where there is none. */
  readonly firstMs: number | undefined
  readonly lastMs: number | undefined
  /** In the unit of `meta.sampleUnits.threadCPUDelta`; undefined where it was not recorded. */
  readonly cpuTime: number | undefined
}

/** Samples that are being read. */
export interface SamplesReader {
  readonly shape: Shape
  /**
   * Sums up, and forgets the columns.
   *
   * @throws TaskRefusal where they do not fit together
   */
  read(): ThreadSamples
}

/** The last row of a stack table that samples may name: beyond, the sums alone would take gigabytes. */
const maxStackRow = 32_000_000

/**
 * Makes the reader of one thread's samples. Rows have a weight, since samply makes one row of samples that are the same
 * (upstream C3). Times are absolute (`time`) or, since version 50, each after the one before (`timeDeltas`).
 */
export function readSamples(budget: ColumnBudget, place: string): SamplesReader {
  const stack = placeColumn(budget, `${place}.stack`)
  const weight = numberColumn(budget)
  const absolute = createTimes((_sum, value) => value)
  const relative = createTimes((sum, value) => sum + value)
  const cpu = createCpuSum()
  return {
    shape: {
      kind: 'object',
      members: {
        stack: { kind: 'numbers', push: stack.push },
        weight: { kind: 'numbers', push: weight.push },
        time: { kind: 'numbers', push: absolute.push },
        timeDeltas: { kind: 'numbers', push: relative.push },
        threadCPUDelta: { kind: 'numbers', push: cpu.push },
      },
    },
    read() {
      const { firstMs, lastMs } = absolute.range() ?? relative.range() ?? {}
      const sums = sumsOf(stack.read(), weight.read(), budget, place)
      stack.drop()
      weight.drop()
      return { ...sums, firstMs, lastMs, cpuTime: cpu.sum() }
    },
  }
}

function sumsOf(
  stacks: Int32Array,
  weights: Float64Array,
  budget: ColumnBudget,
  place: string,
): Pick<ThreadSamples, 'byStack' | 'sampleCount'> {
  if (weights.length > 0 && weights.length !== stacks.length) {
    throw new TaskRefusal(
      `\`${place}.weight\` has ${weights.length} rows where \`stack\` has ${stacks.length}`,
    )
  }
  let last = none
  for (const row of stacks) {
    if (row < none || row > maxStackRow)
      throw new TaskRefusal(`\`${place}.stack\` has ${row}, which is no row`)
    if (row > last) last = row
  }
  budget.take((last + 1) * Float64Array.BYTES_PER_ELEMENT)
  const byStack = new Float64Array(last + 1)
  let sampleCount = 0
  for (let index = 0; index < stacks.length; index += 1) {
    const weight = weights.length === 0 ? 1 : (weights[index] ?? 1)
    if (Number.isNaN(weight)) throw new TaskRefusal(`\`${place}.weight[${index}]\` is no number`)
    sampleCount += weight
    const row = stacks[index] ?? none
    if (row !== none) byStack[row] = (byStack[row] ?? 0) + weight
  }
  return { byStack, sampleCount }
}

/** Keeps the first and the last time of a column that it does not keep. */
function createTimes(next: (before: number, value: number) => number) {
  let now = 0
  let range: { firstMs: number; lastMs: number } | undefined
  return {
    push(value: number) {
      if (Number.isNaN(value)) return
      now = next(now, value)
      range ??= { firstMs: now, lastMs: now }
      range.firstMs = Math.min(range.firstMs, now)
      range.lastMs = Math.max(range.lastMs, now)
    },
    range: () => range,
  }
}

/** The first value of the column means nothing: there is nothing before it (upstream C2). */
function createCpuSum() {
  let rows = 0
  let sum: number | undefined
  return {
    push(value: number) {
      rows += 1
      if (rows > 1 && !Number.isNaN(value)) sum = (sum ?? 0) + value
    },
    sum: () => sum,
  }
}
