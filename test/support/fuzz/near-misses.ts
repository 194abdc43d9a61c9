import type { Chance } from './chance.ts'
import type { GeneratedOperation } from './operation-generator.ts'
import { tokensOf } from './scattered.ts'

/** What is sent as an operation; nothing has to fit. */
export interface SentOperation {
  readonly query: string
  readonly operationName?: string | undefined
  readonly variables: Readonly<Record<string, unknown>>
}

const strangeTokens = [
  '{',
  '}',
  '(',
  ')',
  '[',
  ']',
  ':',
  '=',
  '!',
  '|',
  '&',
  '@',
  '$',
  '...',
  '$v1',
  '@skip(if: true)',
  '@include',
  '@deprecated',
  '"text"',
  '"""block "text" """',
  '"unfinished',
  '1',
  '-1',
  '1e400',
  '0x1',
  '00',
  '99999999999999999999',
  'null',
  'true',
  'query',
  'mutation',
  'subscription',
  'fragment',
  'on',
  'extend',
  'type',
  'schema',
  '__typename',
  '__schema',
  'Job',
  'id',
  'nothing',
  'ok\u0000',
  '\uD800',
  '💥',
  '#',
  '\uFEFF',
  '\\u{1F600}',
  '"\\u{110000}"',
  'A1',
  '...A1',
] as const

/** Values of variables that fit hardly anywhere. */
const strangeValues: readonly (() => unknown)[] = [
  () => null,
  () => 1.5,
  () => 'text',
  () => '',
  () => [],
  () => [null],
  () => ({}),
  () => [[['deep']]],
  () => true,
  () => -1,
  () => 1e21,
  () => '\uD800',
  () => ({ __proto__: 1, constructor: 2 }),
  () => JSON.parse('{"__proto__": {"id": 1}}'),
  () => 'x'.repeat(20_000),
  () => Array.from({ length: 300 }, (_, index) => String(index)),
]

/** Spoils an operation a little: tokens are left out, doubled, replaced or swapped, or variables do not fit. */
export function nearMiss(operation: GeneratedOperation, chance: Chance): SentOperation {
  const { query, operationName, variables } = operation
  if (chance.of(0.3)) return { query, operationName, variables: strangeVariables(variables, chance) }
  if (chance.of(0.1))
    return { query, operationName: chance.pick(['Nobody', '', '__proto__', 'constructor']), variables }
  const tokens = [...tokensOf(query)]
  for (let times = chance.pick([1, 1, 1, 2, 4]); times > 0; times -= 1) {
    const place = chance.between(0, tokens.length - 1)
    const token = tokens[place] ?? ''
    chance.pick<() => unknown>([
      () => tokens.splice(place, 1),
      () => tokens.splice(place, 0, token),
      () => tokens.splice(place, 1, chance.pick(strangeTokens)),
      () => tokens.splice(place, 0, chance.pick(strangeTokens)),
      () => tokens.splice(place, 1, chance.pick(['x', ...tokens])),
      () => tokens.splice(place, 2, tokens[place + 1] ?? '', token),
      () => tokens.splice(place),
      () => tokens.push(...tokens),
    ])()
  }
  return { query: tokens.join(' '), operationName, variables }
}

function strangeVariables(variables: Readonly<Record<string, unknown>>, chance: Chance) {
  const names = [...Object.keys(variables), 'v1', 'v2', '__proto__']
  const spoiled: Record<string, unknown> = { ...variables }
  for (let times = chance.pick([1, 1, 3]); times > 0; times -= 1) {
    const name = chance.pick(names)
    if (chance.of(0.3)) delete spoiled[name]
    else
      Object.defineProperty(spoiled, name, {
        value: chance.pick(strangeValues)(),
        enumerable: true,
        configurable: true,
        writable: true,
      })
  }
  return spoiled
}

/** The body of a request that nobody means. */
export function garbage(chance: Chance): string | Uint8Array<ArrayBuffer> {
  return chance.pick<() => string | Uint8Array<ArrayBuffer>>([
    () => Uint8Array.from({ length: chance.between(0, 400) }, () => chance.between(0, 255)),
    () => '',
    () => 'null',
    () => '[]',
    () => '0',
    () => '"query"',
    () => '{',
    () => '{"query": 1}',
    () => '{"query": null}',
    () => '{"query": ["{ __typename }"]}',
    () => '{"query": {"a": "{ __typename }"}}',
    () => '{"query": "{ __typename }", "variables": 1}',
    () => '{"query": "{ __typename }", "variables": "{"}',
    () => '{"query": "{ __typename }", "variables": []}',
    () => '{"query": "{ __typename }", "operationName": {}}',
    () => '{"query": "{ __typename }", "extensions": []}',
    () => '{"query": "{ __typename }", "extensions": {"persistedQuery": 1}}',
    () => '{"query": "{ __typename }", "extensions": {"persistedQuery": {"version": 1, "sha256Hash": "x"}}}',
    () => '{"extensions": {"persistedQuery": {"version": 2, "sha256Hash": ["x"]}}}',
    () => '{"query": "{ __typename }", "__proto__": {"a": 1}}',
    () => '{"query": "{ __typename }", "constructor": {"prototype": {"a": 1}}}',
    () => `[${'{"query": "{ __typename }"},'.repeat(20)}{"query": "{ __typename }"}]`,
    () => `{"query": "{ __typename }", "variables": {"v": ${'['.repeat(30_000)}${']'.repeat(30_000)}}}`,
    () => `${'['.repeat(100_000)}`,
    () => JSON.stringify({ query: '{'.repeat(chance.between(1, 9000)) }),
    () => JSON.stringify({ query: `{ ${'a '.repeat(chance.between(1, 12_000))} }` }),
    () => JSON.stringify({ query: `{ a(b: ${'['.repeat(4000)}` }),
    () => JSON.stringify({ query: chance.pick(strangeTokens).repeat(chance.between(1, 500)) }),
    () =>
      JSON.stringify({
        query: String.fromCharCode(...Array.from({ length: 80 }, () => chance.between(0, 0xffff))),
      }),
    () =>
      JSON.stringify({
        query: bomb(chance.between(2, 60), chance.pick(['Query', 'Mutation', 'Subscription'])),
      }),
  ])()
}

/** Fragments that spread one another twice over, and come to a field, or to none. */
function bomb(levels: number, type: string): string {
  const fragments = Array.from({ length: levels }, (_, level) => {
    const next = `...F${(level + 1) % levels}`
    return `fragment F${level} on ${type} { ${next} ${next} }`
  })
  return `${type.toLowerCase()} { ...F0 } ${fragments.join(' ')}`
}
