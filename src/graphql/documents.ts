import {
  type DocumentNode,
  type FragmentDefinitionNode,
  GraphQLError,
  type GraphQLSchema,
  Kind,
  OperationTypeNode,
  parse,
  type SelectionNode,
  type SelectionSetNode,
  validate,
} from 'graphql'
import { LRUCache } from 'lru-cache'

/** How much text of checked documents is remembered, in characters. What is parsed takes many times as much memory. */
export const maxDocumentCharacters = 300_000

/** The most tokens of a document; a parser without a bound is a way to keep the process busy. */
export const maxDocumentTokens = 10_000

/** A document that was parsed and fits the schema, or the reasons why not. */
export type CheckedDocument =
  | { readonly document: DocumentNode; readonly errors?: never }
  | { readonly errors: readonly GraphQLError[]; readonly document?: never }

/**
 * Parses and validates documents for the transports that Apollo Server does not serve, with the codes that it would
 * give. Screens send the same few documents all day, so {@link maxDocumentCharacters} of good ones are remembered.
 */
export function createDocumentCheck(schema: GraphQLSchema): (source: string) => CheckedDocument {
  const checked = new LRUCache<string, CheckedDocument>({
    maxSize: maxDocumentCharacters,
    sizeCalculation: (_checked, source) => source.length,
  })
  return (source) => {
    const known = checked.get(source)
    if (known !== undefined) return known
    const fresh = check(schema, source)
    if (fresh.document !== undefined && source !== '') checked.set(source, fresh)
    return fresh
  }
}

function check(schema: GraphQLSchema, source: string): CheckedDocument {
  try {
    const document = parse(source, { maxTokens: maxDocumentTokens })
    const errors = conditionalRoots(document) ?? validate(schema, document)
    if (errors.length === 0) return { document }
    return { errors: errors.map((error) => withCode(error, 'GRAPHQL_VALIDATION_FAILED')) }
  } catch (error) {
    if (!(error instanceof GraphQLError)) throw error
    return { errors: [withCode(error, 'GRAPHQL_PARSE_FAILED')] }
  }
}

/**
 * Refuses a subscription whose root field depends on `@skip` or `@include`: without it there is nothing to subscribe to,
 * and graphql-js, which cannot tell before the variables are known, breaks (GraphQL specification, 5.2.4.1).
 */
function conditionalRoots(document: DocumentNode): readonly GraphQLError[] | undefined {
  const fragments = new Map<string, FragmentDefinitionNode>()
  for (const one of document.definitions) {
    if (one.kind === Kind.FRAGMENT_DEFINITION) fragments.set(one.name.value, one)
  }
  const rootsOf = (
    { selections }: SelectionSetNode,
    visited: ReadonlySet<string>,
  ): readonly SelectionNode[] =>
    selections.flatMap((selection) => {
      if (selection.kind === Kind.FIELD) return [selection]
      if (selection.kind === Kind.INLINE_FRAGMENT)
        return [selection, ...rootsOf(selection.selectionSet, visited)]
      const name = selection.name.value
      const fragment = visited.has(name) ? undefined : fragments.get(name)
      const below = fragment === undefined ? [] : rootsOf(fragment.selectionSet, new Set([...visited, name]))
      return [selection, ...below]
    })
  const conditional = document.definitions.flatMap((one) =>
    one.kind === Kind.OPERATION_DEFINITION && one.operation === OperationTypeNode.SUBSCRIPTION
      ? rootsOf(one.selectionSet, new Set()).filter(isConditional)
      : [],
  )
  if (conditional.length === 0) return undefined
  return conditional.map(
    (nodes) =>
      new GraphQLError('The root field of a subscription cannot depend on @skip or @include.', { nodes }),
  )
}

const isConditional = ({ directives = [] }: SelectionNode) =>
  directives.some(({ name }) => name.value === 'skip' || name.value === 'include')

function withCode(error: GraphQLError, code: string): GraphQLError {
  const { nodes = null, source = null, positions = null } = error
  return new GraphQLError(error.message, { nodes, source, positions, extensions: { code } })
}
