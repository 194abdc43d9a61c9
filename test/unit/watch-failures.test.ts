import assert from 'node:assert/strict'
import { beforeEach, describe, it } from 'node:test'
import { unauthenticated, upstreamRateLimited, upstreamUnavailable } from '../../src/core/errors.ts'
import { accessWith } from '../../src/core/identity.ts'
import { maxBackoffMs, maxRetryAfterMs } from '../../src/watch/pace.ts'
import { settled } from '../support/settled.ts'
import { watchBench } from '../support/watch-bench.ts'

const upstream = { service: 'vault' } as const
const transient = () => upstreamUnavailable('Vault is away.', { upstream })

let bench: ReturnType<typeof watchBench>

beforeEach(() => {
  bench = watchBench()
})

describe('a watch that fails', () => {
  it('for a while goes on, backs off, and misses no change', async () => {
    bench.tell({ n: 1 }, ...Array.from({ length: 9 }, transient), { n: 2 })
    const { received, isDone } = bench.follow()
    await settled()
    const waits: number[] = []
    while (received.length < 2) {
      const before = bench.looks.length
      let waitedMs = 0
      while (bench.looks.length === before) {
        await bench.pass(1000)
        waitedMs += 1000
      }
      waits.push(waitedMs)
    }
    assert.deepEqual(received, [1, 2])
    assert.equal(isDone(), false)
    assert.ok(Math.max(...waits) > 25_000, `backs off: ${waits}`)
    assert.ok(Math.max(...waits) <= maxBackoffMs + 1000, `is bounded: ${waits}`)
    assert.equal(waits[0], 10_000)
    const before = bench.looks.length
    await bench.pass()
    assert.equal(bench.looks.length, before + 1, 'after a success it looks as often as before')
  })

  it('at its first look sends the first state when it can', async () => {
    bench.tell(transient(), { n: 1 })
    const { received } = bench.follow()
    await settled()
    assert.deepEqual(received, [])
    await bench.pass()
    assert.deepEqual(received, [1])
  })

  it('waits as long as the upstream asks it to', async () => {
    bench.tell(upstreamRateLimited('Later.', { upstream, retryAfter: 120 }), { n: 1 })
    const { received } = bench.follow()
    await settled()
    await bench.pass(119_999)
    assert.equal(bench.looks.length, 1)
    await bench.pass(1)
    assert.deepEqual(received, [1])
  })

  it('is not put off for years by an upstream', async () => {
    bench.tell(upstreamRateLimited('Later.', { upstream, retryAfter: 999_999_999 }), { n: 1 })
    const { received } = bench.follow()
    await settled()
    await bench.pass(maxRetryAfterMs)
    assert.deepEqual(received, [1])
  })

  it('since the credential is not valid ends all that this caller follows, with that error once each', async () => {
    const failure = unauthenticated('Sign in again.')
    const all = [bench.follow(), bench.follow(['a', 'b'])]
    const other = bench.follow('a', accessWith('ben'))
    await settled()
    bench.tell(failure, { n: 1 })
    await bench.pass()
    assert.deepEqual(
      all.map(({ received }) => received),
      [
        [1, failure],
        [1, 1, failure],
      ],
    )
    for (const { isDone } of all) assert.ok(isDone())
    assert.equal(other.isDone(), false)
    await other.leave()
    assert.equal(bench.clock.pending(), 0)
  })

  it('by a fault of ours ends too, instead of polling on for ever', async () => {
    const fault = new TypeError('x is not a function')
    bench.tell(fault)
    const { received, isDone } = bench.follow()
    await settled()
    assert.deepEqual(received, [fault])
    assert.ok(isDone())
    assert.equal(bench.clock.pending(), 0)
  })
})
