import {
  type FieldNode,
  GraphQLIncludeDirective,
  type GraphQLResolveInfo,
  GraphQLSkipDirective,
  getDirectiveValues,
  type SelectionNode,
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
  const answered = info.fieldNodes.flatMap((field) => fieldsOf(field, info))
  const selected =
    parent === undefined
      ? answered
      : answered.filter(({ name }) => name.value === parent).flatMap((field) => fieldsOf(field, info))
  return selected.some(({ name }) => fieldNames.includes(name.value))
}

function fieldsOf(field: FieldNode, info: GraphQLResolveInfo): readonly FieldNode[] {
  return (field.selectionSet?.selections ?? []).flatMap((selection) => fieldsIn(selection, info))
}

function fieldsIn(selection: SelectionNode, info: GraphQLResolveInfo): FieldNode | readonly FieldNode[] {
  if (!isIncluded(selection, info)) return []
  if (selection.kind === 'Field') return selection
  const fragment = selection.kind === 'InlineFragment' ? selection : info.fragments[selection.name.value]
  return (fragment?.selectionSet.selections ?? []).flatMap((inner) => fieldsIn(inner, info))
}

function isIncluded(selection: SelectionNode, { variableValues }: GraphQLResolveInfo): boolean {
  if (selection.directives === undefined || selection.directives.length === 0) return true
  const skip = getDirectiveValues(GraphQLSkipDirective, selection, variableValues)
  const include = getDirectiveValues(GraphQLIncludeDirective, selection, variableValues)
  return skip?.['if'] !== true && include?.['if'] !== false
}
