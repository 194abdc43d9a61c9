import assert from 'node:assert/strict'
import { beforeEach, describe, it } from 'node:test'
import { forwardTime, orAborted, systemClock, wait } from '../../src/core/time.ts'
import { createFakeClock } from '../support/fake-clock.ts'
import { settled } from '../support/settled.ts'

describe('the clock of the machine', () => {
  it('does not fire at once what is further away than a timer can count', async () => {
    const warnings: Error[] = []
    const note = (warning: Error) => warnings.push(warning)
    process.on('warning', note)
    const timer = systemClock.after(2 ** 40, () => assert.fail('fired'))
    await settled()
    timer.cancel()
    process.off('warning', note)
    assert.deepEqual(warnings, [])
  })
})

describe('a wait', () => {
  it('lasts as long as it says', async () => {
    const clock = createFakeClock()
    const waiting = wait(clock, 100)
    clock.advance(99)
    assert.equal(clock.pending(), 1)
    clock.advance(1)
    await waiting
  })

  it('ends with the reason of its signal, and leaves neither timer nor listener', async () => {
    const clock = createFakeClock()
    const abort = new AbortController()
    const reason = new Error('gone')
    const waiting = wait(clock, 100, abort.signal)
    abort.abort(reason)
    await assert.rejects(waiting, reason)
    await assert.rejects(wait(clock, 100, abort.signal), reason)
    assert.equal(clock.pending(), 0)
  })
})

describe('a promise that nobody waits for any more', () => {
  it('is left with the reason, and its later failure troubles nobody', async () => {
    const slow = Promise.withResolvers<never>()
    const abort = new AbortController()
    const reason = new Error('gone')
    const waiting = orAborted(slow.promise, abort.signal)
    abort.abort(reason)
    await assert.rejects(waiting, reason)
    slow.reject(new Error('late'))
    await settled()
    await assert.rejects(orAborted(Promise.resolve(1), abort.signal), reason)
  })

  it('is no different from the promise itself otherwise', async () => {
    const { signal } = new AbortController()
    assert.equal(await orAborted(Promise.resolve(1), signal), 1)
    const failure = new Error('broken')
    await assert.rejects(orAborted(Promise.reject(failure), signal), failure)
  })
})

describe('the time', () => {
  let wallMs = 0
  let uptimeMs = 0
  let now: () => number
  beforeEach(() => {
    wallMs = 1_000_000
    uptimeMs = 50
    now = forwardTime(
      () => wallMs,
      () => uptimeMs,
    )
  })
  const pass = (ms: number) => {
    wallMs += ms
    uptimeMs += ms
  }

  it('is that of the machine', () => {
    assert.equal(now(), 1_000_000)
    pass(1500)
    assert.equal(now(), 1_001_500)
  })

  it('goes on at half the pace where the clock of the machine is put back, until that has caught up', () => {
    wallMs -= 3_600_000
    assert.equal(now(), 1_000_000)
    pass(10_000)
    assert.equal(now(), 1_005_000)
    pass(2 * 3_600_000)
    assert.equal(now(), wallMs)
    pass(10)
    assert.equal(now(), wallMs)
  })

  it('follows where it is put forward, or the machine has slept', () => {
    wallMs += 3_600_000
    assert.equal(now(), 4_600_000)
    pass(10)
    assert.equal(now(), 4_600_010)
  })

  it('is whole, and does not go back where the two clocks differ by a fraction', () => {
    let lastMs = now()
    for (const [wall, uptime] of [
      [1, 0.4],
      [0, 0.7],
      [1, 0.9],
      [0, 0.3],
    ] as const) {
      wallMs += wall
      uptimeMs += uptime
      assert.ok(Number.isInteger(now()) && now() >= lastMs)
      lastMs = now()
    }
  })
})
