import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createSchema } from '../../src/graphql/schema.ts'
import type { Resource } from '../../src/resource.ts'

test('a root field that no resource resolves fails the start instead of answering null', () => {
  assert.throws(() => createSchema([]), /Nobody resolves Query\.\w+: is its resource in src\/resources\.ts\?/)
})

test('a resolver of which nobody says what it costs fails the start, and tells where to say it', () => {
  const resource: Resource<'pipelines'> = {
    name: 'pipelines',
    resolvers: { Job: { links: () => null }, Pipeline: { canProfile: () => true } },
    costs: { Pipeline: { canProfile: {} } },
    createLoaders: () => assert.fail('nothing is asked for'),
  }
  assert.throws(
    () => createSchema([resource]),
    /Nobody says what Job\.links costs: put it into the costs of pipelines\./,
  )
})
