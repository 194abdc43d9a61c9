import type { CallTree } from './call-tree.ts'

/** Characters of a name that are kept. Names of generic functions may be long, but an answer has thousands of them. */
const maxNameLength = 2000

/** What a text costs beside its characters, which have two bytes at most: about so many bytes. */
export const textOverheadBytes = 32

/** A name as it is kept. */
export const shortened = (name: string) =>
  name.length <= maxNameLength ? name : `${name.slice(0, maxNameLength)}…`

/** A thread of an analysed profile. */
export interface AnalysedThread {
  readonly name: string
  readonly processName: string | undefined
  readonly sampleCount: number
  /** Undefined where the profile does not tell it in a unit of time. */
  readonly cpuTimeMs: number | undefined
}

/** The functions of a profile. Their names are kept as bytes that all threads see, and read where they are shown. */
export interface FunctionNames {
  /** UTF-8, one behind the other. */
  readonly text: Uint8Array
  /** Where each name ends in it. */
  readonly end: Int32Array
  /** The place of each function's library in `libraries`, or -1. */
  readonly library: Int32Array
  readonly libraries: readonly string[]
}

/** The samples of all threads, one thread behind the other: which node of the tree they end at, and how many. */
export interface NodeSamples {
  readonly node: Int32Array
  readonly weight: Float64Array
  /** Where each thread's samples end. */
  readonly threadEnd: Int32Array
}

/**
 * What is kept of a profile: all call stacks of all threads in one tree. Whatever is asked of it is made from this.
 * The arrays are shared memory, so that it goes into a thread and out of it without being copied.
 */
export interface ProfileAnalysis {
  readonly product: string | undefined
  /** Of the first sample, in milliseconds since the epoch. */
  readonly startTimeMs: number
  readonly durationMs: number
  readonly intervalMs: number
  readonly sampleCount: number
  readonly threads: readonly AnalysedThread[]
  readonly functions: FunctionNames
  readonly tree: CallTree
  readonly samples: NodeSamples
}

/** The memory that an analysis holds, in bytes. */
export function sizeOfAnalysis({ threads, functions, tree, samples }: ProfileAnalysis): number {
  const arrays = [
    functions.text,
    functions.end,
    functions.library,
    tree.parent,
    tree.func,
    tree.end,
    tree.isOutermost,
    samples.node,
    samples.weight,
    samples.threadEnd,
  ]
  const names = [
    ...functions.libraries,
    ...threads.flatMap(({ name, processName = '' }) => [name, processName]),
  ]
  const ofNames = names.reduce((sum, name) => sum + textOverheadBytes + name.length * 2, 1)
  return arrays.reduce((sum, { byteLength }) => sum + byteLength, ofNames)
}

/** The name of a function. */
export function functionName({ text, end }: FunctionNames, func: number): string {
  const from = func === 0 ? 0 : (end[func - 1] ?? 0)
  return Buffer.from(text.buffer, text.byteOffset + from, (end[func] ?? 0) - from).toString('utf8')
}

/** The library of a function; undefined where none is known. */
export function libraryName({ library, libraries }: FunctionNames, func: number): string | undefined {
  return libraries[library[func] ?? -1]
}
