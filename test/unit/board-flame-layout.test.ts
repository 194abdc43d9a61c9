import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import {
  type FlameNode,
  matchesOf,
  placed,
  stepFrom,
  stretchOf,
} from '../../web/board/profile/flame-layout.ts'
import { libraryColours, shadeOf } from '../../web/board/profile/library-colours.ts'

const node = (
  name: string,
  depth: number,
  parent: number | null,
  start: number,
  totalSamples: number,
  library: string | null = 'app',
): FlameNode => ({ name, library, depth, parent, start, totalSamples, selfSamples: 0 })

/**
 * main      0 ........ 80   idle 80 .. 100
 * read 0 .. 30  write 30 .. 80
 * read 0 .. 10
 */
const nodes = [
  node('main', 0, null, 0, 80),
  node('read', 1, 0, 0, 30, 'libc'),
  node('read', 2, 1, 0, 10, 'libc'),
  node('write', 1, 0, 30, 50),
  node('idle', 0, null, 80, 20, null),
]
const all = placed(nodes, stretchOf(nodes, undefined), 0.01)

describe('the flame graph of the board', () => {
  it('places boxes in shares of the width', () => {
    assert.deepEqual(
      all.map(({ left, width }) => [left, width]),
      [
        [0, 0.8],
        [0, 0.3],
        [0, 0.1],
        [0.3, 0.5],
        [0.8, 0.2],
      ],
    )
  })

  it('gives the whole width to a box and to what it was called from, and leaves out what is beside it', () => {
    const zoomed = placed(nodes, stretchOf(nodes, 1), 0.01)
    assert.deepEqual(
      zoomed.map(({ node: { name, depth }, left, width }) => [name, depth, left, width]),
      [
        ['main', 0, 0, 1],
        ['read', 1, 0, 1],
        ['read', 2, 0, 1 / 3],
      ],
    )
  })

  it('leaves out what is too narrow to be seen', () => {
    assert.equal(placed(nodes, stretchOf(nodes, undefined), 0.15).length, 4)
  })

  it('is walked through: down to the heaviest, up to the caller, to the neighbours, and not beyond the ends', () => {
    const steps = [
      [0, 'down', 3],
      [3, 'left', 1],
      [1, 'down', 2],
      [2, 'down', 2],
      [2, 'up', 1],
      [1, 'up', 0],
      [0, 'right', 4],
      [4, 'right', 4],
      [0, 'up', 0],
    ] as const
    for (const [from, step, to] of steps) assert.equal(stepFrom(all, from, step), to, `${from} ${step}`)
  })

  it('a step from a box that cannot be seen any more leads to the first that can', () => {
    assert.equal(stepFrom(placed(nodes, stretchOf(nodes, 1), 0.01), 4, 'left'), 0)
  })

  it('finds functions and libraries in any case, counts each function once and what is inside of a match not again', () => {
    const found = matchesOf(nodes, ' READ ')
    assert.deepEqual([...(found.indexes ?? [])], [1, 2])
    assert.equal(found.functionCount, 1)
    assert.equal(found.share, 0.3)
    assert.deepEqual([...(matchesOf(nodes, 'libc').indexes ?? [])], [1, 2])
    assert.equal(matchesOf(nodes, '').indexes, undefined)
    assert.equal(matchesOf(nodes, 'nothing').share, 0)
  })

  it('colours libraries by the room they take, and shades functions always alike', () => {
    assert.deepEqual([...libraryColours(nodes).keys()], ['app', 'libc'])
    assert.equal(shadeOf('read'), shadeOf('read'))
    assert.ok(['read', 'write', 'main', ''].every((name) => Math.abs(shadeOf(name)) <= 1))
  })
})
