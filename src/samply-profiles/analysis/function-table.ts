import { TaskRefusal } from '../../workers/serve.ts'
import { type FunctionNames, shortened } from './analysis.ts'
import { sharedInts } from './call-tree.ts'
import { none } from './columns.ts'
import type { ReadThread } from './profile-reader.ts'
import type { ProfileTables } from './profile-tables.ts'

/** Libraries of one profile. Their names go into every thread that looks at it. */
const maxLibraries = 10_000

/** The functions of a profile, by name and library: the same one in two threads is one. */
export interface FunctionTable {
  /** @throws TaskRefusal where the tables lead nowhere */
  ofFrames(thread: Pick<ReadThread, 'tables' | 'texts'>): (frame: number) => number
  finish(): FunctionNames
}

/** Makes an empty table. */
export function createFunctionTable(libs: readonly string[]): FunctionTable {
  const names: string[] = []
  const libraryOf: number[] = []
  const libraries = new Map<string, number>()
  const known = new Map<string, number>()

  const functionOf = (name: string, library: string | undefined): number => {
    const key = `${library ?? ''}\n${name}`
    const func = known.get(key) ?? names.length
    if (func < names.length) return func
    known.set(key, func)
    names.push(shortened(name))
    libraryOf.push(library === undefined ? none : placeIn(libraries, library))
    return func
  }
  return {
    ofFrames({ tables, texts }) {
      const unknown = -2
      const functions = new Int32Array(tables.frameFunc.length).fill(unknown)
      return (frame) => {
        const seen = functions[frame] ?? unknown
        if (seen !== unknown) return seen
        const func = at(tables.frameFunc, frame, `${tables.place}.stackTable.frame`)
        const name = at(tables.funcName, func, `${tables.place}.frameTable.func`)
        const text = textAt(texts, name, `${tables.place}.funcTable.name`)
        const made = functionOf(text, libraryOfFrame(tables, texts, libs, frame, func))
        functions[frame] = made
        return made
      }
    },
    finish() {
      const bytes = names.map((name) => Buffer.from(name))
      const text = new Uint8Array(new SharedArrayBuffer(bytes.reduce((sum, { length }) => sum + length, 0)))
      const [end, library] = [sharedInts(names.length), sharedInts(names.length)]
      let reached = 0
      for (const [func, name] of bytes.entries()) {
        text.set(name, reached)
        reached += name.length
        end[func] = reached
        library[func] = libraryOf[func] ?? none
      }
      return { text, end, library, libraries: [...libraries.keys()].map(shortened) }
    },
  }
}

function placeIn(places: Map<string, number>, text: string): number {
  const place = places.get(text) ?? places.size
  if (place >= maxLibraries) throw new TaskRefusal(`it has more than ${maxLibraries} libraries`)
  places.set(text, place)
  return place
}

/**
 * The library stands at the frame (from version 70 on), at the function's resource (until 69), or is what the resource
 * is called.
 */
function libraryOfFrame(
  tables: ProfileTables,
  texts: readonly string[],
  libs: readonly string[],
  frame: number,
  func: number,
): string | undefined {
  const lib = tables.frameLib[frame] ?? none
  if (lib !== none) return textAt(libs, lib, `${tables.place}.frameTable.lib`)
  const resource = tables.funcResource[func] ?? none
  if (resource === none) return undefined
  const resourceLib = tables.resourceLib[resource] ?? none
  if (resourceLib !== none) return textAt(libs, resourceLib, `${tables.place}.resourceTable.lib`)
  const name = at(tables.resourceName, resource, `${tables.place}.funcTable.resource`)
  return textAt(texts, name, `${tables.place}.resourceTable.name`)
}

function at(column: Int32Array, row: number, from: string): number {
  const value = column[row]
  if (value === undefined) throw new TaskRefusal(`\`${from}\` has ${row}, and there is no such row`)
  return value
}

function textAt(texts: readonly string[], index: number, from: string): string {
  const text = texts[index]
  if (text === undefined) throw new TaskRefusal(`\`${from}\` has ${index}, and there is no such text`)
  return text
}
