import assert from 'node:assert/strict'
import { beforeEach, describe, it } from 'node:test'
import { createSealedBytes } from '../../src/core/sealed-bytes.ts'
import type { Seat } from '../../src/fleet/bus.ts'
import { claimLease } from '../../src/fleet/lease-scripts.ts'
import { createRedisBus } from '../../src/fleet/redis-bus.ts'
import type { RedisConnection } from '../../src/fleet/redis-connection.ts'
import { createFakeClock, type FakeClock } from '../support/fake-clock.ts'
import { settled } from '../support/settled.ts'
import {
  createSimulatedRedis,
  type SimulatedRedis,
  type SimulatedRedisLink,
} from '../support/simulated-redis.ts'

const sealed = createSealedBytes(['a-secret-of-enough-length'], 'test')

let clock: FakeClock
let redis: SimulatedRedis
beforeEach(() => {
  clock = createFakeClock()
  redis = createSimulatedRedis(clock)
})

async function pass(ms: number) {
  const untilMs = clock.now() + ms
  while (clock.now() < untilMs) {
    clock.advance(Math.min(untilMs - clock.now(), clock.untilNextMs()))
    await settled()
  }
}

function replica(leaseMs = 600, over: (link: SimulatedRedisLink) => RedisConnection = (link) => link) {
  const link = over(redis.connect(clock, () => 1))
  return createRedisBus({
    redis: link,
    sealed,
    clock,
    leaseMs,
  })
}

/** A connection whose subscriptions but that to announcements, the first one, wait for a gate; and in which order they were sent. */
function gated() {
  const gate = Promise.withResolvers<void>()
  const sent: string[] = []
  let count = 0
  const over = (link: SimulatedRedisLink): RedisConnection => ({
    ...link,
    async subscribe(channel, listener) {
      count += 1
      if (count > 1) await gate.promise
      sent.push('subscribe')
      await link.subscribe(channel, listener)
    },
    unsubscribe(channel, listener) {
      sent.push('unsubscribe')
      link.unsubscribe(channel, listener)
    },
  })
  return { over, sent, open: () => gate.resolve(), count: () => count }
}

/** A replica at a topic, and what it hears. */
function member(bus = replica()) {
  const news: string[] = []
  const wants: string[] = []
  const seat: Seat = bus.join('topic', {
    onRole() {},
    onWants: ({ keys }) => wants.push([...keys.keys()].join()),
    onHurry() {},
    onNews: (bytes) => news.push(Buffer.from(bytes).toString()),
  })
  return {
    seat,
    news,
    wants,
    want: (...keys: readonly string[]) =>
      seat.want({ keys: new Map(keys.map((key) => [key, false])), all: false }),
    tell: (text: string) => seat.tell(() => Buffer.from(text)),
  }
}

describe('a bus by Redis', () => {
  it('brings the news of a leader whose term began after the clock of Redis was put back', async () => {
    const first = member()
    await pass(10)
    const [second, third] = [member(), member()]
    for (const one of [second, third]) one.want('a')
    await pass(1000)
    first.tell('one')
    await pass(10)
    redis.putBack(3_600_000)
    first.seat.leave()
    await pass(1000)
    const [leader, follower] = second.seat.role() === 'leading' ? [second, third] : [third, second]
    leader.tell('two')
    await pass(10)
    assert.deepEqual(follower.news, ['one', 'two'])
  })

  it('does not forget who says less often that it is there, since its interval is longer', async () => {
    const leader = member(replica(600))
    await pass(10)
    const follower = member(replica(5000))
    follower.want('a')
    await pass(20_000)
    assert.deepEqual(
      leader.wants.filter((wants) => wants === ''),
      [],
    )
    leader.tell('one')
    await pass(10)
    assert.deepEqual(follower.news, ['one'])
  })

  it('says what is wanted once in a while, however many come one by one', async () => {
    const leader = member()
    await pass(10)
    const follower = member()
    const keys: string[] = []
    for (let count = 0; count < 200; count += 1) {
      keys.push(`job ${count}`)
      follower.want(...keys)
      await pass(1)
    }
    await pass(60)
    assert.equal(leader.wants.at(-1), keys.join())
    assert.ok(leader.wants.length <= 6, `${leader.wants.length} messages for 200 keys in 200 ms`)
  })

  it('is left alone after a second where a topic cannot be heard, says so once, and disturbs nobody until it can', async () => {
    const leader = member()
    await pass(10)
    const other = member()
    other.want('b')
    await pass(10)
    const { over, open, count } = gated()
    const deaf = member(replica(600, over))
    deaf.want('a')
    await pass(900)
    assert.equal(deaf.seat.role(), 'following')
    await pass(4000)
    assert.deepEqual([deaf.seat.role(), count()], ['alone', 2])
    assert.deepEqual(leader.wants, ['b'])
    open()
    await pass(1000)
    leader.tell('one')
    await pass(10)
    assert.deepEqual([deaf.seat.role(), deaf.news], ['following', ['one']])
  })

  it('hears a topic no more that was left while it was being subscribed to', async () => {
    const { over, sent, open } = gated()
    const leaving = member(replica(600, over))
    await pass(10)
    leaving.seat.leave()
    open()
    await pass(100)
    assert.deepEqual(sent, ['subscribe', 'subscribe', 'unsubscribe'])
  })

  it('hears a topic that was left and joined again while it was being subscribed to', async () => {
    const leader = member()
    await pass(10)
    const bus = replica()
    await pass(10)
    const leaving = member(bus)
    // The subscription has arrived, and its answer has not.
    await pass(1)
    leaving.seat.leave()
    const again = member(bus)
    again.want('a')
    await pass(100)
    leader.tell('one')
    await pass(10)
    assert.deepEqual(again.news, ['one'])
  })

  it('hears a topic again that the server has forgotten without a word, whether it leads or follows', async () => {
    for (const isLeader of [true, false]) {
      const links: SimulatedRedisLink[] = []
      const kept = (link: SimulatedRedisLink) => {
        links.push(link)
        return link
      }
      const leader = member(replica(600, kept))
      await pass(10)
      const follower = member(replica(600, kept))
      follower.want('a')
      await pass(1000)
      links[isLeader ? 0 : 1]?.deafen()
      await pass(2000)
      follower.want('a', 'b')
      await pass(100)
      assert.equal(leader.wants.at(-1), 'a,b')
      leader.tell('one')
      await pass(10)
      assert.deepEqual(follower.news, ['one'])
      for (const { seat } of [leader, follower]) seat.leave()
      await pass(1000)
    }
  })

  it('stays alone where it is told who leads when Redis is out of reach already: of a cluster, one server may answer still', async () => {
    const leader = member()
    await pass(10)
    let isInReach = true
    let isBreaking = false
    let onReach = (_isInReach: boolean) => {}
    const breaking = (link: SimulatedRedisLink): RedisConnection => ({
      ...link,
      isConnected: () => isInReach,
      watch(onChange) {
        onReach = onChange
      },
      run(script, keys, given) {
        const answer = link.run(script, keys, given)
        if (isBreaking && script === claimLease) {
          isInReach = false
          onReach(false)
        }
        return answer
      },
    })
    const follower = member(replica(600, breaking))
    await pass(100)
    assert.equal(follower.seat.role(), 'following')
    isBreaking = true
    await pass(2000)
    assert.deepEqual([leader.seat.role(), follower.seat.role()], ['leading', 'alone'])
    isBreaking = false
    isInReach = true
    onReach(true)
    await pass(100)
    assert.equal(follower.seat.role(), 'following')
  })

  it('hears announcements again that the server has forgotten without a word, and says meanwhile that it does not', async () => {
    const links: SimulatedRedisLink[] = []
    const deaf = replica(600, (link) => {
      links.push(link)
      return link
    })
    const heard: string[] = []
    deaf.listen('changed', (detail) => heard.push(detail))
    await pass(1000)
    links[0]?.deafen()
    let wasConnected = true
    for (let count = 0; count < 2000; count += 1) {
      await pass(1)
      wasConnected &&= deaf.isConnected()
    }
    assert.equal(wasConnected, false)
    replica().announce('changed', 'job 7')
    await pass(10)
    assert.deepEqual([deaf.isConnected(), heard], [true, ['job 7']])
  })

  it('takes nobody for deaf who says nothing for a long time, nor says much to find out', async () => {
    let lost = 0
    let said = 0
    const counting = (link: SimulatedRedisLink): RedisConnection => ({
      ...link,
      giveUp(channel) {
        lost += 1
        link.giveUp(channel)
      },
      publish(channel, bytes) {
        said += 1
        return link.publish(channel, bytes)
      },
    })
    const leader = member(replica(600, counting))
    await pass(1000)
    said = 0
    await pass(60_000)
    assert.equal(leader.seat.role(), 'leading')
    // Once in a lease for the topic, and once for the announcements.
    assert.deepEqual([lost, said <= 200], [0, true], `${said} messages in a hundred leases`)
  })

  it('does not take the lead from who comes again, where the one before left while it was asking for it', async () => {
    const bus = replica()
    const first = member(bus)
    first.seat.leave()
    const second = member(bus)
    await pass(400)
    assert.equal(second.seat.role(), 'leading')
    const other = member()
    other.want('a')
    await pass(20)
    second.tell('one')
    await pass(20)
    assert.deepEqual([second.seat.role(), other.seat.role(), other.news], ['leading', 'following', ['one']])
  })
})
