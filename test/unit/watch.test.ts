import assert from 'node:assert/strict'
import { beforeEach, describe, it } from 'node:test'
import { maxBacklog } from '../../src/watch/backlog.ts'
import { settled } from '../support/settled.ts'
import { anna, watchBench } from '../support/watch-bench.ts'

let bench: ReturnType<typeof watchBench>

beforeEach(() => {
  bench = watchBench()
})

describe('a watch', () => {
  it('sends the present state first, then every change once and in order, and nothing without a change', async () => {
    bench.tell({ n: 1 }, { n: 1 }, { n: 2 }, { n: 2 }, { n: 3 }, { n: 1 })
    const { received, previous } = bench.follow()
    await settled()
    assert.deepEqual(received, [1])
    for (let poll = 0; poll < 6; poll += 1) await bench.pass()
    assert.deepEqual(received, [1, 2, 3, 1])
    assert.deepEqual(previous, [undefined, 1, 2, 3])
  })

  it('looks once for all who follow the same, and apart for others', async () => {
    const all = [bench.follow(), bench.follow(), bench.follow()]
    const other = bench.follow('b')
    await settled()
    await bench.pass()
    assert.deepEqual(
      bench.looks.map(({ key }) => key),
      ['a', 'b', 'a', 'b'],
    )
    for (const { received } of [...all, other]) assert.deepEqual(received, [1])
  })

  it('gives a late joiner the last state at once, without a look', async () => {
    bench.tell({ n: 1 }, { n: 2 }, { n: 3 })
    const early = bench.follow()
    await settled()
    await bench.pass()
    const late = bench.follow()
    await settled()
    assert.equal(bench.looks.length, 2)
    assert.deepEqual(late.received, [2])
    await bench.pass()
    assert.deepEqual(
      [early.received, late.received],
      [
        [1, 2, 3],
        [2, 3],
      ],
    )
    assert.deepEqual(late.previous, [undefined, 2], 'the previous state is what this follower saw')
  })

  it('completes with the last state, and leaves nothing behind', async () => {
    bench.tell({ n: 1 }, { n: 2, isOver: true })
    const { received, isDone } = bench.follow()
    await settled()
    await bench.pass()
    assert.deepEqual(received, [1, 2])
    assert.ok(isDone())
    assert.equal(bench.clock.pending(), 0)
    await bench.pass()
    assert.equal(bench.looks.length, 2)
  })

  it('of what is over already gives its state and completes', async () => {
    bench.tell({ n: 1, isOver: true })
    const { received, isDone } = bench.follow()
    await settled()
    assert.deepEqual(received, [1])
    assert.ok(isDone())
  })

  it('that is over is begun anew for the next who follows', async () => {
    bench.tell({ n: 1, isOver: true })
    bench.follow()
    await settled()
    const second = bench.follow()
    await settled()
    assert.deepEqual(second.received, [1])
    assert.equal(bench.looks.length, 2)
  })
})

describe('when the last follower leaves', () => {
  it('the watch stops: no timer, no further look', async () => {
    const [first, second] = [bench.follow(), bench.follow()]
    await settled()
    await first.leave()
    assert.equal(bench.clock.pending(), 1)
    await second.leave()
    assert.equal(bench.clock.pending(), 0)
    await bench.pass()
    assert.equal(bench.looks.length, 1)
  })

  it('a look under way is aborted', async () => {
    bench.tell('hold')
    const { leave } = bench.follow()
    await settled()
    await leave()
    assert.equal(bench.looks[0]?.signal.aborted, true)
    assert.equal(bench.clock.pending(), 0)
  })

  it('the next who follows begins anew, and the end of the old watch does not disturb the new one', async () => {
    bench.tell('hold', { n: 2 })
    const old = bench.follow()
    await settled()
    await old.leave()
    const next = bench.follow()
    await settled()
    assert.deepEqual(next.received, [2])
    await bench.pass()
    assert.equal(bench.looks.length, 3)
  })

  it('a slow follower of a watch that is over does not end the one after it', async () => {
    bench.tell({ n: 1, isOver: true })
    const slow = bench.watches.follow(anna, ['a'])
    await settled()
    bench.tell({ n: 2 })
    const next = bench.follow()
    await settled()
    await slow.return()
    bench.tell({ n: 3 })
    await bench.pass()
    assert.deepEqual(next.received, [2, 3])
  })
})

describe('a slow follower', () => {
  it('is bounded, gets the newest, and holds up nobody', async () => {
    const slow = bench.watches.follow(anna, ['a'])
    const quick = bench.follow()
    await settled()
    const polls = 3 * maxBacklog
    for (let n = 2; n <= polls; n += 1) {
      bench.tell({ n })
      await bench.pass()
    }
    assert.equal(quick.received.length, polls)
    bench.watches.stop()
    const received: number[] = []
    for await (const message of slow) if ('state' in message) received.push(message.state.n)
    assert.equal(received.length, maxBacklog)
    assert.equal(received.at(-1), polls)
  })
})

describe('when the gateway stops', () => {
  it('every watch ends, and its followers complete', async () => {
    const all = [bench.follow('a'), bench.follow('b')]
    await settled()
    bench.watches.stop()
    await settled()
    for (const { isDone } of all) assert.ok(isDone())
    assert.equal(bench.clock.pending(), 0)
  })

  it('who follows afterwards completes at once, and nothing is polled', async () => {
    bench.watches.stop()
    const { isDone } = bench.follow()
    await settled()
    assert.ok(isDone())
    assert.equal(bench.looks.length, 0)
  })
})
