import {
  type DocumentNode,
  type FragmentDefinitionNode,
  GraphQLError,
  type GraphQLSchema,
  Kind,
  NoSchemaIntrospectionCustomRule,
  type OperationDefinitionNode,
  OperationTypeNode,
  parse,
  type SelectionNode,
  type SelectionSetNode,
  specifiedRules,
  validate,
} from 'graphql'
import { LRUCache } from 'lru-cache'
import type { CostsOf, OperationCost } from './costs.ts'
import { type DocumentLimits, documentFaults } from './document-limits.ts'

/** How much text of checked documents is remembered, in characters. What is parsed takes many times as much memory. */
const maxDocumentCharacters = 300_000

/** A document that was parsed and fits the schema, or the reasons why not. */
export type CheckedDocument =
  | {
      readonly document: DocumentNode
      /** What each of its operations costs. */
      readonly costs: ReadonlyMap<OperationDefinitionNode, OperationCost>
      readonly errors?: never
    }
  | { readonly errors: readonly GraphQLError[]; readonly document?: never; readonly costs?: never }

/** What {@link createDocumentCheck} needs. */
export interface DocumentCheckOptions {
  readonly schema: GraphQLSchema
  readonly limits: DocumentLimits
  readonly costsOf: CostsOf
  /** False: nobody may ask what the schema has. */
  readonly allowsIntrospection: boolean
}

/** Checks documents. */
export interface DocumentCheck {
  (source: string): CheckedDocument
  /** What was found already of a document that is good; undefined where that is not remembered. */
  known(source: string): CheckedDocument | undefined
}

/**
 * Makes the one check of documents that all transports share. Screens send the same few documents all day, so
 * {@link maxDocumentCharacters} of good ones are remembered, with what they cost.
 */
export function createDocumentCheck(options: DocumentCheckOptions): DocumentCheck {
  const checked = new LRUCache<string, CheckedDocument>({
    maxSize: maxDocumentCharacters,
    sizeCalculation: (_checked, source) => source.length,
  })
  const checkOnce = (source: string): CheckedDocument => {
    const known = checked.get(source)
    if (known !== undefined) return known
    const fresh = check(options, source)
    if (fresh.document !== undefined && source !== '') checked.set(source, fresh)
    return fresh
  }
  return Object.assign(checkOnce, { known: (source: string) => checked.get(source) })
}

function check(options: DocumentCheckOptions, source: string): CheckedDocument {
  try {
    const document = parse(source, { maxTokens: options.limits.maxTokens })
    const errors = faultsOf(document, options)
    if (errors.length === 0) return { document, costs: options.costsOf(document) }
    return { errors: errors.map((error) => withCode(error, 'GRAPHQL_VALIDATION_FAILED')) }
  } catch (error) {
    // The parser goes down level by level, and within the bound of tokens there may be more levels than the stack has room for.
    if (error instanceof RangeError) return { errors: [tooManyLevels()] }
    if (!(error instanceof GraphQLError)) throw error
    return { errors: [withCode(error, 'GRAPHQL_PARSE_FAILED')] }
  }
}

const tooManyLevels = () =>
  new GraphQLError('Syntax Error: The document has too many levels of brackets.', {
    extensions: { code: 'GRAPHQL_PARSE_FAILED' },
  })

/** A document that is too large is not validated: that is what it would keep busy. */
function faultsOf(
  document: DocumentNode,
  { schema, limits, allowsIntrospection }: DocumentCheckOptions,
): readonly GraphQLError[] {
  const tooMuch = documentFaults(document, limits)
  if (tooMuch.length > 0) return tooMuch
  const rules = allowsIntrospection ? specifiedRules : [...specifiedRules, NoSchemaIntrospectionCustomRule]
  return conditionalRoots(document) ?? validate(schema, document, rules)
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
  const rootsOf = ({ selections }: SelectionSetNode, visited: Set<string>): readonly SelectionNode[] =>
    selections.flatMap((selection) => {
      if (selection.kind === Kind.FIELD) return [selection]
      if (selection.kind === Kind.INLINE_FRAGMENT)
        return [selection, ...rootsOf(selection.selectionSet, visited)]
      return [selection, ...rootsOfFragment(selection.name.value, visited)]
    })
  // Each once: fragments that spread one another twice over are as many as grains on a chessboard, and nobody has validated them.
  const rootsOfFragment = (name: string, visited: Set<string>): readonly SelectionNode[] => {
    const fragment = visited.has(name) ? undefined : fragments.get(name)
    visited.add(name)
    return fragment === undefined ? [] : rootsOf(fragment.selectionSet, visited)
  }
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
