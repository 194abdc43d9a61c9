import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { durationOf, inWords } from '../../web/board/results/measures.ts'
import { linkTo, readRoute } from '../../web/board/shell/route.ts'
import { visitorAfter } from '../../web/board/sign-in/visitor.ts'
import { percentOf, sizeOf } from '../../web/board/words/size.ts'
import { ago, byVaultsClock, lasting } from '../../web/board/words/time.ts'

describe('the words of the board', () => {
  it('tell durations and sizes in the unit that fits', () => {
    assert.deepEqual([870, 1500, 12_400_000, 2.25e9, 250e9].map(durationOf), [
      '870 ns',
      '1.5 µs',
      '12 ms',
      '2.3 s',
      '250 s',
    ])
    assert.deepEqual([0, 999, 1000, 13_107_200, 212e9].map(sizeOf), [
      '0 bytes',
      '999 bytes',
      '1.0 KB',
      '13.1 MB',
      '212 GB',
    ])
    assert.equal(inWords(null, 'MEMORY'), '–')
    assert.equal(inWords(12, 'ELAPSED_TIME'), '12 ms')
    assert.deepEqual([0, 0.0123, 0.342, 1].map(percentOf), ['0.0%', '1.23%', '34.2%', '100.0%'])
  })

  it('tell moments from now, and how long something lasts', () => {
    const nowMs = Date.parse('2026-01-01T12:00:00.000Z')
    assert.equal(ago('2026-01-01T11:59:20.000Z', nowMs), '40 sec. ago')
    assert.equal(ago('2026-01-01T15:10:00.000Z', nowMs), 'in 3 hr.')
    assert.equal(byVaultsClock('2026-01-01T15:10:00.000Z'), 'Jan 1, 2026, 3:10 PM')
    assert.deepEqual([-5, 7000, 65_000, 7_800_000].map(lasting), ['0 s', '7 s', '1 min 05 s', '2 h 10 min'])
  })
})

describe('the addresses of the board', () => {
  it('lead to a screen, and to one thing on it whatever its name', () => {
    assert.deepEqual(readRoute(''), { screen: 'jobs', item: undefined })
    assert.deepEqual(readRoute('#/uploads'), { screen: 'uploads', item: undefined })
    assert.deepEqual(readRoute('#/nowhere/x'), { screen: 'jobs', item: 'x' })
    assert.deepEqual(readRoute(linkTo('pipelines', 'a/b c%')), { screen: 'pipelines', item: 'a/b c%' })
    assert.deepEqual(readRoute('#/pipelines/%E0%A4'), { screen: 'pipelines', item: '%E0%A4' })
  })
})

describe('who is at the board', () => {
  const ada = { userId: '1001', expiresAt: null }
  const before = { is: 'let in', viewer: ada } as const
  const unknown = { is: 'not asked yet' } as const

  it('has to sign in where nobody is signed in and somebody must', () => {
    assert.deepEqual(visitorAfter(unknown, null, true), { is: 'stranger', formerUserId: undefined })
    assert.deepEqual(visitorAfter(unknown, null, false), { is: 'let in', viewer: undefined })
  })

  it('whose session has ended is remembered, so that nobody else sees what was read', () => {
    const stranger = { is: 'stranger', formerUserId: '1001' } as const
    assert.deepEqual(visitorAfter(before, null, true), stranger)
    assert.equal(visitorAfter(stranger, null, true), stranger)
  })

  it('stays where it could not be found out', () => {
    assert.deepEqual(visitorAfter(before, undefined, true), before)
    assert.deepEqual(visitorAfter(unknown, undefined, true), { is: 'let in', viewer: undefined })
    const stranger = { is: 'stranger', formerUserId: undefined } as const
    assert.equal(visitorAfter(stranger, undefined, true), stranger)
  })
})
