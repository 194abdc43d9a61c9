import assert from 'node:assert/strict'
import { beforeEach, describe, it } from 'node:test'
import { upstreamUnavailable } from '../../src/core/errors.ts'
import { createMemoryHub } from '../../src/fleet/memory-bus.ts'
import { type PolledUpstream, patientUpstream } from '../../src/upstream/polled-upstream.ts'
import { intervalMs, watchBench } from '../support/watch-bench.ts'

let stretch: number
let extraWaitMs: number
let isShort: boolean
let recover: (() => void)[]
let upstream: PolledUpstream
let bench: ReturnType<typeof watchBench>

beforeEach(() => {
  stretch = 1
  extraWaitMs = 0
  isShort = false
  recover = []
  upstream = {
    stretch: () => stretch,
    extraWaitMs: () => extraWaitMs,
    isShort: () => isShort,
    onRecovered: (listener) => void recover.push(listener),
  }
  bench = watchBench(createMemoryHub().connect(), upstream)
})

const failing = () => upstreamUnavailable('Later.', { upstream: { service: 'vault' } })

describe('a watch of an upstream whose budget shrinks', () => {
  it('looks as much less often as it is told, and never stops', async () => {
    bench.follow()
    await bench.pass(0)
    stretch = 5
    await bench.pass()
    assert.equal(bench.looks.length, 2)
    for (const looks of [3, 4, 5]) {
      await bench.pass(5 * intervalMs - 1)
      assert.equal(bench.looks.length, looks - 1)
      await bench.pass(1)
      assert.equal(bench.looks.length, looks)
    }
    stretch = 1
    await bench.pass(5 * intervalMs)
    await bench.pass()
    assert.equal(bench.looks.length, 7)
  })

  it('counts a delay once, however long the interval', async () => {
    stretch = 3
    extraWaitMs = 500
    bench.follow()
    await bench.pass(0)
    await bench.pass(3 * intervalMs + 499)
    assert.equal(bench.looks.length, 1)
    await bench.pass(1)
    assert.equal(bench.looks.length, 2)
  })

  it('looks at once at what is new, and comes back soon to what failed at first', async () => {
    stretch = 10
    bench.tell(failing(), { n: 1 })
    const { received } = bench.follow()
    await bench.pass(0)
    await bench.pass(1000)
    assert.deepEqual(received, [1])
  })
})

describe('a watch while what is left is kept for others', () => {
  it('puts off looks that nobody waits for, interval by interval, and goes on afterwards', async () => {
    const { received } = bench.follow()
    await bench.pass(0)
    isShort = true
    bench.tell({ n: 2 })
    for (let count = 0; count < 5; count += 1) await bench.pass()
    assert.equal(bench.looks.length, 1)
    assert.equal(bench.watches.current(bench.access, 'a')?.n, 1, 'queries are told what was seen last')
    isShort = false
    await bench.pass()
    assert.deepEqual(received, [1, 2])
  })

  it('looks all the same at what is new, and at what was changed', async () => {
    bench.follow('a')
    await bench.pass(0)
    isShort = true
    bench.follow('b')
    await bench.pass(0)
    bench.watches.lookAgain(bench.access, 'a')
    await bench.pass(0)
    assert.deepEqual(bench.rounds, [['a'], ['b'], ['a']])
  })

  it('puts off looks at everything too, but not the first', async () => {
    isShort = true
    bench.tellAll({ a: { n: 1 } })
    const { received } = bench.followAll()
    await bench.pass(0)
    bench.tellAll({ a: { n: 2 } })
    for (let count = 0; count < 3; count += 1) await bench.pass()
    assert.deepEqual(received, [1])
    isShort = false
    await bench.pass()
    assert.deepEqual(received, [1, 2])
  })

  it('is heard of by other replicas, which then do not look either', async () => {
    const hub = createMemoryHub()
    const [leader, follower] = [
      watchBench(hub.connect(), upstream),
      watchBench(hub.connect(), patientUpstream),
    ]
    const passBoth = async (ms = intervalMs) => {
      await leader.pass(ms)
      await follower.pass(ms)
    }
    leader.follow()
    await passBoth(0)
    follower.follow()
    await passBoth(0)
    isShort = true
    for (let count = 0; count < 10; count += 1) await passBoth()
    assert.deepEqual([leader.looks.length, follower.looks.length], [1, 0])
    assert.equal(follower.watches.current(follower.access, 'a')?.n, 1)
  })
})

describe('a watch whose looks failed', () => {
  it('looks again soon when the upstream has recovered', async () => {
    const { received } = bench.follow()
    await bench.pass(0)
    bench.tell(failing())
    for (let count = 0; count < 8; count += 1) await bench.pass()
    const failed = bench.looks.length
    bench.tell({ n: 2 })
    await bench.pass(0)
    assert.equal(bench.looks.length, failed)
    for (const listener of recover) listener()
    await bench.pass(1000)
    assert.deepEqual(received, [1, 2])
  })

  it('and one that was seen is not looked at sooner for that', async () => {
    bench.follow()
    await bench.pass(0)
    for (const listener of recover) listener()
    await bench.pass(1000)
    assert.equal(bench.looks.length, 1)
  })
})

describe('the access of a look', () => {
  it('tells whether somebody waits for it', async () => {
    bench.follow()
    await bench.pass(0)
    await bench.pass()
    bench.watches.lookAgain(bench.access, 'a')
    await bench.pass(0)
    assert.deepEqual(
      bench.looks.map(({ access }) => access.isPoll ?? false),
      [false, true, false],
    )
  })
})
