import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { createSharedCalls } from '../../src/upstream/shared-calls.ts'
import { settled } from '../support/settled.ts'

/** A call that a test answers by hand. */
function scriptedCall() {
  const answer = Promise.withResolvers<string>()
  const signals: AbortSignal[] = []
  const call = (signal: AbortSignal) => {
    signals.push(signal)
    return answer.promise
  }
  return { ...answer, call, signals }
}

const live = () => new AbortController().signal

describe('a shared call', () => {
  it('is made once for all who ask while it is under way', async () => {
    const calls = createSharedCalls<string>()
    const { call, resolve, signals } = scriptedCall()
    const all = [calls.run('a', live(), call), calls.run('a', live(), call)]
    assert.ok(calls.has('a'))
    resolve('x')
    assert.deepEqual(await Promise.all(all), ['x', 'x'])
    assert.equal(signals.length, 1)
  })

  it('is not shared between keys, nor with who asks after its end', async () => {
    const calls = createSharedCalls<string>()
    const { call, resolve, signals } = scriptedCall()
    resolve('x')
    await Promise.all([calls.run('a', live(), call), calls.run('b', live(), call)])
    assert.equal(calls.has('a'), false)
    await calls.run('a', live(), call)
    assert.equal(signals.length, 3)
  })

  it('fails for all who wait, and is forgotten', async () => {
    const calls = createSharedCalls<string>()
    const { call, reject } = scriptedCall()
    const all = [calls.run('a', live(), call), calls.run('a', live(), call)]
    const failure = new Error('broken')
    reject(failure)
    for (const one of all) await assert.rejects(one, failure)
    assert.equal(calls.has('a'), false)
  })

  it('goes on when one of two leaves, who is let go at once', async () => {
    const calls = createSharedCalls<string>()
    const { call, resolve, signals } = scriptedCall()
    const leaving = new AbortController()
    const left = calls.run('a', leaving.signal, call)
    const stays = calls.run('a', live(), call)
    const reason = new Error('gone')
    leaving.abort(reason)
    await assert.rejects(left, reason)
    assert.equal(signals[0]?.aborted, false)
    resolve('x')
    assert.equal(await stays, 'x')
  })

  it('is aborted with the last who leaves, and the next who asks gets a call of their own', async () => {
    const calls = createSharedCalls<string>()
    const first = scriptedCall()
    const leaving = [new AbortController(), new AbortController()]
    const left = leaving.map(({ signal }) => calls.run('a', signal, first.call))
    const reason = new Error('gone')
    for (const controller of leaving) controller.abort(reason)
    for (const one of left) await assert.rejects(one, reason)
    assert.equal(first.signals[0]?.aborted, true)
    assert.equal(first.signals[0]?.reason, reason)
    assert.equal(calls.has('a'), false)
    const second = scriptedCall()
    const next = calls.run('a', live(), second.call)
    first.reject(new Error('aborted'))
    await settled()
    assert.ok(calls.has('a'), 'the end of the old call does not forget the new one')
    second.resolve('y')
    assert.equal(await next, 'y')
  })

  it('goes on for who comes in the same turn in which the last one leaves', async () => {
    const calls = createSharedCalls<string>()
    const { call, resolve, signals } = scriptedCall()
    const leaving = new AbortController()
    const left = calls.run('a', leaving.signal, call)
    leaving.abort(new Error('gone'))
    const comes = calls.run('a', live(), call)
    await assert.rejects(left, /gone/)
    resolve('x')
    assert.equal(await comes, 'x')
    assert.equal(signals.length, 1)
    assert.equal(signals[0]?.aborted, false)
  })

  it('is not made for who has gone already', async () => {
    const calls = createSharedCalls<string>()
    const { call, signals } = scriptedCall()
    const reason = new Error('gone')
    await assert.rejects(calls.run('a', AbortSignal.abort(reason), call), reason)
    assert.deepEqual(signals, [])
  })
})
