import {
  type GraphQLCompositeType,
  type GraphQLField,
  type GraphQLInputType,
  type GraphQLSchema,
  getNamedType,
  getNullableType,
  isAbstractType,
  isCompositeType,
  isInputObjectType,
  isListType,
  isNonNullType,
  isRequiredArgument,
  isRequiredInputField,
  isUnionType,
  OperationTypeNode,
  parse,
  validate,
} from 'graphql'
import type { Chance } from './chance.ts'
import { literalOf, noValueSource, type ValueSource, valueFor } from './input-values.ts'
import { scattered } from './scattered.ts'

/** An operation that fits the schema, as a client sends it. */
export interface GeneratedOperation {
  readonly type: OperationTypeNode
  readonly query: string
  /** Undefined where the document has one operation. */
  readonly operationName: string | undefined
  readonly variables: Readonly<Record<string, unknown>>
}

/** What is generated. */
export interface GeneratorOptions {
  readonly schema: GraphQLSchema
  /** Values for places where there is something to find. Default: any of the type. */
  readonly values?: ValueSource
  /** Default: all kinds that the schema has, queries most often. */
  readonly types?: readonly OperationTypeNode[]
  /** The most fields that are written into the document; fragments make the operation larger. Default: 40. */
  readonly maxFields?: number
  /** The most levels of fields. Default: 8. */
  readonly maxDepth?: number
}

/** What is known of one operation while it is written. */
interface Draft {
  readonly schema: GraphQLSchema
  readonly chance: Chance
  readonly values: ValueSource
  /** Stands before the names of fragments, which operations of one document must not share. */
  readonly prefix: string
  readonly variables: Map<string, Variable>
  readonly fragments: {
    readonly name: string
    readonly onType: GraphQLCompositeType
    readonly text: string
  }[]
  fieldsLeft: number
  names: number
}

interface Variable {
  /** As it is declared, such as `Int! = 3`. */
  readonly declaration: string
  /** Undefined: the client sends none. */
  readonly value: unknown
}

/** How often a document that does not fit the schema is thrown away: fields of equal names may differ in arguments. */
const maxTries = 200

/**
 * Writes one valid operation: aliases, fragments within one another, `@skip` and `@include`, variables with and without
 * defaults, fields that are asked for twice, introspection, several operations in one document, and any layout.
 *
 * @param chance the same choices give the same operation
 */
export function generateOperation(options: GeneratorOptions, chance: Chance): GeneratedOperation {
  for (let tries = 0; tries < maxTries; tries += 1) {
    const operation = drafted(options, chance)
    if (validate(options.schema, parse(operation.query)).length === 0) {
      return { ...operation, query: scattered(operation.query, chance) }
    }
  }
  throw new Error(`no valid operation in ${maxTries} tries`)
}

function drafted(options: GeneratorOptions, chance: Chance): GeneratedOperation {
  const { schema, values = noValueSource, maxFields = 40, maxDepth = 8 } = options
  const { types = typesOf(schema) } = options
  const newDraft = (prefix: string): Draft => {
    const fieldsLeft = chance.of(0.8)
      ? chance.between(1, Math.min(12, maxFields))
      : chance.between(1, maxFields)
    return { schema, chance, values, prefix, variables: new Map(), fragments: [], fieldsLeft, names: 0 }
  }
  const type = chance.pick(types)
  const isNamed = chance.of(0.7)
  const wanted = operationText(newDraft('A'), type, isNamed ? 'Wanted' : '', maxDepth)
  const hasOther = isNamed && chance.of(0.15)
  const other = hasOther
    ? operationText(newDraft('B'), chance.pick(types), 'Other', Math.min(maxDepth, 3))
    : undefined
  const texts = other === undefined ? [wanted.text] : [wanted.text, other.text]
  return {
    type,
    query: (chance.of(0.5) ? texts : texts.toReversed()).join('\n'),
    operationName: hasOther || (isNamed && chance.of(0.3)) ? 'Wanted' : undefined,
    variables: wanted.variables,
  }
}

/** Queries three times as often as the others. */
function typesOf(schema: GraphQLSchema): readonly OperationTypeNode[] {
  const { QUERY, MUTATION, SUBSCRIPTION } = OperationTypeNode
  return [
    ...[QUERY, QUERY, QUERY],
    ...(schema.getMutationType() ? [MUTATION] : []),
    ...(schema.getSubscriptionType() ? [SUBSCRIPTION] : []),
  ]
}

function operationText(draft: Draft, type: OperationTypeNode, name: string, maxDepth: number) {
  const root = draft.schema.getRootType(type)
  if (!root) throw new Error(`the schema has no ${type}`)
  const selections =
    type === OperationTypeNode.SUBSCRIPTION
      ? `{ ${subscriptionField(draft, root, maxDepth)} }`
      : selectionsText(draft, root, maxDepth)
  const declared = [...draft.variables].map(([variable, { declaration }]) => `$${variable}: ${declaration}`)
  const sent = [...draft.variables].filter(([, { value }]) => value !== undefined)
  const head =
    name === '' && type === OperationTypeNode.QUERY && declared.length === 0 && draft.chance.of(0.5)
      ? ''
      : `${type} ${name}${declared.length > 0 ? `(${declared.join(', ')})` : ''}`
  return {
    text: [`${head} ${selections}`, ...draft.fragments.map(({ text }) => text)].join('\n'),
    variables: Object.fromEntries(sent.map(([variable, { value }]) => [variable, value])),
  }
}

/**
 * A subscription has one field at its root, which may stand in a fragment. No directive may stand on either:
 * graphql-js's validation throws where one depends on a variable.
 */
function subscriptionField(draft: Draft, root: GraphQLCompositeType, depth: number): string {
  const { chance } = draft
  const field = chance.pick(fieldsOf(root))
  const once = () => fieldText(draft, field, root, depth, [])
  if (chance.of(0.15)) return `... on ${root.name} { ${once()} }`
  if (chance.of(0.1)) {
    draft.fragments.push({
      name: `${draft.prefix}0`,
      onType: root,
      text: `fragment ${draft.prefix}0 on ${root.name} { ${once()} }`,
    })
    return `...${draft.prefix}0`
  }
  return once()
}

/** What was asked for once may be asked for again, with other fields below it. */
interface Written {
  readonly head: string
  readonly field: GraphQLField<unknown, unknown>
}

function selectionsText(draft: Draft, parent: GraphQLCompositeType, depth: number): string {
  const { chance } = draft
  const count = chance.pick([1, 1, 2, 2, 3, 3, 4, 6])
  const written: Written[] = []
  const selections: string[] = []
  while (selections.length < count && (selections.length === 0 || draft.fieldsLeft > 0)) {
    selections.push(selectionText(draft, parent, depth, written))
  }
  return `{ ${selections.join(' ')} }`
}

function selectionText(
  draft: Draft,
  parent: GraphQLCompositeType,
  depth: number,
  written: Written[],
): string {
  const { chance } = draft
  const choice = chance.next()
  if (draft.fieldsLeft <= 0 || choice < 0.05) return `${alias(draft, 0.3)}__typename${directives(draft)}`
  if (choice < 0.06 && parent === draft.schema.getQueryType()) return chance.pick(introspections)
  if (choice < 0.13 && depth > 1) {
    const on = chance.of(0.3) ? undefined : partOf(draft, parent)
    const condition = on === undefined ? '' : ` on ${on.name}`
    return `...${condition}${directives(draft)} ${selectionsText(draft, on ?? parent, depth)}`
  }
  if (choice < 0.22 && depth > 1) {
    const on = partOf(draft, parent)
    return spreadOf(draft, on, () => selectionsText(draft, on, depth - 1))
  }
  if (isUnionType(parent)) {
    const on = chance.pick(draft.schema.getPossibleTypes(parent))
    return `... on ${on.name}${directives(draft)} ${selectionsText(draft, on, depth)}`
  }
  const again = written[0]
  if (choice < 0.28 && again !== undefined) return finishedField(draft, again, depth)
  const fields = fieldsOf(parent).filter(({ type }) => depth > 1 || !isCompositeType(getNamedType(type)))
  if (fields.length === 0) return '__typename'
  return fieldText(draft, chance.pick(fields), parent, depth, written)
}

const introspections = [
  '__schema { queryType { name } directives { name isRepeatable args { name type { kind name ofType { name } } } } }',
  '__schema { types { name kind fields(includeDeprecated: true) { name } } }',
  '__type(name: "Job") { kind fields { name type { kind ofType { name } } } enumValues { name } possibleTypes { name } }',
  '__type(name: "nothing") { name }',
]

const fieldsOf = (parent: GraphQLCompositeType) =>
  'getFields' in parent ? Object.values(parent.getFields()) : []

/** The type itself, or one of those that it can be. */
function partOf({ schema, chance }: Draft, type: GraphQLCompositeType): GraphQLCompositeType {
  if (!isAbstractType(type)) return type
  return chance.pick([type, ...schema.getPossibleTypes(type)])
}

function spreadOf(draft: Draft, on: GraphQLCompositeType, newSelections: () => string): string {
  const { chance, fragments, prefix } = draft
  const known = fragments.filter(({ onType }) => onType === on)
  if (known.length > 0 && chance.of(0.5)) return `...${chance.pick(known).name}${directives(draft)}`
  const selections = newSelections()
  const name = `${prefix}${fragments.length + 1}`
  fragments.push({ name, onType: on, text: `fragment ${name} on ${on.name} ${selections}` })
  return `...${name}${directives(draft)}`
}

function fieldText(
  draft: Draft,
  field: GraphQLField<unknown, unknown>,
  parent: GraphQLCompositeType,
  depth: number,
  written: Written[],
): string {
  const isSubscription = draft.schema.getSubscriptionType() === parent
  const passed = field.args
    .filter((argument) => isRequiredArgument(argument) || draft.chance.of(0.5))
    .map(({ name, type, defaultValue }) => {
      const place = `${parent.name}.${field.name}.${name}`
      return `${name}: ${argumentText(draft, type, place, defaultValue !== undefined)}`
    })
  const head = `${alias(draft, 0.25)}${field.name}${passed.length > 0 ? `(${passed.join(', ')})` : ''}`
  written.push({ head, field })
  return finishedField(draft, { head, field }, depth, isSubscription ? 0 : undefined)
}

function finishedField(
  draft: Draft,
  { head, field }: Written,
  depth: number,
  directiveShare?: number,
): string {
  draft.fieldsLeft -= 1
  const below = getNamedType(field.type)
  const rest = isCompositeType(below) ? ` ${selectionsText(draft, below, depth - 1)}` : ''
  return `${head}${directives(draft, directiveShare)}${rest}`
}

function alias(draft: Draft, share: number): string {
  if (!draft.chance.of(share)) return ''
  draft.names += 1
  return draft.chance.of(0.1)
    ? `${draft.chance.pick(['id', 'status', 'then', 'constructor', 'toString'])}: `
    : `a${draft.names}: `
}

/** None most often, else `@skip`, `@include` or both. */
function directives(draft: Draft, share = 0.12): string {
  const { chance, schema } = draft
  if (!chance.of(share)) return ''
  const type = schema.getDirective('skip')?.args[0]?.type
  if (type === undefined) return ''
  const names = chance.pick([['skip'], ['include'], ['include'], ['skip', 'include']])
  return names.map((name) => ` @${name}(if: ${argumentText(draft, type, name, false)})`).join('')
}

/** A literal, with variables in it, or a variable. */
function argumentText(draft: Draft, type: GraphQLInputType, place: string, hasDefault: boolean): string {
  const { chance, values } = draft
  if (chance.of(0.35)) return `$${variableFor(draft, type, place, hasDefault)}`
  const nullable = getNullableType(type)
  if (!isNonNullType(type) && chance.of(0.08)) return 'null'
  if (isListType(nullable) && chance.of(0.3)) {
    const member: GraphQLInputType = nullable.ofType
    const count = chance.between(0, 3)
    const members = Array.from({ length: count }, () => argumentText(draft, member, place, false))
    return count === 1 && chance.of(0.5) ? members.join('') : `[${members.join(' ')}]`
  }
  if (isInputObjectType(nullable) && chance.of(0.6)) {
    const fields = Object.values(nullable.getFields())
      .filter((field) => isRequiredInputField(field) || chance.of(0.6))
      .map(
        ({ name, type: fieldType, defaultValue }) =>
          `${name}: ${argumentText(draft, fieldType, `${nullable.name}.${name}`, defaultValue !== undefined)}`,
      )
    return `{ ${fields.join(', ')} }`
  }
  return literalOf(valueFor(type, place, chance, values), type)
}

/** Declares a variable that may stand in this place (GraphQL, 5.8.5), or takes one that is declared already. */
function variableFor(draft: Draft, type: GraphQLInputType, place: string, hasDefault: boolean): string {
  const { chance, variables, values } = draft
  const known = [...variables].filter(([, { declaration }]) => declaration.startsWith(String(type)))
  if (known.length > 0 && chance.of(0.3)) return chance.pick(known)[0]
  const nullable = getNullableType(type)
  const written = () => literalOf(valueFor(type, place, chance, values), type)
  const given = () => valueFor(type, place, chance, values)
  const missing = () => chance.pick([undefined, null])
  const isNullable = !isNonNullType(type)
  const variable: Variable = chance.pick<() => Variable>([
    () => ({ declaration: `${nullable}!`, value: given() }),
    () => ({ declaration: `${nullable}! = ${written()}`, value: chance.of(0.5) ? given() : undefined }),
    // Null for such a variable is an error of the field where its place takes none.
    () => ({ declaration: `${nullable} = ${written()}`, value: chance.of(0.5) ? given() : missing() }),
    ...(isNullable || hasDefault
      ? [() => ({ declaration: `${nullable}`, value: chance.of(0.6) ? given() : missing() })]
      : []),
  ])()
  const name = `${chance.of(0.05) ? 'constructor' : 'v'}${variables.size + 1}`
  variables.set(name, variable)
  return name
}
