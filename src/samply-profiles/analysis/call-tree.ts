import { TaskRefusal } from '../../workers/serve.ts'
import { none } from './columns.ts'

/** Nodes of one call tree. */
const maxCallNodes = 2_000_000

const firstCapacity = 4096

/** A call tree while it grows. Parents come before their children. */
export interface GrowingCallTree {
  /**
   * The node for a function that is called at a node, or at a root ({@link none}). The same function under the same
   * parent is the same node.
   *
   * @throws TaskRefusal past {@link maxCallNodes}
   */
  childOf(parent: number, func: number): number
  nodeCount(): number
  /** Puts the tree into its final order. */
  finish(): OrderedCallTree
}

/** All call stacks of a profile, as a tree in pre-order: behind each node stands all that it called. */
export interface CallTree {
  /** {@link none} at a root. */
  readonly parent: Int32Array
  readonly func: Int32Array
  /** The node behind all that a node called. */
  readonly end: Int32Array
  /** 1 where no caller of the node is the same function: there recursion has begun, and is counted once. */
  readonly isOutermost: Uint8Array
}

/** A tree in its final order, and where its nodes have gone. */
export interface OrderedCallTree {
  readonly tree: CallTree
  readonly placeOf: Int32Array
}

/** Makes an empty tree. */
export function createCallTree(): GrowingCallTree {
  let parents = new Int32Array(firstCapacity)
  let functions = new Int32Array(firstCapacity)
  // Open addressing, twice as many slots as nodes at least; a slot has a node's number plus one.
  let slots = new Int32Array(firstCapacity * 2)
  let count = 0

  const slotOf = (parent: number, func: number) => {
    const mask = slots.length - 1
    let slot = (Math.imul(parent + 1, 0x9e3779b1) ^ Math.imul(func + 1, 0x85ebca6b)) >>> 0
    slot = (slot ^ (slot >>> 15)) & mask
    for (;;) {
      const node = (slots[slot] ?? 0) - 1
      if (node === none || (parents[node] === parent && functions[node] === func)) return slot
      slot = (slot + 1) & mask
    }
  }
  const grow = () => {
    const [oldParents, oldFunctions] = [parents, functions]
    parents = new Int32Array(count * 2)
    functions = new Int32Array(count * 2)
    parents.set(oldParents)
    functions.set(oldFunctions)
    slots = new Int32Array(count * 4)
    for (let node = 0; node < count; node += 1) {
      slots[slotOf(parents[node] ?? 0, functions[node] ?? 0)] = node + 1
    }
  }

  return {
    childOf(parent, func) {
      const slot = slotOf(parent, func)
      const known = (slots[slot] ?? 0) - 1
      if (known !== none) return known
      if (count >= maxCallNodes) throw new TaskRefusal(`its call tree has more than ${maxCallNodes} nodes`)
      parents[count] = parent
      functions[count] = func
      slots[slot] = count + 1
      count += 1
      if (count === parents.length) grow()
      return count - 1
    },
    nodeCount: () => count,
    finish: () => inPreOrder(parents.subarray(0, count), functions.subarray(0, count)),
  }
}

function inPreOrder(parents: Int32Array, functions: Int32Array): OrderedCallTree {
  const placeOf = placesOf(parents)
  const count = parents.length
  const [parent, func, end] = [sharedInts(count), sharedInts(count), sharedInts(count)]
  for (let node = 0; node < count; node += 1) {
    const place = placeOf[node] ?? 0
    const from = parents[node] ?? none
    parent[place] = from === none ? none : (placeOf[from] ?? none)
    func[place] = functions[node] ?? 0
  }
  for (let place = count - 1; place >= 0; place -= 1) {
    const behind = Math.max(end[place] ?? 0, place + 1)
    end[place] = behind
    const from = parent[place] ?? none
    if (from !== none) end[from] = Math.max(end[from] ?? 0, behind)
  }
  return { tree: { parent, func, end, isOutermost: outermost(parent, func, end) }, placeOf }
}

/** Where each node comes in pre-order. */
function placesOf(parents: Int32Array): Int32Array {
  const count = parents.length
  const size = new Int32Array(count).fill(1)
  for (let node = count - 1; node >= 0; node -= 1) {
    const from = parents[node] ?? none
    if (from !== none) size[from] = (size[from] ?? 0) + (size[node] ?? 0)
  }
  // Where the next child of each node goes: behind the node itself, and behind the children that came before.
  const nextPlace = new Int32Array(count)
  const placeOf = new Int32Array(count)
  let nextRoot = 0
  for (let node = 0; node < count; node += 1) {
    const from = parents[node] ?? none
    const place = from === none ? nextRoot : (nextPlace[from] ?? 0)
    if (from === none) nextRoot += size[node] ?? 0
    else nextPlace[from] = place + (size[node] ?? 0)
    placeOf[node] = place
    nextPlace[node] = place + 1
  }
  return placeOf
}

function outermost(parent: Int32Array, func: Int32Array, end: Int32Array): Uint8Array {
  const isOutermost = new Uint8Array(new SharedArrayBuffer(parent.length))
  /** Until which place each function has been entered already. */
  const enteredUntil = new Map<number, number>()
  for (let place = 0; place < parent.length; place += 1) {
    const called = func[place] ?? 0
    if ((enteredUntil.get(called) ?? 0) > place) continue
    isOutermost[place] = 1
    enteredUntil.set(called, end[place] ?? 0)
  }
  return isOutermost
}

/** Whole numbers that all threads see, so that an analysis is never copied. */
export const sharedInts = (length: number) => new Int32Array(new SharedArrayBuffer(length * 4))
