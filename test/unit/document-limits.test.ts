import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { parse } from 'graphql'
import { type DocumentLimits, documentFaults } from '../../src/graphql/document-limits.ts'

const none: DocumentLimits = {
  maxTokens: 0,
  maxDepth: 0,
  maxFields: 0,
  maxRootFields: 0,
  maxAliases: 0,
  maxDirectives: 0,
}

/** What a document is told to have, with limits that everything exceeds. */
function told(source: string): Readonly<Record<string, string>> {
  const faults = documentFaults(parse(source), none).map(({ message }) => message)
  return Object.fromEntries(
    faults.map((message) => {
      const [, count = '', what = ''] = /^The operation has (\w+) (.+), and 0 is the most/.exec(message) ?? []
      return [what, count]
    }),
  )
}

describe('the extent of an operation', () => {
  it('counts levels, fields, roots, aliases and directives', () => {
    assert.deepEqual(told('query @d { a: x @d { y { z @d @d } } w }'), {
      'levels of fields': '3',
      fields: '4',
      'fields at its root': '2',
      aliases: '1',
      directives: '4',
    })
  })

  it('counts a fragment wherever it is spread, and no level for it', () => {
    const fields = { 'levels of fields': '2', fields: '5', 'fields at its root': '3' }
    const inline = '{ ... { x { y } } ... on Query { x { y } } z }'
    assert.deepEqual(told(inline), fields)
    assert.deepEqual(told('{ ...F ...F z } fragment F on Query { x { y } }'), fields)
    assert.deepEqual(told('{ ...F @d ... @d { a: x } } fragment F on Query { b: y @d }'), {
      'levels of fields': '1',
      fields: '2',
      'fields at its root': '2',
      aliases: '2',
      directives: '3',
    })
  })

  it('is that of each operation by itself, and nothing of fragments that none spreads', () => {
    const source = '{ x } fragment F on Query { a: x { b: y { c: z } } }'
    assert.deepEqual(told(source), { 'levels of fields': '1', fields: '1', 'fields at its root': '1' })
    const two = documentFaults(parse('query A { x } query B { x { y } }'), { ...none, maxDepth: 1 })
    assert.equal(two.filter(({ message }) => /levels/.test(message)).length, 1)
    const [deep] = two.filter(({ message }) => /levels/.test(message))
    assert.deepEqual(deep?.locations, [{ line: 1, column: 15 }])
  })

  it('has an end where fragments spread one another, or are missing: validation tells that', () => {
    assert.equal(
      told('{ ...A x } fragment A on Query { y ...B } fragment B on Query { z ...A }')['fields'],
      '3',
    )
    assert.equal(told('{ ...Missing x }')['fields'], '1')
  })

  it('of a fragment bomb is found by looking at each fragment once', () => {
    const levels = 1000
    const fragments = Array.from(
      { length: levels },
      (_, level) => `fragment F${level} on Query { ...F${level + 1} ...F${level + 1} }`,
    )
    const source = `{ ...F0 } ${fragments.join(' ')} fragment F${levels} on Query { x }`
    assert.equal(told(source)['fields'], 'endless')
  })

  it('within the limits is no fault, and one beyond is one', () => {
    const limits = { ...none, maxDepth: 2, maxFields: 3, maxRootFields: 1 }
    assert.deepEqual(documentFaults(parse('{ x { y z } }'), limits), [])
    assert.equal(documentFaults(parse('{ x { y z w } }'), limits).length, 1)
  })
})
