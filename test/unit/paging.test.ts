import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { hasCode } from '../../src/core/errors.ts'
import { connectionOf, type PageRequest, pageAt, pageRequest } from '../../src/core/paging.ts'

const badInput = (pattern: RegExp) => (error: unknown) =>
  hasCode(error, 'BAD_USER_INPUT') && pattern.test(error.message)

const nodesFrom = (begin: number, count: number) =>
  Array.from({ length: count }, (_, index) => ({ id: String(begin + index) }))
const at = (offset: number, first = 2): PageRequest => ({ first, place: { offset, list: 'jobs' } })
const paging = { totalCount: 5, offset: undefined, hasNextPage: false }

describe('first and after', () => {
  it('begin at the start with fifty, where nothing is given', () => {
    for (const nothing of [{}, { first: null, after: null }, { first: undefined, after: undefined }]) {
      assert.deepEqual(pageRequest(nothing, 'jobs'), { first: 50, place: { offset: 0, list: 'jobs' } })
    }
  })

  it('first is from 1 to 200, and the message says so', () => {
    assert.equal(pageRequest({ first: 1 }, 'jobs').first, 1)
    assert.equal(pageRequest({ first: 200 }, 'jobs').first, 200)
    for (const first of [0, -1, 201]) {
      assert.throws(() => pageRequest({ first }, 'jobs'), badInput(new RegExp(`${first}.*1 to 200`)))
    }
  })

  it('a cursor goes on behind its element', () => {
    const { edges, pageInfo } = connectionOf(pageAt(at(2), nodesFrom(2, 2), paging))
    assert.deepEqual(pageRequest({ after: edges[0]?.cursor ?? null }, 'jobs').place.offset, 3)
    assert.deepEqual(pageRequest({ after: pageInfo.endCursor }, 'jobs').place.offset, 4)
  })

  it('a cursor of another list is refused', () => {
    const { pageInfo } = connectionOf(pageAt(at(0), nodesFrom(0, 2), paging))
    assert.throws(() => pageRequest({ after: pageInfo.endCursor }, 'other'), badInput(/another list/))
  })

  it('what is no cursor is refused', () => {
    const sealed = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url')
    const forged = [
      '',
      'x',
      '50',
      sealed(null),
      sealed([]),
      sealed({ offset: -1, list: 'jobs' }),
      sealed({ offset: 1.5, list: 'jobs' }),
      sealed({ offset: '1', list: 'jobs' }),
      sealed({ offset: 1e300, list: 'jobs' }),
      sealed({ offset: 1, list: 'jobs', more: true }),
      sealed({ offset: 1, list: 'jobs', last: 'x'.repeat(2000) }),
      'A'.repeat(100_000),
    ]
    for (const after of forged) {
      assert.throws(() => pageRequest({ after }, 'jobs'), badInput(/not a cursor/), after.slice(0, 80))
    }
  })
})

describe('a page', () => {
  it('has the upstream elements as they came, and the total', () => {
    const nodes = nodesFrom(0, 2)
    const page = pageAt(at(0), nodes, { totalCount: 5, offset: 0, hasNextPage: true })
    assert.equal(page.nodes, nodes)
    assert.equal(page.totalCount, 5)
    assert.equal(page.hasNextPage, true)
  })

  it('goes on where the total says so, although the upstream gives no link', () => {
    assert.equal(pageAt(at(0), nodesFrom(0, 2), paging).hasNextPage, true)
    assert.equal(pageAt(at(3), nodesFrom(3, 2), paging).hasNextPage, false)
  })

  it('goes on where the upstream gives a link, although there is no total', () => {
    const page = pageAt(at(0), nodesFrom(0, 2), { totalCount: undefined, offset: 0, hasNextPage: true })
    assert.equal(page.hasNextPage, true)
    assert.equal(page.totalCount, 2)
  })

  it('that is empty ends the walk, whatever the upstream says, so that no client walks for ever', () => {
    const page = pageAt(at(9), [], { totalCount: 100, offset: 9, hasNextPage: true })
    assert.equal(page.hasNextPage, false)
    const { pageInfo } = connectionOf(page)
    assert.deepEqual([pageInfo.startCursor, pageInfo.endCursor], [null, null])
  })

  it('is cut out where the upstream ignores limit and offset', () => {
    const page = pageAt(at(2), nodesFrom(0, 5), { totalCount: 5, offset: 0, hasNextPage: false })
    assert.deepEqual(page.nodes, nodesFrom(2, 2))
    assert.equal(page.hasNextPage, true)
    const last = pageAt(at(4), nodesFrom(0, 5), { totalCount: 5, offset: 0, hasNextPage: false })
    assert.deepEqual(last.nodes, nodesFrom(4, 1))
    assert.equal(last.hasNextPage, false)
  })

  it('behind the end is empty', () => {
    const page = pageAt(at(9), nodesFrom(0, 5), { totalCount: 5, offset: 0, hasNextPage: false })
    assert.deepEqual(page.nodes, [])
    assert.equal(page.hasNextPage, false)
  })

  it('knows whether there is something before it', () => {
    const hasPrevious = (offset: number) =>
      connectionOf(pageAt(at(offset), nodesFrom(offset, 2), paging)).pageInfo.hasPreviousPage
    assert.deepEqual([hasPrevious(0), hasPrevious(2)], [false, true])
  })

  it('of a pinned list has cursors that carry the pin, the total and the element that they stand behind', () => {
    const page = pageAt(at(0), nodesFrom(0, 2), paging)
    const pinned = { ...page, place: { ...page.place, pin: '2026-01-15T12:00:00Z', total: 5 } }
    const { place } = pageRequest({ after: connectionOf(pinned).pageInfo.endCursor }, 'jobs')
    assert.deepEqual(place, { offset: 2, list: 'jobs', pin: '2026-01-15T12:00:00Z', total: 5, last: '1' })
  })
})
