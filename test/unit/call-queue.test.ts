import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { abortingBy } from '../../src/upstream/aborting.ts'
import {
  BusyError,
  type CallQueueBounds,
  createCallQueue,
  type Place,
} from '../../src/upstream/call-queue.ts'
import { settled } from '../support/settled.ts'

const wide: CallQueueBounds = { maxUnderWay: 4, maxPerCaller: 2, maxPolls: 3, maxWaiting: 100 }

const query = (callerKey: string): Place => ({ callerKey, isPoll: false })
const poll = (callerKey: string): Place => ({ callerKey, isPoll: true })

/** A queue whose turns a test sees, by the names that it gives its calls. */
function queueBench(bounds: Partial<CallQueueBounds> = {}) {
  const queue = createCallQueue({ ...wide, ...bounds })
  const begun: string[] = []
  const refused: [string, unknown][] = []
  const places = new Map<string, Place>()
  return {
    queue,
    begun,
    refused,
    ask(name: string, place: Place, signal = new AbortController().signal) {
      places.set(name, place)
      const begin = () => void begun.push(name)
      const refuse = (error: unknown) => void refused.push([name, error])
      try {
        const turn = queue.enter(place, abortingBy(signal))
        if (turn === undefined) begin()
        else turn.then(begin, refuse)
      } catch (error) {
        refuse(error)
      }
    },
    async end(name: string) {
      const place = places.get(name)
      assert.ok(place !== undefined && begun.includes(name), `${name} is not under way`)
      queue.leave(place)
      await settled()
    },
  }
}

describe('calls to an upstream', () => {
  it('go at once as long as there is a place, and then in their order', async () => {
    const { ask, begun, end, queue } = queueBench({ maxUnderWay: 2 })
    for (const name of ['1', '2', '3', '4']) ask(name, query('anna'))
    assert.deepEqual(begun, ['1', '2'])
    assert.deepEqual(queue.figures(), { underWay: 2, waiting: 2 })
    await end('2')
    await end('1')
    assert.deepEqual(begun, ['1', '2', '3', '4'])
  })

  it('of one caller do not take all places', () => {
    const { ask, begun } = queueBench()
    for (const name of ['a1', 'a2', 'a3']) ask(name, query('anna'))
    ask('b1', query('ben'))
    assert.deepEqual(begun, ['a1', 'a2', 'b1'])
  })

  it('take turns by caller: one with ten thousand waiting does not keep one with a single call', async () => {
    const { ask, begun, end } = queueBench({ maxUnderWay: 1, maxWaiting: 20_000 })
    for (let n = 0; n < 10_000; n += 1) ask(`a${n}`, query('anna'))
    ask('b', query('ben'))
    ask('c', query('cleo'))
    await end('a0')
    await end('a1')
    await end('b')
    await end('c')
    assert.deepEqual(begun, ['a0', 'a1', 'b', 'c', 'a2'])
  })

  it('that nobody waits for leave places free for those that somebody waits for', () => {
    const { ask, begun } = queueBench({ maxPerCaller: 4 })
    for (const name of ['p1', 'p2', 'p3', 'p4']) ask(name, poll('anna'))
    ask('q', query('ben'))
    assert.deepEqual(begun, ['p1', 'p2', 'p3', 'q'])
  })

  it('that nobody waits for come later, but every fourth turn is theirs', async () => {
    const { ask, begun, end } = queueBench({ maxUnderWay: 1, maxPolls: 1 })
    ask('q0', query('anna'))
    ask('p', poll('ben'))
    for (const name of ['q1', 'q2', 'q3', 'q4']) ask(name, query('anna'))
    for (const name of ['q0', 'q1', 'q2', 'q3', 'p']) await end(name)
    assert.deepEqual(begun, ['q0', 'q1', 'q2', 'q3', 'p', 'q4'])
  })

  it('leave the line when nobody wants them any more', async () => {
    const { ask, begun, refused, end, queue } = queueBench({ maxUnderWay: 1 })
    const leaving = new AbortController()
    const reason = new Error('gone')
    ask('1', query('anna'))
    ask('2', query('anna'), leaving.signal)
    ask('3', query('anna'))
    leaving.abort(reason)
    await settled()
    assert.deepEqual(refused, [['2', reason]])
    assert.equal(queue.figures().waiting, 1)
    await end('1')
    assert.deepEqual(begun, ['1', '3'])
  })

  it('turn nobody else away when they end after their turn has come', async () => {
    const { ask, begun, refused, end } = queueBench({ maxUnderWay: 1 })
    const ending = new AbortController()
    ask('1', query('anna'))
    ask('2', query('anna'), ending.signal)
    await end('1')
    ask('3', query('anna'))
    ending.abort(new Error('gone'))
    await end('2')
    assert.deepEqual(begun, ['1', '2', '3'])
    assert.deepEqual(refused, [])
  })

  it('do not stand in line when they have ended before they come', async () => {
    const { ask, queue } = queueBench({ maxUnderWay: 1 })
    ask('a', query('anna'))
    const ended = abortingBy(undefined)
    const reason = new Error('too late for another try')
    ended.abort(reason)
    await assert.rejects(async () => queue.enter(query('ben'), ended), reason)
    assert.deepEqual(queue.figures(), { underWay: 1, waiting: 0 })
  })

  it('are refused where too many wait, at the cost of whoever has most waiting, the newest first', async () => {
    const { ask, refused } = queueBench({ maxUnderWay: 1, maxWaiting: 3 })
    ask('a0', query('anna'))
    for (const name of ['a1', 'a2', 'a3', 'a4']) ask(name, query('anna'))
    ask('b1', query('ben'))
    await settled()
    assert.deepEqual(refused.map(([name]) => name).sort(), ['a3', 'a4'])
    for (const [, error] of refused) assert.ok(error instanceof BusyError)
  })

  it('that nobody waits for are refused first', async () => {
    const { ask, refused } = queueBench({ maxUnderWay: 1, maxWaiting: 3 })
    ask('q0', query('anna'))
    for (const name of ['q1', 'q2']) ask(name, query('anna'))
    ask('p1', poll('ben'))
    ask('q3', query('anna'))
    ask('p2', poll('ben'))
    await settled()
    assert.deepEqual(refused.map(([name]) => name).sort(), ['p1', 'p2'])
  })
})

describe('whatever is asked and ended, in any order', () => {
  const isPoll = fc.nat(3).map((n) => n === 0)
  const step = fc.oneof(
    { weight: 5, arbitrary: fc.record({ kind: fc.constant('ask' as const), caller: fc.nat(2), isPoll }) },
    { weight: 4, arbitrary: fc.record({ kind: fc.constant('end' as const), which: fc.nat() }) },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant('leave' as const), which: fc.nat() }) },
  )
  const bounds: CallQueueBounds = { maxUnderWay: 4, maxPerCaller: 3, maxPolls: 2, maxWaiting: 12 }

  it('bounds hold, a place is not left empty, and who waits is overtaken by each other caller a bounded number of times', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { size: 'max', maxLength: 120 }), async (steps) => {
        const queue = createCallQueue(bounds)
        const underWay: Place[] = []
        /** What waits, and how many turns each other caller got meanwhile. */
        const waiting = new Set<{ place: Place; abort: AbortController; overtakenBy: Map<string, number> }>()
        const begin = (place: Place) => {
          underWay.push(place)
          for (const one of waiting) {
            const { callerKey } = one.place
            const isAtItsLimit =
              underWay.filter((other) => other.callerKey === callerKey).length >= bounds.maxPerCaller
            if (callerKey === place.callerKey || one.place.isPoll || isAtItsLimit) one.overtakenBy.clear()
            else one.overtakenBy.set(place.callerKey, (one.overtakenBy.get(place.callerKey) ?? 0) + 1)
          }
        }
        for (const next of steps) {
          if (next.kind === 'ask') {
            const place = { callerKey: String(next.caller), isPoll: next.isPoll }
            const one = { place, abort: new AbortController(), overtakenBy: new Map<string, number>() }
            try {
              const turn = queue.enter(place, abortingBy(one.abort.signal))
              if (turn === undefined) begin(place)
              else {
                waiting.add(one)
                turn.then(
                  () => {
                    waiting.delete(one)
                    begin(place)
                  },
                  () => waiting.delete(one),
                )
              }
            } catch (error) {
              assert.ok(error instanceof BusyError)
              assert.equal(waiting.size, bounds.maxWaiting)
            }
          } else if (next.kind === 'end') {
            const [ended] = underWay.splice(next.which % Math.max(1, underWay.length), 1)
            if (ended !== undefined) queue.leave(ended)
          } else [...waiting][next.which % Math.max(1, waiting.size)]?.abort.abort(new Error('gone'))
          await settled()

          const ofCaller = (callerKey: string) =>
            underWay.filter((place) => place.callerKey === callerKey).length
          const polls = underWay.filter(({ isPoll }) => isPoll).length
          assert.deepEqual(queue.figures(), { underWay: underWay.length, waiting: waiting.size })
          assert.ok(underWay.length <= bounds.maxUnderWay && polls <= bounds.maxPolls)
          assert.ok(waiting.size <= bounds.maxWaiting)
          for (const { callerKey } of underWay) assert.ok(ofCaller(callerKey) <= bounds.maxPerCaller)
          for (const { place, overtakenBy } of waiting) {
            const mayGo =
              underWay.length < bounds.maxUnderWay &&
              ofCaller(place.callerKey) < bounds.maxPerCaller &&
              (!place.isPoll || polls < bounds.maxPolls)
            assert.ok(!mayGo, 'a call waits beside a free place')
            // Once by its turn as a query, once by a poll's.
            for (const times of overtakenBy.values()) assert.ok(times <= 2, `overtaken ${times} times`)
          }
        }
      }),
      { numRuns: 300 },
    )
  })
})
