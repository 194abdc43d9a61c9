import assert from 'node:assert/strict'
import { after, afterEach, before, describe, it } from 'node:test'
import { createClient } from '@redis/client'
import { createSealedBytes } from '../../src/core/sealed-bytes.ts'
import { type Clock, systemClock } from '../../src/core/time.ts'
import type { Bus, Role, Seat, Wants } from '../../src/fleet/bus.ts'
import { createMemoryHub } from '../../src/fleet/memory-bus.ts'
import { createRedisBus } from '../../src/fleet/redis-bus.ts'
import { createRedisConnection, type RedisConnection, scriptOf } from '../../src/fleet/redis-connection.ts'
import { createFakeClock } from '../support/fake-clock.ts'
import { type RedisServer, redisMissing, startRedis, startRedisCluster } from '../support/redis-server.ts'
import { startTcpProxy } from '../support/tcp-proxy.ts'

/** How each adapter connects one replica. */
interface Adapter {
  readonly name: string
  readonly skip: string | false
  open(): Promise<() => Bus>
  close(): Promise<void>
}

const sealed = createSealedBytes(['a-secret-of-enough-length'], 'test')
/** Nobody is to lose the lead because this process had to wait for a core. */
const longLeaseMs = 10_000
const connectionTo = (urls: readonly [string, ...string[]], clock: Clock = systemClock) =>
  createRedisConnection({ urls, clock, onFailure: () => {} })
const busBy = (redis: RedisConnection, leaseMs: number, clock: Clock = systemClock) =>
  createRedisBus({ redis, sealed, clock, leaseMs })
const replicaOn = (urls: readonly [string, ...string[]]) => () => busBy(connectionTo(urls), longLeaseMs)

async function until(isThere: () => boolean): Promise<void> {
  while (!isThere()) await new Promise((resolve) => setImmediate(resolve))
}

/** A Redis for one suite, and its connections, which close with it. */
function redisOfSuite() {
  const connections: RedisConnection[] = []
  let server: RedisServer
  before(async () => {
    server = await startRedis()
  })
  after(async () => {
    await Promise.all(connections.map((connection) => connection.close()))
    await server?.stop()
  })
  return {
    connections,
    connect(clock?: Clock): RedisConnection {
      const connection = connectionTo([server.url], clock)
      connections.push(connection)
      return connection
    },
  }
}

let servers: AsyncDisposable | undefined
const close = async () => servers?.[Symbol.asyncDispose]()

const adapters: readonly Adapter[] = [
  {
    name: 'memory',
    skip: false,
    async open() {
      const hub = createMemoryHub()
      return () => hub.connect()
    },
    async close() {},
  },
  {
    name: 'Redis',
    skip: redisMissing,
    async open() {
      const server = await startRedis()
      servers = server
      return replicaOn([server.url])
    },
    close,
  },
  {
    name: 'a cluster',
    skip: redisMissing,
    async open() {
      const cluster = await startRedisCluster()
      servers = cluster
      return replicaOn(cluster.urls)
    },
    close,
  },
]

/** One who waits for what a replica is told. */
function memberOf(bus: Bus, topic = 'topic') {
  const log: string[] = []
  let news = Promise.withResolvers<void>()
  const put = (entry: string) => {
    log.push(entry)
    news.resolve()
    news = Promise.withResolvers()
  }
  const seat: Seat = bus.join(topic, {
    onRole: (role) => put(role),
    onWants: (wants, repeat) =>
      put(`wants ${[...wants.keys.keys()].join()}${wants.all ? '*' : ''} repeat ${repeat.keys.join()}`),
    onHurry: ({ keys }) => put(`hurry ${keys.join()}`),
    onNews: (bytes) => put(`news ${Buffer.from(bytes)}`),
  })
  return {
    seat,
    log,
    async until(isThere: (log: readonly string[]) => boolean): Promise<void> {
      while (!isThere(log)) await news.promise
    },
    async role(role: Role): Promise<void> {
      while (seat.role() !== role) await news.promise
    },
    tell: (text: string) => seat.tell(() => Buffer.from(text)),
  }
}

const wantsOf = (...keys: readonly string[]): Wants => ({
  keys: new Map(keys.map((key) => [key, false])),
  all: false,
})

for (const adapter of adapters) {
  describe(`the bus by ${adapter.name}`, { skip: adapter.skip, timeout: 300_000 }, () => {
    let connect: () => Bus
    const buses: Bus[] = []
    const replica = async () => {
      const bus = connect()
      buses.push(bus)
      // Connected means that the next to come joins a topic that this one may lead already.
      await until(bus.isConnected)
      return bus
    }
    before(async () => {
      connect = await adapter.open()
    })
    afterEach(async () => {
      await Promise.all(buses.splice(0).map((bus) => bus.close()))
    })
    after(() => adapter.close())

    it('lets one of all replicas lead a topic', async () => {
      const first = memberOf(await replica(), 'one leads')
      await first.role('leading')
      const second = memberOf(await replica(), 'one leads')
      second.seat.want(wantsOf('a'))
      await first.until((log) => log.some((entry) => entry.startsWith('wants a')))
      assert.equal(second.seat.role(), 'following')
    })

    it('tells the leader what is wanted elsewhere, all together, and what to repeat', async () => {
      const leader = memberOf(await replica(), 'wants')
      await leader.role('leading')
      const [second, third] = [memberOf(await replica(), 'wants'), memberOf(await replica(), 'wants')]
      second.seat.want(wantsOf('a'))
      await leader.until((log) => log.includes('wants a repeat a'))
      third.seat.want(wantsOf('b'))
      await leader.until((log) => log.includes('wants a,b repeat b'))
      second.seat.want(wantsOf('a', 'c'))
      await leader.until((log) => log.some((entry) => /^wants (a,c,b|b,a,c|a,b,c) repeat c$/.test(entry)))
      third.seat.leave()
      await leader.until((log) => log.includes('wants a,c repeat '))
    })

    it('brings news to all who follow, in order, and to no other topic', async () => {
      const leader = memberOf(await replica(), 'news')
      await leader.role('leading')
      const followers = [memberOf(await replica(), 'news'), memberOf(await replica(), 'news')]
      const stranger = memberOf(await replica(), 'other news')
      for (const [index, { seat }] of followers.entries()) seat.want(wantsOf(`key ${index}`))
      for (const index of [0, 1])
        await leader.until((log) => log.some((entry) => entry.includes(`repeat key ${index}`)))
      for (const text of ['one', 'two', 'three']) leader.tell(text)
      for (const { until, log } of followers) {
        await until((entries) => entries.includes('news three'))
        assert.deepEqual(
          log.filter((entry) => entry.startsWith('news')),
          ['news one', 'news two', 'news three'],
        )
      }
      assert.equal(
        stranger.log.some((entry) => entry.startsWith('news')),
        false,
      )
      assert.equal(
        leader.log.some((entry) => entry.startsWith('news')),
        false,
      )
    })

    it('brings news to who leaves and comes again in the same turn', async () => {
      const leader = memberOf(await replica(), 'again')
      await leader.role('leading')
      const bus = await replica()
      const before = memberOf(bus, 'again')
      before.seat.want(wantsOf('a'))
      await leader.until((log) => log.includes('wants a repeat a'))
      before.seat.leave()
      const follower = memberOf(bus, 'again')
      follower.seat.want(wantsOf('b'))
      await leader.until((log) => log.includes('wants b repeat b'))
      leader.tell('one')
      await follower.until((log) => log.includes('news one'))
      assert.deepEqual(
        before.log.filter((entry) => entry.startsWith('news')),
        [],
      )
    })

    it('does not make news that nobody else wants', async () => {
      const leader = memberOf(await replica(), 'nobody')
      await leader.role('leading')
      leader.seat.tell(() => assert.fail('nobody hears this'))
    })

    it('hands the lead on when the leader leaves, with all that is wanted', async () => {
      const leader = memberOf(await replica(), 'leave')
      await leader.role('leading')
      const [second, third] = [memberOf(await replica(), 'leave'), memberOf(await replica(), 'leave')]
      second.seat.want(wantsOf('a'))
      third.seat.want(wantsOf('b'))
      await leader.until((log) => log.some((entry) => /^wants (a,b|b,a) /.test(entry)))
      leader.seat.leave()
      const next = await Promise.race([
        second.role('leading').then(() => ({ next: second, other: 'b' })),
        third.role('leading').then(() => ({ next: third, other: 'a' })),
      ])
      await next.next.until((log) => log.includes(`wants ${next.other} repeat ${next.other}`))
      assert.notEqual(second.seat.role(), third.seat.role())
      assert.notEqual(leader.seat.role(), 'leading')
    })

    it('tells who leads, and all others at a topic, what was changed elsewhere', async () => {
      const leader = memberOf(await replica(), 'hurry')
      await leader.role('leading')
      // Who asks need not follow anything.
      const second = await replica()
      const third = memberOf(await replica(), 'hurry')
      third.seat.want(wantsOf('c'))
      await leader.until((log) => log.includes('wants c repeat c'))
      second.hurry('hurry', { keys: ['a', 'b'], all: false })
      for (const { until } of [leader, third]) await until((log) => log.includes('hurry a,b'))
    })

    it('brings announcements to all other replicas, by their name', async () => {
      const [first, second, third] = [await replica(), await replica(), await replica()]
      const heard: string[] = []
      const all = Promise.withResolvers<void>()
      for (const [index, bus] of [first, second, third].entries()) {
        bus.listen('changed', (detail) => {
          heard.push(`${index} ${detail}`)
          if (heard.length === 2) all.resolve()
        })
        bus.listen('other', () => assert.fail('of another name'))
      }
      first.announce('changed', 'job 7')
      await all.promise
      assert.deepEqual(heard.toSorted(), ['1 job 7', '2 job 7'])
    })

    it('gives each term of a leader a name of its own', async () => {
      const first = memberOf(await replica(), 'terms')
      await first.role('leading')
      const second = memberOf(await replica(), 'terms')
      const term = first.seat.term()
      first.seat.leave()
      await second.role('leading')
      assert.notEqual(second.seat.term(), term)
    })
  })
}

describe('a lease in Redis', { skip: redisMissing, timeout: 300_000 }, () => {
  const leaseMs = 300
  const { connect, connections } = redisOfSuite()

  const replica = async (clock: Clock = systemClock) => {
    const bus = busBy(connect(clock), leaseMs, clock)
    await until(bus.isConnected)
    return bus
  }

  it('that has run out speaks no more, though its holder does not know: a process that was paused', async () => {
    // Its time stands still, so that it neither renews its lease nor sees it end.
    const asleep = memberOf(await replica(createFakeClock()), 'fence')
    await asleep.role('leading')
    const follower = memberOf(await replica(), 'fence')
    follower.seat.want(wantsOf('a'))
    await asleep.until((log) => log.some((entry) => entry.startsWith('wants a')))
    const successor = memberOf(await replica(), 'fence')
    const next = await Promise.race([follower, successor].map((one) => one.role('leading').then(() => one)))
    const other = next === follower ? successor : follower
    other.seat.want(wantsOf('b'))
    await next.until((log) => log.some((entry) => entry.startsWith('wants b')))
    asleep.tell('out of date')
    await asleep.role('following')
    next.tell('of now')
    await other.until((log) => log.includes('news of now'))
    for (const { log } of [next, other]) assert.equal(log.includes('news out of date'), false)
  })

  it('begins a term that counts more than those before, also where Redis has forgotten them', async () => {
    const first = memberOf(await replica(), 'terms forgotten')
    await first.role('leading')
    const [second, third] = [
      memberOf(await replica(), 'terms forgotten'),
      memberOf(await replica(), 'terms forgotten'),
    ]
    first.seat.leave()
    const pair = [
      { leader: second, follower: third },
      { leader: third, follower: second },
    ]
    const leading = () => Promise.race(pair.map((one) => one.leader.role('leading').then(() => one)))
    const hear = async (text: string) => {
      const { leader, follower } = await leading()
      follower.seat.want(wantsOf(text))
      await leader.until((log) => log.some((entry) => entry.startsWith(`wants ${text}`)))
      leader.tell(text)
      await follower.until((log) => log.includes(`news ${text}`))
      return leader
    }
    const before = await hear('before')
    await connections.at(-1)?.run(scriptOf("return redis.call('FLUSHALL')"), [], [])
    await before.role('following')
    await hear('after')
  })

  it('ends for its holder as soon as it may have run out', async () => {
    const clock = createFakeClock()
    const leader = memberOf(await replica(clock), 'lapse')
    await leader.role('leading')
    const term = leader.seat.term()
    clock.advance(leaseMs / 3 - 1)
    assert.equal(leader.seat.term(), term)
    // Asleep for longer than a lease, it wakes and has not yet heard from Redis.
    clock.advance(leaseMs)
    assert.notEqual(leader.seat.term(), term)
  })
})

describe('a channel in Redis', { skip: redisMissing, timeout: 300_000 }, () => {
  const { connect } = redisOfSuite()

  /** @param subscribing called before each subscription: it holds back or breaks what it wants to */
  const replica = async (subscribing: () => Promise<void> = async () => {}, leaseMs = longLeaseMs) => {
    const redis = connect()
    const connection: RedisConnection = {
      ...redis,
      async subscribe(channel, listener) {
        await subscribing()
        await redis.subscribe(channel, listener)
      },
    }
    const bus = busBy(connection, leaseMs)
    await until(redis.isConnected)
    return bus
  }

  it('is heard before a replica says what it wants: the answer would be lost', async () => {
    const leader = memberOf(await replica(), 'hearing late')
    await leader.role('leading')
    const asked = Promise.withResolvers<void>()
    const gate = Promise.withResolvers<void>()
    let isJoining = false
    const late = await replica(async () => {
      if (!isJoining) return
      asked.resolve()
      await gate.promise
    })
    isJoining = true
    const follower = memberOf(late, 'hearing late')
    follower.seat.want(wantsOf('a'))
    await asked.promise
    const other = memberOf(await replica(), 'hearing late')
    other.seat.want(wantsOf('b'))
    await leader.until((log) => log.includes('wants b repeat b'))
    gate.resolve()
    await leader.until((log) => log.some((entry) => /^wants (a,b|b,a) repeat a$/.test(entry)))
    leader.tell('the state of a')
    await follower.until((log) => log.includes('news the state of a'))
  })

  it('is subscribed to again where that failed, and meanwhile the replica looks for itself', async () => {
    const leader = memberOf(await replica(), 'hearing again')
    await leader.role('leading')
    let failures = 0
    const follower = memberOf(
      await replica(async () => {
        // Once for the announcements, once for the topic.
        if (failures++ < 2) throw new Error('the connection broke')
      }, 300),
      'hearing again',
    )
    follower.seat.want(wantsOf('a'))
    await follower.role('alone')
    await follower.role('following')
    await leader.until((log) => log.includes('wants a repeat a'))
    leader.tell('the state of a')
    await follower.until((log) => log.includes('news the state of a'))
  })

  it('of announcements is subscribed to again where that failed, and the bus does not count as whole before', async () => {
    let failures = 0
    const listening = await replica(async () => {
      if (failures++ < 1) throw new Error('the connection broke')
    }, 300)
    assert.equal(listening.isConnected(), false)
    const heard = Promise.withResolvers<string>()
    listening.listen('changed', heard.resolve)
    await until(listening.isConnected)
    ;(await replica()).announce('changed', 'job 7')
    assert.equal(await heard.promise, 'job 7')
  })
})

describe('a connection to Redis', { skip: redisMissing, timeout: 300_000 }, () => {
  it('counts as broken while the server stands still, and as whole when it goes on, though it never broke', async () => {
    await using server = await startRedis()
    const connection = connectionTo([server.url])
    const changes: boolean[] = []
    let changed = Promise.withResolvers<void>()
    connection.watch((isConnected) => {
      changes.push(isConnected)
      changed.resolve()
      changed = Promise.withResolvers()
    })
    const heard = async (count: number) => {
      while (changes.length < count) await changed.promise
    }
    await heard(1)
    server.pause()
    await assert.rejects(connection.publish('vaultline:{x}', Buffer.from('x')), /no answer in 1000 ms/)
    server.resume()
    await heard(3)
    assert.deepEqual(changes, [true, false, true])
    await connection.close()
  })

  it('goes to the successor of a server that has become its replica, and hears what is told there', async () => {
    await using before = await startRedis()
    await using successor = await startRedis()
    await using line = await startTcpProxy(before.port)
    const urls = [`redis://127.0.0.1:${line.port}`] as const
    const connection = connectionTo(urls)
    const heard = Promise.withResolvers<string>()
    await connection.subscribe('vaultline:{x}', {
      onMessage: (bytes) => heard.resolve(String(bytes)),
      onLost() {},
    })
    await until(connection.isConnected)
    line.leadTo(successor.port)
    const write = scriptOf("return redis.call('SET', KEYS[1], 'x')")
    const operator = createClient({ url: before.url })
    await operator.connect()
    await operator.sendCommand(['REPLICAOF', '127.0.0.1', String(successor.port)])
    await operator.close()
    await assert.rejects(connection.run(write, ['vaultline:{x}'], []), /READONLY/)
    assert.equal(connection.isConnected(), false)
    await until(connection.isConnected)
    await connection.run(write, ['vaultline:{x}'], [])
    const other = connectionTo([successor.url])
    await until(other.isConnected)
    await other.publish('vaultline:{x}', Buffer.from('news'))
    assert.equal(await heard.promise, 'news')
    await Promise.all([connection.close(), other.close()])
  })
})
