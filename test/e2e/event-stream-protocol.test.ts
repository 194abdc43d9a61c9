import assert from 'node:assert/strict'
import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { after, afterEach, before, describe, it } from 'node:test'
import { createClient } from 'graphql-sse'
import { EventSource } from 'undici'
import { type Sandbox, startSandbox } from '../../src/sandbox/sandbox.ts'
import { allEventsOf, eventStreamUrl, eventsOf, getStream, postForStream } from '../support/event-stream.ts'
import { type Gateway, startGateway } from '../support/gateway.ts'

const windowMs = 20
const followJob = 'subscription ($id: ID!) { jobUpdated(id: $id) { job { status method } previousStatus } }'
const typename = '{ __typename }'
const demo = { authorization: 'sandbox-demo' }

/** The rules of PROTOCOL.md of graphql-sse, and of what it stands on, that the other tests of event streams leave. */
describe('graphql-sse in distinct connections mode, rule by rule', () => {
  let sandbox: Sandbox
  let gateway: Gateway

  before(async () => {
    sandbox = await startSandbox({ scene: 'empty', jobStatusWindowMs: windowMs })
    gateway = await startGateway({
      sandbox,
      env: { POLL_INTERVAL_MS: '10', JOB_STATUS_WINDOW_MS: String(windowMs) },
    })
  })
  after(async () => {
    await gateway?.stop()
    await sandbox?.stop()
  })
  afterEach(() => {
    sandbox.vault.faults.clear()
    sandbox.vault.calls.clear()
  })

  const clientOf = (singleConnection: boolean) =>
    createClient({ url: eventStreamUrl(gateway), headers: demo, singleConnection, retryAttempts: 0 })

  describe('the answer', () => {
    it('is text/event-stream for a query, a mutation, a subscription and what cannot be run', async () => {
      const { id } = sandbox.vault.addJob({ status: 'SUCCESS' })
      const scheduled = sandbox.vault.addJob({ status: 'SCHEDULED' })
      const documents = [
        typename,
        `mutation { startJob(id: "${scheduled.id}") { job { id } } }`,
        `subscription { jobUpdated(id: "${id}") { job { status } } }`,
        '{ nothing }',
        '{',
      ]
      for (const query of documents) {
        const response = await postForStream(gateway, { query })
        assert.equal(response.status, 200, query)
        assert.equal(response.headers.get('content-type'), 'text/event-stream; charset=utf-8', query)
        const events = await allEventsOf(response)
        assert.deepEqual(
          events.map(({ event }) => event),
          ['next', 'complete'],
          query,
        )
      }
    })

    it('is kept by no cache, held back by no proxy, and compressed by nobody', async () => {
      for (const response of [
        await postForStream(gateway, { query: typename }, { 'accept-encoding': 'gzip, br' }),
        await getStream(gateway, { query: typename }, { 'accept-encoding': 'gzip, br' }),
      ]) {
        assert.equal(response.headers.get('cache-control'), 'no-store')
        assert.equal(response.headers.get('x-accel-buffering'), 'no')
        assert.equal(response.headers.get('content-encoding'), null)
        await response.text()
      }
    })

    it('has no field beside event and data: nothing to resume from, no time to wait', async () => {
      const { id } = sandbox.vault.addJob({ status: 'SUCCESS' })
      const text = await (await postForStream(gateway, { query: followJob, variables: { id } })).text()
      const names = text.split('\n').flatMap((line) => (line === '' ? [] : [line.split(':')[0]]))
      assert.deepEqual(names, ['event', 'data', 'event', 'data'])
    })

    it('has each result in one line, whatever an upstream writes into it', async () => {
      const method = '\u2028 a\r\nevent: complete\ndata: \n\n\ufeff: b\rid: 1\n\n😀'
      const { id } = sandbox.vault.addJob({ status: 'SUCCESS', method })
      const response = await postForStream(gateway, { query: followJob, variables: { id } })
      const [next, complete, ...more] = await allEventsOf(response)
      assert.deepEqual([complete, more], [{ event: 'complete', data: '' }, []])
      assert.deepEqual(JSON.parse(next?.data ?? ''), {
        data: { jobUpdated: { job: { status: 'SUCCESS', method }, previousStatus: null } },
      })
    })

    it('goes on after a result with an error of a nested field, and completes once', async () => {
      const { id } = sandbox.vault.addJob({ status: 'RUNNING', tasks: [{ state: 'RUNNING' }] })
      sandbox.vault.faults.add({
        route: 'job-tasks',
        times: 1,
        answer: { kind: 'failure', type: 'INSUFFICIENT_ACCESS' },
      })
      const query = `subscription { jobUpdated(id: "${id}") { job { status tasks { totalCount } } } }`
      const events = eventsOf(await postForStream(gateway, { query }))
      const { data, errors } = JSON.parse((await events.next()).value?.data ?? '')
      assert.deepEqual(data, { jobUpdated: { job: { status: 'RUNNING', tasks: null } } })
      assert.equal(errors[0].extensions.code, 'FORBIDDEN')
      sandbox.vault.setJobStatus(id, 'SUCCESS')
      assert.match((await events.next()).value?.data ?? '', /"status":"SUCCESS","tasks":\{"totalCount":1\}/)
      assert.deepEqual(await events.next(), { done: false, value: { event: 'complete', data: '' } })
      assert.equal((await events.next()).done, true)
    })
  })

  describe('the connection', () => {
    it('serves a next request once a stream has completed (HTTP/1.1)', async () => {
      const socket = connect(Number(new URL(gateway.url).port), '127.0.0.1')
      await once(socket, 'connect')
      const { id } = sandbox.vault.addJob({ status: 'SUCCESS' })
      const get = (query: string, more = '') =>
        `GET /graphql/stream?query=${encodeURIComponent(query)} HTTP/1.1\r\nHost: ${new URL(gateway.url).host}\r\nAuthorization: sandbox-demo\r\n${more}\r\n`
      socket.write(get(`subscription { jobUpdated(id: "${id}") { job { status } } }`))
      const first = await textUntil(socket, '\r\n0\r\n\r\n')
      assert.match(first, /^HTTP\/1\.1 200 /)
      assert.match(first, /\r\nconnection: keep-alive\r\n/i)
      assert.match(first, /SUCCESS[\s\S]*event: complete\ndata: \n\n/)
      socket.write(get('{ again: __typename }', 'Connection: close\r\n'))
      assert.match(await textUntil(socket), /^HTTP\/1\.1 200 [\s\S]*"again":"Query"[\s\S]*event: complete/)
    })

    it('that is closed by its client ends the subscription, and nobody is asked any more', async () => {
      const { id } = sandbox.vault.addJob({ status: 'RUNNING' })
      const leaving = new AbortController()
      const response = await fetch(eventStreamUrl(gateway), {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...demo },
        body: JSON.stringify({ query: followJob, variables: { id } }),
        signal: leaving.signal,
      })
      await eventsOf(response).next()
      sandbox.vault.faults.add({ route: 'job-status', answer: { kind: 'hold' } })
      await sandbox.vault.calls.next('job-status')
      leaving.abort()
      await sandbox.vault.calls.aborted('job-status')
    })

    it('that comes again with Last-Event-ID begins anew, with the present state', async () => {
      const { id } = sandbox.vault.addJob({ status: 'RUNNING' })
      const variables = JSON.stringify({ id: String(id) })
      const events = eventsOf(
        await getStream(gateway, { query: followJob, variables }, { 'last-event-id': '7' }),
      )
      assert.match((await events.next()).value?.data ?? '', /"RUNNING".*"previousStatus":null/)
      await events.return(undefined)
    })
  })

  describe('a refusal', () => {
    it('before there is a stream is JSON with a status, which says why and is kept by no cache', async () => {
      const url = eventStreamUrl(gateway)
      const post = (headers: Record<string, string>, body: string) =>
        fetch(url, { method: 'POST', headers: { accept: 'text/event-stream', ...headers }, body })
      const json = { 'content-type': 'application/json' }
      const refusals = [
        [await post(json, '{'), 400],
        [await post({ ...json, authorization: 'two  spaces' }, JSON.stringify({ query: typename })), 401],
        [await fetch(url, { method: 'PUT' }), 405],
        [await post({ ...json, accept: 'application/json' }, JSON.stringify({ query: typename })), 406],
        [await post({ 'content-type': 'text/plain' }, JSON.stringify({ query: typename })), 415],
      ] as const
      for (const [response, status] of refusals) {
        assert.equal(response.status, status)
        assert.equal(response.headers.get('content-type'), 'application/json; charset=utf-8', String(status))
        assert.equal(response.headers.get('cache-control'), 'no-store', String(status))
        assert.match(await response.text(), /^\{"errors":\[\{"message":"[^"]{10,}/)
      }
    })

    it('of a GET whose query cannot be run comes as an event', async () => {
      const response = await getStream(gateway, { query: '{ nothing }' })
      const [next, complete] = await allEventsOf(response)
      assert.match(next?.data ?? '', /^\{"errors":\[.*GRAPHQL_VALIDATION_FAILED/)
      assert.deepEqual(complete, { event: 'complete', data: '' })
    })
  })

  describe('single connection mode', () => {
    it('is not there: the reservation, and the end of an operation, are refused with 405 and a word why', async () => {
      for (const method of ['PUT', 'DELETE']) {
        const response = await fetch(`${eventStreamUrl(gateway)}?operationId=1`, {
          method,
          headers: { ...demo, 'x-graphql-event-stream-token': 'x' },
        })
        assert.deepEqual([response.status, response.headers.get('allow')], [405, 'GET, POST'])
        assert.match(await response.text(), /single connection mode/)
      }
    })

    it('is told to the client of graphql-sse that asks for it, and nothing is run', async () => {
      const { id } = sandbox.vault.addJob({ status: 'SCHEDULED' })
      const client = clientOf(true)
      const query = `mutation { startJob(id: "${id}") { job { id } } }`
      await assert.rejects(client.iterate({ query }).next(), /405/)
      client.dispose()
      assert.equal(sandbox.vault.calls.count('job-start'), 0)
    })

    it('has no stream to connect to: a token without an operation is refused with 400', async () => {
      const response = await getStream(gateway, { token: 'x' }, { 'x-graphql-event-stream-token': 'x' })
      assert.equal(response.status, 400)
      await response.text()
    })
  })

  describe('the client of graphql-sse', () => {
    it('gets every result of several operations at the same time, each on its own connection', async () => {
      const jobs = [1, 2, 3].map(() => sandbox.vault.addJob({ status: 'RUNNING' }).id)
      const client = clientOf(false)
      const query = 'subscription ($id: ID!) { jobUpdated(id: $id) { job { status } previousStatus } }'
      const follow = async (id: number) => {
        const seen: unknown[] = []
        for await (const { data } of client.iterate({ query, variables: { id: String(id) } })) {
          seen.push(data?.['jobUpdated'])
          sandbox.vault.setJobStatus(id, 'SUCCESS')
        }
        return seen
      }
      for (const seen of await Promise.all(jobs.map(follow))) {
        assert.deepEqual(seen, [
          { job: { status: 'RUNNING' }, previousStatus: null },
          { job: { status: 'SUCCESS' }, previousStatus: 'RUNNING' },
        ])
      }
      client.dispose()
    })

    it('is told of a document that cannot be run by a result, not by a failure', async () => {
      const client = clientOf(false)
      const results = client.iterate({ query: '{ nothing }' })
      const { value } = await results.next()
      assert.equal(value?.errors?.[0]?.extensions?.['code'], 'GRAPHQL_VALIDATION_FAILED')
      assert.equal((await results.next()).done, true)
      client.dispose()
    })
  })

  it('an EventSource hears of results, of what is wrong with its query, and of the end', async () => {
    for (const [query, expected] of [
      [typename, /^\{"data":\{"__typename":"Query"\}\}$/],
      ['{ nothing }', /GRAPHQL_VALIDATION_FAILED/],
    ] as const) {
      const source = new EventSource(`${eventStreamUrl(gateway)}?query=${encodeURIComponent(query)}`)
      const results: string[] = []
      source.addEventListener('next', (event) => results.push('data' in event ? String(event.data) : ''))
      await once(source, 'complete')
      source.close()
      assert.equal(results.length, 1)
      assert.match(results[0] ?? '', expected)
    }
  })
})

/** Reads until a text has come, or else to the end. */
async function textUntil(socket: Socket, text?: string): Promise<string> {
  let received = ''
  for await (const chunk of socket.iterator({ destroyOnReturn: false })) {
    received += String(chunk)
    if (text !== undefined && received.includes(text)) break
  }
  return received
}
