import type { Chance } from './chance.ts'

/** Values that hardly any field can have. */
const strange: readonly (() => unknown)[] = [
  () => null,
  () => '',
  () => 'text',
  () => 0,
  () => -1,
  () => 1.5,
  () => 3_000_000_000,
  () => 9_007_199_254_740_992,
  () => 1e300,
  () => '99999999999999999999999',
  () => '3000000000',
  () => true,
  () => [],
  () => [null],
  () => {},
  () => ({}),
  () => ({ id: 1 }),
  () => '2016-99-99T99:99:99.000Z',
  () => '2016-04-20',
  () => '\uD800',
  () => '\u0000',
  () => 'x'.repeat(100_000),
  () => '__proto__',
  () => 'constructor',
  () => JSON.parse('{"__proto__": {"polluted": true}}'),
  () => nested(50),
  () => Array.from({ length: 2000 }, (_, index) => index),
  () => 'javascript:alert(1)',
  () => '//elsewhere.example/api/x',
]

function nested(levels: number): unknown {
  let value: unknown = 1
  for (let level = 0; level < levels; level += 1) value = level % 2 === 0 ? [value] : { a: value }
  return value
}

/** A value of JSON with some changes: keys and elements left out, renamed, doubled, swapped, or with strange values. */
export function mutatedJson(value: unknown, chance: Chance): unknown {
  if (chance.of(0.04)) return chance.pick(strange)()
  if (chance.of(0.05)) return mapLeaves(value, () => null)
  if (chance.of(0.04))
    return mapLeaves(value, (leaf) => (typeof leaf === 'number' ? String(leaf) : Number(leaf) || 7))
  let changed = value
  for (let times = chance.pick([1, 1, 1, 2, 5]); times > 0; times -= 1) changed = changedOnce(changed, chance)
  return changed
}

function mapLeaves(value: unknown, map: (leaf: unknown) => unknown): unknown {
  if (Array.isArray(value)) return value.map((element) => mapLeaves(element, map))
  if (typeof value !== 'object' || value === null) return map(value)
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, mapLeaves(member, map)]))
}

/** Goes down to any place, and changes what is there. */
function changedOnce(value: unknown, chance: Chance): unknown {
  if (typeof value !== 'object' || value === null) return chance.pick(strange)()
  const keys = Object.keys(value)
  if (keys.length === 0) return chance.pick(strange)()
  const key = chance.pick(keys)
  if (chance.of(0.6)) return withMember(value, key, changedOnce(Reflect.get(value, key), chance))
  return chance.pick<() => unknown>([
    () => withMember(value, key, chance.pick(strange)()),
    () => withMember(value, key, chance.pick(strange)()),
    () => withMember(value, key, undefined),
    () => withMember(value, `${key}_`, Reflect.get(value, key), key),
    () => withMember(value, key.toUpperCase(), Reflect.get(value, key), key),
    () => (Array.isArray(value) ? [...value, ...value] : { ...value, unknown_key: value }),
    () => (Array.isArray(value) ? Object.fromEntries(value.entries()) : Object.values(value)),
    () =>
      Array.isArray(value) ? value.toReversed() : Object.fromEntries(Object.entries(value).toReversed()),
  ])()
}

function withMember(parent: object, key: string, value: unknown, without?: string): unknown {
  if (Array.isArray(parent)) {
    const index = Number(key)
    return value === undefined || Number.isNaN(index)
      ? parent.toSpliced(index || 0, 1)
      : parent.toSpliced(index, 1, value)
  }
  const members = Object.entries(parent).flatMap(([name, member]): [string, unknown][] => {
    if (name === without) return [[key, value]]
    return name === key ? (value === undefined ? [] : [[key, value]]) : [[name, member]]
  })
  return Object.fromEntries(members)
}

/** JSON that is none, or is written in a strange way. */
export function mutatedText(text: string, chance: Chance): Buffer {
  const bytes = Buffer.from(text)
  const at = chance.between(0, bytes.length)
  return chance.pick<() => Buffer>([
    () => bytes.subarray(0, at),
    () => Buffer.concat([bytes.subarray(0, at), Buffer.from([0xff, 0xfe, 0xc3]), bytes.subarray(at)]),
    () => Buffer.concat([Buffer.from([0xef, 0xbb, 0xbf]), bytes]),
    () => Buffer.from(text, 'utf16le'),
    () => Buffer.concat([bytes, bytes]),
    () => Buffer.from(''),
    () =>
      Buffer.from(
        chance.pick([
          'null',
          '[]',
          '{}',
          '"text"',
          '0',
          'true',
          ' ',
          'NaN',
          'undefined',
          '{"responseStatus":"SUCCESS"}',
        ]),
      ),
    () => Buffer.from('<!DOCTYPE html><html><body>Sign in</body></html>'),
    () => Buffer.from(`${'['.repeat(50_000)}${']'.repeat(50_000)}`),
    () => Buffer.from(`${'{"data":'.repeat(20_000)}1${'}'.repeat(20_000)}`),
    () => Buffer.from(text.replace(/"(\w+)":/, '"$1":null,"$1":')),
    () => Buffer.from(text.replaceAll(/\d+/g, '1e999')),
    () => Buffer.from(text.replaceAll(/\d+/g, '99999999999999999999')),
    () => Buffer.from(text.replaceAll('"', "'")),
    () => Buffer.from(text.replaceAll(/:"[^"]*"/g, ':null')),
  ])()
}
