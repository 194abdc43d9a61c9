import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { flameGraphSvg } from '../../src/samply-profiles/analysis/flame-graph-svg.ts'

/** The colours in a picture of functions of these libraries, the first one the heaviest. */
function coloursOf(libraries: readonly string[]): readonly string[] {
  const nodes = libraries.map((library, place) => ({
    name: `f${place}`,
    library,
    depth: 0,
    parent: undefined,
    start: place * 100,
    selfSamples: 100 - place,
    totalSamples: 100,
  }))
  const sampleCount = libraries.length * 100
  const svg = flameGraphSvg({ title: 'orders', nodes, sampleCount, isInverted: false })
  return Array.from(
    svg.matchAll(/<rect width="100%" height="100%" fill="(#\w+)"/g),
    ([, colour = '']) => colour,
  )
}

describe('the colours of the picture of a flame graph', () => {
  const libraries = Array.from({ length: 12 }, (_, index) => `lib${index}.so`)

  it('tell twelve libraries apart', () => {
    assert.equal(new Set(coloursOf(libraries)).size, 12)
  })

  it('are those of another picture, for the library that is the heaviest in both', () => {
    assert.equal(coloursOf(libraries)[0], coloursOf(libraries.slice(0, 1))[0])
  })

  it('are there for more libraries than there are colours', () => {
    const many = coloursOf(Array.from({ length: 30 }, (_, index) => `lib${index}.so`))
    assert.ok(many.length === 30 && many.every((colour) => colour !== '#d9d9d9'))
  })
})
