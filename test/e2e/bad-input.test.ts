import assert from 'node:assert/strict'
import { connect } from 'node:net'
import { text } from 'node:stream/consumers'
import { after, before, describe, it } from 'node:test'
import { type Sandbox, startSandbox } from '../../src/sandbox/sandbox.ts'
import { type Gateway, startGateway } from '../support/gateway.ts'
import { codesOf, request } from '../support/graphql.ts'

const headers = { authorization: 'sandbox-demo', 'feldera-authorization': 'Bearer x' }

describe('bad input', () => {
  let sandbox: Sandbox
  let gateway: Gateway

  before(async () => {
    sandbox = await startSandbox({ scene: 'empty' })
    gateway = await startGateway({ sandbox })
  })
  after(async () => {
    await gateway.stop()
    await sandbox.stop()
  })

  const refused: readonly [title: string, query: string, message: RegExp][] = [
    ['first: 0 names the range', '{ activeJobs(first: 0) { totalCount } }', /from 1 to 200/],
    ['first: 201 names the range', '{ completedJobs(first: 201) { totalCount } }', /from 1 to 200/],
    ['first: -1 names the range', '{ activeJobs(first: -1) { totalCount } }', /from 1 to 200/],
    ['a cursor that is none', '{ activeJobs(after: "nonsense") { totalCount } }', /`after` is not a cursor/],
    ['a job id that is not a number', '{ job(id: "12a") { id } }', /whole number/],
    ['a negative job id', '{ job(id: "-1") { id } }', /whole number/],
    ['a job id that is a path', '{ job(id: "../objects") { id } }', /whole number/],
    ['a job id that is another route', '{ job(id: "histories") { id } }', /whole number/],
    ['no ids', '{ jobs(ids: []) { id } }', /1 to 200/],
    ['a session name with a slash', '{ profilingSession(name: "a/results") { id } }', /no slash/],
    ['a session name that goes up', '{ profilingSession(name: "..") { id } }', /cannot be `.` or `..`/],
    ['an upload id with a slash', '{ uploadSession(id: "a/b") { id } }', /no slash/],
    ['an empty key', '{ uploadSession(id: "") { id } }', /key/],
    [
      'a pipeline name with a slash',
      '{ samplyProfile(pipelineName: "a/b") { __typename } }',
      /name of a pipeline/,
    ],
    [
      'a pipeline name that goes up',
      '{ samplyProfile(pipelineName: "..") { __typename } }',
      /name of a pipeline/,
    ],
    [
      'a pipeline name with an encoded slash',
      '{ samplyProfile(pipelineName: "a%2fb") { __typename } }',
      /name of a pipeline/,
    ],
    [
      'a negative ordinal',
      '{ samplyProfile(pipelineName: "a", ordinal: -1) { __typename } }',
      /counts from 0/,
    ],
    [
      'a duration of no time',
      'mutation { startSamplyProfile(pipelineName: "a", durationSecs: 0) { profile { __typename } } }',
      /from 1 to 3600/,
    ],
    ['starting a job that is no number', 'mutation { startJob(id: "x") { job { id } } }', /whole number/],
  ]
  for (const [title, query, message] of refused) {
    it(`refuses ${title}, and calls nobody`, async () => {
      sandbox.vault.calls.clear()
      sandbox.feldera.calls.clear()
      const answer = await request(gateway, query, { headers })
      assert.deepEqual(codesOf(answer), ['BAD_USER_INPUT'])
      assert.match(answer.errors[0]?.message ?? '', message)
      assert.equal(sandbox.vault.calls.count() + sandbox.feldera.calls.count(), 0)
    })
  }

  it('refuses more than 200 ids', async () => {
    const ids = Array.from({ length: 201 }, (_, index) => String(index + 1))
    const answer = await request(gateway, 'query ($ids: [ID!]!) { jobs(ids: $ids) { id } }', {
      headers,
      variables: { ids },
    })
    assert.deepEqual(codesOf(answer), ['BAD_USER_INPUT'])
  })

  it('tells of one bad id among others in its place, and the others arrive', async () => {
    const id = String(sandbox.vault.addJob({ status: 'RUNNING' }).id)
    const answer = await request(gateway, 'query ($ids: [ID!]!) { jobs(ids: $ids) { id } }', {
      headers,
      variables: { ids: [id, '12a', '999999999'] },
    })
    assert.deepEqual(answer.data, { jobs: [{ id }, null, null] })
    assert.deepEqual(
      answer.errors.map(({ path, extensions }) => [path, extensions?.['code']]),
      [[['jobs', 1], 'BAD_USER_INPUT']],
    )
  })

  it('costs the bad field alone, and its siblings arrive', async () => {
    sandbox.vault.addProfilingSession({ name: 'good__c' })
    const answer = await request(
      gateway,
      '{ job(id: "x") { id } profilingSession(name: "good__c") { name } }',
      {
        headers,
      },
    )
    assert.deepEqual(answer.data, { job: null, profilingSession: { name: 'good__c' } })
    assert.deepEqual(answer.errors[0]?.path, ['job'])
  })

  it('tells what is wrong with a document', async () => {
    assert.deepEqual(codesOf(await request(gateway, '{ job(', { headers })), ['GRAPHQL_PARSE_FAILED'])
    assert.deepEqual(codesOf(await request(gateway, '{ nothing }', { headers })), [
      'GRAPHQL_VALIDATION_FAILED',
    ])
    const missing = await request(gateway, 'query ($id: ID!) { job(id: $id) { id } }', { headers })
    assert.deepEqual(codesOf(missing), ['BAD_USER_INPUT'])
    const badDate = await request(
      gateway,
      '{ activeJobs(filter: { startDate: "yesterday" }) { totalCount } }',
      {
        headers,
      },
    )
    assert.deepEqual(codesOf(badDate), ['GRAPHQL_VALIDATION_FAILED'])
  })

  const post = (body: string, type = 'application/json') =>
    fetch(`${gateway.url}/graphql`, { method: 'POST', headers: { ...headers, 'content-type': type }, body })

  it('refuses a body over 1 MB, one that is not JSON, and another type, in the form of GraphQL errors', async () => {
    const cases = [
      { response: await post(JSON.stringify({ query: `{ a } # ${'x'.repeat(1_000_000)}` })), status: 413 },
      { response: await post('{"query": '), status: 400 },
      { response: await post('query=1', 'application/x-www-form-urlencoded'), status: 415 },
      { response: await fetch(`${gateway.url}/elsewhere`), status: 404 },
    ]
    for (const { response, status } of cases) {
      assert.equal(response.status, status)
      const { errors } = (await response.json()) as { errors: { extensions: { code: string } }[] }
      assert.match(errors[0]?.extensions.code ?? '', /^(BAD_REQUEST|NOT_FOUND)$/)
    }
  })

  it('answers a GET, but not one that another site makes a browser send', async () => {
    const url = `${gateway.url}/graphql?query=${encodeURIComponent('{ __typename }')}`
    assert.deepEqual(await (await fetch(url)).json(), { data: { __typename: 'Query' } })
    const forged = await fetch(url, { headers: { 'sec-fetch-site': 'cross-site' } })
    assert.equal(forged.status, 400)
    const mutation = `${gateway.url}/graphql?query=${encodeURIComponent('mutation { startJob(id: 1) { job { id } } }')}`
    assert.equal((await fetch(mutation)).status, 405)
    const simple = await post('{"query":"{ __typename }"}', 'text/plain')
    assert.equal(simple.status, 400)
  })

  it('speaks application/graphql-response+json to those who ask for it', async () => {
    const response = await fetch(`${gateway.url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', accept: 'application/graphql-response+json' },
      body: '{"query":"{ __typename }"}',
    })
    assert.match(response.headers.get('content-type') ?? '', /^application\/graphql-response\+json/)
  })

  for (const [what, head] of [
    ['without a host', 'POST /graphql HTTP/1.0'],
    ['with a host that is none', 'POST /graphql HTTP/1.1\r\nHost: [\r\nConnection: close'],
  ] as const) {
    it(`a request ${what} is refused, and no fault of the gateway`, async () => {
      const socket = connect(Number(new URL(gateway.url).port), '127.0.0.1')
      const body = '{"query":"{ __typename }"}'
      const headers = `Content-Type: application/json\r\nContent-Length: ${body.length}`
      socket.write(`${head}\r\n${headers}\r\n\r\n${body}`)
      assert.match(await text(socket), /^HTTP\/1\.1 400 .*`Host`/s)
    })
  }
})
