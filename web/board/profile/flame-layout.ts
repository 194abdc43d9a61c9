import type { FlameGraphQuery } from './operations.generated.ts'

/** A node of a flame graph: each stands behind its parent. */
export type FlameNode = NonNullable<
  Extract<FlameGraphQuery['samplyProfile'], { readonly __typename: 'SamplyProfile' }>['analysis']
>['flameGraph'][number]

/** A node and its place, in shares of the width. */
export interface PlacedNode {
  readonly index: number
  readonly node: FlameNode
  readonly left: number
  readonly width: number
}

/** A stretch of samples that fills the whole width. */
export interface Stretch {
  readonly start: number
  readonly end: number
}

/** The stretch of one node, or of the whole graph. */
export function stretchOf(nodes: readonly FlameNode[], zoomed: number | undefined): Stretch {
  const node = zoomed === undefined ? undefined : nodes[zoomed]
  if (node !== undefined) return { start: node.start, end: node.start + node.totalSamples }
  return { start: 0, end: nodes.reduce((end, one) => Math.max(end, one.start + one.totalSamples), 0) }
}

/** The nodes that can be seen where a stretch fills the width. What is narrower than `minWidth`, a share, is left out. */
export function placed(
  nodes: readonly FlameNode[],
  { start, end }: Stretch,
  minWidth: number,
): readonly PlacedNode[] {
  const samples = end - start
  return nodes.flatMap((node, index) => {
    const from = Math.max(start, node.start)
    const width = (Math.min(end, node.start + node.totalSamples) - from) / samples
    return width < minWidth ? [] : [{ index, node, left: (from - start) / samples, width }]
  })
}

/** What a search finds. */
export interface Matches {
  /** Undefined: nothing is searched for. */
  readonly indexes: ReadonlySet<number> | undefined
  readonly functionCount: number
  /** How many of the samples that are drawn are in one of them, as a share. A match inside of another counts once. */
  readonly share: number
}

/** Finds the nodes whose function or library has a text in its name, whatever its case. */
export function matchesOf(nodes: readonly FlameNode[], search: string): Matches {
  const text = search.trim().toLowerCase()
  if (text === '') return { indexes: undefined, functionCount: 0, share: 0 }
  const indexes = new Set<number>()
  const inMatch = new Set<number>()
  let samples = 0
  for (const [index, { name, library, parent, totalSamples }] of nodes.entries()) {
    const isInMatch = parent !== null && inMatch.has(parent)
    const isMatch = `${name}\n${library ?? ''}`.toLowerCase().includes(text)
    if (isMatch) indexes.add(index)
    if (isMatch || isInMatch) inMatch.add(index)
    if (isMatch && !isInMatch) samples += totalSamples
  }
  const functions = new Set([...indexes].map((index) => `${nodes[index]?.library} ${nodes[index]?.name}`))
  const { end } = stretchOf(nodes, undefined)
  return { indexes, functionCount: functions.size, share: samples / end }
}

/** The node itself where it is drawn; else the nearest of its callers that is. */
export function drawnAt(visible: readonly PlacedNode[], nodes: readonly FlameNode[], index: number): number {
  const drawn = new Set(visible.map((one) => one.index))
  for (let at: number | null = index; at !== null; at = nodes[at]?.parent ?? null)
    if (drawn.has(at)) return at
  return visible[0]?.index ?? index
}

/** A step through the graph: to the caller, to the heaviest that is called, or to a neighbour. */
export type Step = 'up' | 'down' | 'left' | 'right'

/** Where a step from a node leads; the node itself where it leads nowhere. `visible` is in the order of the list. */
export function stepFrom(visible: readonly PlacedNode[], index: number, step: Step): number {
  const from = visible.find((one) => one.index === index)
  if (from === undefined) return visible[0]?.index ?? index
  if (step === 'up') return visible.find((one) => one.index === from.node.parent)?.index ?? index
  if (step === 'down') return heaviest(visible.filter((one) => one.node.parent === index))?.index ?? index
  const level = visible
    .filter((one) => one.node.depth === from.node.depth)
    .toSorted((one, other) => one.left - other.left)
  const place = level.indexOf(from) + (step === 'left' ? -1 : 1)
  return level[place]?.index ?? index
}

function heaviest(placedNodes: readonly PlacedNode[]): PlacedNode | undefined {
  return placedNodes.toSorted((one, other) => other.width - one.width)[0]
}
