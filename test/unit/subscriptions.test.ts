import assert from 'node:assert/strict'
import { beforeEach, describe, it } from 'node:test'
import { notFound, unauthenticated } from '../../src/core/errors.ts'
import { maxBacklog } from '../../src/watch/backlog.ts'
import { settled } from '../support/settled.ts'
import { callerNamed, subscriptionsBench } from '../support/subscriptions-bench.ts'

let bench: ReturnType<typeof subscriptionsBench>

beforeEach(() => {
  bench = subscriptionsBench()
})

const nested = 'watched(keys: ["a"]) { n nested }'

describe('subscribers with the same caller, document and variables', () => {
  it('share one execution for each event, and each is sent its result', async () => {
    bench.tell({ n: 1 }, { n: 2 }, { n: 3, isOver: true })
    const clients = await Promise.all(Array.from({ length: 20 }, () => bench.subscribe(nested)))
    assert.equal(bench.nestedReads(), 1)
    await bench.pass()
    await bench.pass()
    assert.equal(bench.nestedReads(), 3)
    for (const { received, isDone } of clients) {
      assert.deepEqual(received, [1, 2, 3])
      assert.ok(isDone())
    }
  })

  it('who comes later begins with the present state, which all who come together share', async () => {
    bench.tell({ n: 1 }, { n: 2 })
    await bench.subscribe(nested)
    const late = await Promise.all(Array.from({ length: 10 }, () => bench.subscribe(nested)))
    assert.equal(bench.nestedReads(), 2)
    assert.equal(bench.looks.length, 1)
    await bench.pass()
    for (const { received } of late) assert.deepEqual(received, [1, 2])
    assert.equal(bench.nestedReads(), 3)
  })

  it('a snapshot is not handed out for longer than a moment: its nested fields would be old', async () => {
    bench.tell({ n: 1 })
    await bench.subscribe(nested)
    await bench.subscribe(nested)
    await bench.pass(1001)
    await bench.subscribe(nested)
    assert.equal(bench.nestedReads(), 3)
  })

  it('who comes while an event is executed gets it once, and in order', async () => {
    const reads: PromiseWithResolvers<number>[] = []
    bench.nestedBy(() => {
      const read = Promise.withResolvers<number>()
      reads.push(read)
      return read.promise
    })
    bench.tell({ n: 1 }, { n: 2 }, { n: 3 })
    const early = await bench.subscribe(nested)
    reads[0]?.resolve(0)
    await settled()
    await bench.pass()
    const joining = await bench.subscribe(nested)
    assert.equal(reads.length, 3, 'the event and the snapshot are under way')
    reads[1]?.resolve(0)
    await settled()
    await bench.pass()
    reads[3]?.resolve(0)
    await settled()
    assert.deepEqual(joining.received, [], 'what comes waits for the snapshot')
    reads[2]?.resolve(0)
    await settled()
    assert.deepEqual(joining.received, [2, 3])
    assert.deepEqual(early.received, [1, 2, 3])
  })

  it('who joins several things is told of those that are over, and of those that failed', async () => {
    bench.lookBy(async ({ due, see, fail }) => {
      for (const { key } of due) {
        if (key === 'c') fail(key, notFound('There is no c.'))
        else see(key, { n: key === 'a' ? 1 : 2, isOver: key === 'a' })
      }
    })
    const selection = 'watched(keys: ["a", "b", "c"]) { n }'
    const early = await bench.subscribe(selection)
    const late = await bench.subscribe(selection)
    assert.deepEqual(early.received, [1, 2, 'There is no c.'])
    assert.deepEqual(late.received, early.received)
    assert.equal(late.isDone(), false)
  })

  it('who leaves before the snapshot is there is sent nothing', async () => {
    const read = Promise.withResolvers<number>()
    await bench.subscribe(nested)
    bench.nestedBy(() => read.promise)
    const joining = await bench.subscribe(nested)
    bench.leave(joining)
    read.resolve(0)
    await settled()
    assert.deepEqual(joining.received, [])
    assert.equal(joining.isDone(), false)
  })

  it('when the last one leaves, the poll and what it reads are ended', async () => {
    let signal: AbortSignal | undefined
    bench.nestedBy((scope) => {
      signal = scope.signal
      return new Promise(() => {})
    })
    const [first, second] = [await bench.subscribe(nested), await bench.subscribe(nested)]
    bench.leave(first)
    assert.equal(signal?.aborted, false)
    bench.leave(second)
    assert.equal(signal?.aborted, true)
    assert.equal(bench.clock.pending(), 0)
    bench.nestedBy(async () => 0)
    const next = await bench.subscribe(nested)
    assert.deepEqual(next.received, [1], 'who comes next begins anew')
  })
})

describe('subscribers that differ', () => {
  it('in the caller, the document, the operation or the variables are apart', async () => {
    const withVariable = 'subscription S($keys: [String!]!) { watched(keys: $keys) { n nested } }'
    await bench.subscribe(nested)
    await bench.subscribe(nested, { caller: callerNamed('ben') })
    await bench.subscribe(`${nested} `)
    await bench.subscribe(withVariable, { variables: { keys: ['a'] } })
    await bench.subscribe(withVariable, { variables: { keys: ['a', 'b'] } })
    assert.equal(bench.nestedReads(), 6)
    const two = `subscription A { ${nested} } subscription B { ${nested} }`
    await bench.subscribe(two, { operationName: 'A' })
    await bench.subscribe(two, { operationName: 'B' })
    assert.equal(bench.nestedReads(), 8)
  })
})

describe('each event', () => {
  it('has a context of its own, whose signal lives as long as the subscription', async () => {
    bench.tell({ n: 1 }, { n: 2 })
    await bench.subscribe()
    await bench.pass()
    const [opening, ...events] = bench.contexts
    assert.equal(events.length, 2)
    assert.equal(new Set(bench.contexts).size, 3)
    for (const { signal } of events) assert.equal(signal, opening?.signal)
  })

  it('that happens while the one before is executed is executed together with others that do', async () => {
    const reads: PromiseWithResolvers<number>[] = []
    bench.nestedBy(() => {
      const read = Promise.withResolvers<number>()
      reads.push(read)
      return read.promise
    })
    const { received } = await bench.subscribe('watched(keys: ["a", "b", "c"]) { n nested }')
    assert.equal(reads.length, 3)
    for (const read of reads.toReversed()) read.resolve(0)
    await settled()
    assert.deepEqual(received, [1, 1, 1])
    assert.equal(bench.contexts.length, 2, 'with one set of loaders')
  })
})

describe('a nested field that takes long', () => {
  it('holds up what comes of the same thing, and nothing else', async () => {
    const slow = Promise.withResolvers<number>()
    let reads = 0
    bench.nestedBy(async () => {
      reads += 1
      return reads === 1 ? slow.promise : 0
    })
    let n = 0
    bench.lookBy(async ({ due, see }) => {
      n += 10
      for (const { key } of due) see(key, { n: n + (key === 'a' ? 1 : 2) })
    })
    const { received } = await bench.subscribe('watched(keys: ["a", "b"]) { n nested }')
    assert.deepEqual(received, [12])
    await bench.pass()
    assert.deepEqual(received, [12, 22])
    slow.resolve(0)
    await settled()
    assert.deepEqual(received, [12, 22, 11, 21])
  })

  it('is waited for before the failure that ends all', async () => {
    const slow = Promise.withResolvers<number>()
    bench.nestedBy(() => slow.promise)
    bench.tell({ n: 1 }, unauthenticated('Sign in again.'))
    const { received, isDone } = await bench.subscribe(nested)
    await bench.pass()
    assert.deepEqual(received, [])
    const late = await bench.subscribe(nested)
    slow.resolve(0)
    await settled()
    assert.deepEqual(received, [1, 'Sign in again.'])
    assert.ok(isDone())
    assert.deepEqual(late.received, ['Sign in again.'], 'who came meanwhile is told why it is over')
    assert.ok(late.isDone())
  })
})

describe('a subscriber that does not take', () => {
  const full = async () => {
    const slow = await bench.subscribe()
    slow.setFull(true)
    return slow
  }

  it('slows nobody, and takes later what is within its bound, and the newest', async () => {
    const slow = await full()
    const quick = await bench.subscribe()
    const last = 3 * maxBacklog
    for (let n = 2; n <= last; n += 1) {
      bench.tell({ n })
      await bench.pass()
    }
    assert.equal(quick.received.length, last)
    assert.deepEqual(slow.received, [1])
    slow.setFull(false)
    bench.resume(slow)
    assert.equal(slow.received.length, 1 + maxBacklog)
    assert.equal(slow.received.at(-1), last)
    bench.tell({ n: last + 1 })
    await bench.pass()
    assert.equal(slow.received.at(-1), last + 1)
  })

  it('is told the end behind what waits', async () => {
    const slow = await full()
    bench.tell({ n: 2, isOver: true })
    await bench.pass()
    assert.equal(slow.isDone(), false)
    slow.setFull(false)
    bench.resume(slow)
    assert.deepEqual(slow.received, [1, 2])
    assert.ok(slow.isDone())
  })

  it('that fills up again while it takes goes on the next time', async () => {
    const slow = await full()
    for (const n of [2, 3]) {
      bench.tell({ n })
      await bench.pass()
    }
    bench.resume(slow)
    assert.deepEqual(slow.received, [1], 'it is full still')
    slow.setFull(false)
    bench.resume(slow)
    assert.deepEqual(slow.received, [1, 2, 3])
  })
})

describe('a subscription that cannot begin', () => {
  it('is told the error, and ends', async () => {
    const { received, isDone } = await bench.subscribe('refused { n }')
    assert.deepEqual(received, ['refused'])
    assert.ok(isDone())
    const again = await bench.subscribe('refused { n }')
    assert.deepEqual(again.received, ['refused'])
  })

  it('when the gateway stops its watches, subscribers complete', async () => {
    const { isDone } = await bench.subscribe()
    bench.watches.stop()
    await settled()
    assert.ok(isDone())
    const late = await bench.subscribe()
    assert.deepEqual(late.received, [])
    assert.ok(late.isDone())
  })
})

describe('what is told of subscribers', () => {
  it('is one delivery for each result with how many got it, and for a change how long it took', async () => {
    bench.tell({ n: 1 }, { n: 2 })
    await Promise.all(Array.from({ length: 20 }, () => bench.subscribe(nested)))
    assert.deepEqual(bench.deliveries, [[20, undefined]])
    const read = Promise.withResolvers<number>()
    bench.nestedBy(() => read.promise)
    await bench.pass()
    bench.clock.advance(70)
    read.resolve(0)
    await settled()
    assert.deepEqual(bench.deliveries.slice(1), [[20, 70]])
  })

  it('counts the snapshot of each who comes later', async () => {
    bench.tell({ n: 1 }, { n: 2 })
    await bench.subscribe()
    await bench.subscribe()
    assert.deepEqual(bench.deliveries, [
      [1, undefined],
      [1, undefined],
    ])
  })

  it('is how many there are, however they end', async () => {
    bench.tell({ n: 1 }, { n: 2, isOver: true })
    const [first, ...others] = await Promise.all([1, 2, 3].map(() => bench.subscribe()))
    await bench.subscribe('refused')
    assert.equal(bench.subscribers(), 3, 'one was refused')
    assert.ok(first)
    bench.leave(first)
    bench.leave(first)
    assert.equal(bench.subscribers(), 2)
    await bench.pass()
    assert.equal(bench.subscribers(), 0)
    for (const client of others) bench.leave(client)
    assert.equal(bench.subscribers(), 0, 'they had ended already')
  })
})
