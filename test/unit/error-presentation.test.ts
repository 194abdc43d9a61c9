import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { buildSchema, execute, GraphQLError, GraphQLScalarType, type GraphQLSchema, parse } from 'graphql'
import { GraphQLSafeInt } from 'graphql-scalars'
import { badUserInput, upstreamUnavailable } from '../../src/core/errors.ts'
import { OperationCancelled } from '../../src/core/operation.ts'
import { createErrorPresentation } from '../../src/graphql/error-presentation.ts'

/** Stands for whatever must not leave: a stack, an address, a credential. */
const inner = 'inner-secret'

function presentationWithLog() {
  const logged: { errorId: string; err: unknown }[] = []
  const present = createErrorPresentation({ error: (fields) => logged.push(fields) }, () => {})
  return { present, logged }
}

/** Runs a document whose one resolver does this, and presents its one error. */
async function presented(
  resolve: () => unknown,
  { schema = buildSchema('type Query { value(first: Int): Int }'), source = '{ value }' } = {},
) {
  const { present, logged } = presentationWithLog()
  const { errors = [] } = await execute({ schema, document: parse(source), rootValue: { value: resolve } })
  assert.equal(errors.length, 1)
  const [error] = errors
  assert.ok(error !== undefined)
  return { shown: present(error), logged }
}

function schemaWithScalar(scalar: GraphQLScalarType): GraphQLSchema {
  const schema = buildSchema('scalar Value type Query { value: Value }')
  const type = schema.getType('Value')
  assert.ok(type instanceof GraphQLScalarType)
  type.serialize = scalar.serialize
  return schema
}

async function assertMasked(made: ReturnType<typeof presented>) {
  const { shown, logged } = await made
  const [fault] = logged
  assert.ok(fault !== undefined, 'it is logged')
  assert.deepEqual(shown.extensions, { code: 'INTERNAL_SERVER_ERROR' })
  assert.match(shown.message, new RegExp(fault.errorId))
  assert.deepEqual(shown.path, ['value'])
  assert.doesNotMatch(JSON.stringify(shown), new RegExp(`${inner}|node_modules|at \\w+ \\(`))
  return fault
}

describe('a fault of the gateway is masked, and logged under an id that the client is told', () => {
  it('a TypeError', async () => {
    const thrown = new TypeError(`${inner} is not a function`)
    const { err } = await assertMasked(presented(() => Promise.reject(thrown)))
    assert.equal(err, thrown)
  })

  it('something that is no error', async () => {
    await assertMasked(
      presented(() => {
        throw inner
      }),
    )
  })

  it("an error that has a code and words of somebody else's in its extensions", async () => {
    const error = Object.assign(new Error(inner), { extensions: { code: 'BAD_USER_INPUT', inner } })
    await assertMasked(presented(() => Promise.reject(error)))
  })

  it('a value that a scalar of graphql-scalars cannot print', async () => {
    const schema = schemaWithScalar(GraphQLSafeInt)
    await assertMasked(presented(() => inner, { schema }))
  })

  it('a GraphQLError that the serialize of a scalar throws', async () => {
    const scalar = new GraphQLScalarType({
      name: 'Value',
      serialize() {
        throw new GraphQLError(inner)
      },
    })
    await assertMasked(presented(() => 1, { schema: schemaWithScalar(scalar) }))
  })

  it('a value that does not fit the schema', async () => {
    await assertMasked(presented(() => inner))
    const list = buildSchema('type Query { value: [Int] }')
    await assertMasked(presented(() => inner, { schema: list }))
    const nonNull = buildSchema('type Query { value: Int! }')
    await assertMasked(presented(() => null, { schema: nonNull }))
  })

  it('a value of a type that the schema has not', async () => {
    const schema = buildSchema('type A { id: ID } type B { id: ID } union U = A | B type Query { value: U }')
    const source = '{ value { ... on A { id } } }'
    await assertMasked(presented(() => ({ __typename: inner }), { schema, source }))
    await assertMasked(presented(() => ({ inner }), { schema, source }))
  })
})

describe("the gateway's own errors keep their words", () => {
  it('with code, upstream and retryAfter, and without the cause', async () => {
    const upstream = { service: 'vault', status: 503 } as const
    const error = upstreamUnavailable('Vault is away.', { upstream, retryAfter: 5, cause: new Error(inner) })
    const { shown, logged } = await presented(() => Promise.reject(error))
    assert.deepEqual(shown, {
      message: 'Vault is away.',
      path: ['value'],
      locations: [{ line: 1, column: 3 }],
      extensions: { code: 'UPSTREAM_UNAVAILABLE', upstream, retryAfter: 5 },
    })
    assert.equal(logged.length, 0)
    assert.doesNotMatch(JSON.stringify(error.extensions), new RegExp(inner))
  })

  it('also where graphql-js or Apollo wrapped them twice', () => {
    const original = badUserInput('`first` is 0.')
    const once = new GraphQLError(original.message, { originalError: original })
    const twice = new GraphQLError(once.message, { originalError: once, path: ['jobs'] })
    const shown = presentationWithLog().present(twice)
    assert.equal(shown.message, '`first` is 0.')
    assert.equal(shown.extensions?.['code'], 'BAD_USER_INPUT')
  })
})

describe('errors about the document', () => {
  it("keep Apollo's code and their words, and nothing else of their extensions", () => {
    const error = new GraphQLError('Cannot query field "x".', {
      extensions: { code: 'GRAPHQL_VALIDATION_FAILED', stacktrace: [inner] },
    })
    const shown = presentationWithLog().present(error)
    assert.deepEqual(shown, {
      message: 'Cannot query field "x".',
      extensions: { code: 'GRAPHQL_VALIDATION_FAILED' },
    })
  })

  it('an argument that cannot be read is BAD_USER_INPUT', async () => {
    const { shown, logged } = await presented(() => 1, { source: '{ value(first: "x") }' })
    assert.equal(shown.extensions?.['code'], 'BAD_USER_INPUT')
    assert.equal(logged.length, 0)
  })

  it('with a code that nobody knows are masked', () => {
    const error = new GraphQLError(inner, { extensions: { code: 'SOMETHING_ELSE' } })
    const { present, logged } = presentationWithLog()
    assert.doesNotMatch(JSON.stringify(present(error)), new RegExp(inner))
    assert.equal(logged.length, 1)
  })
})

describe('the end of an operation that nobody waits for', () => {
  it('is masked and not logged as a fault', async () => {
    const { shown, logged } = await presented(() => Promise.reject(new OperationCancelled(inner)))
    assert.equal(shown.extensions?.['code'], 'INTERNAL_SERVER_ERROR')
    assert.doesNotMatch(JSON.stringify(shown), new RegExp(inner))
    assert.equal(logged.length, 0)
  })

  it('an abort that is not of the operation is a fault like any other', async () => {
    await assertMasked(presented(() => Promise.reject(new DOMException(inner, 'AbortError'))))
  })
})
