import {
  type FieldNode,
  GraphQLIncludeDirective,
  type GraphQLResolveInfo,
  GraphQLSkipDirective,
  getDirectiveValues,
  type SelectionNode,
  type SelectionSetNode,
} from 'graphql'

/**
 * Whether the caller selects one of some fields of what the present field answers, so that a resolver knows
 * beforehand what its call must bring. Fragments of all types are looked into; `@skip` and `@include` are obeyed.
 *
 * @param parent looks at what this field of the answer selects, and not at the answer itself
 */
export function selectsAny(
  info: GraphQLResolveInfo,
  fieldNames: readonly string[],
  parent?: string,
): boolean {
  const isWanted = ({ name }: FieldNode) => fieldNames.includes(name.value)
  const isSought =
    parent === undefined
      ? isWanted
      : ({ name, selectionSet }: FieldNode) =>
          name.value === parent && selectsSome(selectionSet, info, isWanted)
  return info.fieldNodes.some(({ selectionSet }) => selectsSome(selectionSet, info, isSought))
}

/** Makes no list of the fields: resolvers ask for each query. */
const selectsSome = (
  selectionSet: SelectionSetNode | undefined,
  info: GraphQLResolveInfo,
  isSought: (field: FieldNode) => boolean,
): boolean =>
  selectionSet?.selections.some((selection) => {
    if (!isIncluded(selection, info)) return false
    if (selection.kind === 'Field') return isSought(selection)
    const fragment = selection.kind === 'InlineFragment' ? selection : info.fragments[selection.name.value]
    return selectsSome(fragment?.selectionSet, info, isSought)
  }) ?? false

function isIncluded(selection: SelectionNode, { variableValues }: GraphQLResolveInfo): boolean {
  if (selection.directives === undefined || selection.directives.length === 0) return true
  const skip = getDirectiveValues(GraphQLSkipDirective, selection, variableValues)
  const include = getDirectiveValues(GraphQLIncludeDirective, selection, variableValues)
  return skip?.['if'] !== true && include?.['if'] !== false
}
