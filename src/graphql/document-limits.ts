import {
  type DocumentNode,
  type FragmentDefinitionNode,
  GraphQLError,
  Kind,
  type OperationDefinitionNode,
  type SelectionSetNode,
} from 'graphql'

/** What a document may have. Fields, aliases and directives count where a fragment is spread, once for each time. */
export interface DocumentLimits {
  readonly maxTokens: number
  /** Fields below one another. Fragments add nothing to it. */
  readonly maxDepth: number
  readonly maxFields: number
  readonly maxRootFields: number
  readonly maxAliases: number
  readonly maxDirectives: number
}

/** What the settings are where nobody sets them (`docs/limits.md`). */
export const defaultDocumentLimits: DocumentLimits = Object.freeze({
  maxTokens: 10_000,
  maxDepth: 16,
  maxFields: 1000,
  maxRootFields: 50,
  maxAliases: 100,
  maxDirectives: 100,
})

/** What one selection set has, with all that it spreads. */
interface Extent {
  readonly depth: number
  readonly fields: number
  readonly rootFields: number
  readonly aliases: number
  readonly directives: number
}

const nothing: Extent = { depth: 0, fields: 0, rootFields: 0, aliases: 0, directives: 0 }

/**
 * What a document has too much of. It takes time in proportion to the text, however often fragments spread one another: each
 * fragment is looked at once. It is made for documents that were parsed and not yet validated, since validation is what a
 * document that is too large keeps busy.
 */
export function documentFaults(document: DocumentNode, limits: DocumentLimits): readonly GraphQLError[] {
  const extentOf = extents(document)
  const operations = document.definitions.filter((one) => one.kind === Kind.OPERATION_DEFINITION)
  return operations.flatMap((operation) => faultsOf(operation, extentOf(operation), limits))
}

function faultsOf(
  operation: OperationDefinitionNode,
  extent: Extent,
  limits: DocumentLimits,
): readonly GraphQLError[] {
  const rows = [
    [extent.depth, limits.maxDepth, 'levels of fields', 'Ask for what lies deeper by its id'],
    [extent.fields, limits.maxFields, 'fields', 'Ask for less, or in several operations'],
    [
      extent.rootFields,
      limits.maxRootFields,
      'fields at its root',
      'Use fields that take several keys, such as `jobs`',
    ],
    [extent.aliases, limits.maxAliases, 'aliases', 'Use fields that take several keys, such as `jobs`'],
    [extent.directives, limits.maxDirectives, 'directives', 'Put `@skip` and `@include` on fragments'],
  ] as const
  return rows
    .filter(([count, most]) => count > most)
    .map(([count, most, what, advice]) => {
      const told = count < Number.MAX_SAFE_INTEGER ? String(count) : 'endless'
      const message = `The operation has ${told} ${what}, and ${most} is the most; what a fragment has counts wherever it is spread. ${advice}.`
      return new GraphQLError(message, { nodes: operation })
    })
}

/** Measures operations. A fragment that is measured is remembered; one that spreads itself counts nothing there: validation refuses it. */
function extents(document: DocumentNode): (operation: OperationDefinitionNode) => Extent {
  const fragments = new Map<string, FragmentDefinitionNode>()
  for (const one of document.definitions) {
    if (one.kind === Kind.FRAGMENT_DEFINITION) fragments.set(one.name.value, one)
  }
  const measured = new Map<string, Extent>()

  const ofFragment = (name: string): Extent => {
    const known = measured.get(name)
    if (known !== undefined) return known
    measured.set(name, nothing)
    const fragment = fragments.get(name)
    const extent = fragment === undefined ? nothing : ofSelections(fragment.selectionSet, fragment.directives)
    measured.set(name, extent)
    return extent
  }
  const ofSelections = (
    { selections }: SelectionSetNode,
    { length: ownDirectives }: readonly unknown[] = [],
  ): Extent => {
    let total = { ...nothing, directives: ownDirectives }
    for (const selection of selections) {
      const { directives: { length: directives } = [] } = selection
      if (selection.kind === Kind.FIELD) {
        const below = selection.selectionSet === undefined ? nothing : ofSelections(selection.selectionSet)
        const aliases = below.aliases + (selection.alias === undefined ? 0 : 1)
        const field = { depth: below.depth + 1, fields: below.fields + 1, rootFields: 1, aliases }
        total = sum(total, { ...field, directives: below.directives + directives })
      } else {
        const spread =
          selection.kind === Kind.FRAGMENT_SPREAD
            ? ofFragment(selection.name.value)
            : ofSelections(selection.selectionSet)
        total = sum(total, { ...spread, directives: spread.directives + directives })
      }
    }
    return total
  }
  return ({ selectionSet, directives }) => ofSelections(selectionSet, directives)
}

const sum = (one: Extent, other: Extent): Extent => ({
  depth: Math.max(one.depth, other.depth),
  fields: one.fields + other.fields,
  rootFields: one.rootFields + other.rootFields,
  aliases: one.aliases + other.aliases,
  directives: one.directives + other.directives,
})
