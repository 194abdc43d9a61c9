import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { Slab } from '../../src/core/slab.ts'

describe('a slab', () => {
  it('has what was put there until it is taken', () => {
    const slab = new Slab<{ readonly name: string }>()
    const place = slab.put({ name: 'a' })
    assert.deepEqual(slab.at(place), { name: 'a' })
    slab.take(place)
    assert.equal(slab.at(place), undefined)
    assert.deepEqual(slab.values(), [])
  })

  it('uses places again, and is as long as what was ever there at once', () => {
    const slab = new Slab<{ readonly number: number }>()
    const kept = slab.put({ number: 0 })
    const places = new Set<number>([kept])
    for (let number = 1; number <= 1000; number += 1) {
      const place = slab.put({ number })
      places.add(place)
      slab.take(place)
    }
    assert.equal(places.size, 2)
    assert.deepEqual(slab.values(), [{ number: 0 }])
  })
})
