import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { createBacklog, maxBacklog } from '../../src/watch/backlog.ts'

interface Entry {
  readonly key: string
  readonly n: number
  readonly from?: number
}

const newBacklog = () => createBacklog<Entry>((older, newer) => ({ ...newer, from: older.from ?? older.n }))

function drained(backlog: ReturnType<typeof newBacklog>): Entry[] {
  const entries: Entry[] = []
  for (let entry = backlog.take(); entry !== undefined; entry = backlog.take()) entries.push(entry)
  return entries
}

describe('a backlog', () => {
  it('gives what was put, in order, while there is room', () => {
    const backlog = newBacklog()
    const entries = Array.from({ length: maxBacklog }, (_, n) => ({ key: `${n % 3}`, n }))
    for (const entry of entries) backlog.put(entry)
    assert.deepEqual(drained(backlog), entries)
    assert.ok(backlog.isEmpty())
    assert.equal(backlog.take(), undefined)
  })

  it('past its bound keeps the newest of each thing, and no more than one beside those that waited', () => {
    const backlog = newBacklog()
    for (let n = 0; n < 10 * maxBacklog; n += 1) backlog.put({ key: 'a', n })
    for (const key of ['b', 'c']) for (let n = 0; n < 10; n += 1) backlog.put({ key, n })
    const entries = drained(backlog)
    assert.ok(entries.length <= maxBacklog + 3, String(entries.length))
    const last = (key: string) => entries.findLast((entry) => entry.key === key)?.n
    assert.deepEqual(['a', 'b', 'c'].map(last), [10 * maxBacklog - 1, 9, 9])
    for (const key of ['a', 'b', 'c']) {
      const numbers = entries.filter((entry) => entry.key === key).map(({ n }) => n)
      assert.deepEqual(
        numbers,
        numbers.toSorted((one, other) => one - other),
      )
    }
  })

  it('lets the newer entry know what the one before it knew', () => {
    const backlog = newBacklog()
    for (let n = 0; n < maxBacklog + 2; n += 1) backlog.put({ key: 'a', n })
    assert.deepEqual(drained(backlog).at(-1), { key: 'a', n: maxBacklog + 1, from: maxBacklog - 1 })
  })

  it('does not replace what was taken', () => {
    const backlog = newBacklog()
    for (let n = 0; n < maxBacklog; n += 1) backlog.put({ key: `${n}`, n })
    backlog.put({ key: '0', n: 1000 })
    assert.equal(backlog.take()?.n, 1)
    backlog.put({ key: '1', n: 1001 })
    assert.deepEqual(
      drained(backlog)
        .slice(-2)
        .map(({ n }) => n),
      [1000, 1001],
    )
  })

  it('is empty after it was cleared', () => {
    const backlog = newBacklog()
    backlog.put({ key: 'a', n: 1 })
    backlog.clear()
    assert.ok(backlog.isEmpty())
    assert.deepEqual(drained(backlog), [])
  })
})
