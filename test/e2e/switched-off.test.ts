import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { getIntrospectionQuery } from 'graphql'
import { type Gateway, startGateway } from '../support/gateway.ts'
import { codesOf } from '../support/graphql.ts'
import { transports } from '../support/transports.ts'

describe('what an operator has turned off', () => {
  let gateway: Gateway

  before(async () => {
    gateway = await startGateway({ env: { INTROSPECTION: 'off', GRAPHIQL: 'off', BOARD: 'off' } })
  })
  after(() => gateway?.stop())

  for (const transport of transports) {
    it(`nobody is told the schema over ${transport.name}, and __typename is no secret`, async () => {
      for (const query of [getIntrospectionQuery(), '{ __type(name: "Job") { name } }']) {
        const refused = await transport.ask(gateway, { query })
        assert.equal(codesOf(refused)[0], 'GRAPHQL_VALIDATION_FAILED')
        assert.match(refused.errors[0]?.message ?? '', /introspection/i)
        assert.equal(refused.data ?? null, null)
      }
      assert.deepEqual((await transport.ask(gateway, { query: '{ __typename }' })).data, {
        __typename: 'Query',
      })
    })

    it(`nobody is told over ${transport.name} what they may have meant`, async () => {
      const refused = await transport.ask(gateway, { query: '{ jobz }' })
      assert.deepEqual(codesOf(refused), ['GRAPHQL_VALIDATION_FAILED'])
      assert.equal(refused.errors[0]?.message, 'Cannot query field "jobz" on type "Query".')
      const query =
        'query($status: ActiveJobStatus) { activeJobs(filter: { status: $status }) { totalCount } }'
      const mistaken = await transport.ask(gateway, { query, variables: { status: 'RUNNIN' } })
      assert.deepEqual(codesOf(mistaken), ['BAD_USER_INPUT'])
      assert.match(mistaken.errors[0]?.message ?? '', /"RUNNIN" does not exist in "ActiveJobStatus" enum\.$/)
    })
  }

  it('a browser gets no page, and is told so', async () => {
    const visit = (path: string) => fetch(gateway.url + path, { headers: { accept: 'text/html' } })
    const graphiql = await visit('/graphql')
    assert.equal(graphiql.status, 404)
    assert.match(await graphiql.text(), /turned GraphiQL off/)
    assert.doesNotMatch(gateway.stdout(), /GraphiQL|board/i)
    for (const path of ['/board', '/board/']) assert.equal((await visit(path)).status, 404)
  })
})

it('by default the schema is told, and so is what may have been meant', async () => {
  await using gateway = await startGateway()
  for (const transport of transports) {
    const guessed = await transport.ask(gateway, { query: '{ jobz }' })
    assert.match(guessed.errors[0]?.message ?? '', /Did you mean .*"jobs"/)
    const told = await transport.ask(gateway, { query: '{ __type(name: "Job") { name } }' })
    assert.deepEqual(told.data, { __type: { name: 'Job' } })
  }
})
