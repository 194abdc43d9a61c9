import assert from 'node:assert/strict'
import { beforeEach, describe, it } from 'node:test'
import {
  badRequest,
  forbidden,
  hasCode,
  notFound,
  unauthenticated,
  upstreamUnavailable,
} from '../../src/core/errors.ts'
import { accessWith } from '../../src/core/identity.ts'
import type { FeedEvent } from '../../src/watch/feed.ts'
import { maxWatched } from '../../src/watch/watcher.ts'
import { settled } from '../support/settled.ts'
import { anna, intervalMs, type WatchedNumber, watchBench } from '../support/watch-bench.ts'

let bench: ReturnType<typeof watchBench>

beforeEach(() => {
  bench = watchBench()
})

const numbersOf = (events: readonly FeedEvent<WatchedNumber>[]) =>
  events.map((event) => ('failure' in event ? event.failure : [event.key, event.state.n, event.previous]))

describe('who follows several things', () => {
  it('gets the state of each, is looked for together, and completes when the last is over', async () => {
    bench.tell({ n: 1 }, { n: 2 }, { n: 1, isOver: true }, { n: 3 }, { n: 4, isOver: true })
    const { received, keys, isDone } = bench.follow(['a', 'b'])
    await settled()
    assert.deepEqual(bench.rounds, [['a', 'b']])
    await bench.pass()
    assert.deepEqual(received, [1, 2, 3])
    assert.equal(isDone(), false)
    await bench.pass()
    assert.deepEqual(received, [1, 2, 3, 4])
    assert.deepEqual(keys, ['a', 'b', 'b', 'b'])
    assert.ok(isDone())
    assert.equal(bench.clock.pending(), 0)
  })

  it('is told of one that does not exist, and goes on with the others', async () => {
    const failure = notFound('There is no b.')
    bench.lookBy(async ({ due, see, fail }) => {
      for (const { key } of due) {
        if (key === 'b') fail(key, failure)
        else see(key, { n: bench.rounds.push([]) })
      }
    })
    const { received, isDone } = bench.follow(['a', 'b', 'c'])
    await settled()
    assert.deepEqual(received, [1, failure, 2])
    assert.equal(isDone(), false)
    await bench.pass()
    assert.deepEqual(received, [1, failure, 2, 3, 4], 'b is not looked at again')
  })

  it('completes when none of them exists', async () => {
    bench.lookBy(async ({ due, fail }) => {
      for (const { key } of due) fail(key, notFound(`There is no ${key}.`))
    })
    const { received, isDone } = bench.follow(['a', 'b'])
    await settled()
    assert.equal(received.length, 2)
    assert.ok(isDone())
  })

  it('who leaves takes along only what nobody else follows', async () => {
    const first = bench.follow(['a', 'b'])
    const second = bench.follow(['b', 'c'])
    await settled()
    await first.leave()
    await bench.pass()
    assert.deepEqual(bench.rounds.at(-1), ['b', 'c'])
    await second.leave()
    assert.equal(bench.clock.pending(), 0)
  })

  it('a thing that fails for a while holds up no other', async () => {
    let isAway = true
    bench.lookBy(async ({ due, see, fail }) => {
      bench.rounds.push(due.map(({ key }) => key))
      for (const { key } of due) {
        if (key === 'a' && isAway) fail(key, upstreamUnavailable('Away.', { upstream: { service: 'vault' } }))
        else see(key, { n: bench.rounds.length })
      }
    })
    const { keys } = bench.follow(['a', 'b'])
    await settled()
    await bench.pass()
    assert.deepEqual(keys, ['b', 'b'])
    assert.ok(bench.reported.length >= 2, 'nobody has seen it yet, so it is tried again soon')
    isAway = false
    await bench.pass()
    assert.ok(keys.includes('a'))
  })

  it('things that come one after the other are looked at together from the next round on', async () => {
    bench.follow('a')
    await settled()
    await bench.pass(intervalMs / 4)
    bench.follow('b')
    await settled()
    assert.deepEqual(bench.rounds, [['a'], ['b']])
    await bench.pass((intervalMs * 3) / 4)
    assert.deepEqual(bench.rounds.at(-1), ['a', 'b'])
  })

  it('is refused where it would be too many', () => {
    const keys = Array.from({ length: maxWatched + 1 }, (_, index) => String(index))
    assert.throws(
      () => bench.watches.follow(anna, keys),
      (error) => hasCode(error, badRequest('').code),
    )
  })
})

describe('a thing with a pace of its own', () => {
  it('is looked at by itself, after its own time', async () => {
    bench.lookBy(async ({ due, see }) => {
      bench.rounds.push(due.map(({ key, isAlone }) => `${key}${isAlone ? ' alone' : ''}`))
      for (const { key } of due) see(key, { n: 1 }, key === 'a' ? 1000 : undefined)
    })
    bench.follow(['a', 'b'])
    await settled()
    await bench.pass(999)
    assert.equal(bench.rounds.length, 1)
    await bench.pass(1)
    assert.deepEqual(bench.rounds.at(-1), ['a alone'])
  })

  it('that is put off is looked at then, and not before', async () => {
    bench.lookBy(async ({ due, see, postpone }) => {
      bench.rounds.push(due.map(({ key }) => key))
      for (const { key, isAlone } of due) isAlone ? see(key, { n: 1 }) : postpone(key, 300)
    })
    const { received } = bench.follow('a')
    await settled()
    await bench.pass(299)
    assert.deepEqual(received, [])
    await bench.pass(1)
    assert.deepEqual(received, [1])
  })
})

describe('who follows everything', () => {
  it('gets what there is, what appears, what changes, and what is over; and never completes', async () => {
    bench.tellAll({ a: { n: 1 }, b: { n: 1 } })
    const { received, keys, previous, isDone } = bench.followAll()
    await settled()
    bench.tellAll({ a: { n: 2 }, b: { n: 1 }, c: { n: 7 } })
    await bench.pass()
    bench.tellAll({ a: { n: 3, isOver: true }, c: { n: 7 } })
    await bench.pass()
    bench.tellAll({})
    await bench.pass()
    assert.deepEqual(received, [1, 1, 2, 7, 3])
    assert.deepEqual(keys, ['a', 'b', 'a', 'c', 'a'])
    assert.deepEqual(previous, [undefined, undefined, 1, undefined, 2])
    assert.equal(isDone(), false)
  })

  it('with a condition hears of what meets it, and of the change with which it stops to', async () => {
    bench.tellAll({ a: { n: 1 }, b: { n: 8 } })
    const { received } = bench.followAll(({ n }) => n < 5)
    await settled()
    bench.tellAll({ a: { n: 9 }, b: { n: 9 } })
    await bench.pass()
    bench.tellAll({ a: { n: 10 }, b: { n: 2 } })
    await bench.pass()
    assert.deepEqual(received, [1, 9, 2])
  })

  it('costs no further look when others do too, and each gets what there is at once', async () => {
    bench.tellAll({ a: { n: 1 }, b: { n: 2 } })
    bench.followAll()
    await settled()
    const late = bench.followAll(({ n }) => n === 2)
    const one = bench.follow('a')
    await settled()
    assert.equal(bench.rounds.length, 1)
    assert.deepEqual([late.received, one.received], [[2], [1]])
    await bench.pass()
    assert.equal(bench.rounds.length, 2)
  })

  it('leaves nothing behind, but not what others follow by key', async () => {
    bench.tellAll({ a: { n: 1 }, b: { n: 1 } })
    const all = bench.followAll()
    const one = bench.follow('a')
    await settled()
    await all.leave()
    await bench.pass()
    assert.deepEqual(bench.rounds.at(-1), ['a'])
    await one.leave()
    assert.equal(bench.clock.pending(), 0)
  })

  it('who may not look at everything is told so, and who follows by key goes on', async () => {
    const failure = forbidden('You may not see the list.')
    bench.lookBy(async ({ due, isForAll, see }) => {
      for (const { key } of due) see(key, { n: bench.rounds.push([]) })
      if (isForAll) throw failure
    })
    const all = bench.followAll()
    const one = bench.follow('a')
    await settled()
    assert.equal(all.received.at(-1), failure)
    assert.ok(all.isDone())
    await bench.pass()
    assert.deepEqual(one.received, [1, 2])
  })

  it('goes on after a failure that passes, and ends with a credential that does not', async () => {
    bench.tellAll({ a: { n: 1 } })
    const { received, isDone } = bench.followAll()
    await settled()
    bench.tellAll({ a: upstreamUnavailable('Away.', { upstream: { service: 'vault' } }) })
    await bench.pass()
    bench.tellAll({ a: { n: 2 } })
    await bench.pass()
    const failure = unauthenticated('Sign in again.')
    bench.tellAll({ a: failure })
    await bench.pass()
    assert.deepEqual(received, [1, 2, failure])
    assert.ok(isDone())
    assert.equal(bench.clock.pending(), 0)
  })
})

describe('a snapshot', () => {
  it('has the present state of what goes on, and the end of what is over', async () => {
    const failure = notFound('There is no c.')
    bench.lookBy(async ({ due, see, fail }) => {
      for (const { key } of due) {
        if (key === 'a') see(key, { n: 1, isOver: true })
        else if (key === 'b') see(key, { n: 2 })
        else fail(key, failure)
      }
    })
    const feed = bench.watches.follow(anna, ['a', 'b', 'c'])
    await settled()
    assert.deepEqual(numbersOf(feed.snapshot().events), [['a', 1, undefined], ['b', 2, undefined], failure])
  })

  it('tells up to which event it counts', async () => {
    bench.tell({ n: 1 }, { n: 2 })
    const feed = bench.watches.follow(anna, ['a'])
    await settled()
    const before = feed.snapshot()
    await bench.pass()
    const events = [(await feed.next()).value, (await feed.next()).value]
    assert.deepEqual(
      events.map((event) => event?.sequence <= before.sequence),
      [true, false],
    )
    assert.equal(feed.snapshot().sequence, events[1]?.sequence)
  })
})

describe('what a watch last saw', () => {
  it('is known to others of the same caller while it is watched, and only then', async () => {
    bench.tell({ n: 1 })
    const { leave } = bench.follow('a')
    assert.equal(bench.watches.current(anna, 'a'), undefined)
    await settled()
    assert.deepEqual(bench.watches.current(anna, 'a'), { n: 1 })
    assert.equal(bench.watches.current(accessWith('ben'), 'a'), undefined)
    assert.equal(bench.watches.current(anna, 'b'), undefined)
    await leave()
    assert.equal(bench.watches.current(anna, 'a'), undefined)
  })

  it('is the newest observation, also where it was no change', async () => {
    const observations = [{ n: 1 }, { n: 1 }]
    bench.tell(...observations)
    bench.follow('a')
    await settled()
    await bench.pass()
    assert.equal(bench.watches.current(anna, 'a'), observations[1])
  })

  it('is not relied on while looks fail', async () => {
    bench.tell({ n: 1 }, upstreamUnavailable('Away.', { upstream: { service: 'vault' } }))
    bench.follow('a')
    await settled()
    await bench.pass()
    assert.equal(bench.watches.current(anna, 'a'), undefined)
  })

  it('is not relied on after a change through the gateway, which is looked at at once', async () => {
    bench.tell({ n: 1 }, { n: 2 })
    const { received } = bench.follow('a')
    await settled()
    bench.watches.lookAgain(anna, 'a')
    assert.equal(bench.watches.current(anna, 'a'), undefined)
    await settled()
    assert.deepEqual(received, [1, 2])
    assert.deepEqual(bench.watches.current(anna, 'a'), { n: 2 })
  })

  it('is looked at once more where the change came while a look was under way', async () => {
    const told = Promise.withResolvers<number>()
    let looks = 0
    bench.lookBy(async ({ due, see }) => {
      looks += 1
      const n = looks === 1 ? await told.promise : looks
      for (const { key } of due) see(key, { n })
    })
    const { received } = bench.follow('a')
    await settled()
    bench.watches.lookAgain(anna, 'a')
    told.resolve(1)
    await settled()
    assert.equal(bench.watches.current(anna, 'a'), undefined, 'it may be how it was before')
    await bench.pass(0)
    assert.deepEqual(received, [1, 2])
    assert.deepEqual(bench.watches.current(anna, 'a'), { n: 2 })
  })
})
