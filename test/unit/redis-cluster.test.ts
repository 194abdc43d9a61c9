import assert from 'node:assert/strict'
import { afterEach, describe, it } from 'node:test'
import { createSealedBytes } from '../../src/core/sealed-bytes.ts'
import { systemClock } from '../../src/core/time.ts'
import { createRedisBus } from '../../src/fleet/redis-bus.ts'
import { createRedisConnection, type RedisConnection, scriptOf } from '../../src/fleet/redis-connection.ts'
import { type RedisCluster, redisMissing, startRedisCluster } from '../support/redis-server.ts'

const sealed = createSealedBytes(['a-secret-of-enough-length'], 'test')
const channel = 'vaultline:{x}:news'
const write = scriptOf("return redis.call('SET', KEYS[1], 'x')")

async function until(isThere: () => boolean): Promise<void> {
  while (!isThere()) await new Promise((resolve) => setImmediate(resolve))
}

/** A key whose slot is at another server than that of `channel`. */
async function keyElsewhere(cluster: RedisCluster): Promise<string> {
  const server = await cluster.serverOf(channel)
  for (let count = 0; ; count += 1) {
    const key = `vaultline:{elsewhere ${count}}`
    if ((await cluster.serverOf(key)) !== server) return key
  }
}

describe('a cluster of Redis', { skip: redisMissing, timeout: 300_000 }, () => {
  const closing: (() => Promise<void>)[] = []
  afterEach(async () => {
    await Promise.all(closing.splice(0).map((close) => close()))
  })

  const connectTo = async ({ urls }: RedisCluster, onFailure: (error: unknown) => void = () => {}) => {
    const connection = createRedisConnection({ urls, clock: systemClock, onFailure })
    closing.push(connection.close)
    await until(connection.isConnected)
    return connection
  }
  /** Hears the channel again whenever it is lost, as who wants to hear it has to. */
  const hearing = async (connection: RedisConnection) => {
    const heard: string[] = []
    let lost = 0
    const listener = {
      onMessage: (bytes: Buffer) => void heard.push(String(bytes)),
      onLost() {
        lost += 1
      },
    }
    await connection.subscribe(channel, listener)
    return { heard, lost: () => lost, again: () => connection.subscribe(channel, listener) }
  }

  it('tells that a channel is lost whose server has left with its slots, and what fails then ends nothing', async () => {
    await using cluster = await startRedisCluster()
    const connection = await connectTo(cluster)
    const { lost } = await hearing(connection)
    const elsewhere = await keyElsewhere(cluster)
    const server = await cluster.serverOf(channel)
    await server.stop()
    await cluster.forget(server)
    // The connection learns of both when it is told that something else has moved.
    await cluster.move(elsewhere, async () => {}, server)
    await connection.run(write, [elsewhere], [])
    await assert.rejects(connection.run(write, [channel], []), /no server of the cluster is responsible/)
    assert.ok(lost() >= 1)
  })

  it('is out of reach as long as one of its servers is, however often the others are heard of, and heard again then', async () => {
    await using cluster = await startRedisCluster()
    let refusals = 0
    const connection = await connectTo(cluster, (error) => {
      if (error instanceof Error && error.message.includes('ECONNREFUSED')) refusals += 1
    })
    const { lost, again, heard } = await hearing(connection)
    const server = await cluster.serverOf(channel)
    const changes: boolean[] = []
    const publish = () => connection.publish(channel, Buffer.from('lost')).catch(() => {})
    connection.watch((isConnected) => {
      changes.push(isConnected)
      if (isConnected && changes.length > 1 && refusals < 12) void publish()
    })
    await server.stop()
    await until(() => lost() > 0)
    await publish()
    await until(() => refusals >= 12)
    assert.deepEqual(changes, [false])
    await server.start()
    await until(connection.isConnected)
    await again()
    await connection.publish(channel, Buffer.from('news'))
    await until(() => heard.length > 0)
    assert.deepEqual([changes, heard], [[false, true], ['news']])
  })

  it('is heard again where a slot has moved whose new server did not know of it yet', async () => {
    await using cluster = await startRedisCluster()
    const buses = [cluster, cluster].map(({ urls }) => {
      const redis = createRedisConnection({ urls, clock: systemClock, onFailure: () => {} })
      const bus = createRedisBus({ redis, sealed, clock: systemClock, leaseMs: 500 })
      closing.push(bus.close)
      return bus
    })
    await until(() => buses.every((bus) => bus.isConnected()))
    const announcements = `vaultline:{${sealed.nameOf('announcements')}}`
    await cluster.move(announcements, () => until(() => buses.every((bus) => !bus.isConnected())))
    await until(() => buses.every((bus) => bus.isConnected()))
    const heard = Promise.withResolvers<string>()
    const [first, second] = buses
    second?.listen('changed', heard.resolve)
    first?.announce('changed', 'job 7')
    assert.equal(await heard.promise, 'job 7')
  })
})
