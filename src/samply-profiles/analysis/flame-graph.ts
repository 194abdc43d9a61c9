import { functionName, libraryName, type ProfileAnalysis } from './analysis.ts'
import { none } from './columns.ts'
import { createHeaviestFirst } from './heaviest-first.ts'
import type { SelectedSamples } from './selected-samples.ts'

/** Nodes of one flame graph: what a screen can draw, and what an answer may weigh. */
export const maxFlameGraphNodes = 4000

/** What of a flame graph is wanted. */
export interface FlameGraphView {
  /** The least share of all samples that a node has, from 0 to 1. */
  readonly minShare: number
  /** Levels. */
  readonly maxDepth: number
  /** Roots are the functions in which samples were taken, and their children those that called them. */
  readonly isInverted: boolean
}

/** A node of a flame graph. */
export interface FlameGraphNode {
  readonly name: string
  readonly library: string | undefined
  /** 0 at a root. */
  readonly depth: number
  /** The place of its parent in the list; undefined at a root. */
  readonly parent: number | undefined
  /** How many samples lie before it on its level. */
  readonly start: number
  /** Samples that are in none of its children. */
  readonly selfSamples: number
  readonly totalSamples: number
}

/** A node while it is chosen. */
interface Branch {
  readonly func: number
  readonly depth: number
  /** Undefined at a root. */
  readonly parent: ChosenBranch | undefined
  readonly total: number
  /** Expanded only once the node is chosen: most are not. */
  expand(): { readonly self: number; readonly children: readonly BranchSeed[] }
}

type BranchSeed = Pick<Branch, 'func' | 'total' | 'expand'>

interface ChosenBranch {
  readonly branch: Branch
  readonly self: number
  readonly children: ChosenBranch[]
}

/**
 * Makes the flame graph: the heaviest nodes, at most {@link maxFlameGraphNodes}, with every one behind its parent, and
 * the heaviest first among those of one parent.
 */
export function flameGraph(
  analysis: ProfileAnalysis,
  samples: SelectedSamples,
  view: FlameGraphView,
): readonly FlameGraphNode[] {
  const roots = view.isInverted ? invertedRoots(analysis, samples) : callRoots(analysis, samples)
  return laidOut(chosen(roots, samples.sampleCount, view), analysis)
}

function chosen(
  roots: readonly BranchSeed[],
  sampleCount: number,
  { minShare, maxDepth }: FlameGraphView,
): readonly ChosenBranch[] {
  const least = minShare * sampleCount
  const waiting = createHeaviestFirst<Branch>(({ total }) => total)
  const offer = (seeds: readonly BranchSeed[], depth: number, parent: ChosenBranch | undefined) => {
    if (depth >= maxDepth) return
    for (const { func, total, expand } of seeds) {
      if (total > 0 && total >= least) waiting.add({ func, total, expand, depth, parent })
    }
  }
  const chosenRoots: ChosenBranch[] = []
  offer(roots, 0, undefined)
  for (let left = maxFlameGraphNodes; left > 0; left -= 1) {
    const branch = waiting.take()
    if (branch === undefined) break
    const { self, children } = branch.expand()
    const node: ChosenBranch = { branch, self, children: [] }
    const siblings = branch.parent?.children ?? chosenRoots
    siblings.push(node)
    offer(children, branch.depth + 1, node)
  }
  return chosenRoots
}

/** Siblings have been chosen in order of their weight already. */
function laidOut(roots: readonly ChosenBranch[], { functions }: ProfileAnalysis): readonly FlameGraphNode[] {
  const nodes: FlameGraphNode[] = []
  const waiting: { node: ChosenBranch; parent: number | undefined; start: number }[] = []
  const place = (siblings: readonly ChosenBranch[], parent: number | undefined, from: number) => {
    let start = from
    const placed = siblings.map((node) => {
      const at = { node, parent, start }
      start += node.branch.total
      return at
    })
    waiting.push(...placed.reverse())
  }
  place(roots, undefined, 0)
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const { node, parent, start } = next
    const { func, depth, total } = node.branch
    nodes.push({
      name: functionName(functions, func),
      library: libraryName(functions, func),
      depth,
      parent,
      start,
      selfSamples: node.self,
      totalSamples: total,
    })
    place(node.children, nodes.length - 1, start)
  }
  return nodes
}

function callRoots({ tree }: ProfileAnalysis, { self, total }: SelectedSamples): readonly BranchSeed[] {
  const between = (from: number, end: number): readonly BranchSeed[] => {
    const seeds: BranchSeed[] = []
    for (let node = from; node < end; node = tree.end[node] ?? end) {
      const behind = tree.end[node] ?? end
      const first = node + 1
      seeds.push({
        func: tree.func[node] ?? 0,
        total: total[node] ?? 0,
        expand: () => ({ self: self[first - 1] ?? 0, children: between(first, behind) }),
      })
    }
    return seeds
  }
  return between(0, tree.parent.length)
}

/** Samples that are followed from where they end to where they began: where each one is, and its weight. */
interface Trail {
  readonly at: readonly number[]
  readonly weight: readonly number[]
  readonly total: number
}

function invertedRoots({ tree }: ProfileAnalysis, { self }: SelectedSamples): readonly BranchSeed[] {
  const seedsOf = (trails: Trails): readonly BranchSeed[] =>
    trails.all().map(([func, trail]) => ({
      func,
      total: trail.total,
      expand() {
        const callers = createTrails(tree.func)
        let ended = 0
        for (const [index, node] of trail.at.entries()) {
          const caller = tree.parent[node] ?? none
          const weight = trail.weight[index] ?? 0
          if (caller === none) ended += weight
          else callers.add(caller, weight)
        }
        return { self: ended, children: seedsOf(callers) }
      },
    }))
  const leaves = createTrails(tree.func)
  for (let node = 0; node < self.length; node += 1) {
    const weight = self[node] ?? 0
    if (weight !== 0) leaves.add(node, weight)
  }
  return seedsOf(leaves)
}

interface Trails {
  add(node: number, weight: number): void
  /** By the function in which they are. */
  all(): readonly (readonly [number, Trail])[]
}

function createTrails(functionOf: Int32Array): Trails {
  const trails = new Map<number, { at: number[]; weight: number[]; total: number }>()
  return {
    add(node, weight) {
      const func = functionOf[node] ?? 0
      const trail = trails.get(func) ?? { at: [], weight: [], total: 0 }
      trails.set(func, trail)
      trail.at.push(node)
      trail.weight.push(weight)
      trail.total += weight
    },
    all: () => [...trails],
  }
}
