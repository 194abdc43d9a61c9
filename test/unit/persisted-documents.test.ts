import assert from 'node:assert/strict'
import { hash } from 'node:crypto'
import { it } from 'node:test'
import { createPersistedDocuments } from '../../src/graphql/persisted-documents.ts'

it('what clients register is bounded: what was asked for longest ago goes, and is asked for again', () => {
  const persisted = createPersistedDocuments(undefined)
  const source = (number: number) => `# ${number} ${'x'.repeat(300_000)}\n{ __typename }`
  const request = (number: number) => ({
    extensions: { persistedQuery: { version: 1, sha256Hash: hash('sha256', source(number)) } },
  })
  const register = (number: number) =>
    persisted.textOf({ query: source(number), ...request(number) }).keep?.()
  for (const number of [1, 2, 3]) register(number)
  assert.equal(persisted.textOf(request(1)).source, source(1))
  register(4)
  assert.equal(persisted.textOf(request(2)).error?.extensions['code'], 'PERSISTED_QUERY_NOT_FOUND')
  for (const number of [1, 3, 4]) assert.equal(persisted.textOf(request(number)).source, source(number))
})
