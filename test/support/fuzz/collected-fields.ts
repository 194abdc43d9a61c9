import {
  type FieldNode,
  type FragmentDefinitionNode,
  GraphQLIncludeDirective,
  type GraphQLObjectType,
  type GraphQLSchema,
  GraphQLSkipDirective,
  getDirectiveValues,
  isAbstractType,
  Kind,
  type SelectionNode,
  type SelectionSetNode,
  typeFromAST,
} from 'graphql'

/** What it takes to tell which fields an answer has. */
export interface Collection {
  readonly schema: GraphQLSchema
  readonly fragments: ReadonlyMap<string, FragmentDefinitionNode>
  /** After coercion. */
  readonly variables: Readonly<Record<string, unknown>>
}

/**
 * The fields that an answer has for an object, by their names in it and in their order (GraphQL, 6.3.2). Written apart from
 * graphql-js, so that an executor can be held against it.
 */
export function collectedFields(
  collection: Collection,
  type: GraphQLObjectType,
  selectionSets: readonly SelectionSetNode[],
): ReadonlyMap<string, readonly FieldNode[]> {
  const fields = new Map<string, FieldNode[]>()
  const spread = new Set<string>()
  const visit = ({ selections }: SelectionSetNode): void => {
    for (const selection of selections) {
      // The fragment adds nothing a second time, so graphql-js does not ask whether the directives at it can be used.
      if (selection.kind === Kind.FRAGMENT_SPREAD && spread.has(selection.name.value)) continue
      if (!isIncluded(collection, selection)) continue
      if (selection.kind === Kind.FIELD) {
        const name = selection.alias?.value ?? selection.name.value
        fields.set(name, [...(fields.get(name) ?? []), selection])
      } else if (selection.kind === Kind.INLINE_FRAGMENT) {
        if (applies(collection, type, selection.typeCondition)) visit(selection.selectionSet)
      } else {
        spread.add(selection.name.value)
        const fragment = collection.fragments.get(selection.name.value)
        if (fragment !== undefined && applies(collection, type, fragment.typeCondition)) {
          visit(fragment.selectionSet)
        }
      }
    }
  }
  for (const selectionSet of selectionSets) visit(selectionSet)
  return fields
}

function isIncluded({ variables }: Collection, selection: SelectionNode): boolean {
  if (getDirectiveValues(GraphQLSkipDirective, selection, variables)?.['if'] === true) return false
  return getDirectiveValues(GraphQLIncludeDirective, selection, variables)?.['if'] !== false
}

function applies(
  { schema }: Collection,
  type: GraphQLObjectType,
  condition: FragmentDefinitionNode['typeCondition'] | undefined,
): boolean {
  if (condition === undefined) return true
  const wanted = typeFromAST(schema, condition)
  return wanted === type || (isAbstractType(wanted) && schema.isSubType(wanted, type))
}
