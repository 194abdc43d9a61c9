import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { buildSchema, type GraphQLResolveInfo, graphql } from 'graphql'
import { selectsAny } from '../../src/core/selection.ts'

const schema = buildSchema(`
  type Query { job: Job, results: [Result!] }
  type Job { id: ID, links: String, child: Job }
  type Profile { id: ID, size: Int }
  type Pending { id: ID }
  union Result = Profile | Pending
`)

/** What the resolver of the one root field of a document sees. */
async function selects(
  source: string,
  fieldNames: readonly string[],
  variables: Readonly<Record<string, unknown>> = {},
): Promise<boolean> {
  const seen: boolean[] = []
  const look = (_arguments: unknown, _context: unknown, info: GraphQLResolveInfo) => {
    seen.push(selectsAny(info, fieldNames))
    return null
  }
  const { errors } = await graphql({
    schema,
    source,
    variableValues: variables,
    rootValue: { job: look, results: look },
  })
  assert.deepEqual(errors, undefined)
  const [first] = seen
  assert.ok(first !== undefined)
  return first
}

describe('whether a field is selected', () => {
  it('is told of direct fields, under an alias too', async () => {
    assert.equal(await selects('{ job { id links } }', ['links']), true)
    assert.equal(await selects('{ job { id where: links } }', ['method', 'links']), true)
    assert.equal(await selects('{ job { id } }', ['links']), false)
  })

  it('is not fooled by an alias of that name, nor by a field further down', async () => {
    assert.equal(await selects('{ job { links: id } }', ['links']), false)
    assert.equal(await selects('{ job { child { links } } }', ['links']), false)
  })

  it('is told through fragments, named, inline and inside each other', async () => {
    assert.equal(
      await selects('{ job { ...A } } fragment A on Job { ...B } fragment B on Job { links }', ['links']),
      true,
    )
    assert.equal(await selects('{ job { ... { ... on Job { links } } } }', ['links']), true)
    assert.equal(
      await selects('{ results { ... on Pending { id } ... on Profile { size } } }', ['size']),
      true,
    )
    assert.equal(await selects('{ results { ... on Pending { id } } }', ['size']), false)
  })

  it('is told where the field stands twice in the operation', async () => {
    assert.equal(await selects('{ job { id } job { links } }', ['links']), true)
  })

  it('obeys skip and include, on fields and on fragments, with variables and with defaults', async () => {
    const include = 'query ($yes: Boolean = true) { job { id links @include(if: $yes) } }'
    assert.equal(await selects(include, ['links']), true)
    assert.equal(await selects(include, ['links'], { yes: false }), false)
    const skip = 'query ($yes: Boolean!) { job { id ...A @skip(if: $yes) } } fragment A on Job { links }'
    assert.equal(await selects(skip, ['links'], { yes: true }), false)
    assert.equal(await selects(skip, ['links'], { yes: false }), true)
    assert.equal(await selects('{ job { id ... @include(if: false) { links } } }', ['links']), false)
    assert.equal(await selects('{ job { id links @skip(if: true) @include(if: true) } }', ['links']), false)
  })
})
