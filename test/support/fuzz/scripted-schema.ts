import {
  buildSchema,
  GraphQLError,
  type GraphQLFieldResolver,
  type GraphQLNamedOutputType,
  type GraphQLOutputType,
  type GraphQLScalarType,
  type GraphQLSchema,
  getNamedType,
  isAbstractType,
  isEnumType,
  isListType,
  isNonNullType,
  isObjectType,
  isScalarType,
  type ResponsePath,
  valueFromASTUntyped,
} from 'graphql'
import { type Chance, createChance } from './chance.ts'

/** How resolvers behave. Shares go from 0 to 1, of all values that are resolved. */
export interface Script {
  /** Another seed gives other values, failures, and fields that have a resolver. */
  readonly seed: string | number
  /** Another one leaves all values as they are, and has promises settle in another order. */
  readonly timingSeed?: string | number
  /** How many fields, elements of lists and types of objects fail. Default: 0.06. */
  readonly failureShare?: number
  /** How many are null, also where none may be. Default: 0.06. */
  readonly nullShare?: number
  /** How many are promises. Default: 0.4. */
  readonly promiseShare?: number
  /** How many fields have a resolver; what has none is read from its parent. Default: 0.5. */
  readonly resolverShare?: number
  /** The most elements of a list. Default: 4. */
  readonly maxElements?: number
}

/** What resolvers write down, so that the order of side effects can be compared. Hand a new one to each execution. */
export interface ScriptedContext {
  /** Names and arguments of the root fields of mutations, as they began and ended. */
  readonly log: string[]
}

/**
 * Makes a schema whose answers follow from the seed, the place in the answer and the arguments alone, whatever order an
 * executor resolves in. Among them are resolvers that throw, reject, return an error or something that does not fit, promises
 * of one tick and of several, lists that are no arrays, lists of promises, parents whose fields are values, promises,
 * functions, getters, and types that have to be found out.
 *
 * @param typeDefs the text of any schema
 */
export function scriptedSchema(typeDefs: string, script: Script): GraphQLSchema {
  const schema = buildSchema(typeDefs)
  for (const type of Object.values(schema.getTypeMap())) {
    if (type.name.startsWith('__')) continue
    if (isScalarType(type)) scriptScalar(type)
    if (isAbstractType(type)) scriptAbstract(type, schema, script)
    if (!isObjectType(type)) continue
    for (const field of Object.values(type.getFields())) {
      const place = `${type.name}.${field.name}`
      const hasResolver =
        isRoot(schema, type.name) ||
        createChance(script.seed, 'resolver', place).of(script.resolverShare ?? 0.5)
      if (hasResolver)
        field.resolve = resolverOf(schema, script, type.name === schema.getMutationType()?.name)
      if (type.name === schema.getSubscriptionType()?.name) field.subscribe = eventsOf
    }
    if (createChance(script.seed, 'isTypeOf', type.name).of(0.2)) {
      type.isTypeOf = (value, _context, { path }) => {
        const chance = createChance(script.seed, 'isTypeOf', keyOf(path))
        const fits = typeNameOf(value) === undefined || typeNameOf(value) === type.name
        return chance.of(0.3) ? Promise.resolve(fits) : fits
      }
    }
  }
  return schema
}

const isRoot = (schema: GraphQLSchema, name: string) =>
  [schema.getQueryType(), schema.getMutationType(), schema.getSubscriptionType()].some(
    (root) => root?.name === name,
  )

/** Two events; a client that leaves ends them. */
async function* eventsOf(): AsyncGenerator<Record<string, unknown>> {
  yield { event: 1 }
  yield { event: 2 }
}

const resolverOf =
  (
    schema: GraphQLSchema,
    script: Script,
    isMutation: boolean,
  ): GraphQLFieldResolver<unknown, ScriptedContext> =>
  (_source, args, context, info) => {
    const key = `${keyOf(info.path)}${JSON.stringify(args)}`
    const result = fieldValue(schema, script, info.returnType, key)
    if (!isMutation) return result()
    context.log.push(`${key} begins`)
    return Promise.resolve()
      .then(result)
      .finally(() => context.log.push(`${key} ends`))
  }

const keyOf = (path: ResponsePath | undefined): string =>
  path === undefined ? '' : `${keyOf(path.prev)}/${path.key}`

/** What a field is resolved to. Called, it may throw; called again, it gives the same. */
function fieldValue(
  schema: GraphQLSchema,
  script: Script,
  type: GraphQLOutputType,
  key: string,
): () => unknown {
  return () => {
    const chance = createChance(script.seed, key)
    const outcome = () => plainValue(schema, script, type, key, chance)
    return chance.of(script.promiseShare ?? 0.4) ? later(outcome, script, key) : outcome()
  }
}

/** A promise, or another thenable, that takes some turns. */
function later(outcome: () => unknown, { seed, timingSeed = '' }: Script, key: string): unknown {
  const chance = createChance(seed, 'timing', timingSeed, key)
  const turns = chance.pick([0, 0, 1, 3])
  const waits = chance.of(0.1)
  const promise = (async () => {
    if (waits) await new Promise<void>((resolve) => setImmediate(resolve))
    for (let turn = 0; turn < turns; turn += 1) await undefined
    return outcome()
  })()
  if (chance.of(0.1)) {
    const thenable: Pick<Promise<unknown>, 'then'> = {
      // biome-ignore lint/suspicious/noThenProperty: what is not a Promise and has a `then` counts as one.
      then: (onFulfilled, onRejected) => promise.then(onFulfilled, onRejected),
    }
    return thenable
  }
  return promise
}

function plainValue(
  schema: GraphQLSchema,
  script: Script,
  type: GraphQLOutputType,
  key: string,
  chance: Chance,
): unknown {
  const { failureShare = 0.06, nullShare = 0.06, maxElements = 4 } = script
  if (chance.of(failureShare)) return failure(key, chance)
  // Fewer where null is not allowed: else hardly anything is left of an answer.
  if (chance.of(isNonNullType(type) ? nullShare / 3 : nullShare)) return chance.pick([null, undefined])
  const nullable = isNonNullType(type) ? type.ofType : type
  if (isListType(nullable)) {
    if (chance.of(failureShare / 3)) return chance.pick<unknown>(['no list', 7, {}])
    const elements = Array.from({ length: chance.between(0, maxElements) }, (_, index) =>
      elementOf(schema, script, nullable.ofType, `${key}/${index}`),
    )
    return chance.pick<() => unknown>([
      () => elements,
      () => elements,
      () => new Set(elements),
      () => generatorOf(elements),
    ])()
  }
  return namedValue(schema, script, getNamedType(nullable), key, chance)
}

/** Elements cannot throw: they reject, or are errors. */
function elementOf(schema: GraphQLSchema, script: Script, type: GraphQLOutputType, key: string): unknown {
  const chance = createChance(script.seed, key)
  const outcome = () => plainValue(schema, script, type, key, chance)
  if (chance.of(script.promiseShare ?? 0.4)) return later(outcome, script, key)
  try {
    return outcome()
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error))
  }
}

function* generatorOf(elements: readonly unknown[]): Generator<unknown> {
  yield* elements
}

function failure(key: string, chance: Chance): unknown {
  const message = `fails at ${key}`
  return chance.pick<() => unknown>([
    () => fail(new Error(message)),
    () => fail(new GraphQLError(message, { extensions: { code: 'SCRIPTED' } })),
    () => fail(Object.assign(new TypeError(message), { extensions: { code: 'TYPED' } })),
    () => fail(message),
    () => fail(undefined),
    () => fail({ message }),
    () => new Error(`returned at ${key}`),
    () => new GraphQLError(`returned at ${key}`, { extensions: { code: 'RETURNED' } }),
  ])()
}

function fail(thrown: unknown): never {
  throw thrown
}

function namedValue(
  schema: GraphQLSchema,
  script: Script,
  type: GraphQLNamedOutputType,
  key: string,
  chance: Chance,
): unknown {
  if (isScalarType(type) || isEnumType(type)) {
    if (chance.of((script.failureShare ?? 0.06) / 3))
      return chance.pick<unknown>([{}, [], Number.NaN, Symbol.iterator, 'NONE'])
    return isEnumType(type) ? chance.pick(type.getValues()).value : leafValue(type, key, chance)
  }
  const actual = isAbstractType(type) ? chance.pick(schema.getPossibleTypes(type)) : type
  return parentOf(schema, script, actual.name, key, chance)
}

function leafValue({ name }: GraphQLScalarType, key: string, chance: Chance): unknown {
  if (name === 'Int') return chance.pick<unknown>([0, -1, 1, 2_147_483_647, 2_147_483_648, '12', true, 1.5])
  if (name === 'Float')
    return chance.pick<unknown>([0, -0, 0.1, 1e308, '1.5', false, Number.POSITIVE_INFINITY])
  if (name === 'Boolean') return chance.pick<unknown>([true, false, 0, 1])
  if (name === 'ID')
    return chance.pick<unknown>([key, 7, '', { toString: () => 'text', valueOf: () => 'id' }])
  if (name === 'String') return chance.pick<unknown>([key, '', 7, true, `Ünïcödé 💥 ${key}`])
  if (name === 'DateTime') return chance.pick(['2016-04-20T18:14:42.000Z', '1970-01-01T00:00:00Z'])
  if (name === 'SafeInt') return chance.pick([0, 7, 9_007_199_254_740_991])
  if (name === 'URL') return `https://example.com/${encodeURIComponent(key)}`
  return chance.pick<unknown>([key, 7, { seen: [key] }])
}

const typeNames = new WeakMap<object, string>()

const typeNameOf = (value: unknown) =>
  typeof value === 'object' && value !== null ? typeNames.get(value) : undefined

/** An object that carries the fields that have no resolver. */
function parentOf(
  schema: GraphQLSchema,
  script: Script,
  typeName: string,
  key: string,
  chance: Chance,
): object {
  const type = schema.getType(typeName)
  const parent: Record<string, unknown> = chance.of(0.2) ? Object.create(null) : {}
  typeNames.set(parent, typeName)
  if (chance.of(0.7)) parent['__typename'] = typeName
  for (const field of isObjectType(type) ? Object.values(type.getFields()) : []) {
    if (field.resolve !== undefined) continue
    const ownKey = `${key}.${field.name}`
    const value = fieldValue(schema, script, field.type, ownKey)
    const form = createChance(script.seed, 'form', ownKey).pick([
      'getter',
      'function',
      'getter of a function',
    ])
    const method = (args: unknown) =>
      fieldValue(schema, script, field.type, `${ownKey}${JSON.stringify(args)}`)()
    if (form === 'function') parent[field.name] = method
    else {
      // Read once for each field that asks for it; what a getter throws is the field's failure.
      const get = form === 'getter' ? value : () => method
      Object.defineProperty(parent, field.name, { get, enumerable: true })
    }
  }
  return parent
}

function scriptScalar(type: GraphQLScalarType): void {
  if (['Int', 'Float', 'String', 'Boolean', 'ID'].includes(type.name)) return
  type.serialize = (value) => {
    if (['symbol', 'object'].includes(typeof value) || value === 'NONE')
      throw new TypeError(`${type.name} cannot be this: ${typeof value}`)
    return Number.isNaN(value) ? null : value
  }
  type.parseValue = (value) => value
  type.parseLiteral = (node, variables) => valueFromASTUntyped(node, variables)
}

/** The type is told by the object, by a function or by a promise of one; now and then it is wrong, or none. */
function scriptAbstract(
  type: Extract<GraphQLNamedOutputType, { resolveType?: unknown }>,
  schema: GraphQLSchema,
  script: Script,
): void {
  if (!createChance(script.seed, 'resolveType', type.name).of(0.7)) return
  if (!isAbstractType(type)) return
  type.resolveType = (value: unknown, _context: unknown, { path }: { readonly path: ResponsePath }) => {
    const chance = createChance(script.seed, 'resolveType', keyOf(path))
    const name = typeNameOf(value)
    const { failureShare = 0.06 } = script
    const told = () => {
      if (!chance.of(failureShare)) return name
      const wrong = chance.pick<unknown>([
        undefined,
        'Nothing',
        'String',
        schema.getQueryType()?.name,
        'throws',
      ])
      if (wrong === 'throws') throw new Error(`no type at ${keyOf(path)}`)
      return typeof wrong === 'string' ? wrong : undefined
    }
    return chance.of(0.4) ? Promise.resolve().then(told) : told()
  }
}
