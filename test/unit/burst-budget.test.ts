import assert from 'node:assert/strict'
import { beforeEach, describe, it } from 'node:test'
import fc from 'fast-check'
import { createMemoryHub } from '../../src/fleet/memory-bus.ts'
import { announceIntervalMs, shareBurst } from '../../src/fleet/shared-burst.ts'
import {
  type BurstBudget,
  budgetLifetimeMs,
  burstWindowMs,
  createBurstBudget,
  fullPaceShare,
  maxStretch,
  reserveShare,
  stretchOf,
} from '../../src/upstream/burst-budget.ts'
import { createFakeClock, type FakeClock } from '../support/fake-clock.ts'
import { settled } from '../support/settled.ts'

let clock: FakeClock
let budget: BurstBudget

beforeEach(() => {
  clock = createFakeClock()
  budget = createBurstBudget(clock)
})

const headersOf = (remaining: number | string, limit: number | string = 2000, delay?: number | string) =>
  new Headers({
    'X-VaultAPI-BurstLimit': String(limit),
    'X-VaultAPI-BurstLimitRemaining': String(remaining),
    ...(delay === undefined ? {} : { 'X-VaultAPI-ResponseDelay': String(delay) }),
  })

describe('the pace', () => {
  it('is full above half of the budget, and slows down to a bound as it shrinks', () => {
    assert.deepEqual([1, 0.9, fullPaceShare, 0.3, reserveShare, 0.05, 0].map(stretchOf), [
      1,
      1,
      1,
      5.5,
      maxStretch,
      maxStretch,
      maxStretch,
    ])
  })

  it('never goes up with less left, and never beyond its bounds', () => {
    fc.assert(
      fc.property(
        fc.double({ min: 0, max: 1, noNaN: true }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (a, b) => {
          const [less, more] = [stretchOf(Math.min(a, b)), stretchOf(Math.max(a, b))]
          assert.ok(less >= more && more >= 1 && less <= maxStretch)
        },
      ),
    )
  })

  it('follows what the last answer told, and is full where nothing is known', () => {
    assert.equal(budget.pace.stretch(), 1)
    budget.note(headersOf(600))
    assert.equal(budget.pace.stretch(), 5.5)
    assert.deepEqual(budget.current(), { limit: 2000, remaining: 600 })
    budget.note(headersOf(1500))
    assert.equal(budget.pace.stretch(), 1)
  })

  it('is not changed by headers that are missing or absurd', () => {
    budget.note(headersOf(600))
    const absurd: readonly (readonly [string | number, string | number])[] = [
      [3000, 2000],
      [-5, 2000],
      [5, 0],
      [0, 0],
      ['many', 2000],
      ['', 2000],
      [5, 'Infinity'],
      [1.5, 2000],
      ['1e3', 2000],
      [5, 10 ** 12],
    ]
    for (const [remaining, limit] of absurd) {
      budget.note(headersOf(remaining, limit))
      assert.deepEqual(budget.current(), { limit: 2000, remaining: 600 }, `${remaining} of ${limit}`)
    }
    budget.note(new Headers())
    assert.equal(budget.pace.stretch(), 5.5)
  })

  it('is full again when what was told is old', () => {
    budget.note(headersOf(0, 2000, 500))
    clock.advance(budgetLifetimeMs - 1)
    assert.deepEqual([budget.pace.stretch(), budget.pace.extraWaitMs()], [maxStretch, 500])
    clock.advance(1)
    assert.deepEqual([budget.pace.stretch(), budget.pace.extraWaitMs(), budget.pace.isShort()], [1, 0, false])
    assert.equal(budget.current(), undefined)
  })
})

describe('the reserve', () => {
  it('is kept below its share', () => {
    budget.note(headersOf(200))
    assert.equal(budget.pace.isShort(), false)
    budget.note(headersOf(199))
    assert.equal(budget.pace.isShort(), true)
    budget.note(headersOf(1999))
    assert.equal(budget.pace.isShort(), false)
  })

  it('is kept at another shortage too, where nobody was told of the end of the one before', () => {
    budget.note(headersOf(50))
    clock.advance(2 * burstWindowMs)
    budget.note(headersOf(50))
    assert.equal(budget.pace.isShort(), true)
  })

  it('is not kept for longer than Vault’s window, whatever headers go on saying', () => {
    for (let ms = 0; ms < burstWindowMs; ms += 10_000) {
      budget.note(headersOf(0))
      assert.equal(budget.pace.isShort(), true)
      clock.advance(10_000)
    }
    budget.note(headersOf(0))
    assert.deepEqual([budget.pace.isShort(), budget.pace.stretch()], [false, maxStretch])
  })
})

describe('an answer whose burst headers mean nothing', () => {
  it('tells of a delay, but not that there is none, and nothing of the budget', () => {
    budget.note(headersOf(600))
    budget.noteDelayAlone(headersOf(0, 1, 700))
    assert.deepEqual([budget.pace.stretch(), budget.pace.extraWaitMs()], [5.5, 700])
    budget.noteDelayAlone(headersOf(0, 1))
    assert.equal(budget.pace.extraWaitMs(), 700)
    budget.note(headersOf(600))
    assert.equal(budget.pace.extraWaitMs(), 0)
  })
})

describe('the budget of replicas', () => {
  it('is one: each tells the others, at most once a second, and last what it was told last', async () => {
    const hub = createMemoryHub()
    const announced: string[] = []
    const other = createBurstBudget(clock)
    const [here, there] = [hub.connect(), hub.connect()]
    const announce = (name: string, detail: string) => {
      announced.push(detail)
      here.announce(name, detail)
    }
    shareBurst({ ...here, announce }, budget, clock)
    shareBurst(there, other, clock)
    for (let remaining = 900; remaining >= 600; remaining -= 1) budget.note(headersOf(remaining))
    await settled()
    assert.deepEqual(other.current(), { limit: 2000, remaining: 900 })
    clock.advance(announceIntervalMs)
    await settled()
    assert.deepEqual(other.current(), { limit: 2000, remaining: 600 })
    assert.equal(other.pace.stretch(), 5.5)
    budget.noteDelayAlone(headersOf(0, 1, 250))
    clock.advance(10 * announceIntervalMs)
    await settled()
    assert.equal(other.pace.extraWaitMs(), 250)
    assert.equal(announced.length, 3)
    assert.equal(clock.pending(), 0)
  })
})
