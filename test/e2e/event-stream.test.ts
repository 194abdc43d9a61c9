import assert from 'node:assert/strict'
import { once } from 'node:events'
import { connect } from 'node:net'
import { after, afterEach, before, describe, it } from 'node:test'
import { type Sandbox, startSandbox } from '../../src/sandbox/sandbox.ts'
import { allEventsOf, eventsOf, getStream, postForStream, streamClient } from '../support/event-stream.ts'
import { type Gateway, startGateway } from '../support/gateway.ts'

const windowMs = 60

interface Update {
  readonly jobUpdated: {
    readonly job: { readonly status: string; readonly tasks?: { readonly nodes: readonly unknown[] } }
    readonly previousStatus: string | null
  } | null
}

const followJob = 'subscription ($id: ID!) { jobUpdated(id: $id) { job { status } previousStatus } }'
const followTasks =
  'subscription ($id: ID!) { jobUpdated(id: $id) { job { status tasks { nodes { state } } } previousStatus } }'

describe('subscriptions on a stream of events', () => {
  let sandbox: Sandbox
  let gateway: Gateway

  before(async () => {
    sandbox = await startSandbox({ scene: 'empty', jobStatusWindowMs: windowMs })
    gateway = await startGateway({
      sandbox,
      env: { POLL_INTERVAL_MS: '20', UPSTREAM_TIMEOUT_MS: '120000', JOB_STATUS_WINDOW_MS: String(windowMs) },
    })
  })
  after(async () => {
    await gateway.stop()
    await sandbox.stop()
  })
  afterEach(() => {
    sandbox.vault.faults.clear()
    sandbox.vault.calls.clear()
  })

  const result = (status: string, previousStatus: string | null) => ({
    done: false,
    value: { data: { jobUpdated: { job: { status }, previousStatus } } },
  })

  it('tells the present state at once, then each change, and completes after the last', async () => {
    using client = streamClient(gateway)
    const { id } = sandbox.vault.addJob({ status: 'QUEUED' })
    const updates = client.iterate<Update>(followJob, { id: String(id) })
    assert.deepEqual(await updates.next(), result('QUEUED', null))
    sandbox.vault.setJobStatus(id, 'RUNNING')
    assert.deepEqual(await updates.next(), result('RUNNING', 'QUEUED'))
    sandbox.vault.setJobStatus(id, 'SUCCESS')
    assert.deepEqual(await updates.next(), result('SUCCESS', 'RUNNING'))
    assert.equal((await updates.next()).done, true)
  })

  it('are written as graphql-sse wants it, with headers that keep proxies from holding them back', async () => {
    const { id } = sandbox.vault.addJob({ status: 'SUCCESS' })
    const response = await postForStream(gateway, { query: followJob, variables: { id } })
    assert.equal(response.status, 200)
    const { headers } = response
    assert.equal(headers.get('content-type'), 'text/event-stream; charset=utf-8')
    assert.equal(headers.get('cache-control'), 'no-store')
    assert.equal(headers.get('x-accel-buffering'), 'no')
    assert.equal(headers.get('x-content-type-options'), 'nosniff')
    assert.ok(headers.has('x-request-id'))
    assert.equal(
      await response.text(),
      'event: next\ndata: {"data":{"jobUpdated":{"job":{"status":"SUCCESS"},"previousStatus":null}}}\n\n' +
        'event: complete\ndata: \n\n',
    )
  })

  it('can be asked for by GET, as an EventSource does', async () => {
    const { id } = sandbox.vault.addJob({ status: 'SUCCESS' })
    const variables = JSON.stringify({ id: String(id) })
    const events = await allEventsOf(await getStream(gateway, { query: followJob, variables }))
    assert.deepEqual(
      events.map(({ event }) => event),
      ['next', 'complete'],
    )
  })

  it('send headers before there is an event', async () => {
    const { id } = sandbox.vault.addJob({ status: 'SUCCESS' })
    const held = sandbox.vault.faults.add({ answer: { kind: 'hold' } })
    const response = await postForStream(gateway, { query: followJob, variables: { id } })
    assert.equal(response.status, 200)
    held.release()
    assert.equal((await allEventsOf(response)).length, 2)
  })

  it('end with NOT_FOUND for a job that does not exist', async () => {
    using client = streamClient(gateway)
    const updates = client.iterate<Update>(followJob, { id: '123' })
    const { value } = await updates.next()
    assert.equal(value?.errors?.[0]?.extensions?.['code'], 'NOT_FOUND')
    assert.deepEqual(value?.errors?.[0]?.path, ['jobUpdated'])
    assert.equal((await updates.next()).done, true)
  })

  it('end with UNAUTHENTICATED for a caller without credentials', async () => {
    using client = streamClient(gateway, {})
    const { value } = await client.iterate<Update>(followJob, { id: '1' }).next()
    assert.equal(value?.errors?.[0]?.extensions?.['code'], 'UNAUTHENTICATED')
  })

  it('cost one call at each event for all who follow the same with the same credentials', async () => {
    using client = streamClient(gateway)
    const { id } = sandbox.vault.addJob({ status: 'QUEUED', tasks: [{ state: 'QUEUED' }] })
    const followers = Array.from({ length: 5 }, () => client.iterate<Update>(followTasks, { id: String(id) }))
    for (const follower of followers) await follower.next()
    sandbox.vault.calls.clear()
    sandbox.vault.setJobStatus(id, 'SUCCESS')
    for (const follower of followers) {
      assert.equal((await follower.next()).value?.data?.jobUpdated?.job.status, 'SUCCESS')
      assert.equal((await follower.next()).done, true)
    }
    assert.equal(sandbox.vault.calls.count('job-tasks'), 1)
  })

  it('stop the polling when their client leaves', async () => {
    const client = streamClient(gateway)
    const { id } = sandbox.vault.addJob({ status: 'RUNNING' })
    await client.iterate<Update>(followJob, { id: String(id) }).next()
    sandbox.vault.faults.add({ route: 'job-status', answer: { kind: 'hold' } })
    await sandbox.vault.calls.next('job-status')
    client[Symbol.dispose]()
    await sandbox.vault.calls.aborted('job-status')
  })

  it('go on for one client when another leaves', async () => {
    const leaving = streamClient(gateway)
    using staying = streamClient(gateway)
    const { id } = sandbox.vault.addJob({ status: 'RUNNING' })
    const updates = staying.iterate<Update>(followJob, { id: String(id) })
    await updates.next()
    await leaving.iterate<Update>(followJob, { id: String(id) }).next()
    leaving[Symbol.dispose]()
    sandbox.vault.setJobStatus(id, 'SUCCESS')
    assert.deepEqual(await updates.next(), result('SUCCESS', 'RUNNING'))
  })

  it('need a connection each: one that is asked for behind another answer is refused', async () => {
    const socket = connect(Number(new URL(gateway.url).port), '127.0.0.1')
    const { id } = sandbox.vault.addJob({ status: 'RUNNING' })
    const held = sandbox.vault.faults.add({ route: 'job-monitors', answer: { kind: 'hold' } })
    const arrived = sandbox.vault.calls.next('job-monitors')
    const get = (query: string) =>
      `GET /graphql/stream?query=${encodeURIComponent(query)} HTTP/1.1\r\nHost: localhost\r\nAuthorization: sandbox-demo\r\n`
    const first = get('{ activeJobs { totalCount } }')
    const second = get(`subscription { jobUpdated(id: "${id}") { job { status } } }`)
    // In one piece, so that the second request is read before the first is answered.
    socket.write(`${first}\r\n${second}Connection: close\r\n\r\n`)
    await arrived
    held.release()
    let received = ''
    for await (const chunk of socket) received += String(chunk)
    assert.match(received, /event: complete[\s\S]*HTTP\/1\.1 400 [\s\S]*a connection of its own/)
    const asked = sandbox.vault.calls.of('job-status').filter(({ path }) => path.endsWith(`/${id}`))
    assert.deepEqual(asked, [])
  })

  it('leave nothing behind where the client goes before the first event', async () => {
    const { id } = sandbox.vault.addJob({ status: 'RUNNING' })
    sandbox.vault.faults.add({ answer: { kind: 'hold' } })
    const arrived = sandbox.vault.calls.next('job-status')
    const socket = connect(Number(new URL(gateway.url).port), '127.0.0.1')
    const query = encodeURIComponent(`subscription { jobUpdated(id: "${id}") { job { status } } }`)
    socket.write(
      `GET /graphql/stream?query=${query} HTTP/1.1\r\nHost: localhost\r\nAuthorization: sandbox-demo\r\n\r\n`,
    )
    await arrived
    socket.destroy()
    await once(socket, 'close')
    await sandbox.vault.calls.aborted('job-status')
  })

  it('tell every event of a burst in order', async () => {
    const { id } = sandbox.vault.addJob({ status: 'QUEUED' })
    const events = eventsOf(await postForStream(gateway, { query: followJob, variables: { id } }))
    const told: string[] = []
    for (const status of ['RUNNING', 'QUEUED', 'RUNNING', 'SUCCESS']) {
      told.push((await events.next()).value?.data ?? '')
      sandbox.vault.setJobStatus(id, status)
    }
    for await (const { data } of events) told.push(data)
    assert.deepEqual(
      told.map((data) => /"status":"(\w+)"/.exec(data)?.[1]),
      ['QUEUED', 'RUNNING', 'QUEUED', 'RUNNING', 'SUCCESS', undefined],
    )
  })
})
