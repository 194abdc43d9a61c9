import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { createJsonScanner, type Shape, skip } from '../../src/samply-profiles/analysis/json-scanner.ts'

/** Scans a text in pieces of so many bytes. */
function scan(text: string, root: Shape, pieceBytes: number) {
  const scanner = createJsonScanner(root)
  const bytes = Buffer.from(text)
  for (let from = 0; from < bytes.length; from += pieceBytes)
    scanner.feed(bytes.subarray(from, from + pieceBytes))
  scanner.end()
}

const pieceBytes = fc.integer({ min: 1, max: 50 })
const spaces = fc.constantFrom(0, 1, '\t')

describe('the scanner of JSON', () => {
  it('reads numbers as JSON.parse does, null as NaN', () => {
    const numbers = fc.array(
      fc.oneof(
        fc.double({ noNaN: true, noDefaultInfinity: true }),
        fc.integer(),
        fc.float({ noNaN: true, noDefaultInfinity: true }),
        fc.constant(null),
      ),
    )
    fc.assert(
      fc.property(numbers, pieceBytes, spaces, (values, bytes, space) => {
        const read: number[] = []
        const shape: Shape = { kind: 'numbers', push: (value) => read.push(value) }
        const text = JSON.stringify({ before: [{}], values }, null, space)
        scan(text, { kind: 'object', members: { values: shape } }, bytes)
        const parsed: (number | null)[] = JSON.parse(text).values
        assert.deepEqual(
          read,
          parsed.map((value) => value ?? Number.NaN),
        )
      }),
    )
  })

  it('reads decimals to the last bit', () => {
    fc.assert(
      fc.property(fc.integer({ min: -1e6, max: 1e6 }), fc.stringMatching(/^\d{1,12}$/), (whole, decimals) => {
        const read: number[] = []
        const text = `${whole}.${decimals}`
        scan(`[${text}]`, { kind: 'numbers', push: (value) => read.push(value) }, 3)
        assert.deepEqual(read, [Number(text)])
      }),
    )
  })

  it('reads texts as JSON.parse does', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ unit: 'binary' })), pieceBytes, spaces, (texts, bytes, space) => {
        const read: string[] = []
        scan(JSON.stringify(texts, null, space), { kind: 'texts', push: (text) => read.push(text) }, bytes)
        assert.deepEqual(read, texts)
      }),
    )
  })

  it('goes over what is not wanted, whatever it is, and parses what is wanted whole', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.jsonValue(), pieceBytes, spaces, (unwanted, wanted, bytes, space) => {
        const read: unknown[] = []
        const shape: Shape = { kind: 'value', accept: (value) => read.push(value) }
        const members = { wanted: shape, skipped: skip }
        const text = JSON.stringify({ unwanted, wanted, skipped: unwanted, last: 1 }, null, space)
        scan(text, { kind: 'object', members }, bytes)
        assert.deepEqual(read, wanted === null ? [] : [JSON.parse(JSON.stringify(wanted))])
      }),
    )
  })

  it('tells where it is', () => {
    const inner: Shape = { kind: 'object', members: { rows: { kind: 'numbers', push: () => {} } } }
    const root: Shape = { kind: 'object', members: { list: { kind: 'list', element: () => inner } } }
    assert.throws(
      () => scan('{"list":[{"rows":[1]},{"rows":[true]}]}', root, 4),
      /`list\[1\]\.rows` is no list of numbers/,
    )
  })

  const broken = [
    '{"a":1',
    '{"a" 1}',
    '{a:1}',
    '{"a":1,}',
    '[1,]',
    '{"a":1}}',
    '{"wanted":[1 2]}',
    '{"wanted":[1,,2]}',
    '{"wanted":[-]}',
    '{"wanted":[01x]}',
    '{"wanted":nul}',
    '{,}',
    '',
  ]
  for (const text of broken) {
    it(`refuses ${text || 'nothing at all'}`, () => {
      const wanted: Shape = { kind: 'numbers', push: () => {} }
      for (const bytes of [1, 100]) {
        assert.throws(() => scan(text, { kind: 'object', members: { wanted } }, bytes), {
          name: 'TaskRefusal',
        })
      }
    })
  }

  it('does not gather a text that has no end', () => {
    const scanner = createJsonScanner({ kind: 'texts', push: () => {} })
    scanner.feed(Buffer.from('["'))
    assert.throws(() => {
      for (let piece = 0; piece < 20; piece += 1) scanner.feed(Buffer.alloc(100_000, 'a'))
    }, /more than 1048576 bytes in one piece/)
  })

  it('goes over what is nested as deep as it likes', () => {
    scan(`{"deep":${'['.repeat(100_000)}${']'.repeat(100_000)}}`, { kind: 'object', members: {} }, 1000)
  })
})
