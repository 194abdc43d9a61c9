import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import {
  createCallLimit,
  createListedLoaders,
  loadEach,
  maxConcurrentCalls,
} from '../../src/upstream/batching.ts'
import { settled } from '../support/settled.ts'

describe('a call for each key', () => {
  it('keeps the order of the keys, and a failure costs its own key alone', async () => {
    const failure = new Error('broken')
    const results = await loadEach([1, 2, 3], createCallLimit(), async (key) => {
      if (key === 2) throw failure
      return key * 10
    })
    assert.deepEqual(results, [10, failure, 30])
  })

  it('that throws something else than an error gives an error', async () => {
    const [result] = await loadEach([1], createCallLimit(), () => Promise.reject('text'))
    assert.ok(result instanceof Error)
    assert.equal(result.message, 'text')
  })

  it('runs no more than ten at a time', async () => {
    const waiting: (() => void)[] = []
    let most = 0
    let running = 0
    const keys = Array.from({ length: 25 }, (_, index) => index)
    const results = loadEach(keys, createCallLimit(), async (key) => {
      running += 1
      most = Math.max(most, running)
      await new Promise<void>((resolve) => {
        waiting.push(resolve)
      })
      running -= 1
      return key
    })
    for (let round = 0; round < 3; round += 1) {
      await settled()
      for (const end of waiting.splice(0)) end()
    }
    assert.deepEqual(await results, keys)
    assert.equal(most, maxConcurrentCalls)
  })
})

describe('the limit of calls', () => {
  it('gives the turn of a call that fails, or throws at once, to the next one, in their order', async () => {
    const limit = createCallLimit()
    const begun: number[] = []
    const failing = (index: number) => {
      begun.push(index)
      if (index % 2 === 0) throw new Error('at once')
      return Promise.reject(new Error('later'))
    }
    const numbers = Array.from({ length: 5 * maxConcurrentCalls }, (_, index) => index)
    const results = await Promise.allSettled(numbers.map((index) => limit(() => failing(index))))
    assert.ok(results.every(({ status }) => status === 'rejected'))
    assert.deepEqual(begun, numbers)
    assert.equal(await limit(() => Promise.resolve('free')), 'free')
  })

  it('is kept when calls come from within calls', async () => {
    const limit = createCallLimit()
    let running = 0
    let most = 0
    const inner: Promise<void>[] = []
    const call = async () => {
      running += 1
      most = Math.max(most, running)
      await settled()
      running -= 1
    }
    const outer = Array.from({ length: 15 }, () =>
      limit(async () => {
        inner.push(limit(call))
        await call()
      }),
    )
    await Promise.all(outer)
    await Promise.all(inner)
    assert.equal(inner.length, 15)
    assert.equal(most, maxConcurrentCalls)
  })
})

/** A resource of three values, with a log of what was asked of it. Of some it is known how they were before. */
function listedResource(...known: readonly string[]) {
  const asked: string[] = []
  const values = ['a', 'b', 'c'].map((id) => ({ id }))
  const loaders = createListedLoaders({
    name: 'things',
    async list() {
      asked.push('list')
      return values
    },
    async one(key) {
      asked.push(key)
      return values.find(({ id }) => id === key) ?? null
    },
    keyOf: ({ id }) => id,
    known: (key) => (known.includes(key) ? { id: `${key} as known` } : undefined),
  })
  return { asked, loaders }
}

describe('a resource with a list and a route for one', () => {
  it('is asked for one by its key', async () => {
    const { asked, loaders } = listedResource()
    assert.deepEqual(await loaders.byKey.load('b'), { id: 'b' })
    assert.deepEqual(asked, ['b'])
  })

  it('is asked for several by the list, once; null for what is not on it', async () => {
    const { asked, loaders } = listedResource()
    assert.deepEqual(await loaders.byKey.loadMany(['c', 'x', 'a', 'c']), [
      { id: 'c' },
      null,
      { id: 'a' },
      { id: 'c' },
    ])
    assert.deepEqual(asked, ['list'])
  })

  it('is asked for the list once for all fields of an operation', async () => {
    const { asked, loaders } = listedResource()
    const [one, all] = await Promise.all([loaders.byKey.load('a'), loaders.all(), loaders.all()])
    assert.deepEqual([one, all.length], [{ id: 'a' }, 3])
    assert.deepEqual(asked, ['list'])
  })

  it('is not asked for what is known', async () => {
    const { asked, loaders } = listedResource('a', 'b')
    assert.deepEqual(await loaders.byKey.loadMany(['b', 'a']), [{ id: 'b as known' }, { id: 'a as known' }])
    assert.deepEqual(asked, [])
  })

  it('is asked by its key for the only one that is not known', async () => {
    const { asked, loaders } = listedResource('a', 'b')
    assert.deepEqual(await loaders.byKey.loadMany(['a', 'c', 'b']), [
      { id: 'a as known' },
      { id: 'c' },
      { id: 'b as known' },
    ])
    assert.deepEqual(asked, ['c'])
  })

  it('tells what the list says where it was asked, whatever was known', async () => {
    const { asked, loaders } = listedResource('a', 'x')
    assert.deepEqual(await loaders.byKey.loadMany(['a', 'b', 'c', 'x']), [
      { id: 'a' },
      { id: 'b' },
      { id: 'c' },
      { id: 'x as known' },
    ])
    assert.deepEqual(asked, ['list'])
  })
})
