import assert from 'node:assert/strict'
import { beforeEach, describe, it } from 'node:test'
import type { Clock } from '../../src/core/time.ts'
import { createStatusWindows, type StatusWindows } from '../../src/jobs/status-window.ts'
import { createFakeClock, type FakeClock } from '../support/fake-clock.ts'
import { settled } from '../support/settled.ts'

let clock: FakeClock
let windows: StatusWindows

beforeEach(() => {
  clock = createFakeClock()
  windows = createStatusWindows(10_000, clock)
})

const live = () => new AbortController().signal

/** Whether a promise has come to an end by now. */
async function isOver(promise: Promise<unknown>): Promise<boolean> {
  let over = false
  promise.then(
    () => {
      over = true
    },
    () => {
      over = true
    },
  )
  await settled()
  return over
}

describe("a job's status window", () => {
  it('is open for a job that was never asked', () => {
    assert.equal(windows.waitMs('1'), 0)
    assert.equal(windows.isOpen('1'), true)
  })

  it('is taken while somebody asks, for ever if need be, and for that job alone', () => {
    windows.claim('1')
    assert.equal(windows.waitMs('1'), Number.POSITIVE_INFINITY)
    clock.advance(1_000_000)
    assert.equal(windows.waitMs('1'), Number.POSITIVE_INFINITY)
    assert.equal(windows.waitMs('2'), 0)
  })

  it('opens again ten seconds after Vault counted the call, to the millisecond', async () => {
    windows.claim('1')
    clock.advance(300)
    windows.close('1')
    const place = windows.queue('1')
    const opening = place.change(live())
    clock.advance(9_999)
    assert.equal(windows.waitMs('1'), 1)
    assert.equal(await isOver(opening), false)
    clock.advance(1)
    assert.equal(windows.waitMs('1'), 0)
    assert.equal(await isOver(opening), true)
    assert.equal(place.isTurn(), true)
  })

  it('is open at once where Vault did not count the call', () => {
    windows.claim('1')
    windows.release('1')
    assert.equal(windows.waitMs('1'), 0)
  })

  it('wakes who waits for the call under way, whether it counted or not', async () => {
    for (const settle of ['close', 'release'] as const) {
      windows.claim(settle)
      const opening = windows.queue(settle).change(live())
      assert.equal(await isOver(opening), false)
      windows[settle](settle)
      assert.equal(await isOver(opening), true)
    }
  })

  it('is given in the order of coming, and not to who comes while others wait', async () => {
    windows.claim('1')
    windows.close('1')
    const [first, second] = [windows.queue('1'), windows.queue('1')]
    clock.advance(10_000)
    assert.deepEqual([first.isTurn(), second.isTurn(), windows.isOpen('1')], [true, false, false])
    windows.claim('1')
    assert.equal(first.isTurn(), false)
    first.leave()
    windows.close('1')
    clock.advance(10_000)
    assert.equal(second.isTurn(), true)
    second.leave()
    assert.equal(windows.isOpen('1'), true)
  })

  it('tells the next one when the first leaves without asking', async () => {
    const [first, second] = [windows.queue('1'), windows.queue('1')]
    const change = second.change(live())
    assert.equal(second.isTurn(), false)
    first.leave()
    assert.equal(await isOver(change), true)
    assert.equal(second.isTurn(), true)
  })

  it('wakes those who wait also where a timer fires before its time', async () => {
    const early: Clock = {
      now: clock.now,
      after: (delayMs, callback) => clock.after(delayMs > 1 ? delayMs - 1 : delayMs, callback),
    }
    const hasty = createStatusWindows(10_000, early)
    hasty.claim('1')
    hasty.close('1')
    const place = hasty.queue('1')
    const change = place.change(live())
    clock.advance(9_999)
    assert.equal(await isOver(change), false)
    clock.advance(1)
    assert.equal(await isOver(change), true)
    assert.equal(place.isTurn(), true)
  })

  it('lets go who does not want to wait any more, and leaves no timer', async () => {
    windows.claim('1')
    windows.close('1')
    const abort = new AbortController()
    const place = windows.queue('1')
    const change = place.change(abort.signal)
    assert.equal(clock.pending(), 1)
    const reason = new Error('gone')
    abort.abort(reason)
    await assert.rejects(change, reason)
    place.leave()
    place.leave()
    assert.equal(clock.pending(), 0)
  })

  it('does not make wait who was looking elsewhere when it opened', async () => {
    const place = windows.queue('1')
    windows.claim('1')
    windows.close('1', 1)
    clock.advance(1)
    assert.equal(await isOver(place.change(live())), true)
  })
})
