import { pretendedLibraries } from './call-grammar.ts'
import { addressOf, functionNamed, functionSizeBytes } from './program-image.ts'
import type { StringTable } from './string-table.ts'

/** What is told of each frame. */
export interface FrameColumns {
  address: number[]
  inlineDepth: number[]
  category: number[]
  func: number[]
  nativeSymbol: number[]
}

/** `frameTable` of a thread (samply, `fxprof-processed-profile/src/frame_table.rs`). */
export function frameTable(columns: FrameColumns) {
  const length = columns.func.length
  return {
    length,
    ...columns,
    subcategory: column(length, 0),
    innerWindowID: column(length, null),
    implementation: column(length, null),
    line: column(length, null),
    column: column(length, null),
  }
}

/** `funcTable` of a thread, in the form before version 58 (Firefox Profiler, `CHANGELOG-formats.md`). */
export function funcTable(names: readonly string[], strings: StringTable) {
  const { length } = names
  return {
    length,
    name: names.map(strings.indexOf),
    isJS: column(length, false),
    relevantForJS: column(length, false),
    resource: names.map((name) => functionNamed(name).library),
    fileName: column(length, null),
    lineNumber: column(length, null),
    columnNumber: column(length, null),
  }
}

/** `resourceTable` of a thread: one resource for each library, in the same order. */
export function resourceTable(strings: StringTable) {
  const { length } = pretendedLibraries
  return {
    length,
    lib: pretendedLibraries.map((_, index) => index),
    name: pretendedLibraries.map((name) => strings.indexOf(name)),
    host: column(length, null),
    type: column(length, 1),
  }
}

/** `nativeSymbols` of a thread. */
export function nativeSymbols(names: readonly string[], strings: StringTable) {
  const { length } = names
  return {
    length,
    address: names.map(addressOf),
    functionSize: column(length, functionSizeBytes),
    libIndex: names.map((name) => functionNamed(name).library),
    name: names.map(strings.indexOf),
  }
}

function column<Value>(length: number, value: Value): Value[] {
  return new Array<Value>(length).fill(value)
}
