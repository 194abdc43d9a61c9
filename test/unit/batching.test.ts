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
