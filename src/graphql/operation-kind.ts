import { type DocumentNode, type GraphQLSchema, getOperationAST, Kind, OperationTypeNode } from 'graphql'

/** An operation by what there is a bounded number of: its type, and its root field. Its name is its client's to choose. */
export interface OperationKind {
  /** `none`: the document is not good, or has no such operation. */
  readonly type: 'query' | 'mutation' | 'subscription' | 'none'
  /** A root field of the schema; `several`, where there are some or a fragment; `introspection`; or `none`. */
  readonly field: string
}

/** What is no operation. */
const noOperationKind: OperationKind = { type: 'none', field: 'none' }

/** Tells the kinds of operations. Each is worked out once for a document that is remembered. */
export function createOperationKinds(
  schema: GraphQLSchema,
): (document: DocumentNode | undefined, operationName: string | null) => OperationKind {
  const known = new WeakMap<DocumentNode, Map<string | null, OperationKind>>()
  return (document, operationName) => {
    if (document === undefined) return noOperationKind
    const ofDocument = known.get(document) ?? new Map<string | null, OperationKind>()
    known.set(document, ofDocument)
    const kind = ofDocument.get(operationName) ?? kindOf(schema, document, operationName)
    // A name that the document does not have is the client's to choose, too.
    if (kind !== noOperationKind) ofDocument.set(operationName, kind)
    return kind
  }
}

function kindOf(schema: GraphQLSchema, document: DocumentNode, operationName: string | null): OperationKind {
  const operation = getOperationAST(document, operationName)
  if (!operation) return noOperationKind
  const type = typeNames[operation.operation]
  const fields = schema.getRootType(operation.operation)?.getFields() ?? {}
  const names = operation.selectionSet.selections.map((selection) =>
    selection.kind === Kind.FIELD ? selection.name.value : 'several',
  )
  const [name = 'none', ...others] = new Set(names)
  if (others.length > 0) return { type, field: 'several' }
  if (name.startsWith('__')) return { type, field: 'introspection' }
  return { type, field: Object.hasOwn(fields, name) ? name : 'several' }
}

const typeNames = {
  [OperationTypeNode.QUERY]: 'query',
  [OperationTypeNode.MUTATION]: 'mutation',
  [OperationTypeNode.SUBSCRIPTION]: 'subscription',
} as const
