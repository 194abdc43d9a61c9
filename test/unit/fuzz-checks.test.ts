import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { buildSchema } from 'graphql'
import type { Told } from '../support/fuzz/fuzz-transports.ts'
import { toldFaults } from '../support/fuzz/told-faults.ts'

const schema = buildSchema('type Query { a: Int b: B } type B { c: Int! } ')
const sent = { query: '{ a b { c } }', variables: {} }

const faultsOf = (answer: unknown, told: Partial<Told> = {}, asked: typeof sent = sent) =>
  toldFaults({
    schema,
    sent: asked,
    told: { status: 200, answers: [answer], text: JSON.stringify(answer), isOver: true, ...told },
    secrets: ['session-1'],
  })

const error = (more: object = {}) => ({
  message: 'Vault could not be reached.',
  path: ['a'],
  extensions: { code: 'UPSTREAM_UNAVAILABLE' },
  ...more,
})

describe('what fuzzing looks for in an answer', () => {
  it('is nothing in one that is as it should be', () => {
    assert.deepEqual(faultsOf({ data: { a: 1, b: { c: 2 } } }), [])
    assert.deepEqual(faultsOf({ data: { a: null, b: null }, errors: [error()] }), [])
    assert.deepEqual(faultsOf({ data: null, errors: [error({ path: ['b', 'c'] })] }), [])
  })

  it('is nothing where a directive that cannot be used stands at a fragment that is there already', () => {
    const query = 'query($v: Boolean = false) { b { ...F ...F @skip(if: $v) } } fragment F on B { c }'
    const asked = { query, variables: { v: null } }
    assert.deepEqual(faultsOf({ data: { b: { c: 2 } } }, {}, asked), [])
    const twice = query.replace('...F ...F', '...F')
    assert.notDeepEqual(faultsOf({ data: { b: { c: 2 } } }, {}, { ...asked, query: twice }), [])
  })

  for (const [what, answer, told] of [
    ['a field that is missing', { data: { a: 1 } }],
    ['fields in another order', { data: { b: null, a: 1 } }],
    ['a field that nobody asked for', { data: { a: 1, b: null, c: 1 } }],
    ['a value of another type', { data: { a: '1', b: null } }],
    ['null where there may be none', { data: { a: 1, b: { c: null } } }],
    ['data that are null without an error', { data: null }],
    ['an empty list of errors', { data: { a: 1, b: null }, errors: [] }],
    ['an error at a value', { data: { a: 1, b: null }, errors: [error()] }],
    ['an error at a place that is not there', { data: { a: 1, b: null }, errors: [error({ path: ['x'] })] }],
    ['a code that is none', { errors: [error({ extensions: { code: 'OOPS' } })] }],
    ['an error without a code', { errors: [{ message: 'Something went wrong.' }] }],
    ['a masked error', { errors: [error({ extensions: { code: 'INTERNAL_SERVER_ERROR' } })] }],
    ['an error with more than belongs there', { errors: [error({ stack: 'x' })] }],
    ['words of the inside', { errors: [error({ message: 'TypeError: x is not a function' })] }],
    ['a line of a stack trace', { errors: [error({ message: 'x at run (file:///a.ts:1:2)' })] }],
    ['a credential', { errors: [error({ message: 'Vault does not know session-1.' })] }],
    ['a message that says nothing', { errors: [error({ message: 'failed' })] }],
    ['an HTTP status of a fault', { errors: [error()] }, { status: 500 }],
    ['data with an HTTP status of a refusal', { data: { a: 1, b: null } }, { status: 400 }],
    ['no JSON', 'no JSON: <html>'],
  ] as const) {
    it(`is ${what}`, () => {
      assert.notDeepEqual(faultsOf(answer, told), [])
    })
  }
})
