import assert from 'node:assert/strict'
import { beforeEach, describe, it } from 'node:test'
import { unauthenticated } from '../../src/core/errors.ts'
import { createMemoryHub, type MemoryHub } from '../../src/fleet/memory-bus.ts'
import { settled } from '../support/settled.ts'
import { intervalMs, readingOf, watchBench } from '../support/watch-bench.ts'

/** Replicas of one gateway, each with its own watches, on one hub. */
describe('watches of several replicas', () => {
  let hub: MemoryHub
  const bench = () => watchBench(hub.connect())
  beforeEach(() => {
    hub = createMemoryHub()
  })

  it('look once for all, and tell each follower every change', async () => {
    const [one, two] = [bench(), bench()]
    const here = one.follow('a')
    await one.pass(0)
    const there = two.follow('a')
    await two.pass(0)
    one.tell({ n: 2 })
    await one.pass()
    one.tell({ n: 3 })
    await one.pass()
    assert.deepEqual(
      [here.received, there.received],
      [
        [1, 2, 3],
        [1, 2, 3],
      ],
    )
    assert.deepEqual(there.previous, [undefined, 1, 2])
    assert.deepEqual(two.looks, [])
  })

  it('look for what is followed on another replica alone', async () => {
    const [one, two] = [bench(), bench()]
    one.follow('a')
    await one.pass(0)
    const there = two.follow('b')
    await two.pass(0)
    await one.pass(0)
    assert.deepEqual(there.received, [1])
    assert.deepEqual(
      one.looks.map(({ key }) => key),
      ['a', 'b'],
    )
    await there.leave()
    await settled()
    await one.pass()
    assert.deepEqual(one.rounds.at(-1), ['a'])
  })

  it('go on with what they know where the leader leaves', async () => {
    const [one, two] = [bench(), bench()]
    const here = one.follow('a')
    await one.pass(0)
    const there = two.follow('a')
    await two.pass(0)
    two.tell({ n: 1 })
    await here.leave()
    await two.pass()
    assert.deepEqual(there.received, [1], 'what it had is no news')
    two.tell({ n: 2 })
    await two.pass()
    assert.deepEqual(there.received, [1, 2])
    assert.equal(two.looks.length, 2)
  })

  it('look for themselves at what the leader does not tell of, later than it would', async () => {
    const [one, two] = [bench(), bench()]
    one.follow('a')
    await one.pass(0)
    const there = two.follow('a')
    await two.pass(0)
    // Nothing comes of the leader any more, and nobody knows why.
    two.tell({ n: 2 })
    await two.pass(2 * intervalMs)
    assert.deepEqual(two.looks, [])
    await two.pass(intervalMs)
    assert.deepEqual(there.received, [1, 2])
  })

  it('do not wait for long for the first look of a leader that does not answer', async () => {
    const [one, two] = [bench(), bench()]
    one.tell('hold')
    one.follow('a')
    await one.pass(0)
    two.tell({ n: 5 })
    const there = two.follow('b')
    await two.pass(0)
    assert.deepEqual(there.received, [])
    await two.pass(500)
    assert.deepEqual(there.received, [5])
  })

  it('are told what fails for good, and that waiting helps, by the leader', async () => {
    const [one, two] = [bench(), bench()]
    const here = one.follow('a')
    await one.pass(0)
    const there = two.follow('a')
    await two.pass(0)
    const failure = unauthenticated('The session has ended.', { upstream: { service: 'vault', status: 200 } })
    one.tell(failure)
    await one.pass()
    await settled()
    assert.deepEqual(here.received, [1, failure])
    assert.deepEqual(there.received, [1, failure])
    assert.ok(here.isDone() && there.isDone())
  })

  it('look at once for all at what was changed through any of them', async () => {
    const [one, two, three] = [bench(), bench(), bench()]
    const here = one.follow('a')
    await one.pass(0)
    const there = two.follow('a')
    await two.pass(0)
    one.tell({ n: 2 })
    // Nobody follows it on the third one.
    three.watches.lookAgain(three.access, 'a')
    await one.pass(0)
    assert.deepEqual(
      [here.received, there.received],
      [
        [1, 2],
        [1, 2],
      ],
    )
    assert.deepEqual(two.looks, [])
  })

  it('follow everything together', async () => {
    const [one, two] = [bench(), bench()]
    one.tellAll({ a: { n: 1 } })
    const here = one.followAll()
    await one.pass(0)
    const there = two.followAll()
    await two.pass(0)
    one.tellAll({ a: { n: 1 }, b: { n: 2 } })
    await one.pass()
    assert.deepEqual(
      [here.received, there.received],
      [
        [1, 2],
        [1, 2],
      ],
    )
    assert.deepEqual(two.rounds, [])
  })

  it('keep callers apart', async () => {
    const [one, two] = [bench(), bench()]
    one.follow('a')
    await one.pass(0)
    const stranger = two.follow('a', two.accessOf('berta'))
    two.tell({ n: 7 })
    await two.pass(0)
    await one.pass()
    assert.deepEqual(stranger.received, [7])
  })

  it('are not told what the leader asked for before they looked for themselves', async () => {
    const [one, two] = [bench(), bench()]
    const gate = Promise.withResolvers<void>()
    one.follow('a')
    await one.pass(0)
    one.lookBy(async ({ due, see }) => {
      await gate.promise
      for (const { key } of due) see(key, { n: 1 })
    })
    two.tell({ n: 2 })
    const there = two.follow('b')
    await two.pass(0)
    await two.pass(500)
    one.clock.advance(800)
    two.clock.advance(300)
    gate.resolve()
    await settled()
    assert.deepEqual(there.received, [2])
    one.lookBy(async ({ due, see }) => {
      for (const { key } of due) see(key, { n: 3 })
    })
    await one.pass(intervalMs)
    assert.deepEqual(there.received, [2, 3])
  })

  it('are told an end, whoever asked first', async () => {
    const [one, two] = [bench(), bench()]
    const gate = Promise.withResolvers<void>()
    one.follow('a')
    await one.pass(0)
    one.lookBy(async ({ due, see }) => {
      await gate.promise
      for (const { key } of due) see(key, { n: 3, isOver: true })
    })
    two.tell({ n: 2 })
    const there = two.follow('b')
    await two.pass(0)
    await two.pass(500)
    one.clock.advance(800)
    gate.resolve()
    await settled()
    assert.deepEqual(there.received, [2, 3])
    assert.ok(there.isDone())
  })

  it('do not take for the present state what was asked for before a change', async () => {
    const [one, two] = [bench(), bench()]
    one.follow('a')
    await one.pass(0)
    two.follow('a')
    await two.pass(0)
    assert.deepEqual(two.watches.current(two.access, 'a'), { n: 1 })
    const begun = Promise.withResolvers<(n: number) => void>()
    one.lookBy(({ see }) => {
      begun.resolve((n) => see('a', { n }))
      return new Promise(() => {})
    })
    await one.pass()
    const tell = await begun.promise
    one.clock.advance(100)
    // The change is made while this is on its way.
    tell(2)
    two.watches.lookAgain(two.access, 'a')
    await settled()
    assert.equal(two.watches.current(two.access, 'a'), undefined)
  })

  it('go on with what was mentioned while they looked, also when the leader leaves then', async () => {
    const [one, two] = [bench(), bench()]
    const here = one.follow('a')
    await one.pass(0)
    const there = two.follow('a')
    await two.pass(0)
    const gate = Promise.withResolvers<void>()
    two.lookBy(async ({ due, see }) => {
      await gate.promise
      for (const { key } of due) see(key, { n: 3 })
    })
    await two.pass(3 * intervalMs)
    one.lookBy(async ({ mention }) => mention('a', { n: 2 }))
    await one.pass()
    await here.leave()
    gate.resolve()
    await settled()
    await two.pass(2 * intervalMs)
    assert.deepEqual(there.received, [1, 2, 3])
  })
})

describe('a leader whose term has ended during a look', () => {
  it('does not tell what it was answered: another one may have told what is newer', async () => {
    let term = 'first'
    const bench = watchBench({
      join: () => ({ role: () => 'leading', term: () => term, want() {}, tell() {}, leave() {} }),
      hurry() {},
      announce() {},
      listen() {},
      isConnected: () => true,
      close: async () => {},
    })
    const held = Promise.withResolvers<void>()
    bench.lookBy(async ({ due, see }) => {
      await held.promise
      for (const { key } of due) see(key, { n: 1 })
    })
    const reading = readingOf(bench.watches.follow(bench.access, ['a']))
    await bench.pass(0)
    term = 'second'
    held.resolve()
    await settled()
    assert.deepEqual(reading.received, [])
    bench.lookBy(async ({ see }) => see('a', { n: 2 }))
    await bench.pass()
    assert.deepEqual(reading.received, [2])
  })
})
