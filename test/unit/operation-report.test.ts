import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { buildSchema, parse } from 'graphql'
import { createOperationReport } from '../../src/graphql/operation-report.ts'

const schema = buildSchema(`
  type Query { job: Int jobs: Int }
  type Mutation { startJob: Int }
  type Subscription { jobUpdated: Int }
`)

function reportOf(source: string, { name = null }: { readonly name?: string | null } = {}) {
  const told: unknown[] = []
  const report = createOperationReport(schema, { onAnswer: (...of) => told.push(of) })
  const document = parse(source)
  const answer = { document, operationName: name, errors: undefined, durationMs: 5 }
  // Twice: what was worked out for a document is remembered.
  report.answered(answer)
  return { logged: report.answered(answer), told: told[1] }
}

describe('the kind of an operation', () => {
  for (const [source, type, field] of [
    ['{ job }', 'query', 'job'],
    ['{ a: job b: job }', 'query', 'job'],
    ['{ job jobs }', 'query', 'several'],
    ['{ __typename }', 'query', 'introspection'],
    ['query { ...Root } fragment Root on Query { job }', 'query', 'several'],
    ['{ ... on Query { job } }', 'query', 'several'],
    ['mutation { startJob }', 'mutation', 'startJob'],
    ['subscription { jobUpdated }', 'subscription', 'jobUpdated'],
    ['{ ofNoSchema }', 'query', 'several'],
    ['{ constructor }', 'query', 'several'],
  ] as const) {
    it(`of ${source} is ${type} ${field}`, () => {
      assert.deepEqual(reportOf(source).told, [{ type, field }, 'OK', 5])
    })
  }

  it('is none where the document has no such operation, and what was asked for is not logged', () => {
    const { told, logged } = reportOf('query A { job } query B { jobs }', { name: 'x\ny' })
    assert.deepEqual(told, [{ type: 'none', field: 'none' }, 'OK', 5])
    assert.deepEqual(logged, { type: 'none', field: 'none', code: 'OK' })
  })

  it('is that of the operation that was asked for', () => {
    const { told, logged } = reportOf('query A { job } query B { jobs }', { name: 'B' })
    assert.deepEqual(told, [{ type: 'query', field: 'jobs' }, 'OK', 5])
    assert.equal(logged.name, 'B')
  })
})

describe('an operation in the log', () => {
  it('has a name that is cut to 100 characters', () => {
    assert.equal(reportOf(`query ${'N'.repeat(300)} { job }`).logged.name, 'N'.repeat(100))
  })

  it('has the code of its first error, and one of the closed list in any case', () => {
    const report = createOperationReport(schema)
    const codeOf = (...codes: readonly unknown[]) =>
      report.answered({
        document: parse('{ job }'),
        operationName: null,
        errors: codes.map((code) => ({ message: '', extensions: { code } })),
        durationMs: 1,
      }).code
    assert.equal(codeOf('NOT_FOUND', 'CONFLICT'), 'NOT_FOUND')
    assert.equal(codeOf('made up'), 'INTERNAL_SERVER_ERROR')
    assert.equal(codeOf(), 'OK')
  })

  it('has a code of its own where its client has left', () => {
    const told: unknown[] = []
    const report = createOperationReport(schema, { onAnswer: (_kind, ...of) => told.push(of) })
    report.answered({
      document: parse('{ job }'),
      operationName: null,
      errors: undefined,
      durationMs: 5,
      isCancelled: true,
    })
    assert.deepEqual(told, [['CANCELLED', 5]])
  })
})
