import assert from 'node:assert/strict'
import { beforeEach, describe, it } from 'node:test'
import { GatewayError } from '../../src/core/errors.ts'
import { type Admission, type AdmissionLimits, createAdmission } from '../../src/server/admission.ts'
import { createRate } from '../../src/server/rate.ts'
import { createFakeClock, type FakeClock } from '../support/fake-clock.ts'

const nobody = undefined
const minuteMs = 60_000

describe('a rate', () => {
  let clock: FakeClock
  beforeEach(() => {
    clock = createFakeClock()
  })

  it('lets a whole minute come at once, and then as many as come evenly in one', () => {
    const rate = createRate(60, clock)
    for (let count = 0; count < 60; count += 1) {
      assert.equal(rate.waitMs('a'), 0)
      rate.count('a')
    }
    assert.equal(rate.waitMs('a'), 1000)
    clock.advance(999)
    assert.equal(rate.waitMs('a'), 1)
    clock.advance(1)
    assert.equal(rate.waitMs('a'), 0)
    rate.count('a')
    assert.equal(rate.waitMs('a'), 1000)
  })

  it('lets exactly as many come at once as it says, whatever its pace', () => {
    for (const perMinute of [9, 17, 300_000, 600_000]) {
      const rate = createRate(perMinute, clock)
      let count = 0
      for (; rate.waitMs('a') === 0; count += 1) rate.count('a')
      assert.equal(count, perMinute)
    }
  })

  it('saves no more than a minute up', () => {
    const rate = createRate(2, clock)
    rate.count('a')
    clock.advance(60 * minuteMs)
    rate.count('a')
    rate.count('a')
    assert.equal(rate.waitMs('a'), minuteMs / 2)
  })

  it('is kept for each key apart, and looking at it counts nothing', () => {
    const rate = createRate(1, clock)
    rate.count('a')
    assert.equal(rate.waitMs('b'), 0)
    assert.equal(rate.waitMs('b'), 0)
    assert.equal(rate.waitMs('a'), minuteMs)
  })

  it('of 0 is no limit, and no timer waits for any', () => {
    const rate = createRate(0, clock)
    for (let count = 0; count < 1000; count += 1) rate.count('a')
    assert.equal(rate.waitMs('a'), 0)
    createRate(1, clock).count('a')
    assert.equal(clock.pending(), 0)
  })
})

describe('the admission of operations', () => {
  let clock: FakeClock
  beforeEach(() => {
    clock = createFakeClock()
  })
  const admission = (limits: Partial<AdmissionLimits>): Admission =>
    createAdmission(
      {
        maxOperationsPerMinute: 0,
        maxOperationsPerMinutePerAddress: 0,
        maxConcurrentOperations: 0,
        ...limits,
      },
      clock,
    )

  it('who brings no credential is counted by network, so that none speaks for all of them', () => {
    const { refusalOf } = admission({ maxOperationsPerMinute: 1 })
    assert.equal(refusalOf({ callerKey: nobody, network: 'one' }), undefined)
    assert.equal(refusalOf({ callerKey: nobody, network: 'two' }), undefined)
    assert.equal(refusalOf({ callerKey: nobody, network: 'one' })?.code, 'RATE_LIMITED')
  })

  it('who brings one is counted by it, wherever it comes from', () => {
    const { refusalOf } = admission({ maxOperationsPerMinute: 1 })
    assert.equal(refusalOf({ callerKey: 'ada', network: 'one' }), undefined)
    assert.equal(refusalOf({ callerKey: 'bob', network: 'one' }), undefined)
    assert.equal(refusalOf({ callerKey: 'ada', network: 'two' })?.extensions.retryAfter, 60)
  })

  it('an operation that one limit refuses does not count against the other', () => {
    const { refusalOf } = admission({ maxOperationsPerMinute: 1, maxOperationsPerMinutePerAddress: 2 })
    const ada = { callerKey: 'ada', network: 'one' }
    assert.equal(refusalOf(ada), undefined)
    for (let count = 0; count < 5; count += 1) assert.equal(refusalOf(ada)?.code, 'RATE_LIMITED')
    assert.equal(refusalOf({ callerKey: 'bob', network: 'one' }), undefined)
    assert.match(refusalOf({ callerKey: 'eve', network: 'one' })?.message ?? '', /from this address/)
  })

  it('after `retryAfter` there is room', () => {
    const { refusalOf } = admission({ maxOperationsPerMinute: 7 })
    const ada = { callerKey: 'ada', network: 'one' }
    for (let count = 0; count < 7; count += 1) assert.equal(refusalOf(ada), undefined)
    const retryAfter = refusalOf(ada)?.extensions.retryAfter ?? 0
    assert.equal(retryAfter, Math.ceil(60 / 7))
    clock.advance(retryAfter * 1000)
    assert.equal(refusalOf(ada), undefined)
  })

  it('operations under way are counted for each caller until they end', () => {
    const { begin } = admission({ maxConcurrentOperations: 2 })
    const ada = { callerKey: 'ada', network: 'one' }
    const [first, second] = [begin(ada), begin(ada)]
    assert.ok(typeof first === 'function' && typeof second === 'function')
    const refused = begin(ada)
    assert.ok(refused instanceof GatewayError)
    assert.deepEqual(refused.extensions, { code: 'RATE_LIMITED', retryAfter: 1 })
    assert.equal(typeof begin({ callerKey: 'bob', network: 'one' }), 'function')
    first()
    assert.equal(typeof begin(ada), 'function')
    assert.ok(begin(ada) instanceof GatewayError)
  })
})
