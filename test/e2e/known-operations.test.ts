import assert from 'node:assert/strict'
import { hash } from 'node:crypto'
import { after, before, describe, it } from 'node:test'
import { type Sandbox, startSandbox } from '../../src/sandbox/sandbox.ts'
import { type Gateway, startGateway } from '../support/gateway.ts'
import { data } from '../support/graphql.ts'
import { growth, scrape, scrapeUntil } from '../support/metrics.ts'

const headers = { authorization: 'sandbox-demo' }

/** What Apollo's clients send in place of a document. */
const byHash = (source: string) => ({
  persistedQuery: { version: 1, sha256Hash: hash('sha256', source) },
})

const nested = (levels: number): object => (levels === 0 ? {} : { deeper: nested(levels - 1) })

/** What differs between any two answers. */
const changing = ['date', 'x-request-id', 'content-length']

describe('an operation that is asked again', () => {
  let sandbox: Sandbox
  let gateway: Gateway
  let jobId: number

  before(async () => {
    sandbox = await startSandbox({ scene: 'empty' })
    jobId = sandbox.vault.addJob({ status: 'RUNNING', title: 'Export', tasks: [{ state: 'RUNNING' }] }).id
    gateway = await startGateway({ sandbox })
  })
  after(async () => {
    await gateway?.stop()
    await sandbox?.stop()
  })

  const send = async (body: unknown, extra: Readonly<Record<string, string>> = {}) => {
    const response = await fetch(`${gateway.url}/graphql`, {
      method: 'POST',
      headers: { ...headers, 'content-type': 'application/json', ...extra },
      body: JSON.stringify(body),
    })
    const head = Object.fromEntries([...response.headers].filter(([name]) => !changing.includes(name)))
    return { status: response.status, head, body: await response.json() }
  }

  /** By its name: what is sent, and the status that it has each time. */
  const operations: readonly [name: string, body: () => unknown, status: number][] = [
    ['with data', () => ({ query: `{ job(id: "${jobId}") { id title status } }` }), 200],
    [
      'with variables and an operation of several',
      () => ({
        query: 'query A($id: ID!) { job(id: $id) { id } } query B { __typename }',
        operationName: 'A',
        variables: { id: String(jobId) },
      }),
      200,
    ],
    ['with a field that fails', () => ({ query: '{ __typename job(id: "no number") { id } }' }), 200],
    [
      'whose variables do not fit',
      () => ({ query: 'query ($id: ID!) { job(id: $id) { id } }', variables: {} }),
      400,
    ],
    [
      'that names an operation that is not there',
      () => ({ query: 'query A { __typename }', operationName: 'B' }),
      400,
    ],
    [
      'that costs too much',
      () => ({
        query:
          '{ completedJobs(first: 200) { nodes { tasks(first: 200) { nodes { job { tasks(first: 200) { totalCount } } } } } } }',
      }),
      400,
    ],
    ['that is no GraphQL', () => ({ query: '{ job(' }), 400],
    [
      'that is a subscription',
      () => ({ query: `subscription { jobUpdated(id: "${jobId}") { job { id } } }` }),
      400,
    ],
    ['that is a mutation', () => ({ query: 'mutation { startJob(id: "no number") { job { id } } }' }), 200],
    [
      'with extensions that nobody knows',
      () => ({ query: '{ __typename }', extensions: { trace: true } }),
      200,
    ],
    [
      'whose other parameters are null',
      () => ({ query: '{ b: __typename }', operationName: null, variables: null, extensions: null }),
      200,
    ],
    ['whose name is empty', () => ({ query: 'query A { __typename }', operationName: '' }), 400],
    ['that begins with a byte order mark', () => ({ query: '\ufeff{ c: __typename }' }), 200],
    [
      'whose variable is of another type',
      () => ({ query: 'query ($n: Int) { activeJobs(first: $n) { totalCount } }', variables: { n: 'many' } }),
      400,
    ],
    ['whose variables are too deep', () => ({ query: '{ __typename }', variables: nested(30) }), 400],
    [
      'with hash and text',
      () => ({ query: '{ d: __typename }', extensions: byHash('{ d: __typename }') }),
      200,
    ],
    ['with a hash alone', () => ({ extensions: byHash('{ d: __typename }') }), 200],
    [
      'with the hash of another text',
      () => ({ query: '{ d: __typename }', extensions: byHash('{ e }') }),
      400,
    ],
    ['with a hash that nobody knows', () => ({ extensions: byHash('{ e }') }), 200],
    ['of a list of operations', () => [{ query: '{ __typename }' }], 400],
    ['whose variables are a text', () => ({ query: '{ __typename }', variables: '{}' }), 400],
    ['whose name is a number', () => ({ query: '{ __typename }', operationName: 1 }), 400],
    ['that has no document', () => ({ query: '' }), 400],
  ]
  for (const [name, body, status] of operations) {
    it(`${name} is answered as the first time`, async () => {
      const first = await send(body())
      assert.equal(first.status, status, JSON.stringify(first.body))
      assert.deepEqual(await send(body()), first)
      assert.deepEqual(await send(body()), first)
    })
  }

  for (const [accept, status] of [
    ['application/json', 200],
    ['application/graphql-response+json', 200],
    ['application/graphql-response+json, application/json;q=0.9', 200],
    ['application/json;q=0.1, application/graphql-response+json', 200],
    ['application/json;q=0, */*', 200],
    ['APPLICATION/GRAPHQL-RESPONSE+JSON', 200],
    ['text/html, */*;q=0.1', 200],
    ['multipart/mixed; deferSpec=20220824, application/json', 200],
    ['multipart/mixed', 406],
    ['application/json;q=0', 406],
    ['text/plain', 406],
  ] as const) {
    it(`is answered in the form that \`Accept: ${accept}\` wants, each time`, async () => {
      const body = { query: '{ a: __typename }' }
      const first = await send(body, { accept })
      assert.equal(first.status, status)
      assert.deepEqual(await send(body, { accept }), first)
      await send(body)
      assert.deepEqual(await send(body, { accept }), first)
    })
  }

  it('while it is under way costs no call, and each is answered', async () => {
    const query = '{ completedJobs { nodes { id } } }'
    await data(gateway, query, { headers })
    sandbox.vault.calls.clear()
    const held = sandbox.vault.faults.add({ route: 'job-histories', answer: { kind: 'hold' }, times: 1 })
    const called = sandbox.vault.calls.next('job-histories')
    const start = await scrape(gateway)
    const first = data(gateway, query, { headers })
    await called
    const others = Array.from({ length: 5 }, () => data(gateway, query, { headers }))
    await scrapeUntil(gateway, (now) => growth(start, now, 'vaultline_operations_joined_total') === 5)
    held.release()
    const answers = await Promise.all([first, ...others])
    assert.equal(sandbox.vault.calls.count('job-histories'), 1)
    for (const answer of answers) assert.deepEqual(answer, { completedJobs: { nodes: [] } })
  })
})
