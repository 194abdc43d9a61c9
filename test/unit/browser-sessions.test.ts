import assert from 'node:assert/strict'
import { beforeEach, describe, it } from 'node:test'
import type { BrowserSession } from '../../src/core/browser-session.ts'
import { accessWith } from '../../src/core/identity.ts'
import { maxConcurrentCalls } from '../../src/upstream/batching.ts'
import { type BrowserSessions, createBrowserSessions } from '../../src/upstream/browser-sessions.ts'
import { createFakeClock, type FakeClock } from '../support/fake-clock.ts'
import { settled } from '../support/settled.ts'

const keepAliveIntervalMs = 300_000

describe('the sessions of browsers', () => {
  let clock: FakeClock
  let asked: (string | undefined)[]
  let reported: unknown[]
  let failure: Error | undefined
  let answered: Promise<void>
  let sessions: BrowserSessions

  beforeEach(() => {
    clock = createFakeClock()
    asked = []
    reported = []
    failure = undefined
    answered = Promise.resolve()
    sessions = createBrowserSessions({
      vault: {
        async post({ authorization }, { text: path }) {
          assert.equal(path, '/keep-alive')
          asked.push(authorization)
          await answered
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

  it('are kept alive when the browser asks, once in the interval each', async () => {
    const [one, two] = [session('one'), session('two')]
    sessions.begin(one)
    for (const each of [one, two, one, two]) sessions.touch(each)
    await settled()
    assert.deepEqual(asked, ['two'])
    clock.advance(keepAliveIntervalMs)
    for (const each of [one, two, one, two]) sessions.touch(each)
    await settled()
    assert.deepEqual(asked, ['two', 'one', 'two'])
  })

  it('are kept alive a few at a time, where very many come at once', async () => {
    const { promise, resolve } = Promise.withResolvers<void>()
    answered = promise
    const many = Array.from({ length: 3 * maxConcurrentCalls }, (_, index) => session(`${index}`))
    for (const each of [...many, ...many]) sessions.touch(each)
    await settled()
    assert.equal(asked.length, maxConcurrentCalls)
    clock.advance(keepAliveIntervalMs)
    sessions.touch(session(`${many.length - 1}`))
    resolve()
    await settled()
    assert.equal(asked.length, many.length)
  })

  it('that have ended are kept alive no more, whoever shows their cookie again', async () => {
    const one = session('one')
    const { promise, resolve } = Promise.withResolvers<void>()
    answered = promise
    for (let index = 0; index < maxConcurrentCalls; index += 1) sessions.touch(session(`before ${index}`))
    sessions.touch(one)
    sessions.end(one)
    resolve()
    await settled()
    sessions.touch(one)
    await settled()
    assert.equal(asked.includes('one'), false)
  })

  it('that have ended are told to a connection that comes too late, at once', () => {
    const one = session('one')
    let ended = 0
    sessions.end(one)
    sessions.hold(one, () => {
      ended += 1
    })()
    assert.equal(ended, 1)
  })

  it('are kept alive once for all connections of a browser, until the last one closes', async () => {
    const one = session('one')
    sessions.begin(one)
    const releases = [sessions.hold(one, () => {}), sessions.hold(one, () => {})]
    for (let count = 0; count < 3; count += 1) {
      clock.advance(keepAliveIntervalMs)
      await settled()
    }
    assert.equal(asked.length, 3)
    for (const release of releases) release()
    clock.advance(3 * keepAliveIntervalMs)
    await settled()
    assert.equal(asked.length, 3)
  })

  it('are kept alive in each interval although timers fire a little before their time', async () => {
    const early = createBrowserSessions({
      vault: {
        async post({ authorization }) {
          asked.push(authorization)
          return { body: {}, upstream: { service: 'vault' }, vaultId: undefined }
        },
      },
      clock: { now: clock.now, after: (ms, callback) => clock.after(ms > 1 ? ms - 1 : ms, callback) },
      keepAliveIntervalMs,
      reportFailure: (error) => void reported.push(error),
    })
    early.hold(session('one'), () => {})
    await settled()
    for (let count = 1; count <= 5; count += 1) {
      assert.equal(asked.length, count)
      clock.advance(keepAliveIntervalMs)
      await settled()
    }
    early.stop()
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
    await settled()
    assert.equal(asked.length, 2)
    assert.equal(reported.length, 1)
  })

  it('tell their connections when they are ended, and let nobody in any more', async () => {
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
    await settled()
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

  it('that wait for their turn when the gateway stops are not asked for any more', async () => {
    const { promise, resolve } = Promise.withResolvers<void>()
    answered = promise
    for (let index = 0; index <= maxConcurrentCalls; index += 1) sessions.touch(session(`${index}`))
    await settled()
    sessions.stop()
    resolve()
    await settled()
    assert.equal(asked.length, maxConcurrentCalls)
  })

  it('are let go of when the gateway stops', async () => {
    sessions.hold(session('one'), () => assert.fail('nothing has ended'))
    await settled()
    asked.length = 0
    sessions.stop()
    clock.advance(72 * 3_600_000)
    await settled()
    assert.deepEqual(asked, [])
  })
})
