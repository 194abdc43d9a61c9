import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { systemClock } from '../../src/core/time.ts'
import { createRedisConnection, scriptOf } from '../../src/fleet/redis-connection.ts'
import { redisMissing, startRedis } from '../support/redis-server.ts'

describe('a connection to Redis', { skip: redisMissing, timeout: 20_000 }, () => {
  it('does not take a server that does not know a script yet for one out of reach', async (t) => {
    await using server = await startRedis()
    const redis = createRedisConnection({ urls: [server.url], clock: systemClock, onFailure: () => {} })
    t.after(() => redis.close())
    const changes: boolean[] = []
    const { promise: isThere, resolve } = Promise.withResolvers<void>()
    redis.watch((isConnected) => {
      changes.push(isConnected)
      resolve()
    })
    await isThere
    assert.equal(await redis.run(scriptOf('return 7'), ['key'], []), 7)
    assert.deepEqual(changes, [true])
  })
})
