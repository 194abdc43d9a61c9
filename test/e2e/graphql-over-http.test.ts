import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { serverAudits } from 'graphql-http'
import { type Gateway, startGateway } from '../support/gateway.ts'

/**
 * The audits of graphql-http, which are the GraphQL over HTTP specification's. These three want HTTP 200 for a document that
 * cannot be run, where the client accepts `application/json`; Apollo Server answers 400, as clients of it expect.
 */
const allowed = new Map([
  ['572B', 'SHOULD use 200 status code on document parsing failure when accepting application/json'],
  ['FDE2', 'SHOULD use 200 status code on document validation failure when accepting application/json'],
  ['7B9B', 'SHOULD use a status code of 200 on variable coercion failure when accepting application/json'],
])

describe('GraphQL over HTTP', () => {
  let gateway: Gateway
  before(async () => {
    gateway = await startGateway()
  })
  after(() => gateway?.stop())

  // Their names are known before the address is.
  for (const { id, name } of serverAudits({ url: 'http://127.0.0.1/graphql' })) {
    it(`${id}: ${allowed.has(id) ? 'Apollo Server does not do what it ' : ''}${name}`, async () => {
      const audit = serverAudits({ url: `${gateway.url}/graphql` }).find((one) => one.id === id)
      const result = await audit?.fn()
      if (!allowed.has(id)) return assert.equal(result?.status, 'ok', JSON.stringify(result))
      assert.equal(result?.status, 'warn', 'take it off the list of what is allowed')
      assert.equal(name, allowed.get(id))
    })
  }
})
