import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { type Sandbox, startSandbox } from '../../src/sandbox/sandbox.ts'
import { startGateway } from '../support/gateway.ts'
import { codesOf, request } from '../support/graphql.ts'
import { transports } from '../support/transports.ts'
import { openAcknowledged, subscribe, subscribeMessage } from '../support/websocket.ts'

const query = '{ __typename }'
const demo = { headers: { authorization: 'sandbox-demo' } }

describe('how much a caller may ask', () => {
  let sandbox: Sandbox

  before(async () => {
    sandbox = await startSandbox({ scene: 'empty' })
  })
  after(() => sandbox?.stop())

  const start = (env: Readonly<Record<string, string>>) => startGateway({ sandbox, env })

  for (const transport of transports) {
    it(`one operation more than a minute has room for is refused over ${transport.name}, with the time to wait`, async () => {
      await using gateway = await start({ MAX_OPERATIONS_PER_MINUTE: '2' })
      for (const allowed of [
        await transport.ask(gateway, { query }),
        await transport.ask(gateway, { query }),
      ]) {
        assert.deepEqual(allowed.errors, [])
      }
      const refused = await transport.ask(gateway, { query })
      assert.deepEqual(codesOf(refused), ['RATE_LIMITED'])
      assert.match(refused.errors[0]?.message ?? '', /with this credential: 2 in a minute is the most/)
      const retryAfter = Number(refused.errors[0]?.extensions?.['retryAfter'])
      assert.ok(retryAfter >= 1 && retryAfter <= 30, String(retryAfter))
    })
  }

  it('counts all transports together, and other callers apart', async () => {
    await using gateway = await start({ MAX_OPERATIONS_PER_MINUTE: '3' })
    for (const transport of transports) {
      assert.deepEqual((await transport.ask(gateway, { query })).errors, [])
    }
    for (const transport of transports) {
      assert.deepEqual(codesOf(await transport.ask(gateway, { query })), ['RATE_LIMITED'])
    }
    const other = await request(gateway, query, { headers: { authorization: 'another-session' } })
    assert.deepEqual(other.errors, [])
  })

  it('is told by HTTP as 429 with Retry-After, also to a document that would not parse', async () => {
    await using gateway = await start({ MAX_OPERATIONS_PER_MINUTE: '1' })
    await request(gateway, '{')
    const response = await fetch(`${gateway.url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ query: '{' }),
    })
    assert.equal(response.status, 429)
    assert.match(response.headers.get('retry-after') ?? '', /^\d+$/)
    assert.match(await response.text(), /RATE_LIMITED/)
  })

  it('counts by address, whichever credential comes from there', async () => {
    await using gateway = await start({ MAX_OPERATIONS_PER_MINUTE_PER_ADDRESS: '2' })
    const as = (authorization: string) => request(gateway, query, { headers: { authorization } })
    assert.deepEqual(codesOf(await as('one')), [])
    assert.deepEqual(codesOf(await as('two')), [])
    const refused = await as('three')
    assert.deepEqual(codesOf(refused), ['RATE_LIMITED'])
    assert.match(refused.errors[0]?.message ?? '', /from this address/)
  })

  it('takes the address of a client from a proxy that is trusted, by HTTP and at the upgrade to a WebSocket', async () => {
    await using gateway = await start({
      MAX_OPERATIONS_PER_MINUTE_PER_ADDRESS: '1',
      TRUSTED_PROXIES: '127.0.0.1',
    })
    const from = (address: string) => ({ headers: { 'x-forwarded-for': address } })
    assert.deepEqual(codesOf(await request(gateway, query, from('192.0.2.1'))), [])
    await using other = subscribe(gateway, query, from('192.0.2.2'))
    assert.deepEqual((await other.next()).data, { __typename: 'Query' })
    await using same = subscribe(gateway, query, from('192.0.2.1'))
    await assert.rejects(same.next(), /too many operations from this address/)
    assert.deepEqual(codesOf(await request(gateway, query, from('192.0.2.2'))), ['RATE_LIMITED'])
  })

  it('believes no X-Forwarded-For where no proxy is trusted', async () => {
    await using gateway = await start({ MAX_OPERATIONS_PER_MINUTE_PER_ADDRESS: '1' })
    assert.deepEqual(
      codesOf(await request(gateway, query, { headers: { 'x-forwarded-for': '192.0.2.1' } })),
      [],
    )
    await using other = subscribe(gateway, query, { headers: { 'x-forwarded-for': '192.0.2.2' } })
    await assert.rejects(other.next(), /too many operations from this address/)
  })

  it('queries under way count over all transports, and there is room again when one has ended', async () => {
    await using gateway = await start({ MAX_CONCURRENT_OPERATIONS: '1' })
    const held = sandbox.vault.faults.add({ route: 'job-monitors', answer: { kind: 'hold' } })
    await using socket = await openAcknowledged(gateway)
    const arrived = sandbox.vault.calls.next('job-monitors')
    socket.send(subscribeMessage('1', '{ activeJobs { totalCount } }'))
    await arrived
    for (const transport of transports) {
      const refused = await transport.ask(gateway, { query })
      assert.deepEqual(codesOf(refused), ['RATE_LIMITED'], transport.name)
      assert.match(refused.errors[0]?.message ?? '', /1 queries and mutations under way/)
      assert.equal(refused.errors[0]?.extensions?.['retryAfter'], 1)
    }
    held.release()
    held.remove()
    assert.match(JSON.stringify(await socket.next()), /totalCount/)
    for (const transport of transports) {
      assert.deepEqual((await transport.ask(gateway, { query })).errors, [], transport.name)
    }
  })

  for (const transport of transports) {
    it(`a query under way over ${transport.name} counts until it has ended`, async () => {
      await using gateway = await start({ MAX_CONCURRENT_OPERATIONS: '1' })
      const held = sandbox.vault.faults.add({ route: 'job-monitors', answer: { kind: 'hold' } })
      const arrived = sandbox.vault.calls.next('job-monitors')
      const answer = transport.ask(gateway, { query: '{ activeJobs { totalCount } }' })
      await arrived
      assert.deepEqual(codesOf(await request(gateway, query, demo)), ['RATE_LIMITED'])
      held.release()
      held.remove()
      assert.deepEqual((await answer).errors, [])
      assert.deepEqual(codesOf(await request(gateway, query, demo)), [])
    })
  }

  it('0 is no limit', async () => {
    await using gateway = await start({
      MAX_OPERATIONS_PER_MINUTE: '0',
      MAX_OPERATIONS_PER_MINUTE_PER_ADDRESS: '0',
      MAX_CONCURRENT_OPERATIONS: '0',
    })
    for (const transport of transports) {
      assert.deepEqual((await transport.ask(gateway, { query })).errors, [], transport.name)
    }
  })
})
