import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { describe, it } from 'node:test'
import {
  type DocumentNode,
  type ExecutionResult,
  execute,
  type GraphQLError,
  GraphQLSchema,
  OperationTypeNode,
  parse,
  visit,
} from 'graphql'
import { type Answer, answerFaults } from '../support/fuzz/answer-faults.ts'
import { createChance } from '../support/fuzz/chance.ts'
import { type GeneratedOperation, generateOperation } from '../support/fuzz/operation-generator.ts'
import { differenceOf, type Executor } from '../support/fuzz/same-answer.ts'
import { type Script, type ScriptedContext, scriptedSchema } from '../support/fuzz/scripted-schema.ts'
import { withStrayRejections } from '../support/fuzz/stray-rejections.ts'

/** How many operations are generated for each test. A failing one prints its seed: `SEED=… RUNS=1` plays it again. */
const runs = Number(process.env['RUNS'] ?? 200)
const firstSeed = Number(process.env['SEED'] ?? 20_261_125)

/** What the gateway's schema has none of. */
const otherTypeDefs = `
  interface Node { id: ID! owner: Person }
  interface Named implements Node { id: ID! owner: Person name: String! }
  type Person implements Named & Node { id: ID! owner: Person name: String! friends(first: Int = 3): [[Person!]]! age: Int }
  type Box implements Node { id: ID! owner: Person contents: [Thing]! size: Float! tags: [String!]! }
  union Thing = Person | Box
  enum Color { RED GREEN }
  input Filter { color: Color = RED, names: [String!], inner: Filter }
  type Query { node(id: ID!): Node named: Named! things(filter: Filter, color: Color! = GREEN): [Thing!] boxes: [[Box!]!]! count: Int! }
  type Mutation { paint(color: Color!): Box! rename(filter: Filter): Named count: Int! }
`

/** How many schemas the operations of a test share: to make one takes longer than to run an operation. */
const schemaCount = 20

const made = new Map<string, GraphQLSchema>()

function schemaOf(typeDefs: string, script: Script): GraphQLSchema {
  const key = `${JSON.stringify(script)}${typeDefs}`
  const schema = made.get(key) ?? scriptedSchema(typeDefs, script)
  made.set(key, schema)
  return schema
}

const schemas = [
  ['the schema of the gateway', readFileSync(new URL('../../schema.graphql', import.meta.url), 'utf8')],
  ['a schema with interfaces and lists of lists', otherTypeDefs],
] as const

/** Plays the cases of one test, each from a seed of its own. Resolves with how many failed. */
const play = async (typeDefs: string, check: (one: Case) => Promise<string | undefined>): Promise<number> =>
  (await withStrayRejections(() => playCases(typeDefs, check))).value

async function playCases(
  typeDefs: string,
  check: (one: Case) => Promise<string | undefined>,
): Promise<number> {
  let failed = 0
  for (let seed = firstSeed; seed < firstSeed + runs; seed += 1) {
    const script = { seed: seed % schemaCount, ...shares[seed % shares.length] }
    const schema = schemaOf(typeDefs, script)
    const operation = generateOperation({ schema }, createChance(seed))
    const fault = await check({ schema, operation, script })
    if (fault === undefined) continue
    failed += 1
    lastFault = `SEED=${seed} RUNS=1\n${operation.query}\n${JSON.stringify(operation.variables)}\n${fault}`
  }
  return failed
}

let lastFault = ''

interface Case {
  readonly schema: GraphQLSchema
  readonly operation: GeneratedOperation
  readonly script: Script
}

/** All goes well, much fails, nothing is a promise, everything is one. */
const shares = [
  {},
  { failureShare: 0, nullShare: 0 },
  { failureShare: 0.25, nullShare: 0.2 },
  { promiseShare: 0 },
  { promiseShare: 1, resolverShare: 1 },
]

/** Executors with one fault each, and none of them may pass. */
const faulty: Readonly<Record<string, (answer: ExecutionResult) => ExecutionResult>> = {
  'leaves an error out': ({ errors = [], ...rest }) =>
    errors.length > 1 ? { ...rest, errors: errors.slice(1) } : rest,
  'tells no place of errors': ({ errors, ...rest }) => ({
    ...rest,
    ...(errors === undefined
      ? {}
      : { errors: errors.map(({ message, path }) => ({ message, path }) as GraphQLError) }),
  }),
  'puts fields into another order': ({ data, ...rest }) => ({
    ...rest,
    ...(data ? { data: Object.fromEntries(Object.entries(data).toReversed()) } : { data: data ?? null }),
  }),
  'leaves null out': ({ data, ...rest }) => ({
    ...rest,
    data: data ? Object.fromEntries(Object.entries(data).filter(([, value]) => value !== null)) : null,
  }),
}

const asQuery = (document: DocumentNode): DocumentNode =>
  visit(document, { OperationDefinition: (node) => ({ ...node, operation: OperationTypeNode.QUERY }) })

const withMutationsAsQueries = (schema: GraphQLSchema) =>
  new GraphQLSchema({ ...schema.toConfig(), query: schema.getMutationType() })

async function executed(
  schema: GraphQLSchema,
  { query, operationName, variables }: GeneratedOperation,
): Promise<ExecutionResult> {
  const contextValue: ScriptedContext = { log: [] }
  return execute({
    schema,
    document: parse(query),
    contextValue,
    variableValues: { ...variables },
    ...(operationName === undefined ? {} : { operationName }),
  })
}

for (const [name, typeDefs] of schemas) {
  describe(`an executor of ${name} is held against graphql-js`, () => {
    it('and graphql-js gives the answers that it gave before, in the form that the specification wants', async () => {
      const failed = await play(typeDefs, async ({ schema, operation }) => {
        const difference = await differenceOf({ schema, operation, candidate: execute })
        if (difference !== undefined || operation.type === OperationTypeNode.SUBSCRIPTION) return difference
        const { query, operationName, variables } = operation
        const document = parse(query)
        const answer: Answer = JSON.parse(JSON.stringify(await executed(schema, operation)))
        return answerFaults({ schema, document, operationName, variables, answer })[0]
      })
      assert.equal(failed, 0, lastFault)
    })

    it('and promises that settle in another order make no difference', async () => {
      const failed = await play(typeDefs, async ({ schema, operation, script }) => {
        const other = schemaOf(typeDefs, { ...script, timingSeed: 'other' })
        return differenceOf({ schema, operation, candidate: (args) => execute({ ...args, schema: other }) })
      })
      assert.equal(failed, 0, lastFault)
    })

    it('and other values are told from the same ones', async () => {
      const failed = await play(typeDefs, async ({ schema, operation, script }) => {
        const other = schemaOf(typeDefs, { ...script, seed: `${script.seed} other` })
        return differenceOf({ schema, operation, candidate: (args) => execute({ ...args, schema: other }) })
      })
      assert.ok(failed > 0)
    })

    for (const [fault, change] of Object.entries(faulty)) {
      it(`and one that ${fault} is found out`, async () => {
        const candidate: Executor = async (args) => change(await execute(args))
        const failed = await play(typeDefs, ({ schema, operation }) =>
          differenceOf({ schema, operation, candidate }),
        )
        assert.ok(failed > 0)
      })
    }

    it('and one that runs the fields of a mutation side by side is found out', async () => {
      const candidate: Executor = (args) =>
        execute({ ...args, document: asQuery(args.document), schema: withMutationsAsQueries(args.schema) })
      const failed = await play(typeDefs, ({ schema, operation }) =>
        operation.type === OperationTypeNode.MUTATION
          ? differenceOf({ schema, operation, candidate })
          : Promise.resolve(undefined),
      )
      assert.ok(failed > 0)
    })
  })
}
