import assert from 'node:assert/strict'
import { existsSync, readFileSync } from 'node:fs'
import { describe, it } from 'node:test'
import { errorCodes, GatewayError, hasCode, isTransient } from '../../src/core/errors.ts'
import { statusOf } from '../../src/server/error-status.ts'

/** What Apollo Server and graphql-js add for documents that they do not run. */
const apolloCodes = [
  'GRAPHQL_PARSE_FAILED',
  'GRAPHQL_VALIDATION_FAILED',
  'OPERATION_RESOLUTION_FAILURE',
  'PERSISTED_QUERY_NOT_FOUND',
  'PERSISTED_QUERY_NOT_SUPPORTED',
]

/** What stands in the first column of every table that has codes there: its header says "code". */
function codesIn(markdown: string): readonly string[] {
  const tables = markdown.matchAll(/^\|\s*`?code`?\s*\|.*\n((?:\|.*(?:\n|$))*)/gim)
  return [...tables].flatMap(([, rows = '']) =>
    rows.split('\n').flatMap((row) => {
      const [, cell = ''] = row.split('|')
      return [...cell.matchAll(/`([A-Z]+(?:_[A-Z]+)*)`/g)].map(([, code = '']) => code)
    }),
  )
}

describe('the error codes', () => {
  it('stand in docs/errors.md, all of them and no other', (t) => {
    const file = new URL('../../docs/errors.md', import.meta.url)
    if (!existsSync(file)) {
      assert.equal(process.env['CI'], undefined, 'docs/errors.md is missing')
      t.skip('SKIPPED: there is no docs/errors.md yet')
      return
    }
    const documented = codesIn(readFileSync(file, 'utf8'))
    const own = new Set(documented.filter((code) => !apolloCodes.includes(code)))
    assert.deepEqual([...own].toSorted(), [...errorCodes].toSorted())
  })

  it('each have an HTTP status for the routes beside the graph', () => {
    for (const code of errorCodes) {
      assert.ok(statusOf(code) >= 400 && statusOf(code) < 600, code)
    }
  })

  it('are transient where waiting may help, and nowhere else', () => {
    const transient = errorCodes.filter((code) => isTransient(new GatewayError(code, 'x')))
    assert.deepEqual(transient, [
      'UPSTREAM_RATE_LIMITED',
      'UPSTREAM_TIMEOUT',
      'UPSTREAM_UNAVAILABLE',
      'UPSTREAM_INVALID_RESPONSE',
      'UPSTREAM_ERROR',
    ])
    assert.equal(isTransient(new Error('x')), false)
  })

  it('are told apart only on errors of the gateway', () => {
    assert.ok(hasCode(new GatewayError('CONFLICT', 'x'), 'NOT_FOUND', 'CONFLICT'))
    assert.equal(hasCode(Object.assign(new Error('x'), { code: 'CONFLICT' }), 'CONFLICT'), false)
    for (const nothing of [undefined, null, 'CONFLICT']) assert.equal(hasCode(nothing, 'CONFLICT'), false)
  })
})
