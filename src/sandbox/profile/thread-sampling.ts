import type { Random } from '../random.ts'
import { choicesOf } from './program-image.ts'
import type { StringTable } from './string-table.ts'
import { createThreadTables, type StackNode, type ThreadTables } from './thread-tables.ts'

/** How a kind of thread spends its time. */
export interface ThreadKind {
  /** The functions below everything it does, outermost first. */
  root: readonly string[]
  /** The functions below `root` in which it waits. */
  waiting: readonly string[]
  /** The lengths of its bursts of work, in samples, shortest and longest. */
  busySamples: readonly [number, number]
  /** The lengths of its waits, in samples, shortest and longest. */
  idleSamples: readonly [number, number]
}

/** The columns of a thread's samples (samply, `fxprof-processed-profile/src/sample_table.rs`). */
export interface SampleColumns {
  stack: number[]
  /** Milliseconds since the row before; of the first, since the start of the profile. */
  timeDeltas: number[]
  weight: number[]
  /** Microseconds. */
  threadCPUDelta: number[]
}

const maximumDepth = 48

/**
 * Samples a thread once a millisecond: bursts of work, in which a stack shares its lower part with the one
 * before, and waits, of which samply merges all samples but the first into one row.
 */
export function sampleThread(kind: ThreadKind, sampleCount: number, random: Random, strings: StringTable) {
  const tables = createThreadTables(strings)
  const samples: SampleColumns = { stack: [], timeDeltas: [], weight: [], threadCPUDelta: [] }
  const root = descend([], kind.root)
  const waiting = descend(root, kind.waiting)
  let path = root

  function descend(from: readonly PathStep[], names: readonly string[]): PathStep[] {
    const steps = [...from]
    for (const name of names) steps.push({ name, node: tables.call(steps.at(-1)?.node, name, 0) })
    return steps
  }

  function add(steps: readonly PathStep[], weight: number, cpuMicroseconds: number) {
    samples.stack.push(steps.at(-1)?.node.index ?? 0)
    samples.timeDeltas.push((weight * 1000 + random.between(-9, 9)) / 1000)
    samples.weight.push(weight)
    samples.threadCPUDelta.push(cpuMicroseconds)
  }

  for (let left = sampleCount; left > 0; ) {
    const busy = Math.min(left, random.between(...kind.busySamples))
    for (let index = 0; index < busy; index += 1) {
      path = nextPath(path, root.length, tables, random)
      add(path, 1, random.between(930, 1000))
    }
    left -= busy
    const idle = Math.min(left, random.between(...kind.idleSamples))
    if (idle > 0) add(waiting, 1, random.between(10, 400))
    if (idle > 1) add(waiting, idle - 1, 0)
    left -= idle
  }
  return { samples, tables }
}

interface PathStep {
  name: string
  node: StackNode
}

/** Goes back some way down the stack, then follows calls until a function does its own work. */
function nextPath(
  path: readonly PathStep[],
  rootDepth: number,
  tables: ThreadTables,
  random: Random,
): PathStep[] {
  const kept = Math.floor(rootDepth + (path.length - rootDepth) * Math.sqrt(random.next()))
  const next = path.slice(0, kept)
  while (next.length < maximumDepth) {
    const caller = next.at(-1)
    const name = pickCallee(caller?.name ?? '', random)
    if (name === undefined) break
    const site = random.next() < 0.9 ? 0 : 1
    next.push({ name, node: tables.call(caller?.node, name, site) })
  }
  return next
}

function pickCallee(name: string, random: Random): string | undefined {
  const { total, callees } = choicesOf(name)
  let ticket = random.next() * total
  for (const { callee, weight } of callees) {
    ticket -= weight
    if (ticket < 0) return callee
  }
  return undefined
}
