import { addressOf, functionNamed, symbolAt } from './program-image.ts'
import { createStringTable, type StringTable } from './string-table.ts'
import { type FrameColumns, frameTable, funcTable, nativeSymbols, resourceTable } from './table-json.ts'

/** A row of a thread's stack table, with what the rows below it need to know. */
export interface StackNode {
  /** Which row it is. */
  index: number
  address: number
  inlineDepth: number
  /** By function and call site. */
  children: Map<string, StackNode>
}

/** The tables of one thread while it is sampled. Rows are added at their first use, so parents come first. */
export interface ThreadTables {
  /** The row for a call of a function from `caller`, at its first call site or its second (0 or 1). */
  call(caller: StackNode | undefined, functionName: string, site: number): StackNode
  /** The tables as they stand in the profile. */
  toJson(): Record<string, unknown>
}

const userCategory = 1
const kernelCategory = 2
const kernelLibrary = 2
const siteSizeBytes = 0x20

/** Makes the empty tables of a thread. */
export function createThreadTables(strings: StringTable): ThreadTables {
  const roots = new Map<string, StackNode>()
  const frames = new Map<string, number>()
  const functions = createStringTable()
  const symbols = createStringTable()
  const frame: FrameColumns = { address: [], inlineDepth: [], category: [], func: [], nativeSymbol: [] }
  const prefix: (number | null)[] = []
  const frameOfStack: number[] = []

  function frameOf(name: string, address: number, inlineDepth: number): number {
    const key = `${name} ${address} ${inlineDepth}`
    const known = frames.get(key)
    if (known !== undefined) return known
    frame.address.push(address)
    frame.inlineDepth.push(inlineDepth)
    frame.category.push(functionNamed(name).library === kernelLibrary ? kernelCategory : userCategory)
    frame.nativeSymbol.push(symbols.indexOf(symbolAt(address)))
    const index = frame.func.push(functions.indexOf(name)) - 1
    frames.set(key, index)
    return index
  }

  return {
    call(caller, functionName, site) {
      const siblings = caller?.children ?? roots
      const key = `${site}${functionName}`
      const known = siblings.get(key)
      if (known !== undefined) return known
      const host = functionNamed(functionName).inlined === true ? caller : undefined
      const address = host?.address ?? addressOf(functionName) + site * siteSizeBytes
      const inlineDepth = host === undefined ? 0 : host.inlineDepth + 1
      prefix.push(caller?.index ?? null)
      const index = frameOfStack.push(frameOf(functionName, address, inlineDepth)) - 1
      const node = { index, address, inlineDepth, children: new Map<string, StackNode>() }
      siblings.set(key, node)
      return node
    },
    toJson: () => ({
      stackTable: { length: prefix.length, prefix, frame: frameOfStack },
      frameTable: frameTable(frame),
      funcTable: funcTable(functions.strings, strings),
      resourceTable: resourceTable(strings),
      nativeSymbols: nativeSymbols(symbols.strings, strings),
    }),
  }
}
