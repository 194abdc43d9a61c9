import {
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  GraphQLError,
  type GraphQLObjectType,
  type GraphQLOutputType,
  type GraphQLSchema,
  getOperationAST,
  getVariableValues,
  isEnumType,
  isInterfaceType,
  isListType,
  isNonNullType,
  isObjectType,
  isScalarType,
  isUnionType,
  Kind,
  SchemaMetaFieldDef,
  TypeMetaFieldDef,
} from 'graphql'
import { type Collection, collectedFields } from './collected-fields.ts'

/** An answer, as JSON.parse gives it. */
export type Answer = Readonly<Record<string, unknown>>

/** An operation that fits the schema, and its answer. */
export interface Answered {
  readonly schema: GraphQLSchema
  readonly document: DocumentNode
  readonly operationName?: string | undefined
  readonly variables: Readonly<Record<string, unknown>>
  readonly answer: Answer
}

type Path = readonly (string | number)[]

/** What an answer is held against. */
interface Check extends Collection {
  readonly faults: string[]
  readonly errorPaths: readonly Path[]
}

/**
 * What is wrong with the form of an answer (GraphQL, 7.1 and 6.4.4): keys that do not belong there, fields that were not asked
 * for, are missing or in another order, values that do not fit their types, null where there may be none, errors at places that are not there. Empty: nothing.
 */
export function answerFaults({
  schema,
  document,
  operationName,
  variables,
  answer,
}: Answered): readonly string[] {
  const faults = envelopeFaults(answer)
  const operation = getOperationAST(document, operationName)
  const { data } = answer
  if (faults.length > 0 || !operation || data === undefined) return faults
  const root = schema.getRootType(operation.operation)
  const coerced = getVariableValues(schema, operation.variableDefinitions ?? [], { ...variables })
  if (!root || coerced.errors !== undefined) return ['there is data although the operation could not be run']
  const check: Check = {
    schema,
    fragments: fragmentsOf(document),
    variables: coerced.coerced,
    faults: [],
    errorPaths: errorPathsOf(answer),
  }
  if (data === null) {
    if (check.errorPaths.length === 0 && errorsOf(answer).length === 0)
      check.faults.push('data is null without an error')
  } else checkObject(check, root, [operation.selectionSet], data, [])
  for (const path of check.errorPaths) checkErrorPath(check, data, path)
  return check.faults
}

/** What is wrong with an answer as such, whatever was asked. */
export function envelopeFaults(answer: unknown): string[] {
  if (!isRecord(answer)) return ['the answer is no object']
  const faults = Object.keys(answer)
    .filter((key) => !['data', 'errors', 'extensions'].includes(key))
    .map((key) => `the answer has ${key}`)
  const { data, errors } = answer
  if (data === undefined && errors === undefined) faults.push('there are neither data nor errors')
  if (errors !== undefined && (!Array.isArray(errors) || errors.length === 0))
    faults.push('errors is no list, or empty')
  for (const error of errorsOf(answer)) faults.push(...errorFaults(error))
  return faults
}

function errorFaults(error: unknown): string[] {
  if (!isRecord(error)) return ['an error is no object']
  const { message, locations, path, extensions } = error
  const faults = Object.keys(error)
    .filter((key) => !['message', 'locations', 'path', 'extensions'].includes(key))
    .map((key) => `an error has ${key}`)
  if (typeof message !== 'string' || message === '') faults.push('an error has no message')
  if (
    locations !== undefined &&
    !(Array.isArray(locations) && locations.length > 0 && locations.every(isLocation))
  ) {
    faults.push('an error has locations that are none')
  }
  if (path !== undefined && !isPath(path)) faults.push('an error has a path that is none')
  if (extensions !== undefined && !isRecord(extensions))
    faults.push('an error has extensions that are no object')
  return faults
}

const isLocation = (location: unknown) =>
  isRecord(location) &&
  [location['line'], location['column']].every((number) => Number.isInteger(number) && Number(number) > 0)

const isPath = (path: unknown): path is Path =>
  Array.isArray(path) &&
  path.length > 0 &&
  path.every((step) => typeof step === 'string' || (Number.isInteger(step) && step >= 0))

const errorsOf = (answer: unknown): readonly unknown[] =>
  isRecord(answer) && Array.isArray(answer['errors']) ? answer['errors'] : []

const errorPathsOf = (answer: Answer): readonly Path[] =>
  errorsOf(answer).flatMap((error) => (isRecord(error) && isPath(error['path']) ? [error['path']] : []))

function fragmentsOf(document: DocumentNode): ReadonlyMap<string, FragmentDefinitionNode> {
  const fragments = document.definitions.filter((one) => one.kind === Kind.FRAGMENT_DEFINITION)
  return new Map(fragments.map((fragment) => [fragment.name.value, fragment]))
}

/** An error leads to a null, or to a place below one. */
function checkErrorPath({ faults }: Check, data: unknown, path: Path): void {
  let value: unknown = data
  for (const step of path) {
    if (value === null) return
    if (typeof value !== 'object' || !Object.hasOwn(value ?? {}, step)) {
      faults.push(`an error has the path ${path.join('.')}, which is not there`)
      return
    }
    value = Reflect.get(value, step)
  }
  if (value !== null) faults.push(`an error has the path ${path.join('.')}, and there is a value`)
}

function checkObject(
  check: Check,
  type: GraphQLObjectType,
  selectionSets: Parameters<typeof collectedFields>[2],
  value: unknown,
  path: Path,
): void {
  if (!isRecord(value)) return void check.faults.push(`${path.join('.')} is no object`)
  const fields = collectedOrRefused(check, type, selectionSets)
  if (fields === undefined) {
    check.faults.push(`${path.join('.')} is there, although a directive below it cannot be used`)
    return
  }
  const wanted = [...fields.keys()]
  const found = Object.keys(value)
  // JavaScript puts keys that look like numbers first; names in GraphQL never do.
  if (wanted.join() !== found.join()) {
    check.faults.push(`${path.join('.')} has the fields ${found.join()} instead of ${wanted.join()}`)
    return
  }
  for (const [name, nodes] of fields) checkField(check, type, nodes, value[name], [...path, name])
}

/** A directive whose variable is null cannot be used, and then there is no object. */
function collectedOrRefused(...parameters: Parameters<typeof collectedFields>) {
  try {
    return collectedFields(...parameters)
  } catch (error) {
    if (error instanceof GraphQLError) return undefined
    throw error
  }
}

function checkField(
  check: Check,
  parent: GraphQLObjectType,
  nodes: readonly FieldNode[],
  value: unknown,
  path: Path,
) {
  const name = nodes[0]?.name.value ?? ''
  if (name === '__typename') {
    if (value !== parent.name)
      check.faults.push(`${path.join('.')} is ${String(value)} instead of ${parent.name}`)
    return
  }
  const field = metaFields.find((one) => one.name === name) ?? parent.getFields()[name]
  if (field === undefined) return void check.faults.push(`${parent.name} has no ${name}`)
  checkValue(check, field.type, nodes, value, path)
}

const metaFields = [SchemaMetaFieldDef, TypeMetaFieldDef]

function checkValue(
  check: Check,
  type: GraphQLOutputType,
  nodes: readonly FieldNode[],
  value: unknown,
  path: Path,
): void {
  const { faults } = check
  if (isNonNullType(type)) {
    if (value === null) return void faults.push(`${path.join('.')} is null, and has the type ${type}`)
    checkValue(check, type.ofType, nodes, value, path)
    return
  }
  if (value === null) return
  if (isListType(type)) {
    if (!Array.isArray(value)) return void faults.push(`${path.join('.')} is no list`)
    for (const [index, element] of value.entries()) {
      checkValue(check, type.ofType, nodes, element, [...path, index])
    }
    return
  }
  if (isScalarType(type) || isEnumType(type)) {
    const fault = leafFault(type, value)
    if (fault !== undefined) faults.push(`${path.join('.')} is ${JSON.stringify(value)}: ${fault}`)
    return
  }
  const selectionSets = nodes.flatMap(({ selectionSet }) => selectionSet ?? [])
  if (isObjectType(type)) checkObject(check, type, selectionSets, value, path)
  if (isUnionType(type) || isInterfaceType(type)) {
    const fitting = check.schema
      .getPossibleTypes(type)
      .map((possible) => {
        const trial: Check = { ...check, faults: [] }
        checkObject(trial, possible, selectionSets, value, path)
        return trial.faults
      })
      .toSorted((one, other) => one.length - other.length)[0]
    faults.push(...(fitting ?? [`${type.name} has no possible types`]))
  }
}

const scalars: Readonly<Record<string, (value: unknown) => boolean>> = {
  Int: (value) => Number.isInteger(value) && Math.abs(Number(value)) <= 2_147_483_648,
  SafeInt: (value) => Number.isSafeInteger(value),
  Float: (value) => typeof value === 'number' && Number.isFinite(value),
  Boolean: (value) => typeof value === 'boolean',
  ID: (value) => typeof value === 'string',
  String: (value) => typeof value === 'string',
  URL: (value) => typeof value === 'string' && URL.canParse(value),
  DateTime: (value) => typeof value === 'string' && !Number.isNaN(Date.parse(value)),
}

function leafFault(
  type: { readonly name: string; readonly getValue?: (name: string) => unknown },
  value: unknown,
) {
  if (type.getValue !== undefined) {
    return typeof value === 'string' && type.getValue(value) !== undefined ? undefined : `no ${type.name}`
  }
  return scalars[type.name]?.(value) === false ? `no ${type.name}` : undefined
}

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
