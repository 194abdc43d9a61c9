import assert from 'node:assert/strict'
import { after, afterEach, before, describe, it } from 'node:test'
import { type Sandbox, startSandbox } from '../../src/sandbox/sandbox.ts'
import {
  allEventsOf,
  eventStreamUrl,
  getStream,
  postForStream,
  streamClient,
} from '../support/event-stream.ts'
import { type Gateway, startGateway } from '../support/gateway.ts'
import { request } from '../support/graphql.ts'

const allowedOrigin = 'https://screens.example.com'
const foreignOrigin = 'https://elsewhere.example.com'
const startJob = 'mutation ($id: ID!) { startJob(id: $id) { job { status } } }'

describe('requests for a stream of events', () => {
  let sandbox: Sandbox
  let gateway: Gateway

  before(async () => {
    sandbox = await startSandbox({ scene: 'empty' })
    gateway = await startGateway({ sandbox, env: { ALLOWED_ORIGINS: allowedOrigin } })
  })
  after(async () => {
    await gateway.stop()
    await sandbox.stop()
  })
  afterEach(() => {
    sandbox.vault.faults.clear()
    sandbox.vault.calls.clear()
  })

  const send = (method: string, headers: Record<string, string>, body?: string) =>
    fetch(eventStreamUrl(gateway), { method, headers, ...(body === undefined ? {} : { body }) })
  const json = { 'content-type': 'application/json' }
  const codeOf = async (response: Response) => /"code":"(\w+)"/.exec(await response.text())?.[1] ?? 'no code'

  it('answer a query with one event, and a mutation too', async () => {
    using client = streamClient(gateway)
    const { id } = sandbox.vault.addJob({ status: 'SCHEDULED' })
    const query = client.iterate('query ($id: ID!) { job(id: $id) { status } }', { id: String(id) })
    assert.deepEqual((await query.next()).value, { data: { job: { status: 'SCHEDULED' } } })
    assert.equal((await query.next()).done, true)
    const mutation = client.iterate(startJob, { id: String(id) })
    assert.deepEqual((await mutation.next()).value, { data: { startJob: { job: { status: 'QUEUED' } } } })
    assert.equal((await mutation.next()).done, true)
    assert.equal(sandbox.vault.calls.count('job-start'), 1)
  })

  it('run the operation that is named', async () => {
    const query = 'query A { a: __typename } query B { b: __typename }'
    const events = await allEventsOf(
      await postForStream(gateway, { query, operationName: 'B', extensions: { any: 1 } }),
    )
    assert.deepEqual(events, [
      { event: 'next', data: '{"data":{"b":"Query"}}' },
      { event: 'complete', data: '' },
    ])
  })

  it('tell the errors of resolvers as over plain HTTP', async () => {
    const query = '{ job(id: "x") { id } }'
    const { errors } = await request(gateway, query, { headers: { authorization: 'sandbox-demo' } })
    const [event] = await allEventsOf(await postForStream(gateway, { query }))
    assert.deepEqual(JSON.parse(event?.data ?? ''), { data: { job: null }, errors })
  })

  const badDocuments: readonly [query: string, code: string][] = [
    ['subscription {', 'GRAPHQL_PARSE_FAILED'],
    ['', 'GRAPHQL_PARSE_FAILED'],
    ['subscription { nothing }', 'GRAPHQL_VALIDATION_FAILED'],
    ['query A { __typename } query B { __typename }', 'OPERATION_RESOLUTION_FAILURE'],
    ['subscription ($id: ID!) { jobUpdated(id: $id) { observedAt } }', 'BAD_USER_INPUT'],
    ['query ($id: ID!) { job(id: $id) { id } }', 'BAD_USER_INPUT'],
  ]
  for (const [query, code] of badDocuments) {
    it(`tell what is wrong with \`${query}\` as an event, since an EventSource sees no other answer`, async () => {
      const response = await postForStream(gateway, { query })
      assert.equal(response.status, 200)
      const [next, complete, ...more] = await allEventsOf(response)
      assert.equal(/"code":"(\w+)"/.exec(next?.data ?? '')?.[1], code)
      assert.deepEqual([next?.event, complete, more], ['next', { event: 'complete', data: '' }, []])
    })
  }

  it('are refused with 406 where the client takes no stream of events', async () => {
    const body = JSON.stringify({ query: '{ __typename }' })
    for (const accept of ['application/json', 'text/html, application/json;q=0.9', 'text/event-stream;q=0']) {
      const response = await send('POST', { ...json, accept }, body)
      assert.deepEqual([response.status, await codeOf(response)], [406, 'BAD_REQUEST'])
    }
    for (const accept of [
      'text/event-stream',
      'text/*;q=0.5',
      '*/*',
      'application/json, text/event-stream',
    ]) {
      assert.equal((await send('POST', { ...json, accept }, body)).status, 200)
    }
  })

  it('are refused with 415 where the body is not JSON by its type, which a foreign page could send', async () => {
    const body = JSON.stringify({ query: '{ __typename }' })
    for (const type of ['text/plain', 'application/x-www-form-urlencoded', 'application/jsonp']) {
      const response = await send('POST', { 'content-type': type }, body)
      assert.deepEqual([response.status, await codeOf(response)], [415, 'BAD_REQUEST'])
    }
    assert.equal((await send('POST', {})).status, 415)
  })

  it('are refused with 400 where the parameters cannot be read', async () => {
    const bodies = ['{"query":', '[]', '{}', '{"query":1}', '{"query":"{a}","variables":[]}', 'null']
    for (const body of bodies) {
      const response = await send('POST', json, body)
      assert.deepEqual([response.status, await codeOf(response)], [400, 'BAD_REQUEST'], body)
    }
    const query = '{ __typename }'
    for (const parameters of [
      {},
      { query, variables: '{' },
      { query, variables: '1' },
      { query, extensions: '' },
    ]) {
      const response = await getStream(gateway, { ...parameters })
      assert.deepEqual([response.status, await codeOf(response)], [400, 'BAD_REQUEST'])
    }
    const twice = await fetch(`${eventStreamUrl(gateway)}?query=a&query=b`)
    assert.equal(twice.status, 400)
  })

  it('are refused with 413 beyond the size that bodies may have', async () => {
    const response = await send('POST', json, JSON.stringify({ query: `{ a } # ${'x'.repeat(1_000_000)}` }))
    assert.deepEqual([response.status, await codeOf(response)], [413, 'BAD_REQUEST'])
  })

  it('are refused with 401 where no upstream could take the credential', async () => {
    const headers = { authorization: 'two  spaces' }
    const response = await postForStream(gateway, { query: '{ __typename }' }, headers)
    assert.deepEqual([response.status, await codeOf(response)], [401, 'UNAUTHENTICATED'])
  })

  it('are refused with 405 by any other method, and a mutation by GET', async () => {
    for (const method of ['PUT', 'PATCH', 'DELETE', 'HEAD']) {
      const response = await send(method, {})
      assert.deepEqual([response.status, response.headers.get('allow')], [405, 'GET, POST'])
    }
    const { id } = sandbox.vault.addJob({ status: 'SCHEDULED' })
    const variables = JSON.stringify({ id: String(id) })
    const response = await getStream(gateway, { query: startJob, variables })
    assert.deepEqual([response.status, response.headers.get('allow')], [405, 'POST'])
    assert.equal(sandbox.vault.calls.count(), 0)
  })

  it('are refused with 403 by GET for a page of an origin that is not allowed', async () => {
    const foreign = { 'sec-fetch-site': 'cross-site', origin: foreignOrigin }
    const query = '{ __typename }'
    for (const headers of [foreign, { 'sec-fetch-site': 'cross-site' }, { 'sec-fetch-site': 'same-site' }]) {
      const response = await getStream(gateway, { query }, headers)
      assert.deepEqual([response.status, await codeOf(response)], [403, 'FORBIDDEN'])
    }
    for (const site of ['same-origin', 'none']) {
      assert.equal((await getStream(gateway, { query }, { 'sec-fetch-site': site })).status, 200)
    }
  })

  it('may be read by pages of an allowed origin, and by no others', async () => {
    const query = '{ __typename }'
    const crossSite = { 'sec-fetch-site': 'cross-site', origin: allowedOrigin }
    for (const response of [
      await getStream(gateway, { query }, crossSite),
      await postForStream(gateway, { query }, crossSite),
    ]) {
      assert.equal(response.status, 200)
      assert.equal(response.headers.get('access-control-allow-origin'), allowedOrigin)
      assert.match(response.headers.get('vary') ?? '', /origin/i)
    }
    const foreign = await postForStream(gateway, { query }, { origin: foreignOrigin })
    assert.equal(foreign.headers.get('access-control-allow-origin'), null)
    const preflight = await send('OPTIONS', {
      origin: allowedOrigin,
      'access-control-request-method': 'POST',
      'access-control-request-headers': 'content-type,authorization',
    })
    assert.equal(preflight.status, 204)
  })

  it('abort the call of a query whose client leaves', async () => {
    sandbox.vault.faults.add({ route: 'job-monitors', answer: { kind: 'hold' } })
    const client = streamClient(gateway)
    const arrived = sandbox.vault.calls.next('job-monitors')
    const answer = client.iterate('{ activeJobs { totalCount } }').next()
    await arrived
    client[Symbol.dispose]()
    await sandbox.vault.calls.aborted('job-monitors')
    assert.equal((await answer).done, true)
  })

  it('are what a refused subscription over plain HTTP is told of, beside WebSockets', async () => {
    const query = 'subscription { jobUpdated(id: "1") { observedAt } }'
    const { status, errors } = await request(gateway, query)
    assert.equal(status, 400)
    assert.match(errors[0]?.message ?? '', /WebSocket.*\/graphql\/stream/)
  })
})
