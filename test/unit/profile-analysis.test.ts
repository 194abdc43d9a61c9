import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import type { ProfileAnalysis } from '../../src/samply-profiles/analysis/analysis.ts'
import {
  type FlameGraphNode,
  type FlameGraphView,
  flameGraph,
  maxFlameGraphNodes,
} from '../../src/samply-profiles/analysis/flame-graph.ts'
import { hotFunctions } from '../../src/samply-profiles/analysis/hot-functions.ts'
import { selectSamples } from '../../src/samply-profiles/analysis/selected-samples.ts'
import { analysisOf, analysisOfJson } from '../support/analysed.ts'
import { type DescribedProfile, processedProfile } from '../support/processed-profile.ts'
import { countFunctions, countPaths, functionKey, pathKey, samplesOf } from '../support/profile-oracle.ts'

const main = { name: 'main', library: 'pipeline' }
const step = { name: 'step', library: 'pipeline' }
const stepElsewhere = { ...step, address: 99 }
const wait = { name: 'wait', library: 'libc' }
const bare = { name: '0x2bac' }

const profile: DescribedProfile = {
  threads: [
    {
      name: 'orders',
      processName: 'orders',
      samples: [
        { stack: [main, step], afterMs: 2.5, cpuDelta: 5000 },
        { stack: [main, step, step, wait], weight: 11, cpuDelta: null },
        { stack: [], weight: 3, cpuDelta: 250 },
        { stack: [main, stepElsewhere, step], weight: 2, cpuDelta: 500 },
      ],
    },
    { name: 'worker', samples: [{ stack: [main, bare], weight: 4, afterMs: 1 }] },
    { name: 'worker', samples: [{ stack: [wait], weight: 5, afterMs: 7 }] },
  ],
}

const everything: FlameGraphView = { minShare: 0, maxDepth: 1000, isInverted: false }
const nodesOf = (analysis: ProfileAnalysis, view: Partial<FlameGraphView> = {}, thread?: string) =>
  flameGraph(analysis, selectSamples(analysis, thread), { ...everything, ...view })
const hottest = (analysis: ProfileAnalysis, by: 'SELF' | 'TOTAL' = 'SELF', thread?: string) =>
  hotFunctions(analysis, selectSamples(analysis, thread), { first: 1000, by })

/** The names from the root to a node. */
function pathTo(nodes: readonly FlameGraphNode[], node: FlameGraphNode): FlameGraphNode[] {
  const parent = node.parent === undefined ? undefined : nodes[node.parent]
  return [...(parent === undefined ? [] : pathTo(nodes, parent)), node]
}

describe('the analysis of a profile', () => {
  for (const version of [41, 46, 49, 50, 56, 57, 58, 60, 66, 70]) {
    it(`says the same of a profile in version ${version} of the format`, () => {
      const analysis = analysisOf(profile, version)
      assert.equal(analysis.product, 'orders')
      assert.equal(analysis.sampleCount, 26)
      assert.equal(analysis.startTimeMs, Date.UTC(2026, 0, 15, 12) + 1)
      assert.equal(analysis.durationMs, 6)
      assert.deepEqual(analysis.threads, [
        { name: 'orders', processName: 'orders', sampleCount: 17, cpuTimeMs: 0.75 },
        { name: 'worker', processName: undefined, sampleCount: 4, cpuTimeMs: undefined },
        { name: 'worker', processName: undefined, sampleCount: 5, cpuTimeMs: undefined },
      ])
      assert.deepEqual(
        hottest(analysis, 'TOTAL').map(({ name, library, selfSamples, totalSamples }) => [
          name,
          library,
          selfSamples,
          totalSamples,
        ]),
        [
          ['main', 'pipeline', 0, 18],
          ['wait', 'libc', 16, 16],
          ['step', 'pipeline', 3, 14],
          ['0x2bac', undefined, 4, 4],
        ],
      )
    })
  }

  it('merges the calls of one function under one parent, and places each node', () => {
    const nodes = nodesOf(analysisOf(profile))
    assert.deepEqual(
      nodes.map(({ name, depth, parent, start, selfSamples, totalSamples }) => [
        name,
        depth,
        parent,
        start,
        selfSamples,
        totalSamples,
      ]),
      [
        ['main', 0, undefined, 0, 0, 18],
        ['step', 1, 0, 0, 1, 14],
        ['step', 2, 1, 0, 2, 13],
        ['wait', 3, 2, 0, 11, 11],
        ['0x2bac', 1, 0, 14, 4, 4],
        ['wait', 0, undefined, 18, 5, 5],
      ],
    )
  })

  it('looks at the threads of one name, all of them', () => {
    const analysis = analysisOf(profile)
    const [first, second] = hottest(analysis, 'SELF', 'worker')
    assert.deepEqual([first?.name, first?.selfShare, second?.name], ['wait', 5 / 9, '0x2bac'])
  })

  it('turns the graph over: from where samples were taken to what began them', () => {
    const nodes = nodesOf(analysisOf(profile), { isInverted: true })
    const [root, caller] = nodes
    assert.deepEqual([root?.name, root?.selfSamples, root?.totalSamples], ['wait', 5, 16])
    assert.deepEqual([caller?.name, caller?.selfSamples, caller?.totalSamples], ['step', 0, 11])
  })

  it('leaves out what is smaller than asked for, and what is deeper', () => {
    const analysis = analysisOf(profile)
    const names = (view: Partial<FlameGraphView>) => nodesOf(analysis, view).map(({ name }) => name)
    assert.deepEqual(names({ minShare: 0.2 }), ['main', 'step', 'step', 'wait'])
    assert.deepEqual(names({ minShare: 1 }), [])
    assert.deepEqual(names({ maxDepth: 1 }), ['main', 'wait'])
  })

  it('counts each row once where there are no weights', () => {
    assert.equal(analysisOf({ ...profile, hasWeights: false }).sampleCount, 6)
  })

  const units: readonly (readonly [string, number | undefined])[] = [
    ['µs', 0.75],
    ['ns', 0.000_75],
    ['variable CPU cycles', undefined],
  ]
  for (const [cpuUnit, cpuTimeMs] of units) {
    it(`tells CPU time where it is measured in ${cpuUnit}: ${cpuTimeMs}`, () => {
      assert.equal(analysisOf({ ...profile, cpuUnit }).threads[0]?.cpuTimeMs, cpuTimeMs)
    })
  }

  it('reads a profile without threads, and one without samples', () => {
    const empty = analysisOf({ threads: [] })
    assert.deepEqual([empty.sampleCount, empty.durationMs, hottest(empty), nodesOf(empty)], [0, 0, [], []])
    const idle = analysisOf({ threads: [{ name: 'idle', samples: [] }] }, 60)
    assert.deepEqual([idle.sampleCount, hottest(idle), nodesOf(idle)], [0, [], []])
  })

  it('keeps the heaviest nodes, each with its parent, where there are more than it sends', () => {
    const samples = Array.from({ length: 3000 }, (_, index) => ({
      stack: [{ name: `caller ${index}` }, { name: `called ${index}` }],
      weight: index + 1,
    }))
    const nodes = nodesOf(analysisOf({ threads: [{ name: 'wide', samples }] }))
    assert.equal(nodes.length, maxFlameGraphNodes)
    assert.equal(nodes[0]?.name, 'caller 2999')
    assert.equal(Math.min(...nodes.map(({ totalSamples }) => totalSamples)), 1001)
    for (const [index, { parent }] of nodes.entries()) assert.ok((parent ?? -1) < index)
  })

  it('keeps no more than 2,000 characters of a name, and still tells functions apart by all of it', () => {
    const long = 'x'.repeat(5000)
    const samples = ['a', 'b'].map((end) => ({ stack: [{ name: long + end, library: long }] }))
    const analysis = analysisOf({ product: long, threads: [{ name: long, processName: long, samples }] })
    const shown = `${'x'.repeat(2000)}…`
    assert.deepEqual(
      hottest(analysis).map(({ name, library }) => [name, library]),
      [
        [shown, shown],
        [shown, shown],
      ],
    )
    const [thread] = analysis.threads
    assert.deepEqual([analysis.product, thread?.name, thread?.processName], [shown, shown, shown])
  })

  it('takes no memory for what is shared a second time: 60 threads and a table of 1,200,000 stacks', () => {
    const rows = 1_200_000
    const json = JSON.stringify({
      ...processedProfile({ threads: [] }, 60),
      shared: {
        stringArray: ['f'],
        stackTable: { length: rows, prefix: Array(rows).fill(null), frame: Array(rows).fill(0) },
        frameTable: { length: 1, func: [0] },
        funcTable: { length: 1, name: [0], resource: [-1] },
        resourceTable: { length: 0, name: [], lib: [] },
      },
      threads: Array.from({ length: 60 }, () => ({
        name: 'worker',
        samples: { length: 1, stack: [rows - 1], weight: [2], timeDeltas: [1] },
      })),
    })
    assert.deepEqual(
      hottest(analysisOfJson(json, 100_000)).map(({ selfSamples }) => selfSamples),
      [120],
    )
  })

  it('reads stacks of any depth', () => {
    const stack = Array.from({ length: 20_000 }, () => step)
    const analysis = analysisOf({ threads: [{ name: 'deep', samples: [{ stack }] }] })
    assert.deepEqual(
      hottest(analysis).map(({ selfSamples, totalSamples }) => [selfSamples, totalSamples]),
      [[1, 1]],
    )
    assert.equal(nodesOf(analysis, { isInverted: true }).length, 1000)
  })
})

const described = fc.record({
  threads: fc.array(
    fc.record({
      name: fc.constantFrom('main', 'worker', 'ü\n"'),
      samples: fc.array(
        fc.record({
          stack: fc.array(
            fc.record(
              {
                name: fc.constantFrom('a', 'b', '"c\\', 'dé'),
                library: fc.constantFrom('x', 'y'),
                address: fc.nat(2),
              },
              { requiredKeys: ['name'] },
            ),
            { maxLength: 6 },
          ),
          weight: fc.integer({ min: 1, max: 9 }),
          afterMs: fc.double({ min: 0, max: 5, noNaN: true }),
        }),
        { maxLength: 12 },
      ),
    }),
    { maxLength: 3 },
  ),
})
const version = fc.constantFrom(41, 49, 50, 56, 57, 58, 60, 66, 70)

describe('the analysis of any profile', () => {
  it('counts what a count sample by sample gives, in any version and in pieces of any size', () => {
    fc.assert(
      fc.property(described, version, fc.integer({ min: 1, max: 400 }), (any, written, pieceBytes) => {
        const analysis = analysisOf(any, written, pieceBytes)
        const counted = countFunctions(any)
        const told = hottest(analysis, 'TOTAL')
        assert.equal(told.length, counted.size)
        for (const one of told) {
          const { name, library, selfSamples: self, totalSamples: total } = one
          const key = functionKey(library === undefined ? { name } : { name, library })
          assert.deepEqual({ self, total }, counted.get(key))
        }
        const sampleCount = samplesOf(any).reduce((sum, { weight = 1 }) => sum + weight, 0)
        assert.equal(analysis.sampleCount, sampleCount)
      }),
      { numRuns: 300 },
    )
  })

  it('draws the paths of all samples, either way up, with no node over another', () => {
    fc.assert(
      fc.property(described, version, fc.boolean(), (any, written, isInverted) => {
        const nodes = nodesOf(analysisOf(any, written), { isInverted })
        const counted = countPaths(any, isInverted)
        assert.equal(nodes.length, counted.size)
        const ends = new Map<number, number>()
        for (const node of nodes) {
          const { depth, start, selfSamples: self, totalSamples: total, parent } = node
          const path = pathTo(nodes, node).map(({ name, library }) =>
            library === undefined ? { name } : { name, library },
          )
          assert.deepEqual({ self, total }, counted.get(pathKey(path)))
          assert.equal(path.length, depth + 1)
          assert.ok(start >= (ends.get(depth) ?? 0), 'nodes lie beside each other')
          ends.set(depth, start + total)
          const above = parent === undefined ? undefined : nodes[parent]
          if (above !== undefined) {
            assert.ok(start >= above.start && start + total <= above.start + above.totalSamples)
          }
        }
      }),
      { numRuns: 300 },
    )
  })
})

/** The profile with something else in one place; undefined takes it out. */
function jsonWith(place: string, replacement: unknown, written = 57): string {
  return JSON.stringify(replacedAt(processedProfile(profile, written), place.split('.'), replacement))
}

function replacedAt(value: unknown, [key, ...rest]: readonly string[], replacement: unknown): unknown {
  if (key === undefined) return replacement
  if (typeof value !== 'object' || value === null) return value
  const entries = Object.entries({ [key]: undefined, ...value }).map(([name, inner]): [string, unknown] => [
    name,
    name === key ? replacedAt(inner, rest, replacement) : inner,
  ])
  return Array.isArray(value) ? entries.map(([, inner]) => inner) : Object.fromEntries(entries)
}

describe('a profile that cannot be read', () => {
  const refused: readonly (readonly [string, string, RegExp])[] = [
    [
      'is of a newer format',
      jsonWith('meta.preprocessedProfileVersion', 71),
      /version 71; 41 to 70 can be read/,
    ],
    [
      'is of an older format',
      jsonWith('meta.preprocessedProfileVersion', 40),
      /version 40; 41 to 70 can be read/,
    ],
    [
      'tells no version',
      jsonWith('meta.preprocessedProfileVersion', undefined),
      /`meta\.preprocessedProfileVersion`/,
    ],
    ['has no meta', '{"threads":[]}', /`meta` is missing/],
    ['is another JSON', '[1,2]', /`the profile` is no object/],
    ['is a page', '<html></html>', /`the profile` is no object/],
    ['is a page behind some JSON', '{"a" <html>', /it is not JSON: “<” at byte 5/],
    ['is empty', '', /it ends in the middle/],
    [
      'ends in the middle',
      '{"threads":[{"name":"x","samples":{"stack":[1,2',
      /it ends in the middle, in `threads\[0\]\.samples\.stack`/,
    ],
    ['goes on behind its end', '{"meta":null}{}', /it is not JSON: “\{” at byte 13/],
    [
      'has a list that is none',
      jsonWith('threads.1.stackTable.frame', 'x'),
      /`threads\[1\]\.stackTable\.frame` is no list/,
    ],
    [
      'has a text among numbers',
      jsonWith('threads.0.samples.stack', [0, 'x']),
      /`threads\[0\]\.samples\.stack` is no list of numbers/,
    ],
    [
      'has a fraction for a place',
      jsonWith('threads.0.frameTable.func', [0.5]),
      /`threads\[0\]\.frameTable\.func` has 0\.5, which is no place/,
    ],
    [
      'has a huge place',
      jsonWith('threads.0.samples.stack', [4e9]),
      /`threads\[0\]\.samples\.stack` has 4000000000, which is no place/,
    ],
    [
      'has a sample of no stack there is',
      jsonWith('threads.0.samples.stack', [0, 1, 2, 99]),
      /thread “orders” name row 99 of `threads\[0\]\.stackTable`/,
    ],
    [
      'has stacks of more memory than there is',
      jsonWith('threads.0.samples.stack', [0, 1, 2, 2_000_000_000]),
      /has 2000000000, which is no row/,
    ],
    [
      'has a stack that calls itself',
      jsonWith('threads.0.stackTable.prefix', [0, 0, 1, 2, 0, 4]),
      /`threads\[0\]\.stackTable\.prefix\[0\]` is 0, which leads to no earlier row/,
    ],
    [
      'has stacks that call each other',
      jsonWith('threads.0.stackTable.prefix', [null, 2, 1, 2, 0, 4]),
      /prefix\[1\]` is 2, which leads to no earlier row/,
    ],
    [
      'has an offset before the table',
      jsonWith('shared.stackTable.prefixOffset', [9, 1, 1, 1, 4, 1, 1, 0], 66),
      /`shared\.stackTable\.prefixOffset\[0\]` is 9/,
    ],
    [
      'lacks the callers',
      jsonWith('threads.0.stackTable.prefix', undefined),
      /`threads\[0\]\.stackTable\.prefix` has 0 rows where `frame` has 6/,
    ],
    [
      'has a frame of no function',
      jsonWith('threads.0.frameTable.func', [9, 9, 9, 9]),
      /`threads\[0\]\.frameTable\.func` has 9, and there is no such row/,
    ],
    [
      'has a stack of no frame',
      jsonWith('threads.0.stackTable.frame', [7, 7, 7, 7, 7, 7]),
      /`threads\[0\]\.stackTable\.frame` has 7/,
    ],
    [
      'has a function without a name',
      jsonWith('shared.stringArray', []),
      /`threads\[0\]\.funcTable\.name` has 1, and there is no such text/,
    ],
    [
      'has fewer weights than samples',
      jsonWith('threads.0.samples.weight', [1, 2]),
      /`threads\[0\]\.samples\.weight` has 2 rows where `stack` has 4/,
    ],
    [
      'has a weight of null',
      jsonWith('threads.0.samples.weight', [1, null, 1, 1]),
      /`threads\[0\]\.samples\.weight\[1\]` is no number/,
    ],
    ['has a thread without a name', jsonWith('threads.2.name', undefined), /`threads\[2\]\.name` is missing/],
    [
      'has a name that is none',
      jsonWith('threads.2.name', 5),
      /`threads\[2\]\.name` is not what it should be/,
    ],
    ['has libraries that are none', jsonWith('libs', [{}]), /`libs\.0\.name`/],
    ['has texts that are none', jsonWith('shared.stringArray', [{}]), /it is not JSON/],
    [
      'has more threads than there can be',
      jsonWith(
        'threads',
        Array.from({ length: 5000 }, () => ({ name: 'x' })),
      ),
      /more than 4096 threads/,
    ],
  ]
  for (const [name, json, message] of refused) {
    it(`is told where it ${name}`, () => {
      assert.throws(() => analysisOfJson(json, 7), { name: 'TaskRefusal', message })
    })
  }

  it('is told with the version of its format, where that was read', () => {
    const json = jsonWith('threads.0.samples.stack', [0, 1, 2, 99])
    assert.throws(() => analysisOfJson(json), /\(format version 57\)$/)
  })

  it('throws nothing else, whatever stands in its place', () => {
    const places = [
      'threads',
      'threads.0',
      'meta',
      'libs',
      'shared',
      'threads.0.samples',
      'threads.0.stackTable.prefix',
      'threads.0.samples.weight',
      'threads.0.samples.timeDeltas',
      'threads.0.funcTable.resource',
      'threads.0.resourceTable.lib',
    ]
    fc.assert(
      fc.property(fc.constantFrom(...places), fc.jsonValue(), (place, value) => {
        try {
          analysisOfJson(jsonWith(place, value), 11)
        } catch (error) {
          assert.equal(error instanceof Error && error.name, 'TaskRefusal')
        }
      }),
      { numRuns: 500 },
    )
  })
})
