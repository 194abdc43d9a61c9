import {
  type GraphQLInputType,
  isEnumType,
  isInputObjectType,
  isListType,
  isNonNullType,
  isRequiredInputField,
} from 'graphql'
import type { Chance } from './chance.ts'

/**
 * Values for a place where there is something to find, such as the id of a job that is there. A place is
 * `Query.job.id` for an argument and `ActiveJobFilter.status` for a field of an input. Undefined: any value of the type.
 */
export type ValueSource = (place: string, chance: Chance) => unknown

/** Names no place. */
export const noValueSource: ValueSource = () => undefined

/** Values that fit the type, those at its edges among them, by the name of the scalar. */
const valuesOfScalars: Readonly<Record<string, readonly unknown[]>> = {
  Int: [0, 1, 2, 3, 50, 199, 200, 201, 1000, -1, 2_147_483_647, -2_147_483_648],
  Float: [0, 0.001, 0.5, 1, 1.5, -1, 1e300, 1e-300, 7],
  SafeInt: [0, 1, 5, 4_096, 52_428_800, 9_007_199_254_740_991, -1],
  Boolean: [true, false],
  ID: ['1', '0', '-1', '', ' ', 'abc', '9'.repeat(40), 'a/b', '../..', '%2e%2e', '💥', 7],
  String: [
    '',
    ' ',
    'a',
    'main',
    'Ünïcödé 💥',
    'a\nb',
    '"quoted" \\ back',
    '\u0000',
    'x'.repeat(300),
    '__proto__',
  ],
  DateTime: [
    '2016-04-20T18:14:42.000Z',
    '1970-01-01T00:00:00Z',
    '9999-12-31T23:59:59.999Z',
    '2024-02-29T12:00:00+13:45',
    '0001-01-01T00:00:00Z',
  ],
  URL: ['https://example.com/', 'http://localhost:1'],
}

/** A value that a variable of this type may have. */
export function valueFor(
  type: GraphQLInputType,
  place: string,
  chance: Chance,
  source: ValueSource = noValueSource,
): unknown {
  if (isNonNullType(type)) return valueFor(type.ofType, place, chance, source)
  const told = chance.of(0.7) ? source(place, chance) : undefined
  if (told !== undefined) return told
  if (isListType(type)) {
    const count = chance.pick([0, 1, 1, 2, 3, 5])
    return Array.from({ length: count }, () => memberOf(type.ofType, place, chance, source))
  }
  if (isEnumType(type)) return chance.pick(type.getValues()).name
  if (isInputObjectType(type)) {
    const fields = Object.values(type.getFields()).filter(
      (field) => isRequiredInputField(field) || chance.of(0.6),
    )
    return Object.fromEntries(
      fields.map((field) => [field.name, memberOf(field.type, `${type.name}.${field.name}`, chance, source)]),
    )
  }
  return chance.pick(valuesOfScalars[type.name] ?? ['any'])
}

function memberOf(type: GraphQLInputType, place: string, chance: Chance, source: ValueSource): unknown {
  return !isNonNullType(type) && chance.of(0.1) ? null : valueFor(type, place, chance, source)
}

/** A value as it stands in a document. */
export function literalOf(value: unknown, type: GraphQLInputType): string {
  if (value === null || value === undefined) return 'null'
  if (isNonNullType(type)) return literalOf(value, type.ofType)
  if (isListType(type)) {
    const members = Array.isArray(value) ? value : [value]
    return `[${members.map((member) => literalOf(member, type.ofType)).join(', ')}]`
  }
  if (isEnumType(type)) return String(value)
  if (isInputObjectType(type)) {
    const fields = type.getFields()
    const members = Object.entries(value).map(([name, member]) => {
      const field = fields[name]
      return `${name}: ${field === undefined ? JSON.stringify(member) : literalOf(member, field.type)}`
    })
    return `{ ${members.join(', ')} }`
  }
  return typeof value === 'string' ? textLiteral(value) : JSON.stringify(value)
}

/** JSON's text, but for what GraphQL's does not know. */
const textLiteral = (text: string) => JSON.stringify(text)
