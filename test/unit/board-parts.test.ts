import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { maxPartSizeBytes, maxParts, minPartSizeBytes } from '../../src/upload-sessions/part-rules.ts'
import { missingParts } from '../../web/board/uploads/parts.ts'

describe('the parts of an upload that the board still has to send', () => {
  it('are all of a new one, of 5 MiB each and the last what is left', () => {
    assert.deepEqual(missingParts({ size: 12_000_000, uploaded: 0, uploadedParts: 0 }), [
      { partNumber: 1, start: 0, end: 5_242_880 },
      { partNumber: 2, start: 5_242_880, end: 10_485_760 },
      { partNumber: 3, start: 10_485_760, end: 12_000_000 },
    ])
  })

  it('have the size of those that have arrived, whoever sent them', () => {
    assert.deepEqual(missingParts({ size: 25_000_000, uploaded: 20_000_000, uploadedParts: 2 }), [
      { partNumber: 3, start: 20_000_000, end: 25_000_000 },
    ])
  })

  it('are none of a file that has arrived, and none of an empty one', () => {
    assert.deepEqual(missingParts({ size: 7, uploaded: 7, uploadedParts: 1 }), [])
    assert.deepEqual(missingParts({ size: 0, uploaded: 0, uploadedParts: 0 }), [])
  })

  it('keep to the rules of Vault, whatever the size, and after a break cut the file at the same places', () => {
    const sizes = fc.integer({ min: 1, max: 100_000_000_000 })
    fc.assert(
      fc.property(sizes, fc.double({ min: 0, max: 1, noNaN: true }), (size, where) => {
        const parts = missingParts({ size, uploaded: 0, uploadedParts: 0 })
        assert.ok(parts.length <= maxParts)
        assert.equal(parts.at(-1)?.end, size)
        for (const { start, end } of parts.slice(0, -1)) {
          assert.ok(end - start >= minPartSizeBytes && end - start <= maxPartSizeBytes)
        }
        const uploadedParts = Math.floor(where * parts.length)
        const uploaded = parts[uploadedParts - 1]?.end ?? 0
        assert.deepEqual(missingParts({ size, uploaded, uploadedParts }), parts.slice(uploadedParts))
      }),
    )
  })
})
