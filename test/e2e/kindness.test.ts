import assert from 'node:assert/strict'
import { after, afterEach, before, describe, it } from 'node:test'
import { type Sandbox, startSandbox } from '../../src/sandbox/sandbox.ts'
import { startFleet } from '../support/fleet.ts'
import { type Gateway, startGateway } from '../support/gateway.ts'
import { codesOf, data, request } from '../support/graphql.ts'
import { type RedisServer, redisMissing, startRedis } from '../support/redis-server.ts'
import { type Subscription, subscribe } from '../support/websocket.ts'

const ada = { authorization: 'sandbox-demo' }
const robin = { authorization: 'robin' }
const pollIntervalMs = 100

interface Update {
  readonly activeJobsUpdated: { readonly job: { readonly status: string } }
}

const env = { POLL_INTERVAL_MS: String(pollIntervalMs), JOB_STATUS_WINDOW_MS: '50' }

async function startEmptySandbox(): Promise<Sandbox> {
  const sandbox = await startSandbox({ scene: 'empty', jobStatusWindowMs: 50 })
  sandbox.vault.addUser({ id: 7, sessionId: 'robin', admin: true })
  return sandbox
}

const followActive = (gateway: Gateway, connectionParams = ada) =>
  subscribe<Update>(gateway, 'subscription { activeJobsUpdated { job { status } } }', { connectionParams })

const nextStatus = async (subscription: Subscription<Update>) => {
  const { data: update, errors } = await subscription.next()
  assert.deepEqual(errors, [])
  return update?.activeJobsUpdated.job.status
}

/** The times between the next so many looks at the list, in milliseconds. */
async function gapsBetween(sandbox: Sandbox, looks: number): Promise<readonly number[]> {
  sandbox.vault.calls.clear()
  for (let look = 0; look < looks; look += 1) await sandbox.vault.calls.next('job-monitors')
  const times = sandbox.vault.calls.of('job-monitors').map(({ atMs }) => atMs)
  return times.slice(1).map((atMs, index) => atMs - (times[index] ?? 0))
}

const profilingSessions = '{ profilingSessions { name } }'

describe('the burst limit of Vault', { timeout: 300_000 }, () => {
  let sandbox: Sandbox
  let gateway: Gateway

  before(async () => {
    sandbox = await startEmptySandbox()
    gateway = await startGateway({ sandbox, env })
  })
  after(async () => {
    await gateway.stop()
    await sandbox.stop()
  })

  it('slows polling down as it is spent, and a query is answered all the same', async () => {
    const { id } = sandbox.vault.addJob({ status: 'RUNNING' })
    await using follower = followActive(gateway)
    assert.equal(await nextStatus(follower), 'RUNNING')
    sandbox.vault.burst.remaining = 620
    // From 600 of 2000 on intervals are five and a half times as long; the first gap began before that was told.
    const [, ...gaps] = await gapsBetween(sandbox, 4)
    for (const gap of gaps) assert.ok(gap >= 5 * pollIntervalMs, `${gap} ms`)
    await data(gateway, profilingSessions, { headers: robin })
    assert.equal(sandbox.vault.calls.count('profiling-sessions'), 1)

    sandbox.vault.burst.remaining = 100
    await data(gateway, profilingSessions, { headers: robin })
    // A look that was sent before this was told arrives meanwhile.
    await data(gateway, profilingSessions, { headers: robin })
    const before = sandbox.vault.calls.count('job-monitors')
    sandbox.vault.setJobStatus(id, 'QUEUED')
    // Ten times the interval would be the slowest pace: in the time of these queries one look or two would be made.
    for (let query = 0; query < 200; query += 1) await data(gateway, profilingSessions, { headers: robin })
    assert.equal(sandbox.vault.calls.count('job-monitors'), before, 'what is left is for queries')

    sandbox.vault.burst.remaining = 2000
    await data(gateway, profilingSessions, { headers: robin })
    assert.equal(await nextStatus(follower), 'QUEUED')
  })
})

describe('replicas', { skip: redisMissing, timeout: 300_000 }, () => {
  let redis: RedisServer
  let sandbox: Sandbox

  before(async () => {
    redis = await startRedis()
    sandbox = await startEmptySandbox()
  })
  after(async () => {
    await sandbox?.stop()
    await redis?.stop()
  })

  it('know of the budget what any of them was told', async () => {
    await using fleet = await startFleet({ redisUrl: redis.url, sandbox, env })
    const [one, two] = fleet.replicas
    sandbox.vault.addJob({ status: 'RUNNING' })
    await using follower = followActive(one)
    assert.equal(await nextStatus(follower), 'RUNNING')
    // What this replica is told itself says nothing; the other one is told that half is spent, and more.
    sandbox.vault.faults.add({
      route: 'job-monitors',
      answer: { kind: 'headers', headers: { 'X-VaultAPI-BurstLimitRemaining': '' } },
    })
    const usual = Math.min(...(await gapsBetween(sandbox, 6)))
    assert.ok(usual < 5 * pollIntervalMs, `${usual} ms`)
    sandbox.vault.burst.remaining = 600
    await data(two, profilingSessions, { headers: robin })
    const [, , ...gaps] = await gapsBetween(sandbox, 5)
    for (const gap of gaps) assert.ok(gap >= 5 * pollIntervalMs, `${gap} ms`)
  })
})

describe('an upstream that is down', { timeout: 300_000 }, () => {
  let sandbox: Sandbox
  let gateway: Gateway

  before(async () => {
    sandbox = await startEmptySandbox()
    gateway = await startGateway({ sandbox, env: { ...env, UPSTREAM_TIMEOUT_MS: '2000' } })
  })
  after(async () => {
    await gateway.stop()
    await sandbox.stop()
  })
  afterEach(() => sandbox.vault.faults.clear())

  const readiness = async () => {
    const response = await fetch(`${gateway.url}/readyz`)
    const body: unknown = await response.json()
    return [response.status, body]
  }

  const openCircuits = async () => {
    const text = await (await fetch(`${gateway.url}/metrics`)).text()
    return [...text.matchAll(/^vaultline_upstream_circuit_open\{service="(\w+)"\} 1$/gm)].map(
      ([, name]) => name,
    )
  }

  it('is left alone, and says when to come back; when it does, one call finds out, and then all go on', async () => {
    const { id } = sandbox.vault.addJob({ status: 'RUNNING' })
    await using followers = {
      ada: followActive(gateway),
      robin: followActive(gateway, robin),
      async [Symbol.asyncDispose]() {
        await Promise.all([this.ada.leave(), this.robin.leave()])
      },
    }
    assert.equal(await nextStatus(followers.ada), 'RUNNING')
    assert.equal(await nextStatus(followers.robin), 'RUNNING')
    const down = sandbox.vault.faults.add({ answer: { kind: 'status', status: 503 } })
    const mutation = (n: number) => `mutation { startJob(id: ${n}) { job { id } } }`
    let answer = await request(gateway, mutation(1), { headers: ada })
    for (let n = 2; answer.errors[0]?.extensions?.['retryAfter'] === undefined; n += 1) {
      assert.deepEqual(codesOf(answer), ['UPSTREAM_UNAVAILABLE'])
      assert.ok(n < 20, 'the circuit did not open')
      answer = await request(gateway, mutation(n), { headers: ada })
    }
    assert.deepEqual(codesOf(answer), ['UPSTREAM_UNAVAILABLE'])
    assert.match(String(answer.errors[0]?.message), /was not sent\. Try again later\.$/)
    assert.deepEqual(await readiness(), [200, { status: 'ready', degraded: ['vault'] }])
    assert.deepEqual(await openCircuits(), ['vault'])

    const met = down.used()
    for (let n = 0; n < 5; n += 1) await request(gateway, profilingSessions, { headers: robin })
    assert.equal(down.used(), met, 'nothing is sent')
    assert.deepEqual(
      await data(gateway, '{ pipelines { name } }', { headers: { 'feldera-authorization': 'x' } }),
      {
        pipelines: [],
      },
    )

    const probe = sandbox.vault.faults.add({ answer: { kind: 'hold' } })
    down.remove()
    sandbox.vault.setJobStatus(id, 'QUEUED')
    sandbox.vault.calls.clear()
    const probed = sandbox.vault.calls.next('job-monitors')
    await probed
    for (let n = 0; n < 5; n += 1) await request(gateway, profilingSessions, { headers: robin })
    assert.equal(sandbox.vault.calls.count(), 1)
    probe.release()
    assert.equal(await nextStatus(followers.ada), 'QUEUED')
    assert.equal(await nextStatus(followers.robin), 'QUEUED')
    assert.deepEqual(await readiness(), [200, { status: 'ready' }])
    assert.deepEqual(await openCircuits(), [])
  })
})

describe('a caller with thousands of calls', { timeout: 300_000 }, () => {
  it('does not keep another one from a single answer', async () => {
    const sandbox = await startEmptySandbox()
    await using gateway = await startGateway({ sandbox, env })
    const held = sandbox.vault.faults.add({ route: 'job-tasks', answer: { kind: 'hold' } })
    const ids = Array.from({ length: 500 }, () => sandbox.vault.addJob({ status: 'RUNNING' }).id)
    const query = 'query ($ids: [ID!]!) { jobs(ids: $ids) { tasks { totalCount } } }'
    const greedy = Array.from({ length: 10 }, (_, tenth) => {
      const variables = { ids: ids.slice(50 * tenth, 50 * (tenth + 1)).map(String) }
      return request(gateway, query, { headers: ada, variables })
    })
    while (sandbox.vault.calls.count('job-tasks') < 25) await sandbox.vault.calls.next('job-tasks')
    await data(gateway, profilingSessions, { headers: robin })
    assert.equal(sandbox.vault.calls.count('job-tasks'), 25)
    held.release()
    await Promise.all(greedy)
    await gateway.stop()
    await sandbox.stop()
  })
})
