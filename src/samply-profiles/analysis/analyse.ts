import { TaskRefusal } from '../../workers/serve.ts'
import { type AnalysedThread, type NodeSamples, type ProfileAnalysis, shortened } from './analysis.ts'
import { createCallTree, type GrowingCallTree, sharedInts } from './call-tree.ts'
import { none } from './columns.ts'
import { createFunctionTable, type FunctionTable } from './function-table.ts'
import { namingVersion, type ReadProfile, type ReadThread } from './profile-reader.ts'
import type { ProfileTables } from './profile-tables.ts'

/** The units of `meta.sampleUnits.threadCPUDelta` that are times, and how many make a millisecond. */
const unitsPerMs: Readonly<Record<string, number>> = { ns: 1_000_000, µs: 1000, us: 1000, ms: 1 }

/**
 * Makes the analysis of a profile.
 *
 * @throws TaskRefusal where its tables lead nowhere
 */
export function analyse(profile: ReadProfile): ProfileAnalysis {
  return namingVersion(profile.meta.preprocessedProfileVersion, () => analysisOf(profile))
}

function analysisOf({ meta, libs, threads }: ReadProfile): ProfileAnalysis {
  const functions = createFunctionTable(libs)
  const growing = createCallTree()
  const nodesOfRows = nodesOf(threads, growing, functions)
  const sparse = threads.map((thread, index) => samplesOf(thread, nodesOfRows[index] ?? new Int32Array()))
  const { tree, placeOf } = growing.finish()
  const firstMs = Math.min(...threads.map((thread) => thread.firstMs ?? Number.POSITIVE_INFINITY))
  const lastMs = Math.max(...threads.map((thread) => thread.lastMs ?? Number.NEGATIVE_INFINITY))
  const cpuUnit = unitsPerMs[meta.sampleUnits?.threadCPUDelta ?? '']
  return {
    product: shortenedIf(meta.product),
    startTimeMs: meta.startTime + (Number.isFinite(firstMs) ? firstMs : 0),
    durationMs: Math.max(0, lastMs - firstMs),
    intervalMs: meta.interval,
    sampleCount: threads.reduce((sum, { sampleCount }) => sum + sampleCount, 0),
    threads: threads.map((thread) => analysedThread(thread, cpuUnit)),
    functions: functions.finish(),
    tree,
    samples: joined(sparse, placeOf),
  }
}

function analysedThread(
  { name, processName, sampleCount, cpuTime }: ReadThread,
  unitsInMs: number | undefined,
): AnalysedThread {
  const cpuTimeMs = cpuTime === undefined || unitsInMs === undefined ? undefined : cpuTime / unitsInMs
  return { name: shortened(name), processName: shortenedIf(processName), sampleCount, cpuTimeMs }
}

const shortenedIf = (name: string | null | undefined) =>
  name === null || name === undefined ? undefined : shortened(name)

/** For each thread, the node of each row of its stack table. Threads that share their tables share the answer. */
function nodesOf(
  threads: readonly ReadThread[],
  growing: GrowingCallTree,
  functions: FunctionTable,
): readonly Int32Array[] {
  const groups = Map.groupBy(threads, ({ tables }) => tables)
  const nodes = new Map<ProfileTables, Int32Array>()
  for (const [tables, group] of groups) nodes.set(tables, nodesOfTables(tables, group, growing, functions))
  return threads.map(({ tables }) => nodes.get(tables) ?? new Int32Array())
}

function nodesOfTables(
  tables: ProfileTables,
  threads: readonly ReadThread[],
  growing: GrowingCallTree,
  functions: FunctionTable,
): Int32Array {
  const rows = tables.stackFrame.length
  const parentOf = parentsOf(tables)
  const isUsed = new Uint8Array(rows)
  for (const { byStack, name } of threads) {
    for (const row of byStack.rows) {
      if (row >= rows) {
        throw new TaskRefusal(
          `the samples of thread “${name}” name row ${row} of \`${tables.place}.stackTable\`, which has ${rows}`,
        )
      }
      isUsed[row] = 1
    }
  }
  for (let row = rows - 1; row >= 0; row -= 1) {
    if (isUsed[row] === 0) continue
    const parent = parentOf(row)
    if (parent !== none) isUsed[parent] = 1
  }
  const [first] = threads
  const nodes = new Int32Array(rows).fill(none)
  if (first === undefined) return nodes
  const functionOf = functions.ofFrames(first)
  for (let row = 0; row < rows; row += 1) {
    if (isUsed[row] === 0) continue
    const parent = parentOf(row)
    const from = parent === none ? none : (nodes[parent] ?? none)
    nodes[row] = growing.childOf(from, functionOf(tables.stackFrame[row] ?? none))
  }
  return nodes
}

/** Callers stand before what they call; a table in which they do not would lead in circles. */
function parentsOf({
  place,
  stackFrame,
  stackPrefix,
  stackPrefixOffset,
}: ProfileTables): (row: number) => number {
  const hasOffsets = stackPrefixOffset.length > 0
  const column = hasOffsets ? stackPrefixOffset : stackPrefix
  const name = `${place}.stackTable.${hasOffsets ? 'prefixOffset' : 'prefix'}`
  if (column.length !== stackFrame.length) {
    throw new TaskRefusal(`\`${name}\` has ${column.length} rows where \`frame\` has ${stackFrame.length}`)
  }
  return (row) => {
    const value = column[row] ?? none
    const isRoot = hasOffsets ? value === 0 : value === none
    if (isRoot) return none
    const parent = hasOffsets ? row - value : value
    if (parent >= 0 && parent < row) return parent
    throw new TaskRefusal(`\`${name}[${row}]\` is ${value}, which leads to no earlier row`)
  }
}

interface SparseSamples {
  readonly node: readonly number[]
  readonly weight: readonly number[]
}

function samplesOf({ byStack }: ReadThread, nodes: Int32Array): SparseSamples {
  const sums = new Map<number, number>()
  for (const [index, row] of byStack.rows.entries()) {
    const node = nodes[row] ?? none
    sums.set(node, (sums.get(node) ?? 0) + (byStack.weights[index] ?? 0))
  }
  return { node: [...sums.keys()], weight: [...sums.values()] }
}

function joined(threads: readonly SparseSamples[], placeOf: Int32Array): NodeSamples {
  const count = threads.reduce((sum, { node }) => sum + node.length, 0)
  const node = sharedInts(count)
  const weight = new Float64Array(new SharedArrayBuffer(count * 8))
  const threadEnd = sharedInts(threads.length)
  let reached = 0
  for (const [index, thread] of threads.entries()) {
    for (const [row, from] of thread.node.entries()) {
      node[reached] = placeOf[from] ?? none
      weight[reached] = thread.weight[row] ?? 0
      reached += 1
    }
    threadEnd[index] = reached
  }
  return { node, weight, threadEnd }
}
