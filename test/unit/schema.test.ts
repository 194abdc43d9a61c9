import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { describe, it } from 'node:test'
import {
  buildSchema,
  type GraphQLNamedType,
  type GraphQLSchema,
  isEnumType,
  isInputObjectType,
  isInterfaceType,
  isIntrospectionType,
  isNonNullType,
  isObjectType,
  isSpecifiedScalarType,
} from 'graphql'

const source = readFileSync(new URL('../../schema.graphql', import.meta.url), 'utf8')
const schema: GraphQLSchema = buildSchema(source)

interface Element {
  /** Where it stands, such as `Query.job(id:)`. */
  readonly at: string
  readonly name: string
  readonly kind: 'type' | 'field' | 'argument' | 'enum value'
  readonly description: string | null | undefined
}

const ownTypes = Object.values(schema.getTypeMap()).filter(
  (type) => !isIntrospectionType(type) && !isSpecifiedScalarType(type),
)

function membersOf(type: GraphQLNamedType): readonly Element[] {
  if (isEnumType(type)) {
    return type.getValues().map(({ name, description }) => ({
      at: `${type.name}.${name}`,
      name,
      kind: 'enum value',
      description,
    }))
  }
  if (isInputObjectType(type))
    return Object.values(type.getFields()).map((field) => fieldElement(type, field))
  if (!isObjectType(type) && !isInterfaceType(type)) return []
  return Object.values(type.getFields()).flatMap((field) => [
    fieldElement(type, field),
    ...field.args.map(
      ({ name, description }): Element => ({
        at: `${type.name}.${field.name}(${name}:)`,
        name,
        kind: 'argument',
        description,
      }),
    ),
  ])
}

function fieldElement(
  type: GraphQLNamedType,
  { name, description }: Pick<Element, 'name' | 'description'>,
): Element {
  return { at: `${type.name}.${name}`, name, kind: 'field', description }
}

const elements: readonly Element[] = ownTypes.flatMap((type) => [
  { at: type.name, name: type.name, kind: 'type', description: type.description } as const,
  ...membersOf(type),
])

const places = (those: readonly Element[]) => those.map(({ at }) => at)

describe('the schema', () => {
  it('describes every type, field, argument, enum value and input field', () => {
    assert.ok(elements.length > 100)
    assert.deepEqual(places(elements.filter(({ description }) => (description ?? '').trim() === '')), [])
  })

  it('ends every description with a full stop, and begins none with a small letter', () => {
    assert.deepEqual(
      places(elements.filter(({ description }) => !/\.$/.test((description ?? '').trim()))),
      [],
    )
    assert.deepEqual(places(elements.filter(({ description }) => !/^[A-Z`]/.test(description ?? ''))), [])
  })

  it('names types in PascalCase, fields and arguments in camelCase, enum values in capitals', () => {
    const patterns = {
      type: /^(URL|[A-Z][a-z]+([A-Z][a-z]+)*)$/,
      field: /^[a-z][a-z0-9]*([A-Z][a-z0-9]+)*$/,
      argument: /^[a-z][a-z0-9]*([A-Z][a-z0-9]+)*$/,
      'enum value': /^[A-Z]+(_[A-Z]+)*$/,
    }
    assert.deepEqual(places(elements.filter(({ name, kind }) => !patterns[kind].test(name))), [])
  })

  it("has nullable root fields only, so that one upstream's failure costs no other field", () => {
    const roots = [schema.getQueryType(), schema.getMutationType(), schema.getSubscriptionType()]
    const fields = roots.flatMap((root) => Object.values(root?.getFields() ?? {}))
    assert.ok(fields.length > 10)
    assert.deepEqual(
      fields.filter(({ type }) => isNonNullType(type)).map(({ name }) => name),
      [],
    )
  })

  it('tells the unit of every number of seconds, bytes and parts', () => {
    const units: Readonly<Record<string, RegExp>> = {
      'Mutation.startSamplyProfile(durationSecs:)': /seconds/,
      'SamplyProfileInProgress.retryAfter': /seconds/,
      'SamplyProfile.size': /bytes/,
      'UploadSession.size': /bytes/,
      'UploadSession.uploaded': /bytes/,
      'UploadSession.progress': /from 0 to 1/,
    }
    for (const [at, unit] of Object.entries(units)) {
      assert.match(elements.find((element) => element.at === at)?.description ?? '', unit, at)
    }
  })
})
