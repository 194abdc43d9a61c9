import assert from 'node:assert/strict'
import { describe, it, type TestContext } from 'node:test'
import { createClient } from '@redis/client'
import { type Clock, systemClock } from '../../src/core/time.ts'
import { createFleet } from '../../src/fleet/fleet.ts'
import { createRedisConnection, scriptOf } from '../../src/fleet/redis-connection.ts'
import { freePort } from '../support/free-port.ts'
import { redisMissing, startRedis } from '../support/redis-server.ts'
import { startTcpProxy } from '../support/tcp-proxy.ts'

/** A connection that ends with its test, and what becomes of it. */
function connectTo(t: TestContext, port: number, clock: Clock = systemClock) {
  const failures: string[] = []
  const changes: boolean[] = []
  let news = Promise.withResolvers<void>()
  const tell = () => {
    news.resolve()
    news = Promise.withResolvers()
  }
  const redis = createRedisConnection({
    urls: [`redis://127.0.0.1:${port}`],
    clock,
    onFailure(error) {
      failures.push(String(error))
      tell()
    },
  })
  t.after(() => redis.close())
  redis.watch((isConnected) => {
    changes.push(isConnected)
    tell()
  })
  return {
    redis,
    failures,
    changes,
    async until(isThere: () => boolean): Promise<void> {
      while (!isThere()) await news.promise
    },
  }
}

const nobody = { onMessage() {}, onLost() {} }

/** Says something to a server that no gateway says. */
async function operator<Answer>(url: string, ...command: readonly string[]) {
  const client = await createClient({ url }).connect()
  const answer = await client.sendCommand<Answer>(command)
  client.destroy()
  return answer
}

describe('a connection to Redis', { skip: redisMissing, timeout: 300_000 }, () => {
  it('does not take a server that does not know a script yet for one out of reach', async (t) => {
    await using server = await startRedis()
    const { redis, changes, until } = connectTo(t, server.port)
    await until(() => changes.length > 0)
    assert.equal(await redis.run(scriptOf('return 7'), ['key'], []), 7)
    assert.deepEqual(changes, [true])
  })

  it('is out of reach, and not again and again, as long as a server refuses its subscriptions', async (t) => {
    await using server = await startRedis()
    const { redis, failures, changes, until } = connectTo(t, server.port)
    await until(redis.isConnected)
    await operator(server.url, 'ACL', 'SETUSER', 'default', 'resetchannels')
    await assert.rejects(redis.subscribe('vaultline:{x}', nobody), /NOPERM/)
    await until(() => failures.filter((failure) => failure.includes('NOPERM')).length >= 2)
    assert.deepEqual(changes, [true, false])
    await operator(server.url, 'ACL', 'SETUSER', 'default', 'allchannels')
    await until(redis.isConnected)
    assert.deepEqual(changes, [true, false, true])
  })

  it('says to the operator what a server refuses', async (t) => {
    await using server = await startRedis()
    await operator(server.url, 'ACL', 'SETUSER', 'default', 'resetchannels')
    const told = Promise.withResolvers<string>()
    const fleet = createFleet({
      urls: [server.url],
      secrets: ['a-secret-of-enough-length'],
      kind: 'test',
      pollIntervalMs: 1000,
      clock: systemClock,
      onReach(isInReach, reason) {
        if (!isInReach) told.resolve(reason)
      },
    })
    t.after(fleet.close)
    assert.match(await told.promise, /^NOPERM .*channels/)
  })

  it('tries a server that is away once at a time, however many commands fail', async (t) => {
    let waiting = 0
    let most = 0
    const clock: Clock = {
      ...systemClock,
      after(delayMs, callback) {
        waiting += 1
        most = Math.max(most, waiting)
        const end = () => {
          waiting -= 1
        }
        const timer = systemClock.after(delayMs, () => {
          end()
          callback()
        })
        return {
          cancel() {
            end()
            timer.cancel()
          },
        }
      },
    }
    const { redis, failures, until } = connectTo(t, await freePort(), clock)
    const refusals = () => failures.filter((failure) => failure.includes('ECONNREFUSED')).length
    for (let count = 1; count <= 8; count += 1) {
      await until(() => refusals() >= count)
      await assert.rejects(redis.publish('vaultline:{x}', Buffer.from('x')))
    }
    // One that tries, and one of the command that is under way.
    assert.equal(most, 2)
  })

  it('subscribes to nothing again that was being given up as it broke', async (t) => {
    await using server = await startRedis()
    await using line = await startTcpProxy(server.port)
    const { redis, changes, until } = connectTo(t, line.port)
    const channels = ['vaultline:{a}', 'vaultline:{b}']
    let heard = 0
    const listener = {
      ...nobody,
      onMessage() {
        heard += 1
      },
    }
    for (const channel of channels) await redis.subscribe(channel, listener)
    await until(redis.isConnected)
    line.holdUp()
    for (const channel of channels) redis.unsubscribe(channel, listener)
    // They are on their way when this has been tried in vain.
    await assert.rejects(redis.publish('vaultline:{c}', Buffer.from('x')), /no answer/)
    line.cut()
    await until(() => changes.at(-1) === true && redis.isConnected())
    assert.deepEqual(await operator(server.url, 'PUBSUB', 'SHARDCHANNELS'), [])
    await redis.publish('vaultline:{a}', Buffer.from('x'))
    assert.equal(heard, 0)
  })
})
