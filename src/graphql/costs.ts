import {
  type ArgumentNode,
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  type GraphQLField,
  type GraphQLNamedType,
  type GraphQLSchema,
  getNamedType,
  getNullableType,
  isInterfaceType,
  isListType,
  isObjectType,
  Kind,
  type OperationDefinitionNode,
  type SelectionSetNode,
  type ValueNode,
} from 'graphql'
import type { FieldCost, FieldCosts } from '../resource.ts'

/** What a call to an upstream costs, in fields of an answer. */
export const costPerCall = 50

/** How many elements a list is taken to have of which nobody says how long it is. */
const assumedElements = 10

/** What one operation of a document may cost at most, with these variables. Variables that are left out have their defaults. */
export type OperationCost = (variables: Readonly<Record<string, unknown>> | null) => number

/** Makes the costs of a document's operations, in the order of the document. */
export type CostsOf = (document: DocumentNode) => ReadonlyMap<OperationDefinitionNode, OperationCost>

/** A length that a variable tells: it is a number, or a list of keys. */
interface Length {
  readonly variable: string
  /** Where the variable is neither, or is left out. */
  readonly otherwise: number
}

/** What costs as much as so many fields, times what each of the variables tells. */
interface Term {
  readonly lengths: readonly Length[]
  readonly times: number
}

/** What is multiplied on the way down. */
interface Place {
  readonly around: Term
  /** The length of a list right below: what its parent has as `first`. */
  readonly page: number | Length | undefined
}

/**
 * Makes what tells the costs. Each field costs 1 and each call to an upstream {@link costPerCall}, once for every element of the
 * lists around it. It is an upper bound: both sides of a condition count, and calls that loaders share count each.
 *
 * Costs are sums of products, so that a document that is known needs no second look: only the lengths that variables tell are
 * put in. The document has to be valid, and no larger than `document-limits.ts` allows.
 */
export function createCosts(schema: GraphQLSchema, costs: readonly FieldCosts[]): CostsOf {
  const declared = new Map<string, FieldCost>()
  for (const all of costs) {
    for (const [type, fields] of Object.entries(all)) {
      for (const [field, cost] of Object.entries(fields)) declared.set(`${type}.${field}`, cost)
    }
  }
  const costOf = (type: GraphQLNamedType, field: FieldNode) =>
    declared.get(`${type.name}.${field.name.value}`)

  return (document) => {
    const fragments = new Map<string, FragmentDefinitionNode>()
    const operations: OperationDefinitionNode[] = []
    for (const one of document.definitions) {
      if (one.kind === Kind.FRAGMENT_DEFINITION) fragments.set(one.name.value, one)
      if (one.kind === Kind.OPERATION_DEFINITION) operations.push(one)
    }
    return new Map(operations.map((operation) => [operation, operationCost(operation, fragments)]))
  }

  function operationCost(
    operation: OperationDefinitionNode,
    fragments: ReadonlyMap<string, FragmentDefinitionNode>,
  ): OperationCost {
    const terms = new Map<string, Term>()
    const add = ({ lengths, times }: Term) => {
      const key = lengths.map(({ variable, otherwise }) => `${variable}:${otherwise}`).join(' ')
      terms.set(key, { lengths, times: (terms.get(key)?.times ?? 0) + times })
    }
    const addSelections = ({ selections }: SelectionSetNode, type: GraphQLNamedType, place: Place): void => {
      for (const selection of selections) {
        if (selection.kind === Kind.FIELD) addField(selection, type, place)
        else if (selection.kind === Kind.INLINE_FRAGMENT) {
          const condition = selection.typeCondition?.name.value
          addSelections(selection.selectionSet, schema.getType(condition ?? type.name) ?? type, place)
        } else {
          const fragment = fragments.get(selection.name.value)
          const condition = schema.getType(fragment?.typeCondition.name.value ?? '')
          if (fragment !== undefined) addSelections(fragment.selectionSet, condition ?? type, place)
        }
      }
    }
    const addField = (node: FieldNode, type: GraphQLNamedType, { around, page }: Place): void => {
      add(around)
      const field = fieldOf(type, node)
      // Introspection asks nobody and has bounds of its own (MaxIntrospectionDepthRule).
      if (field === undefined) return
      const { calls = 0, elements = assumedElements } = costOf(type, node) ?? {}
      const told = lengthTold(field, node, operation)
      const isList = isListType(getNullableType(field.type))
      if (calls > 0) add(product(around, calls * costPerCall, field.args.some(isKeys) ? told : undefined))
      if (node.selectionSet === undefined) return
      const below = isList ? product(around, 1, told ?? page ?? elements) : around
      addSelections(node.selectionSet, getNamedType(field.type), {
        around: below,
        page: isList ? undefined : told,
      })
    }
    const root = schema.getRootType(operation.operation)
    if (root)
      addSelections(operation.selectionSet, root, { around: { lengths: [], times: 1 }, page: undefined })
    return evaluated([...terms.values()])
  }
}

function evaluated(terms: readonly Term[]): OperationCost {
  const [only, ...more] = terms
  if (only === undefined) return () => 0
  if (more.length === 0 && only.lengths.length === 0) return () => only.times
  return (variables) => {
    let total = 0
    for (const { lengths, times } of terms) {
      let product = times
      for (const { variable, otherwise } of lengths) product *= lengthOf(variables?.[variable], otherwise)
      total += product
    }
    return total
  }
}

/** What is out of range is refused by the field itself, which says so better. */
function lengthOf(value: unknown, otherwise: number): number {
  if (Array.isArray(value)) return value.length
  return typeof value === 'number' && value >= 0 ? value : otherwise
}

function product({ lengths, times }: Term, factor: number, length?: number | Length): Term {
  if (typeof length === 'number') return { lengths, times: times * factor * length }
  return { lengths: length === undefined ? lengths : [...lengths, length], times: times * factor }
}

const isKeys = ({ name }: { readonly name: string }) => name === 'ids'

/** How long the list is that a field answers, by its `first` or its `ids`. Undefined where it takes neither. */
function lengthTold(
  { args }: GraphQLField<unknown, unknown>,
  node: FieldNode,
  operation: OperationDefinitionNode,
): number | Length | undefined {
  const argument = args.find((one) => one.name === 'first' || isKeys(one))
  if (argument === undefined) return undefined
  const otherwise = lengthOf(argument.defaultValue, assumedElements)
  const given = node.arguments?.find(({ name }: ArgumentNode) => name.value === argument.name)?.value
  if (given?.kind !== Kind.VARIABLE) return literalLength(given, otherwise)
  const variable = given.name.value
  const definition = operation.variableDefinitions?.find((one) => one.variable.name.value === variable)
  return { variable, otherwise: literalLength(definition?.defaultValue, otherwise) }
}

function literalLength(value: ValueNode | undefined, otherwise: number): number {
  if (value?.kind === Kind.LIST) return value.values.length
  return value?.kind === Kind.INT ? lengthOf(Number(value.value), otherwise) : otherwise
}

function fieldOf(type: GraphQLNamedType, { name }: FieldNode): GraphQLField<unknown, unknown> | undefined {
  return isObjectType(type) || isInterfaceType(type) ? type.getFields()[name.value] : undefined
}
