import assert from 'node:assert/strict'
import { beforeEach, describe, it } from 'node:test'
import { createSealedBytes } from '../../src/core/sealed-bytes.ts'
import type { Seat } from '../../src/fleet/bus.ts'
import { createRedisBus } from '../../src/fleet/redis-bus.ts'
import { createFakeClock, type FakeClock } from '../support/fake-clock.ts'
import { settled } from '../support/settled.ts'
import { createSimulatedRedis, type SimulatedRedis } from '../support/simulated-redis.ts'

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

function replica(leaseMs = 600) {
  const link = redis.connect(clock, () => 1)
  return createRedisBus({ redis: link, sealed, clock, leaseMs, reportFailure: () => {} })
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
