import assert from 'node:assert/strict'
import { beforeEach, describe, it } from 'node:test'
import type { Basis } from '../../src/core/operation.ts'
import type { ExecutedOperation } from '../../src/graphql/execution.ts'
import { createRememberedAnswers, type RememberedAnswers } from '../../src/graphql/remembered-answers.ts'
import { createWriteCount, type WriteCount } from '../../src/upstream/write-count.ts'
import { createFakeClock, type FakeClock } from '../support/fake-clock.ts'

const answer = (json = '{"data":{}}'): ExecutedOperation => ({ json, errors: undefined, hasData: true })

describe('a memory of answers', () => {
  let answers: RememberedAnswers
  let clock: FakeClock
  let writes: WriteCount
  /** What the answers rest on. */
  let holds: boolean

  beforeEach(() => {
    clock = createFakeClock()
    writes = createWriteCount()
    answers = createRememberedAnswers({ writes, clock })
    holds = true
  })

  const learn = (executed = answer(), rest = (basis: Basis) => basis.restsOn(() => holds)) =>
    answers.learn('key', async (basis) => {
      rest(basis)
      return executed
    })

  it('tells an answer again while what it rests on holds, and only to the same key', async () => {
    const executed = answer()
    assert.equal(await learn(executed), executed)
    assert.equal(answers.tellAgain('key'), executed)
    assert.equal(answers.tellAgain('key'), executed)
    assert.equal(answers.tellAgain('other'), undefined)
  })

  it('forgets an answer when it does not hold any more, though it would later', async () => {
    await learn()
    holds = false
    assert.equal(answers.tellAgain('key'), undefined)
    holds = true
    assert.equal(answers.tellAgain('key'), undefined)
  })

  it('forgets all when something was written, and does not learn what was begun before', async () => {
    await learn()
    writes.note()
    assert.equal(answers.tellAgain('key'), undefined)
    await learn(answer(), (basis) => {
      basis.restsOn(() => true)
      writes.note()
    })
    assert.equal(answers.tellAgain('key'), undefined)
    await learn()
    assert.notEqual(answers.tellAgain('key'), undefined)
  })

  it('forgets an answer after ten minutes', async () => {
    await learn()
    clock.advance(10 * 60_000)
    assert.notEqual(answers.tellAgain('key'), undefined)
    clock.advance(1)
    assert.equal(answers.tellAgain('key'), undefined)
  })

  it('wants all parts to hold', async () => {
    await learn(answer(), (basis) => {
      basis.restsOn(() => true)
      basis.restsOn(() => holds)
    })
    holds = false
    assert.equal(answers.tellAgain('key'), undefined)
  })

  for (const [what, executed, rest] of [
    ['rests on nothing that is known', answer(), () => {}],
    ['has a part that passes', answer(), (basis: Basis) => [basis.restsOn(() => true), basis.isPassing()]],
    [
      'has more parts than may be looked at',
      answer(),
      (basis: Basis) => Array.from({ length: 51 }, () => basis.restsOn(() => true)),
    ],
    ['has errors', { ...answer(), errors: [{ message: 'no' }] }, undefined],
    ['has no data', { ...answer(), hasData: false }, undefined],
    ['is long', answer('x'.repeat(20_001)), undefined],
  ] as const) {
    it(`does not keep an answer that ${what}`, async () => {
      assert.equal(await learn(executed, rest), executed)
      assert.equal(answers.tellAgain('key'), undefined)
    })
  }

  it('keeps nothing of what fails', async () => {
    const failing = answers.learn('key', async (basis) => {
      basis.restsOn(() => true)
      throw new Error('no')
    })
    await assert.rejects(failing, { message: 'no' })
    assert.equal(answers.tellAgain('key'), undefined)
  })

  it('holds the fewer answers, the more parts they have', async () => {
    const keys = Array.from({ length: 1000 }, (_, index) => `key ${index}`)
    for (const key of keys) {
      await answers.learn(key, async (basis) => {
        for (let part = 0; part < 50; part += 1) basis.restsOn(() => true)
        return answer()
      })
    }
    const kept = keys.filter((key) => answers.tellAgain(key) !== undefined)
    assert.ok(kept.length > 50 && kept.length < 120, String(kept.length))
  })

  it('holds so many characters at most, and lets go of what was not asked for longest', async () => {
    const json = 'x'.repeat(20_000)
    const keys = Array.from({ length: 500 }, (_, index) => `key ${index}`)
    for (const key of keys) {
      await answers.learn(key, async (basis) => {
        basis.restsOn(() => true)
        return answer(json)
      })
    }
    assert.equal(answers.tellAgain('key 0'), undefined)
    assert.equal(answers.tellAgain('key 499')?.json, json)
    assert.ok(keys.filter((key) => answers.tellAgain(key)).length <= 400)
  })
})
