import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { z } from 'zod'
import { hasCode, type UpstreamDetail } from '../../src/core/errors.ts'
import { decode, optional, wireCount, wireDateTime, wireId, wireInt } from '../../src/upstream/decode.ts'

const upstream: UpstreamDetail = { service: 'vault', status: 200, executionId: 'e-1' }
const schema = z.object({ data: z.object({ id: wireId, created_date: optional(wireDateTime) }) })
const read = (body: unknown) => decode(schema, body, 'the status of a job', upstream)

const doesNotFit = (pattern: RegExp) => (error: unknown) =>
  hasCode(error, 'UPSTREAM_INVALID_RESPONSE') &&
  pattern.test(error.message) &&
  error.extensions.upstream === upstream

describe('the JSON of an upstream', () => {
  it('is read by schema; what the schema does not name is left out', () => {
    const date = '2016-04-20T18:14:42.000Z'
    const body = { responseStatus: 'SUCCESS', data: { id: 1, created_date: date, new_field: 1 } }
    assert.deepEqual(read(body), { data: { id: '1', created_date: date } })
  })

  it('that does not fit names the field, what was read and the service', () => {
    assert.throws(
      () => read({ data: { id: 1, created_date: 7 } }),
      doesNotFit(/vault.*status of a job.*`data\.created_date`/),
    )
    assert.throws(() => read({ data: {} }), doesNotFit(/`data\.id`/))
    assert.throws(() => read({}), doesNotFit(/`data`/))
  })

  it('that is none, or something else altogether, is told as the whole answer', () => {
    for (const body of [undefined, null, 'text', 7, []]) {
      assert.throws(() => read(body), doesNotFit(/the answer|`data`/))
    }
  })

  it('has text or numbers for ids, and nothing else', () => {
    for (const id of ['7', 7]) assert.equal(z.parse(wireId, id), '7')
    for (const id of ['', null, undefined, true, Number.NaN, ['7'], { id: 7 }]) {
      assert.equal(z.safeParse(wireId, id).success, false, String(id))
    }
  })

  it('does not hand on what was in the field', () => {
    assert.throws(
      () => read({ data: { id: 1, created_date: 'top-secret' } }),
      (error: unknown) => error instanceof Error && !error.message.includes('top-secret'),
    )
  })

  it('has ids as numbers or as text', () => {
    assert.equal(wireId.parse(1201), '1201')
    assert.equal(wireId.parse('0LS000000003002'), '0LS000000003002')
    assert.equal(wireId.parse(1_392_631_750_202), '1392631750202')
    for (const bad of ['', null, undefined, {}, Number.NaN])
      assert.equal(wireId.safeParse(bad).success, false)
  })

  it('has counts within the bounds of the type that shows them', () => {
    assert.equal(wireInt.parse('2147483647'), 2_147_483_647)
    assert.equal(wireCount.parse(3_000_000_000), 3_000_000_000)
    for (const bad of [3_000_000_000, '3000000000', -1, 1.5, null]) {
      assert.equal(wireInt.safeParse(bad).success, false, String(bad))
    }
  })

  it('has optional fields that are missing, null or empty: all become null', () => {
    const field = z.object({ description: optional(z.string()) })
    for (const body of [{}, { description: null }, { description: '' }]) {
      assert.deepEqual(field.parse(body), { description: null })
    }
    assert.deepEqual(field.parse({ description: 'x' }), { description: 'x' })
  })

  it('has dates with a zone, handed on unchanged', () => {
    for (const good of [
      '2016-04-20T18:14:42.000Z',
      '2016-04-20T18:14:42Z',
      '2016-04-20T18:14:42.123456+02:00',
      '2016-02-29T23:59:59-11:30',
      '2016-12-31T00:00:00Z',
    ]) {
      assert.equal(wireDateTime.parse(good), good)
    }
    for (const bad of [
      '2016-04-20',
      '2016-04-20T18:14:42',
      '20.4.2016',
      '',
      '2016-04-20T18:14:42.000Z\n',
      '2016-99-99T99:99:99Z',
      '2016-01-32T00:00:00Z',
      '2016-13-01T00:00:00Z',
      '2016-01-00T00:00:00Z',
      '2016-01-01T25:00:00Z',
      '2016-01-01T00:60:00Z',
      '2016-01-01T00:00:00+24:00',
    ]) {
      assert.equal(wireDateTime.safeParse(bad).success, false, bad)
    }
  })
})
