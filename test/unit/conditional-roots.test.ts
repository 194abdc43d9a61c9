import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { buildSchema } from 'graphql'
import { defaultDocumentLimits } from '../../src/graphql/document-limits.ts'
import { createDocumentCheck } from '../../src/graphql/documents.ts'

const check = createDocumentCheck({
  schema: buildSchema('type Query { a: Int } type Subscription { a: Int }'),
  limits: defaultDocumentLimits,
  costsOf: () => new Map(),
  allowsIntrospection: true,
})

const messagesOf = (source: string) => check(source).errors?.map(({ message }) => message)

describe('the root of a subscription', () => {
  it('may not depend on a condition, also where fragments hide it', () => {
    const refused = 'The root field of a subscription cannot depend on @skip or @include.'
    const below = 'fragment A on Subscription { ...B } fragment B on Subscription'
    assert.deepEqual(messagesOf('subscription { a @include(if: false) }'), [refused])
    assert.deepEqual(messagesOf(`subscription { ...A } ${below} { ... @skip(if: true) { a } }`), [refused])
    assert.deepEqual(messagesOf(`subscription { ...A ...B } ${below} { a @skip(if: true) }`), [refused])
    assert.equal(messagesOf(`subscription { ...A } ${below} { a }`), undefined)
  })

  it('is looked for once in each fragment: a bomb of fragments without a field is refused at once', () => {
    const levels = 60
    const fragments = Array.from(
      { length: levels },
      (_, level) =>
        `fragment F${level} on Subscription { ...F${(level + 1) % levels} ...F${(level + 1) % levels} }`,
    )
    const [message = ''] = messagesOf(`subscription { ...F0 } ${fragments.join(' ')}`) ?? []
    assert.match(message, /^Cannot spread fragment "F0" within itself/)
  })
})
