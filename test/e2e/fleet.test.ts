import assert from 'node:assert/strict'
import { after, afterEach, before, describe, it } from 'node:test'
import { type Sandbox, startSandbox } from '../../src/sandbox/sandbox.ts'
import { type Fleet, gatewaySecret, startFleet } from '../support/fleet.ts'
import { type Gateway, startGateway } from '../support/gateway.ts'
import { data } from '../support/graphql.ts'
import {
  type RedisServer,
  redisMissing,
  startRedis,
  startTlsRedis,
  tlsCertificate,
} from '../support/redis-server.ts'
import { type Subscription, subscribe } from '../support/websocket.ts'

const ada = { authorization: 'sandbox-demo' }
const robin = { authorization: 'robin' }

interface Update {
  readonly jobUpdated: { readonly job: { readonly status: string }; readonly previousStatus: string | null }
}

describe('replicas that share a Redis', { skip: redisMissing, timeout: 300_000 }, () => {
  let redis: RedisServer
  let sandbox: Sandbox
  let fleet: Fleet

  const pollIntervalMs = 1000
  const windowMs = 800
  before(async () => {
    redis = await startRedis()
    sandbox = await startSandbox({ scene: 'empty', jobStatusWindowMs: windowMs })
    sandbox.vault.addUser({ id: 7, sessionId: 'robin' })
    const env = { POLL_INTERVAL_MS: String(pollIntervalMs), JOB_STATUS_WINDOW_MS: String(windowMs) }
    fleet = await startFleet({ redisUrl: redis.url, sandbox, env })
  })
  after(async () => {
    await fleet?.[Symbol.asyncDispose]()
    await sandbox?.stop()
    await redis?.stop()
  })
  afterEach(() => sandbox.vault.calls.clear())

  const follow = (replica: Gateway, id: number, connectionParams = ada) =>
    subscribe<Update>(replica, `subscription { jobUpdated(id: ${id}) { job { status } previousStatus } }`, {
      connectionParams,
    })
  const next = async (subscription: Subscription<Update>) => {
    const { data: update, errors } = await subscription.next()
    assert.deepEqual(errors, [])
    return [update?.jobUpdated.previousStatus, update?.jobUpdated.job.status]
  }

  it('poll once for a caller, whichever replicas its followers are on, and all hear each change', async () => {
    const { id } = sandbox.vault.addJob({ status: 'QUEUED' })
    const [one, two] = fleet.replicas
    const followers = [follow(one, id), follow(one, id), follow(two, id), follow(two, id)]
    for (const follower of followers) assert.deepEqual(await next(follower), [null, 'QUEUED'])
    for (const [previous, status] of [
      ['QUEUED', 'RUNNING'],
      ['RUNNING', 'SUCCESS'],
    ] as const) {
      sandbox.vault.setJobStatus(id, status)
      for (const follower of followers) assert.deepEqual(await next(follower), [previous, status])
    }
    for (const follower of followers) assert.ok(await follower.completes())
    const times = sandbox.vault.calls.of('job-status').map(({ atMs }) => atMs)
    // Nobody asks twice in a window, and nobody more often than one replica would.
    const gaps = times.slice(1).map((atMs, index) => atMs - (times[index] ?? 0))
    for (const gap of gaps) assert.ok(gap >= windowMs, `${gap} ms`)
  })

  describe('within one window', () => {
    let lasting: Fleet

    before(async () => {
      // No window ends within a test, however slow the machine is.
      const env = { GATEWAY_SECRET: 'a secret of its own', JOB_STATUS_WINDOW_MS: '3600000' }
      lasting = await startFleet({ redisUrl: redis.url, sandbox, env })
    })
    after(() => lasting?.[Symbol.asyncDispose]())

    it('answer each other from what the same caller was told within the window', async () => {
      const { id } = sandbox.vault.addJob({ status: 'RUNNING' })
      const query = `{ job(id: ${id}) { status method observedAt } }`
      const [first, second] = [
        await data(lasting.replicas[0], query, { headers: ada }),
        await data(lasting.replicas[1], query, { headers: ada }),
      ]
      assert.deepEqual(first, second)
      assert.equal(sandbox.vault.calls.count('job-status'), 1)
    })

    it('keep one window for all callers, and show none what another was told', async () => {
      const { id } = sandbox.vault.addJob({ status: 'RUNNING', title: 'Only on a list' })
      const query = `{ job(id: ${id}) { status title } }`
      await data(lasting.replicas[0], query, { headers: ada })
      assert.deepEqual(await data(lasting.replicas[1], query, { headers: robin }), {
        job: { status: 'RUNNING', title: 'Only on a list' },
      })
      const asked = sandbox.vault.calls.all().map(({ route, headers }) => [route, headers.authorization])
      assert.deepEqual(
        asked.filter(([route]) => route === 'job-status'),
        [['job-status', 'sandbox-demo']],
      )
      assert.ok(asked.some(([route, who]) => route === 'job-monitors' && who === 'robin'))
    })

    it('forget on each what was changed through one, also where nobody follows it', async () => {
      const { id } = sandbox.vault.addJob({ status: 'SCHEDULED' })
      const [one, two] = lasting.replicas
      const query = `{ jobs(ids: [${id}, ${id}]) { status } }`
      const statuses = async (replica: Gateway) => {
        const { jobs } = await data<{ jobs: readonly { status: string }[] }>(replica, query, { headers: ada })
        return jobs.map(({ status }) => status).join()
      }
      for (const replica of [one, two]) assert.equal(await statuses(replica), 'SCHEDULED,SCHEDULED')
      await data(one, `mutation { startJob(id: ${id}) { job { id } } }`, { headers: ada })
      // Nobody waits until the word of the write has arrived, and nothing but that brings what is new.
      while ((await statuses(two)) !== 'QUEUED,QUEUED');
    })
  })

  it('join no query that began before a write through another one', async () => {
    const { id } = sandbox.vault.addJob({ status: 'SCHEDULED' })
    const [one, two] = fleet.replicas
    const query = '{ completedJobs { nodes { id } } }'
    await data(two, query, { headers: ada })
    sandbox.vault.calls.clear()
    const held = sandbox.vault.faults.add({ route: 'job-histories', answer: { kind: 'hold' }, times: 1 })
    const called = sandbox.vault.calls.next('job-histories')
    const asked = [data(two, query, { headers: ada })]
    await called
    await data(one, `mutation { startJob(id: ${id}) { job { id } } }`, { headers: ada })
    // The word of the write may arrive after the first of these.
    while (sandbox.vault.calls.count('job-histories') < 2) {
      asked.push(data(two, query, { headers: ada }))
      await data(two, '{ __typename }', { headers: ada })
    }
    held.release()
    await Promise.all(asked)
  })

  it('look at once for the followers of one what was changed through another', async () => {
    const env = {
      GATEWAY_SECRET: 'another secret makes another fleet',
      POLL_INTERVAL_MS: '3600000',
      JOB_STATUS_WINDOW_MS: '50',
    }
    await using rarelyPolling = await startFleet({ redisUrl: redis.url, sandbox, env })
    const [one, two] = rarelyPolling.replicas
    const { id } = sandbox.vault.addJob({ status: 'SCHEDULED' })
    await using leading = follow(one, id)
    assert.deepEqual(await next(leading), [null, 'SCHEDULED'])
    await using following = follow(two, id)
    assert.deepEqual(await next(following), [null, 'SCHEDULED'])
    await data(two, `mutation { startJob(id: ${id}) { job { status } } }`, { headers: ada })
    assert.deepEqual(await next(leading), ['SCHEDULED', 'QUEUED'])
    assert.deepEqual(await next(following), ['SCHEDULED', 'QUEUED'])
  })

  it('follow everything together, with one list a round', async () => {
    const query =
      'subscription { activeJobsUpdated(filter: { status: RUNNING }) { job { id } previousStatus } }'
    const followers = fleet.replicas.map((replica) => subscribe(replica, query, { connectionParams: robin }))
    await sandbox.vault.calls.next('job-monitors')
    const { id } = sandbox.vault.addJob({ status: 'RUNNING' })
    const job = { activeJobsUpdated: { job: { id: String(id) }, previousStatus: null } }
    for (const follower of followers) {
      for await (const { data: update } of follower) {
        if (JSON.stringify(update) === JSON.stringify(job)) break
      }
    }
    sandbox.vault.calls.clear()
    // Two intervals for three looks. Where each replica looked, that would never be; a machine that is busy for longer than a
    // lease lasts may have another one lead, and look at once.
    const atMs: number[] = []
    const isOneARound = () => (atMs.at(-1) ?? 0) - (atMs.at(-3) ?? Infinity) >= 2 * pollIntervalMs * 0.9
    while (!isOneARound()) atMs.push((await sandbox.vault.calls.next('job-monitors')).atMs)
    for (const follower of followers) await follower.leave()
  })

  it('tell all followers of an end that waiting cannot mend', async () => {
    sandbox.vault.addUser({ id: 9, sessionId: 'ending' })
    const { id } = sandbox.vault.addJob({ status: 'RUNNING' })
    const followers = fleet.replicas.map((replica) => follow(replica, id, { authorization: 'ending' }))
    for (const follower of followers) assert.deepEqual(await next(follower), [null, 'RUNNING'])
    sandbox.vault.endSession('ending')
    for (const follower of followers) {
      const { errors } = await follower.next()
      assert.equal(errors[0]?.extensions?.['code'], 'UNAUTHENTICATED')
      assert.match(errors[0]?.message ?? '', /^Vault refused/)
      assert.ok(await follower.completes())
    }
  })

  it('share a Redis by TLS and with a password, of which nothing is printed', async () => {
    await using server = await startTlsRedis()
    const env = { NODE_EXTRA_CA_CERTS: tlsCertificate, LOG_LEVEL: 'trace' }
    await using encrypted = await startFleet({ redisUrl: server.url, sandbox, env })
    const { id } = sandbox.vault.addJob({ status: 'RUNNING' })
    const query = `{ job(id: ${id}) { status method } }`
    for (const replica of encrypted.replicas) await data(replica, query, { headers: ada })
    assert.equal(sandbox.vault.calls.count('job-status'), 1)
    for (const replica of encrypted.replicas) {
      await replica.stop()
      assert.doesNotMatch(replica.stdout() + replica.stderr(), /a-password/)
    }
  })

  it('do without a Redis whose certificate nobody vouches for, and say so', async () => {
    await using server = await startTlsRedis()
    const env = { REDIS_URL: server.url, GATEWAY_SECRET: gatewaySecret, LOG_LEVEL: 'warn' }
    await using alone = await startGateway({ sandbox, env })
    assert.deepEqual(await (await fetch(`${alone.url}/readyz`)).json(), {
      status: 'ready',
      degraded: ['redis'],
    })
    const { reason } = await alone.logged(({ msg }) => /^Redis is out of reach/.test(String(msg)))
    assert.match(String(reason), /self-signed/)
    await alone.stop()
    assert.doesNotMatch(alone.stderr(), /a-password/)
  })

  it('tell all followers of a job that does not exist', async () => {
    for (const replica of fleet.replicas) {
      await using follower = follow(replica, 987_654)
      assert.equal((await follower.next()).errors[0]?.extensions?.['code'], 'NOT_FOUND')
    }
  })
})
