import assert from 'node:assert/strict'
import { beforeEach, describe, it } from 'node:test'
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
  it('is open for a job that was never asked', async () => {
    assert.equal(windows.waitMs('1'), 0)
    await windows.opening('1', live())
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
    const opening = windows.opening('1', live())
    clock.advance(9_999)
    assert.equal(windows.waitMs('1'), 1)
    assert.equal(await isOver(opening), false)
    clock.advance(1)
    assert.equal(windows.waitMs('1'), 0)
    assert.equal(await isOver(opening), true)
  })

  it('is open at once where Vault did not count the call', () => {
    windows.claim('1')
    windows.release('1')
    assert.equal(windows.waitMs('1'), 0)
  })

  it('wakes who waits for the call under way, whether it counted or not', async () => {
    for (const settle of ['close', 'release'] as const) {
      windows.claim(settle)
      const opening = windows.opening(settle, live())
      assert.equal(await isOver(opening), false)
      windows[settle](settle)
      assert.equal(await isOver(opening), true)
    }
  })

  it('lets go who does not want to wait any more, and leaves no timer', async () => {
    windows.claim('1')
    const abort = new AbortController()
    const duringCall = windows.opening('1', abort.signal)
    windows.claim('2')
    windows.close('2')
    const duringWindow = windows.opening('2', abort.signal)
    assert.equal(clock.pending(), 1)
    const reason = new Error('gone')
    abort.abort(reason)
    await assert.rejects(duringCall, reason)
    await assert.rejects(duringWindow, reason)
    await assert.rejects(windows.opening('2', abort.signal), reason)
    assert.equal(clock.pending(), 0)
  })
})
