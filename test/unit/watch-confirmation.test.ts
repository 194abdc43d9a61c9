import assert from 'node:assert/strict'
import { beforeEach, describe, it } from 'node:test'
import { unauthenticated, upstreamUnavailable } from '../../src/core/errors.ts'
import { type Access, accessOnWordOf, accessWith } from '../../src/core/identity.ts'
import { settled } from '../support/settled.ts'
import { intervalMs, watchBench } from '../support/watch-bench.ts'

const minuteMs = 60_000
const upstream = { service: 'vault' } as const
const refusal = unauthenticated('Vault refused the session.', { upstream })
const silence = upstreamUnavailable('Vault could not be reached.', { upstream })

describe("what is watched on Vault's word", () => {
  let bench: ReturnType<typeof watchBench>
  let access: Access
  /** When Vault was asked, in milliseconds from the beginning. */
  let askedAtMs: number[]
  let failure: Error | undefined

  beforeEach(() => {
    bench = watchBench()
    const startMs = bench.clock.now()
    askedAtMs = []
    failure = undefined
    access = accessOnWordOf(accessWith('anna'), async () => {
      askedAtMs.push(bench.clock.now() - startMs)
      if (failure !== undefined) throw failure
      return bench.clock.now() + minuteMs
    })
  })

  const passMinutes = async (minutes: number) => {
    for (let passedMs = 0; passedMs < minutes * minuteMs; passedMs += intervalMs) await bench.pass()
  }
  /** A state after which nothing is looked at for an hour, as of a long collection. */
  const lookAnHourLater = () =>
    bench.lookBy(async ({ due, see }) => {
      for (const { key } of due) see(key, { n: 1 }, 60 * minuteMs)
    })

  it('is followed while Vault confirms the session, which it is asked each minute', async () => {
    const { received, leave } = bench.follow('a', access)
    await settled()
    await passMinutes(3)
    assert.deepEqual(received, [1])
    assert.deepEqual(askedAtMs, [0, minuteMs, 2 * minuteMs, 3 * minuteMs])
    await leave()
    assert.equal(bench.clock.pending(), 0)
  })

  it('ends within a minute of the session, also where no look is due for an hour', async () => {
    lookAnHourLater()
    const readings = [
      bench.follow('a', access),
      bench.follow(['a', 'b'], access),
      bench.followAll(() => true, access),
    ]
    const other = bench.follow('a', accessWith('ben'))
    await settled()
    failure = refusal
    await passMinutes(1)
    for (const { received, isDone } of readings) {
      assert.deepEqual([received.filter((event) => event instanceof Error), isDone()], [[refusal], true])
    }
    assert.equal(other.isDone(), false)
    await other.leave()
    assert.equal(bench.clock.pending(), 0)
  })

  it('does not begin where Vault refuses from the start', async () => {
    bench.tell('hold')
    failure = refusal
    const { received, isDone } = bench.follow('a', access)
    await settled()
    assert.deepEqual([received, isDone()], [[refusal], true])
    assert.equal(bench.clock.pending(), 0)
  })

  it('goes on while Vault cannot be asked, which is tried again sooner, and told to the operator', async () => {
    lookAnHourLater()
    const { received, isDone, leave } = bench.follow('a', access)
    await settled()
    failure = silence
    await passMinutes(2)
    assert.deepEqual([received, isDone()], [[1], false])
    assert.ok(askedAtMs.length >= 5, String(askedAtMs))
    assert.ok(bench.reported.includes(silence))
    failure = refusal
    await passMinutes(1)
    assert.deepEqual([received, isDone()], [[1, refusal], true])
    await leave()
  })

  it('keeps nothing under way when the last has left while Vault is being asked', async () => {
    const { promise } = Promise.withResolvers<number>()
    const signals: (AbortSignal | undefined)[] = []
    const waiting = accessOnWordOf(accessWith('anna'), (signal) => {
      signals.push(signal)
      return promise
    })
    bench.tell('hold')
    const { leave } = bench.follow('a', waiting)
    await settled()
    await leave()
    assert.deepEqual(
      signals.map((signal) => signal?.aborted),
      [true],
    )
    assert.equal(bench.clock.pending(), 0)
  })
})
