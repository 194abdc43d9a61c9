import {
  type DocumentNode,
  type ExecutionArgs,
  type ExecutionResult,
  execute,
  type GraphQLError,
  type GraphQLSchema,
  parse,
} from 'graphql'
import type { GeneratedOperation } from './operation-generator.ts'
import type { ScriptedContext } from './scripted-schema.ts'

/** Something that executes operations as graphql-js's `execute` does. */
export type Executor = (args: ExecutionArgs) => ExecutionResult | PromiseLike<ExecutionResult>

/** A case in which an executor is held against graphql-js. */
export interface SameAnswerCase {
  readonly schema: GraphQLSchema
  readonly operation: Pick<GeneratedOperation, 'query' | 'operationName' | 'variables'>
  readonly candidate: Executor
  /** The object at the root. Default: none. */
  readonly rootValue?: unknown
}

/**
 * Executes an operation with graphql-js and with another executor, and tells how their answers differ; undefined: not at all.
 * Data have to be the same, the order of their keys included. Errors have to be the same in message, path, locations and
 * extensions; their order is free. Where several errors null the same place, which of them are told depends on which promise
 * settles first (GraphQL, 6.4.4): there each has to be one of those that graphql-js can tell, and at least one has to be told.
 */
export async function differenceOf(one: SameAnswerCase): Promise<string | undefined> {
  const document = parse(one.operation.query)
  const wanted = await run(one, document, execute)
  const found = await run(one, document, one.candidate)
  if (wanted.thrown !== found.thrown) return told('thrown', wanted.thrown, found.thrown)
  if (wanted.data !== found.data) return told('data', wanted.data, found.data)
  if (wanted.keys !== found.keys) return told('keys', wanted.keys, found.keys)
  if (wanted.log !== found.log) return told('the order of mutations', wanted.log, found.log)
  return errorDifference(wanted, found)
}

interface Ran {
  readonly thrown: string | undefined
  readonly data: string | undefined
  readonly keys: string
  readonly log: string
  readonly errors: readonly GraphQLError[]
  readonly answer: ExecutionResult | undefined
}

async function run(
  { schema, operation, rootValue }: SameAnswerCase,
  document: DocumentNode,
  executor: Executor,
): Promise<Ran> {
  const contextValue: ScriptedContext = { log: [] }
  try {
    const answer = await executor({
      schema,
      document,
      contextValue,
      variableValues: { ...operation.variables },
      ...(rootValue === undefined ? {} : { rootValue }),
      ...(operation.operationName === undefined ? {} : { operationName: operation.operationName }),
    })
    return {
      thrown: undefined,
      data: JSON.stringify(answer.data),
      keys: Object.keys(answer).toSorted().join(),
      log: contextValue.log.join('\n'),
      errors: answer.errors ?? [],
      answer,
    }
  } catch (error) {
    const log = contextValue.log.join('\n')
    return { thrown: String(error), data: undefined, keys: '', log, errors: [], answer: undefined }
  }
}

function errorDifference(wanted: Ran, found: Ran): string | undefined {
  const wantedGroups = groupsOf(wanted)
  const foundGroups = groupsOf(found)
  const places = new Set([...wantedGroups.keys(), ...foundGroups.keys()])
  for (const place of places) {
    const wantedTexts = wantedGroups.get(place) ?? []
    const foundTexts = foundGroups.get(place) ?? []
    if (wantedTexts.join('\n') === foundTexts.join('\n')) continue
    if (wantedTexts.length === 0 || foundTexts.length === 0 || !isBelow(wantedTexts, foundTexts, place)) {
      return told(`errors at ${place}`, wantedTexts.join('\n'), foundTexts.join('\n'))
    }
  }
  return undefined
}

/** Whether an error that is told on one side alone lies below the place that is null. One at the place itself is certain. */
function isBelow(wanted: readonly string[], found: readonly string[], place: string): boolean {
  const certain = (texts: readonly string[]) =>
    texts.filter((text) => text.startsWith(`${place} `)).join('\n')
  return certain(wanted) === certain(found)
}

/** Errors by the place in the data that they make null, each as text, sorted. */
function groupsOf({ errors, answer }: Ran): ReadonlyMap<string, readonly string[]> {
  const groups = new Map<string, string[]>()
  for (const error of errors) {
    const place = nulledPlace(answer?.data, error.path ?? [])
    groups.set(place, [...(groups.get(place) ?? []), textOf(error)])
  }
  for (const texts of groups.values()) texts.sort()
  return groups
}

function nulledPlace(data: unknown, path: readonly (string | number)[]): string {
  let value = data
  const place: (string | number)[] = []
  for (const step of path) {
    if (typeof value !== 'object' || value === null) break
    value = Reflect.get(value, step)
    place.push(step)
  }
  return `/${place.join('/')}`
}

const textOf = ({ message, path = [], locations, extensions }: GraphQLError) =>
  `/${path.join('/')} ${JSON.stringify({ message, locations, extensions })}`

const told = (what: string, wanted: unknown, found: unknown) =>
  `${what}\n  wanted: ${wanted}\n  found:  ${found}`
