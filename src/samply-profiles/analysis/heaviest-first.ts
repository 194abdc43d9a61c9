/** Things that are waiting, of which the heaviest is taken next. */
export interface HeaviestFirst<Thing> {
  add(thing: Thing): void
  take(): Thing | undefined
}

/** Makes a queue without things: a binary heap. Of two of the same weight the one that was added first comes first. */
export function createHeaviestFirst<Thing>(weightOf: (thing: Thing) => number): HeaviestFirst<Thing> {
  interface Waiting {
    readonly thing: Thing
    readonly weight: number
    readonly turn: number
  }
  const heap: Waiting[] = []
  let turns = 0
  const isBefore = (one: Waiting, other: Waiting) =>
    one.weight > other.weight || (one.weight === other.weight && one.turn < other.turn)

  const rise = (from: number, waiting: Waiting) => {
    let at = from
    for (;;) {
      const above = (at - 1) >> 1
      const upper = heap[above]
      if (at === 0 || upper === undefined || isBefore(upper, waiting)) break
      heap[at] = upper
      at = above
    }
    heap[at] = waiting
  }
  const sink = (waiting: Waiting) => {
    let at = 0
    for (;;) {
      const [left, right] = [heap[2 * at + 1], heap[2 * at + 2]]
      if (left === undefined) break
      const isRight = right !== undefined && isBefore(right, left)
      const lower = isRight ? right : left
      if (isBefore(waiting, lower)) break
      heap[at] = lower
      at = 2 * at + (isRight ? 2 : 1)
    }
    heap[at] = waiting
  }
  return {
    add(thing) {
      turns += 1
      rise(heap.length, { thing, weight: weightOf(thing), turn: turns })
    },
    take() {
      const [first] = heap
      const last = heap.pop()
      if (last !== undefined && heap.length > 0) sink(last)
      return first?.thing
    },
  }
}
