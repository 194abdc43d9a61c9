import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { endOfTurn } from '../../src/core/turn.ts'

describe('the end of a turn', () => {
  it('comes once for all who wait for it, in the order of their coming, behind what is waited for without it', async () => {
    const order: string[] = []
    const note = (what: string) => () => void order.push(what)
    const waiting = [endOfTurn().then(note('first'))]
    process.nextTick(note('tick'))
    waiting.push(Promise.resolve().then(note('promise')).then(endOfTurn).then(note('second')))
    await Promise.all(waiting)
    assert.deepEqual(order, ['promise', 'tick', 'first', 'second'])
  })

  it('is another one for who comes later', async () => {
    const first = endOfTurn()
    await nextTurn()
    assert.notEqual(endOfTurn(), first)
    await endOfTurn()
  })
})
