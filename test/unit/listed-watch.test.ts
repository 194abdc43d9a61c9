import assert from 'node:assert/strict'
import { beforeEach, describe, it } from 'node:test'
import { hasCode, notFound, unauthenticated, upstreamUnavailable } from '../../src/core/errors.ts'
import { accessWith } from '../../src/core/identity.ts'
import { createMemoryHub } from '../../src/fleet/memory-bus.ts'
import { type ListedWatch, listedWatchPolicy } from '../../src/watch/listed.ts'
import { createWatches } from '../../src/watch/watch.ts'
import { createFakeClock } from '../support/fake-clock.ts'
import { readFeed } from '../support/feed-reader.ts'
import { settled } from '../support/settled.ts'

interface Thing {
  readonly key: string
  readonly n: number
  readonly observedAt: string
}

const pollIntervalMs = 10_000
/** The longest round: jitter lengthens it by a tenth. */
const roundMs = pollIntervalMs * 1.1
const alice = accessWith('alice')
const down = upstreamUnavailable('Down.', { upstream: { service: 'vault' } })

/** A resource of things that a test changes, watched on a fake clock. */
function listedBench(whenGone: ListedWatch<Thing>['whenGone'] = 'failure') {
  const clock = createFakeClock()
  const asked: string[] = []
  const signals: AbortSignal[] = []
  const things = new Map<string, number>()
  const unlisted = new Set<string>()
  const failures = new Map<string, Error>()
  let held: Promise<void> = Promise.resolve()

  const ask = async <Value>(route: string, signal: AbortSignal, answer: () => Value): Promise<Value> => {
    asked.push(route)
    signals.push(signal)
    const found = answer()
    await held
    const failure = failures.get(route)
    if (failure !== undefined) throw failure
    return found
  }
  const thing = (key: string, n: number) => ({ key, n, observedAt: new Date(clock.now()).toISOString() })
  const watches = createWatches<Thing>({
    name: 'test',
    bus: createMemoryHub().connect(),
    policy: listedWatchPolicy({
      list: (_access, signal) =>
        ask('list', signal, () =>
          [...things].flatMap(([key, n]) => (unlisted.has(key) ? [] : [thing(key, n)])),
        ),
      one: (_access, key, signal) =>
        ask(key, signal, () => {
          const n = things.get(key)
          if (n === undefined) throw notFound(`There is no ${key}.`)
          return thing(key, n)
        }),
      keyOf: ({ key }) => key,
      isOver: ({ n }) => n === 100,
      whenGone,
    }),
    clock,
    pollIntervalMs,
    reportFailure: () => {},
  })
  return {
    clock,
    things,
    unlisted,
    failures,
    signals,
    watches,
    follow: (...keys: readonly string[]) => readFeed(watches.follow(alice, keys)),
    /** What was asked since the last time. */
    asked: () => asked.splice(0),
    async pass(ms = roundMs) {
      clock.advance(ms)
      await settled()
    },
    /** Lets the answers to further calls wait. */
    hold() {
      const { promise, resolve } = Promise.withResolvers<void>()
      held = promise
      return resolve
    },
  }
}

const numbers = ({ states }: { readonly states: readonly Thing[] }) => states.map(({ n }) => n)

describe('a watch of things that have a list', () => {
  let bench: ReturnType<typeof listedBench>
  beforeEach(() => {
    bench = listedBench()
    for (const key of ['a', 'b', 'c', 'd']) bench.things.set(key, 1)
  })

  it('asks for one by its key, round by round', async () => {
    bench.follow('a')
    await settled()
    for (let round = 0; round < 3; round += 1) await bench.pass()
    assert.deepEqual(bench.asked(), ['a', 'a', 'a', 'a'])
  })

  it('asks for several by the list, once in a round', async () => {
    for (const key of ['a', 'b', 'c']) bench.follow(key)
    await settled()
    for (let round = 0; round < 3; round += 1) await bench.pass()
    assert.deepEqual(bench.asked(), ['list', 'list', 'list', 'list'])
  })

  it('asks by its key for one that joins later, and sees it with the others from then on', async () => {
    bench.follow('a')
    await settled()
    await bench.pass(pollIntervalMs / 2)
    bench.follow('b')
    await settled()
    assert.deepEqual(bench.asked(), ['a', 'b'])
    await bench.pass()
    await bench.pass()
    assert.deepEqual(bench.asked(), ['list', 'list'])
  })

  it('tells each change of each once, and nothing for a new observation', async () => {
    const [a, b] = [bench.follow('a'), bench.follow('b')]
    await settled()
    await bench.pass()
    bench.things.set('a', 2)
    await bench.pass()
    bench.things.set('b', 100)
    await bench.pass()
    assert.deepEqual(numbers(a), [1, 2])
    assert.deepEqual(numbers(b), [1, 100])
    assert.deepEqual([a.isDone(), b.isDone()], [false, true])
    bench.asked()
    await bench.pass()
    assert.deepEqual(bench.asked(), ['a'])
  })

  it('asks by its key for what the list leaves out', async () => {
    bench.unlisted.add('b')
    const [a, b] = [bench.follow('a'), bench.follow('b')]
    await settled()
    assert.deepEqual(bench.asked(), ['list', 'b'])
    assert.deepEqual([numbers(a), numbers(b)], [[1], [1]])
  })

  it('asks for nothing that nobody follows any more', async () => {
    bench.unlisted.add('b')
    const release = bench.hold()
    bench.follow('a')
    const b = bench.follow('b')
    await settled()
    await b.leave()
    release()
    await settled()
    assert.deepEqual(bench.asked(), ['list'])
  })

  it('fails for what was never there, and for that alone', async () => {
    const [a, x] = [bench.follow('a'), bench.follow('x')]
    await settled()
    assert.ok(hasCode(x.failures[0], 'NOT_FOUND'))
    assert.deepEqual([a.isDone(), x.isDone()], [false, true])
    await bench.pass()
    assert.deepEqual(bench.asked(), ['list', 'x', 'a'])
  })

  it('fails for what is there no more, where that is no end', async () => {
    const a = bench.follow('a')
    await settled()
    bench.things.delete('a')
    await bench.pass()
    assert.deepEqual(numbers(a), [1])
    assert.ok(hasCode(a.failures[0], 'NOT_FOUND'))
    assert.ok(a.isDone())
  })

  it('completes without a further message for what is there no more, where that is the end', async () => {
    bench = listedBench('end')
    bench.things.set('a', 1)
    bench.things.set('b', 1)
    const [a, b, x] = [bench.follow('a'), bench.follow('b'), bench.follow('x')]
    await settled()
    assert.ok(hasCode(x.failures[0], 'NOT_FOUND'))
    bench.things.delete('a')
    await bench.pass()
    assert.deepEqual([numbers(a), a.failures, a.isDone()], [[1], [], true])
    bench.things.delete('b')
    await bench.pass()
    assert.deepEqual([numbers(b), b.failures, b.isDone()], [[1], [], true])
    assert.equal(bench.clock.pending(), 0)
  })

  it('goes on after a list that failed, and after a key that failed', async () => {
    const [a, b] = [bench.follow('a'), bench.follow('b')]
    await settled()
    bench.failures.set('list', down)
    bench.failures.set('a', down)
    bench.failures.set('b', down)
    await bench.pass()
    bench.failures.clear()
    bench.things.set('a', 2)
    bench.things.set('b', 3)
    await bench.pass()
    assert.deepEqual(
      [numbers(a), numbers(b)],
      [
        [1, 2],
        [1, 3],
      ],
    )
    assert.deepEqual([...a.failures, ...b.failures], [])
  })

  it('asks for several by one call again after a list that failed', async () => {
    for (const key of ['a', 'b', 'c', 'd']) bench.follow(key)
    await settled()
    bench.failures.set('list', down)
    await bench.pass()
    bench.asked()
    await bench.pass()
    assert.deepEqual(bench.asked(), ['list'])
  })

  it('ends all with a credential that is no longer good', async () => {
    const [a, b] = [bench.follow('a'), bench.follow('b')]
    await settled()
    bench.failures.set('list', unauthenticated('Ended.'))
    await bench.pass()
    for (const reader of [a, b]) {
      assert.ok(hasCode(reader.failures[0], 'UNAUTHENTICATED'))
      assert.equal(reader.failures.length, 1)
      assert.ok(reader.isDone())
    }
    assert.equal(bench.clock.pending(), 0)
  })

  it('asks no more when the last has left, and aborts what it asks just then', async () => {
    const [a, b] = [bench.follow('a'), bench.follow('b')]
    await settled()
    bench.hold()
    await bench.pass()
    assert.deepEqual(bench.asked(), ['list', 'list'])
    await a.leave()
    assert.equal(bench.signals.at(-1)?.aborted, false)
    await b.leave()
    assert.equal(bench.signals.at(-1)?.aborted, true)
    assert.equal(bench.clock.pending(), 0)
    await bench.pass()
    assert.deepEqual(bench.asked(), [])
  })

  it('tells one who follows anew nothing that is older than what it was told', async () => {
    bench.follow('b')
    const before = bench.follow('a')
    const releaseList = bench.hold()
    await settled()
    await before.leave()
    bench.things.set('a', 2)
    const releaseOne = bench.hold()
    const anew = bench.follow('a')
    await settled()
    releaseOne()
    await settled()
    assert.deepEqual(numbers(anew), [2])
    releaseList()
    await settled()
    assert.deepEqual(numbers(anew), [2])
  })

  it('knows what it saw last, and not what it failed to see', async () => {
    bench.follow('a')
    await settled()
    assert.equal(bench.watches.current(alice, 'a')?.n, 1)
    assert.equal(bench.watches.current(accessWith('bob'), 'a'), undefined)
    bench.failures.set('a', down)
    await bench.pass()
    assert.equal(bench.watches.current(alice, 'a'), undefined)
  })
})
