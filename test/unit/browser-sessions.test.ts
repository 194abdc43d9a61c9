import assert from 'node:assert/strict'
import { beforeEach, describe, it } from 'node:test'
import type { BrowserSession } from '../../src/core/browser-session.ts'
import { accessWith } from '../../src/core/identity.ts'
import { type BrowserSessions, createBrowserSessions } from '../../src/upstream/browser-sessions.ts'
import { createFakeClock, type FakeClock } from '../support/fake-clock.ts'
import { settled } from '../support/settled.ts'

const keepAliveIntervalMs = 300_000

describe('the sessions of browsers', () => {
  let clock: FakeClock
  let asked: (string | undefined)[]
  let reported: unknown[]
  let failure: Error | undefined
  let sessions: BrowserSessions

  beforeEach(() => {
    clock = createFakeClock()
    asked = []
    reported = []
    failure = undefined
    sessions = createBrowserSessions({
      vault: {
        async post({ authorization }, path) {
          assert.equal(path, '/keep-alive')
          asked.push(authorization)
          if (failure !== undefined) throw failure
          return { body: {}, upstream: { service: 'vault' }, vaultId: undefined }
        },
      },
      clock,
      keepAliveIntervalMs,
      reportFailure: (error) => void reported.push(error),
    })
  })

  const session = (vaultSession: string): BrowserSession => ({
    vaultSession,
    userId: '7',
    vaultId: '2026',
    expiresAtMs: clock.now() + 48 * 3_600_000,
  })

  it('are kept alive when the browser asks, once in the interval each', () => {
    const [one, two] = [session('one'), session('two')]
    sessions.begin(one)
    for (const each of [one, two, one, two]) sessions.touch(each)
    assert.deepEqual(asked, ['two'])
    clock.advance(keepAliveIntervalMs)
    for (const each of [one, two, one, two]) sessions.touch(each)
    assert.deepEqual(asked, ['two', 'one', 'two'])
  })

  it('are kept alive once for all connections of a browser, until the last one closes', () => {
    const one = session('one')
    sessions.begin(one)
    const releases = [sessions.hold(one, () => {}), sessions.hold(one, () => {})]
    clock.advance(3 * keepAliveIntervalMs)
    assert.equal(asked.length, 3)
    for (const release of releases) release()
    clock.advance(3 * keepAliveIntervalMs)
    assert.equal(asked.length, 3)
  })

  it('go on where one such call fails, and the operator is told', async () => {
    const one = session('one')
    sessions.begin(one)
    sessions.hold(one, () => {})
    failure = new Error('no connection')
    clock.advance(keepAliveIntervalMs)
    await settled()
    failure = undefined
    clock.advance(keepAliveIntervalMs)
    assert.equal(asked.length, 2)
    assert.equal(reported.length, 1)
  })

  it('tell their connections when they are ended, and let nobody in any more', () => {
    const [one, two] = [session('one'), session('two')]
    const ended: string[] = []
    sessions.hold(one, () => ended.push('first'))
    sessions.hold(one, () => ended.push('second'))
    sessions.hold(two, () => ended.push('other'))()
    sessions.end(one)
    sessions.end(two)
    assert.deepEqual(ended, ['first', 'second'])
    assert.equal(sessions.hasEnded(accessWith('one')), true)
    assert.equal(sessions.hasEnded(accessWith('three')), false)
    asked.length = 0
    clock.advance(3 * keepAliveIntervalMs)
    assert.deepEqual(asked, [])
  })

  it('tell their connections when the 48 hours are over', () => {
    const one = session('one')
    let ended = 0
    sessions.hold(one, () => {
      ended += 1
    })
    clock.advance(48 * 3_600_000 - 1)
    assert.equal(ended, 0)
    clock.advance(1)
    assert.equal(ended, 1)
    assert.equal(sessions.hasEnded(accessWith('one')), false)
  })

  it('are let go of when the gateway stops', () => {
    sessions.hold(session('one'), () => assert.fail('nothing has ended'))
    asked.length = 0
    sessions.stop()
    clock.advance(72 * 3_600_000)
    assert.deepEqual(asked, [])
  })
})
