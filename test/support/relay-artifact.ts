import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import {
  type ArgumentNode,
  buildSchema,
  type GraphQLObjectType,
  getNamedType,
  isObjectType,
  Kind,
  parse,
  type SelectionSetNode,
} from 'graphql'

const schemaFile = join(import.meta.dirname, '../../schema.graphql')

/**
 * Makes what Relay's compiler makes of a subscription, so far as `relay-runtime` reads it: for fields of objects,
 * without fragments and with variables as arguments.
 *
 * @throws Error for what is beyond that
 */
export function relayArtifactOf(text: string): object {
  const [operation] = parse(text).definitions
  const type = buildSchema(readFileSync(schemaFile, 'utf8')).getSubscriptionType()
  if (operation?.kind !== Kind.OPERATION_DEFINITION || operation.name === undefined || type == null) {
    throw new Error('a subscription with a name was expected')
  }
  const name = operation.name.value
  const shared = {
    name,
    argumentDefinitions: (operation.variableDefinitions ?? []).map(({ variable }) => ({
      kind: 'LocalArgument',
      name: variable.name.value,
      defaultValue: null,
    })),
    selections: selectionsOf(operation.selectionSet, type),
  }
  return {
    kind: 'Request',
    fragment: { ...shared, kind: 'Fragment', type: type.name, metadata: null, abstractKey: null },
    operation: { ...shared, kind: 'Operation' },
    params: { name, text, id: null, cacheID: name, metadata: {}, operationKind: 'subscription' },
  }
}

function selectionsOf({ selections }: SelectionSetNode, parent: GraphQLObjectType): readonly object[] {
  return selections.map((node) => {
    if (node.kind !== Kind.FIELD) throw new Error('no fragments were expected')
    const name = node.name.value
    const type = getNamedType(parent.getFields()[name]?.type)
    const shared = { name, alias: null, args: argumentsOf(node.arguments ?? []), storageKey: null }
    if (node.selectionSet === undefined) return { ...shared, kind: 'ScalarField' }
    if (!isObjectType(type)) throw new Error(`${name} was expected to be an object`)
    const inner = selectionsOf(node.selectionSet, type)
    return { ...shared, kind: 'LinkedField', plural: false, concreteType: type.name, selections: inner }
  })
}

function argumentsOf(nodes: readonly ArgumentNode[]): readonly object[] | null {
  if (nodes.length === 0) return null
  return nodes.map(({ name, value }) => {
    if (value.kind !== Kind.VARIABLE) throw new Error(`${name.value} was expected to be a variable`)
    return { kind: 'Variable', name: name.value, variableName: value.name.value }
  })
}
