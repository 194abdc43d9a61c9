import { type DocumentNode, GraphQLError, type GraphQLSchema, parse, validate } from 'graphql'
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
    const errors = validate(schema, document)
    if (errors.length === 0) return { document }
    return { errors: errors.map((error) => withCode(error, 'GRAPHQL_VALIDATION_FAILED')) }
  } catch (error) {
    if (!(error instanceof GraphQLError)) throw error
    return { errors: [withCode(error, 'GRAPHQL_PARSE_FAILED')] }
  }
}

function withCode(error: GraphQLError, code: string): GraphQLError {
  const { nodes = null, source = null, positions = null } = error
  return new GraphQLError(error.message, { nodes, source, positions, extensions: { code } })
}
