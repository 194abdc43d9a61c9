import assert from 'node:assert/strict'
import { after, afterEach, before, describe, it } from 'node:test'
import { type Sandbox, startSandbox } from '../../src/sandbox/sandbox.ts'
import { type Gateway, startGateway } from '../support/gateway.ts'
import { data } from '../support/graphql.ts'
import { openSocket, subscribe } from '../support/websocket.ts'

const connectionParams = { authorization: 'sandbox-demo' }
const windowMs = 60

interface Update {
  jobUpdated: {
    job: {
      id: string
      status: string
      rawStatus: string
      isFinished: boolean
      links: { rel: string }[] | null
      tasks?: { nodes: { state: string }[] }
    }
    previousStatus: string | null
    observedAt: string
  } | null
}

const fields = `job { id status rawStatus isFinished links { rel } } previousStatus observedAt`

describe('jobUpdated', () => {
  let sandbox: Sandbox
  let gateway: Gateway
  /** For what is silent alone: the sandbox lives in this process, and a pause of it must not be taken for silence. */
  let impatient: Gateway

  before(async () => {
    sandbox = await startSandbox({ scene: 'empty', jobStatusWindowMs: windowMs })
    sandbox.vault.addUser({ id: 1, sessionId: 'alice', admin: true })
    const env = { POLL_INTERVAL_MS: '20', JOB_STATUS_WINDOW_MS: String(windowMs) }
    ;[gateway, impatient] = await Promise.all([
      startGateway({ sandbox, env }),
      startGateway({ sandbox, env: { ...env, UPSTREAM_TIMEOUT_MS: '2000' } }),
    ])
  })
  after(async () => {
    await Promise.all([gateway.stop(), impatient.stop()])
    await sandbox.stop()
  })
  afterEach(() => {
    sandbox.vault.faults.clear()
    sandbox.vault.calls.clear()
  })

  const follow = (
    id: number,
    selection = fields,
    params: Record<string, string> = connectionParams,
    from = gateway,
  ) =>
    subscribe<Update>(from, `subscription { jobUpdated(id: "${id}") { ${selection} } }`, {
      connectionParams: params,
    })

  it('sends the present state at once, then each change, and completes after the last', async () => {
    const { id } = sandbox.vault.addJob({ status: 'QUEUED' })
    await using subscription = follow(id)
    const first = await subscription.next()
    assert.deepEqual(first.data?.jobUpdated?.previousStatus, null)
    assert.equal(first.data?.jobUpdated?.job.status, 'QUEUED')

    sandbox.vault.setJobStatus(id, 'RUNNING')
    const second = await subscription.next()
    assert.equal(second.data?.jobUpdated?.job.status, 'RUNNING')
    assert.equal(second.data?.jobUpdated?.previousStatus, 'QUEUED')

    sandbox.vault.setJobStatus(id, 'SUCCESS')
    const third = await subscription.next()
    assert.equal(third.data?.jobUpdated?.job.status, 'SUCCESS')
    assert.equal(third.data?.jobUpdated?.job.isFinished, true)
    assert.deepEqual(third.data?.jobUpdated?.job.links, [{ rel: 'self' }])
    assert.ok(await subscription.completes())
  })

  it('sends nothing while nothing changes', async () => {
    const { id } = sandbox.vault.addJob({ status: 'RUNNING' })
    await using subscription = follow(id)
    await subscription.next()
    for (let look = 0; look < 3; look += 1) await sandbox.vault.calls.next('job-status')
    sandbox.vault.setJobStatus(id, 'CANCELLED')
    const next = await subscription.next()
    assert.equal(next.data?.jobUpdated?.job.status, 'CANCELLED')
  })

  it('never asks the status oftener than the window allows', async () => {
    const { id } = sandbox.vault.addJob({ status: 'RUNNING' })
    await using subscription = follow(id)
    await subscription.next()
    for (let look = 0; look < 4; look += 1) await sandbox.vault.calls.next('job-status')
    const times = sandbox.vault.calls.of('job-status').map(({ atMs }) => atMs)
    for (const [index, atMs] of times.slice(1).entries()) assert.ok(atMs - (times[index] ?? 0) >= windowMs)
  })

  it('polls once for all subscribers of one caller, and each gets every change', async () => {
    const { id } = sandbox.vault.addJob({ status: 'QUEUED' })
    const subscriptions = Array.from({ length: 20 }, () => follow(id))
    for (const subscription of subscriptions) await subscription.next()
    sandbox.vault.calls.clear()
    for (let look = 0; look < 3; look += 1) await sandbox.vault.calls.next('job-status')
    assert.equal(sandbox.vault.calls.count('job-status'), 3)
    sandbox.vault.setJobStatus(id, 'SUCCESS')
    for (const subscription of subscriptions) {
      const { data: update } = await subscription.next()
      assert.equal(update?.jobUpdated?.previousStatus, 'QUEUED')
      assert.ok(await subscription.completes())
    }
  })

  it('gives a late subscriber the last state at once, without a call', async () => {
    const { id } = sandbox.vault.addJob({ status: 'RUNNING' })
    await using early = follow(id)
    await early.next()
    sandbox.vault.faults.add({ route: 'job-status', answer: { kind: 'hold' } })
    await using late = follow(id)
    const { data: update } = await late.next()
    assert.equal(update?.jobUpdated?.job.status, 'RUNNING')
    assert.equal(update?.jobUpdated?.previousStatus, null)
  })

  it('answers a query for a watched job from what the watch has seen', async () => {
    const { id } = sandbox.vault.addJob({ status: 'RUNNING' })
    await using subscription = follow(id)
    await subscription.next()
    const held = sandbox.vault.faults.add({ route: 'job-status', answer: { kind: 'hold' } })
    const { job } = await data<{ job: { status: string } }>(gateway, `{ job(id: "${id}") { status } }`, {
      headers: { authorization: 'sandbox-demo' },
    })
    assert.equal(job.status, 'RUNNING')
    held.release()
  })

  it('stops polling when the last subscriber leaves', async () => {
    const { id } = sandbox.vault.addJob({ status: 'RUNNING' })
    const subscription = follow(id)
    await subscription.next()
    const held = sandbox.vault.faults.add({ route: 'job-status', answer: { kind: 'hold' } })
    await sandbox.vault.calls.next('job-status')
    await subscription.leave()
    await sandbox.vault.calls.aborted('job-status')
    held.remove()
    await subscription.closed
  })

  it('polls for each caller alone, and both see every change', async () => {
    const { id } = sandbox.vault.addJob({ status: 'RUNNING' })
    await using demo = follow(id)
    await using alice = follow(id, fields, { authorization: 'alice' })
    await demo.next()
    await alice.next()
    sandbox.vault.setJobStatus(id, 'TIMEOUT')
    assert.equal((await demo.next()).data?.jobUpdated?.job.status, 'TIMEOUT')
    assert.equal((await alice.next()).data?.jobUpdated?.job.status, 'TIMEOUT')
  })

  const transientFaults = [
    ['HTTP 503', { kind: 'status', status: 503, body: '<html>down</html>' }],
    ['an HTML page in HTTP 200', { kind: 'status', status: 200, body: '<html>hello</html>' }],
    ['an EXCEPTION', { kind: 'exception' }],
    ['a reset connection', { kind: 'reset' }],
    ['half an answer', { kind: 'truncate', afterBytes: 20 }],
    ['a silent upstream', { kind: 'stall', afterBytes: 20 }],
  ] as const
  for (const [title, answer] of transientFaults) {
    it(`goes on after ${title}`, async () => {
      const { id } = sandbox.vault.addJob({ status: 'QUEUED' })
      const from = answer.kind === 'stall' ? impatient : gateway
      await using subscription = follow(id, fields, connectionParams, from)
      await subscription.next()
      const fault = sandbox.vault.faults.add({ answer, path: new RegExp(`jobs/${id}$`) })
      await sandbox.vault.calls.next('job-status')
      fault.remove()
      sandbox.vault.setJobStatus(id, 'SUCCESS')
      const { data: update, errors } = await subscription.next()
      assert.deepEqual(errors, [])
      assert.equal(update?.jobUpdated?.job.status, 'SUCCESS')
    })
  }

  it('ends with UNAUTHENTICATED when the session is no longer valid', async () => {
    sandbox.vault.addUser({ id: 7, sessionId: 'short-lived', admin: true })
    const { id } = sandbox.vault.addJob({ status: 'RUNNING' })
    await using subscription = follow(id, fields, { authorization: 'short-lived' })
    await subscription.next()
    sandbox.vault.endSession('short-lived')
    const { errors } = await subscription.next()
    assert.equal(errors[0]?.extensions?.['code'], 'UNAUTHENTICATED')
    assert.ok(await subscription.completes())
  })

  it('ends with NOT_FOUND for a job that does not exist', async () => {
    await using subscription = follow(123)
    const { errors } = await subscription.next()
    assert.equal(errors[0]?.extensions?.['code'], 'NOT_FOUND')
    assert.deepEqual(errors[0]?.path, ['jobUpdated'])
    const { status, type } = Object(errors[0]?.extensions?.['upstream'])
    assert.deepEqual([status, type], [200, 'INVALID_DATA'])
    assert.ok(await subscription.completes())
  })

  it('refuses an id that is not a number, and a caller without credentials', async () => {
    await using badId = subscribe(gateway, 'subscription { jobUpdated(id: "x") { observedAt } }', {
      connectionParams,
    })
    assert.equal((await badId.next()).errors[0]?.extensions?.['code'], 'BAD_USER_INPUT')
    await using nobody = follow(1, fields, {})
    assert.equal((await nobody.next()).errors[0]?.extensions?.['code'], 'UNAUTHENTICATED')
  })

  it('tells errors in a document over WebSocket with the codes of HTTP', async () => {
    await using socket = await openSocket(gateway)
    socket.send({ type: 'connection_init', payload: connectionParams })
    assert.deepEqual(await socket.next(), { type: 'connection_ack' })
    for (const [query, code] of [
      ['subscription {', 'GRAPHQL_PARSE_FAILED'],
      ['subscription { nothing }', 'GRAPHQL_VALIDATION_FAILED'],
      ['subscription { jobUpdated(id: 1) @skip(if: true) { observedAt } }', 'GRAPHQL_VALIDATION_FAILED'],
      [
        'subscription S($on: Boolean!) { ...R @include(if: $on) } fragment R on Subscription { jobUpdated(id: 1) { observedAt } }',
        'GRAPHQL_VALIDATION_FAILED',
      ],
    ]) {
      socket.send({ type: 'subscribe', id: '1', payload: { query } })
      const message = JSON.stringify(await socket.next())
      assert.match(message, /^\{"id":"1","type":"error"/)
      assert.ok(message.includes(`"code":"${code}"`))
    }
  })

  it('reads nested fields afresh at each event', async () => {
    const { id } = sandbox.vault.addJob({ status: 'QUEUED', tasks: [{ state: 'QUEUED' }] })
    await using subscription = follow(id, `${fields} job { tasks { nodes { state } } }`)
    const first = await subscription.next()
    assert.deepEqual(first.data?.jobUpdated?.job.tasks?.nodes, [{ state: 'QUEUED' }])
    sandbox.vault.setJobTaskState(id, 'Task1', 'SUCCESS')
    sandbox.vault.setJobStatus(id, 'SUCCESS')
    let last = await subscription.next()
    while (last.data?.jobUpdated?.job.isFinished !== true) last = await subscription.next()
    assert.deepEqual(last.data.jobUpdated.job.tasks?.nodes, [{ state: 'SUCCESS' }])
  })

  it('runs queries over WebSocket too, with loaders of their own', async () => {
    const { id } = sandbox.vault.addJob({ status: 'RUNNING' })
    await using query = subscribe<{ job: { status: string } }>(gateway, `{ job(id: "${id}") { status } }`, {
      connectionParams,
    })
    assert.equal((await query.next()).data?.job.status, 'RUNNING')
    assert.ok(await query.completes())
  })

  it('counts an unknown status as UNKNOWN, and as finished once it has an end', async () => {
    const { id } = sandbox.vault.addJob({ status: 'PONDERING' })
    await using subscription = follow(id)
    const first = await subscription.next()
    assert.equal(first.data?.jobUpdated?.job.status, 'UNKNOWN')
    assert.equal(first.data?.jobUpdated?.job.rawStatus, 'PONDERING')
    assert.equal(first.data?.jobUpdated?.job.isFinished, false)
    sandbox.vault.setJobStatus(id, 'ENLIGHTENED', { finished: true })
    const second = await subscription.next()
    assert.equal(second.data?.jobUpdated?.job.isFinished, true)
    assert.ok(await subscription.completes())
  })
})
