import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { retryAfterSeconds } from '../../src/upstream/retry-after.ts'

const read = (value?: string) =>
  retryAfterSeconds(new Headers(value === undefined ? {} : { 'retry-after': value }))

describe('Retry-After', () => {
  it('is whole seconds', () => {
    assert.equal(read('0'), 0)
    assert.equal(read('30'), 30)
    assert.equal(read(' 7 '), 7)
  })

  it('is a date, and then the seconds until it, at least 0', () => {
    const seconds = read(new Date(Date.now() + 60_000).toUTCString()) ?? 0
    assert.ok(seconds >= 58 && seconds <= 60, String(seconds))
    assert.equal(read('Wed, 21 Oct 2015 07:28:00 GMT'), 0)
    // Later than GraphQL's `Int` can tell.
    assert.equal(read('Fri, 31 Dec 9999 23:59:59 GMT'), 999_999_999)
  })

  it('is nothing where it is missing or neither', () => {
    for (const bad of [undefined, '', 'soon', '-5', '1.5', '5s', '99999999999', '1e3']) {
      assert.equal(read(bad), undefined, bad)
    }
  })
})
