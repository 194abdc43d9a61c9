import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createSchema } from '../../src/graphql/schema.ts'

test('a root field that no resource resolves fails the start instead of answering null', () => {
  assert.throws(() => createSchema([]), /Nobody resolves Query\.\w+: is its resource in src\/resources\.ts\?/)
})
