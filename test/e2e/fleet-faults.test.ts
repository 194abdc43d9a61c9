import assert from 'node:assert/strict'
import { after, afterEach, before, describe, it } from 'node:test'
import { createClient } from '@redis/client'
import { type Sandbox, startSandbox } from '../../src/sandbox/sandbox.ts'
import { gatewaySecret, probeUntil, startReplica } from '../support/fleet.ts'
import { type Gateway, startGateway } from '../support/gateway.ts'
import { type RedisServer, redisMissing, startRedis } from '../support/redis-server.ts'
import { startTcpProxy } from '../support/tcp-proxy.ts'
import { type Subscription, SubscriptionEnded, subscribe } from '../support/websocket.ts'

const connectionParams = { authorization: 'sandbox-demo' }
const pollIntervalMs = 1000
const windowMs = 500

interface Update {
  readonly jobUpdated: { readonly job: { readonly status: string; readonly runStartDate: string | null } }
}

describe('a fleet in trouble', { skip: redisMissing, timeout: 300_000 }, () => {
  let redis: RedisServer
  let sandbox: Sandbox
  const gateways: Gateway[] = []

  before(async () => {
    redis = await startRedis()
    sandbox = await startSandbox({ scene: 'empty', jobStatusWindowMs: windowMs })
  })
  after(async () => {
    await sandbox?.stop()
    await redis?.stop()
  })
  afterEach(async () => {
    await Promise.all(gateways.splice(0).map((gateway) => gateway.stop('SIGKILL')))
    sandbox.vault.calls.clear()
    sandbox.vault.faults.clear()
  })

  const env = { POLL_INTERVAL_MS: String(pollIntervalMs), JOB_STATUS_WINDOW_MS: String(windowMs) }
  /** Ends a gateway when its test has ended. */
  const endedWithTest = (gateway: Gateway) => {
    gateways.push(gateway)
    return gateway
  }
  const replica = async (redisUrl = redis.url) =>
    endedWithTest(await startReplica({ redisUrl, sandbox, env }))
  const follow = (gateway: Gateway, id: number) =>
    subscribe<Update>(gateway, `subscription { jobUpdated(id: ${id}) { job { status runStartDate } } }`, {
      connectionParams,
    })
  const status = async (subscription: Subscription<Update>) => {
    const { data, errors } = await subscription.next()
    assert.deepEqual(errors, [])
    return data?.jobUpdated.job.status
  }
  /** How long it took between two calls for one job's status, at the shortest. */
  const shortestGapMs = () => {
    const times = sandbox.vault.calls.of('job-status').map(({ atMs }) => atMs)
    return Math.min(...times.slice(1).map((atMs, index) => atMs - (times[index] ?? 0)))
  }

  it('the replica that polls is killed: another one goes on within two intervals, and asks no more than allowed', async () => {
    const { id } = sandbox.vault.addJob({ status: 'QUEUED' })
    const [one, two] = [await replica(), await replica()]
    const lost = follow(one, id)
    assert.equal(await status(lost), 'QUEUED')
    await using left = follow(two, id)
    assert.equal(await status(left), 'QUEUED')
    await one.stop('SIGKILL')
    const killedAtMs = Date.now()
    sandbox.vault.setJobStatus(id, 'SUCCESS')
    await assert.rejects(lost.next(), SubscriptionEnded)
    assert.equal(await status(left), 'SUCCESS')
    assert.ok(Date.now() - killedAtMs < 2 * pollIntervalMs)
    assert.ok(await left.completes())
    await using again = follow(two, id)
    assert.equal(await status(again), 'SUCCESS', 'who was on the other one misses nothing')
    assert.ok(shortestGapMs() >= windowMs)
  })

  it('the replica that polls is paused beyond its lease: it does not speak over its successor when it wakes', async () => {
    const { id } = sandbox.vault.addJob({ status: 'QUEUED' })
    const [one, two] = [await replica(), await replica()]
    await using paused = follow(one, id)
    assert.equal(await status(paused), 'QUEUED')
    await using successor = follow(two, id)
    assert.equal(await status(successor), 'QUEUED')
    // It falls asleep with an answer on its way that will be out of date.
    const held = sandbox.vault.faults.add({ route: 'job-status', answer: { kind: 'hold' } })
    await sandbox.vault.calls.next('job-status')
    one.process.kill('SIGSTOP')
    held.release()
    sandbox.vault.setJobStatus(id, 'RUNNING')
    assert.equal(await status(successor), 'RUNNING')
    one.process.kill('SIGCONT')
    assert.equal(await status(paused), 'RUNNING', 'nothing between, and nothing older afterwards')
    sandbox.vault.setJobStatus(id, 'SUCCESS')
    for (const each of [paused, successor]) {
      assert.equal(await status(each), 'SUCCESS')
      assert.ok(await each.completes())
    }
  })

  it('Redis goes away: each goes on alone and says so; it comes back empty, and one polls for all again', async () => {
    const { id } = sandbox.vault.addJob({ status: 'QUEUED' })
    const [one, two] = [await replica(), await replica()]
    await using first = follow(one, id)
    await using second = follow(two, id)
    for (const each of [first, second]) assert.equal(await status(each), 'QUEUED')
    await redis.stop()
    for (const each of [one, two]) await probeUntil(each, (text) => /redis/.test(text))
    assert.equal((await fetch(`${one.url}/readyz`)).status, 200, 'it still serves')
    sandbox.vault.setJobStatus(id, 'RUNNING')
    for (const each of [first, second]) assert.equal(await status(each), 'RUNNING')
    await redis.start()
    for (const each of [one, two]) await probeUntil(each, (text) => !/redis/.test(text))
    // A look that one of them began alone may still come.
    for (let round = 0; round < 2; round += 1) await sandbox.vault.calls.next('job-status')
    sandbox.vault.calls.clear()
    for (let round = 0; round < 5; round += 1) await sandbox.vault.calls.next('job-status')
    assert.ok(shortestGapMs() >= 0.9 * pollIntervalMs, 'one of them polls, and the other hears of it')
    sandbox.vault.setJobStatus(id, 'SUCCESS')
    for (const each of [first, second]) assert.equal(await status(each), 'SUCCESS')
  })

  it('Redis is full: each goes on alone, and together again when there is room', async () => {
    const client = createClient({ url: redis.url })
    await client.connect()
    const { id } = sandbox.vault.addJob({ status: 'QUEUED' })
    const [one, two] = [await replica(), await replica()]
    await using first = follow(one, id)
    await using second = follow(two, id)
    for (const each of [first, second]) assert.equal(await status(each), 'QUEUED')
    await client.configSet('maxmemory', '1')
    for (const each of [one, two]) await probeUntil(each, (text) => /redis/.test(text))
    sandbox.vault.setJobStatus(id, 'RUNNING')
    for (const each of [first, second]) assert.equal(await status(each), 'RUNNING')
    await client.configSet('maxmemory', '0')
    for (const each of [one, two]) await probeUntil(each, (text) => !/redis/.test(text))
    sandbox.vault.setJobStatus(id, 'SUCCESS')
    for (const each of [first, second]) assert.equal(await status(each), 'SUCCESS')
    client.destroy()
  })

  it('starts without Redis, and joins the others when it is there', async () => {
    await redis.stop()
    const { id } = sandbox.vault.addJob({ status: 'QUEUED' })
    const shared = { ...env, REDIS_URL: redis.url, GATEWAY_SECRET: gatewaySecret }
    const one = endedWithTest(await startGateway({ sandbox, env: shared }))
    await using first = follow(one, id)
    assert.equal(await status(first), 'QUEUED')
    await redis.start()
    await probeUntil(one, (text) => !/redis/.test(text))
    await using second = follow(await replica(), id)
    assert.equal(await status(second), 'QUEUED')
    sandbox.vault.setJobStatus(id, 'SUCCESS')
    for (const each of [first, second]) assert.equal(await status(each), 'SUCCESS')
  })

  it('one replica is cut off from Redis: it goes on alone, the others together, and then all of them', async () => {
    await using line = await startTcpProxy(redis.port)
    const { id } = sandbox.vault.addJob({ status: 'QUEUED' })
    const cutOff = await replica(`redis://127.0.0.1:${line.port}`)
    await using leading = follow(cutOff, id)
    assert.equal(await status(leading), 'QUEUED')
    await using following = follow(await replica(), id)
    assert.equal(await status(following), 'QUEUED')
    line.holdUp()
    await probeUntil(cutOff, (text) => /redis/.test(text))
    sandbox.vault.setJobStatus(id, 'RUNNING')
    for (const each of [leading, following]) assert.equal(await status(each), 'RUNNING')
    line.letThrough()
    await probeUntil(cutOff, (text) => !/redis/.test(text))
    sandbox.vault.setJobStatus(id, 'SUCCESS')
    for (const each of [leading, following]) {
      assert.equal(await status(each), 'SUCCESS')
      assert.ok(await each.completes())
    }
  })

  it('a replica with a thousand subscribers is drained: they connect elsewhere, and miss nothing', async () => {
    const { id } = sandbox.vault.addJob({ status: 'QUEUED' })
    const [one, two] = [await replica(), await replica()]
    const subscriptions = Array.from({ length: 1000 }, () => follow(one, id))
    for (const each of subscriptions) assert.equal(await status(each), 'QUEUED')
    const stopped = one.stop()
    sandbox.vault.setJobStatus(id, 'RUNNING')
    const moved = await Promise.all(
      subscriptions.map(async (each) => {
        const { code } = await each.closed
        assert.equal(code, 1012)
        return follow(two, id)
      }),
    )
    sandbox.vault.setJobStatus(id, 'SUCCESS')
    const last = await Promise.all(
      moved.map(async (each) => {
        let seen = await status(each)
        while (seen !== 'SUCCESS') seen = await status(each)
        return each.completes()
      }),
    )
    assert.ok(last.every((isComplete) => isComplete))
    assert.equal(await stopped, 0)
  })
})
