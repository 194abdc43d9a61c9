import { TaskRefusal } from '../../workers/serve.ts'
import { type ColumnBudget, none, numberColumn, placeColumn } from './columns.ts'
import type { Shape } from './json-scanner.ts'
import type { RowSums, SummedRows } from './row-sums.ts'

/** What the samples of a thread come to. */
export interface ThreadSamples {
  /** The samples whose stack ends at each row of the stack table that one ends at, as weighted sums. */
  readonly byStack: SummedRows
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
 * (its `modify_last_sample`). Times are absolute (`time`) or, since version 50, each after the one before (`timeDeltas`).
 */
export function readSamples(budget: ColumnBudget, rowSums: RowSums, place: string): SamplesReader {
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
      const sums = sumsOf(stack.read(), weight.read(), rowSums, place)
      stack.drop()
      weight.drop()
      return { ...sums, firstMs, lastMs, cpuTime: cpu.sum() }
    },
  }
}

function sumsOf(
  stacks: Int32Array,
  weights: Float64Array,
  rowSums: RowSums,
  place: string,
): Pick<ThreadSamples, 'byStack' | 'sampleCount'> {
  if (weights.length > 0 && weights.length !== stacks.length) {
    throw new TaskRefusal(
      `\`${place}.weight\` has ${weights.length} rows where \`stack\` has ${stacks.length}`,
    )
  }
  for (const row of stacks) {
    if (row < none || row > maxStackRow)
      throw new TaskRefusal(`\`${place}.stack\` has ${row}, which is no row`)
  }
  const weightAt = (index: number) => (weights.length === 0 ? 1 : (weights[index] ?? 1))
  let sampleCount = 0
  for (let index = 0; index < stacks.length; index += 1) {
    const weight = weightAt(index)
    if (Number.isNaN(weight)) throw new TaskRefusal(`\`${place}.weight[${index}]\` is no number`)
    sampleCount += weight
  }
  return { byStack: rowSums.of(stacks, weightAt), sampleCount }
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

/** The first value of the column means nothing: there is nothing before it (Firefox Profiler, `src/profile-logic/cpu.ts`). */
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
