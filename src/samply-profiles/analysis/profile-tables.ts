import type { ColumnBudget } from './columns.ts'
import { placeColumn } from './columns.ts'
import type { Shape } from './json-scanner.ts'

/**
 * The tables by which a stack is spelled out. Until version 59 each thread has its own, from 60 on all share one set;
 * texts are shared from 56 on (Firefox Profiler, `CHANGELOG-formats.md`).
 */
export interface ProfileTables {
  /** Where they stand, such as `threads[3]` or `shared`. */
  readonly place: string
  /** The row that called; {@link import('./columns.ts').none} at a root. Until version 65. */
  readonly stackPrefix: Int32Array
  /** How many rows back the one is that called; 0 at a root. From version 66 on. */
  readonly stackPrefixOffset: Int32Array
  readonly stackFrame: Int32Array
  readonly frameFunc: Int32Array
  /** From version 70 on. */
  readonly frameLib: Int32Array
  readonly funcName: Int32Array
  readonly funcResource: Int32Array
  readonly resourceName: Int32Array
  /** Until version 69. */
  readonly resourceLib: Int32Array
}

/** Tables that are being read. */
export interface TablesReader {
  /** What is wanted of the object that has the tables. */
  readonly members: Readonly<Record<string, Shape>>
  read(): ProfileTables
}

/** Makes the reader of the tables at a place. */
export function readTables(budget: ColumnBudget, place: string): TablesReader {
  const column = (name: string) => placeColumn(budget, `${place}.${name}`)
  const stackPrefix = column('stackTable.prefix')
  const stackPrefixOffset = column('stackTable.prefixOffset')
  const stackFrame = column('stackTable.frame')
  const frameFunc = column('frameTable.func')
  const frameLib = column('frameTable.lib')
  const funcName = column('funcTable.name')
  const funcResource = column('funcTable.resource')
  const resourceName = column('resourceTable.name')
  const resourceLib = column('resourceTable.lib')
  return {
    members: {
      stackTable: tableOf({ prefix: stackPrefix, prefixOffset: stackPrefixOffset, frame: stackFrame }),
      frameTable: tableOf({ func: frameFunc, lib: frameLib }),
      funcTable: tableOf({ name: funcName, resource: funcResource }),
      resourceTable: tableOf({ name: resourceName, lib: resourceLib }),
    },
    read: () => ({
      place,
      stackPrefix: stackPrefix.read(),
      stackPrefixOffset: stackPrefixOffset.read(),
      stackFrame: stackFrame.read(),
      frameFunc: frameFunc.read(),
      frameLib: frameLib.read(),
      funcName: funcName.read(),
      funcResource: funcResource.read(),
      resourceName: resourceName.read(),
      resourceLib: resourceLib.read(),
    }),
  }
}

function tableOf(columns: Readonly<Record<string, { push(value: number): void }>>): Shape {
  const members = Object.entries(columns).map(([name, { push }]): [string, Shape] => [
    name,
    { kind: 'numbers', push },
  ])
  return { kind: 'object', members: Object.fromEntries(members) }
}
