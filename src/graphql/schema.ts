import { readFileSync } from 'node:fs'
import { makeExecutableSchema } from '@graphql-tools/schema'
import type { GraphQLSchema } from 'graphql'
import type { OperationContext } from '../core/operation.ts'
import type { Resource } from '../resource.ts'
import { scalars } from './scalars.ts'

/** The schema's source: the contract with the frontends. */
const schemaFile = new URL('../../schema.graphql', import.meta.url)

/**
 * Joins `schema.graphql` and the resolvers of all resources.
 *
 * @throws where a field of Query, Mutation or Subscription has no resolver, since it would answer null to everybody, and where
 * nobody says what a field costs, since it could then be asked for without end
 */
export function createSchema(resources: readonly Resource[]): GraphQLSchema {
  const schema = makeExecutableSchema<OperationContext>({
    typeDefs: readFileSync(schemaFile, 'utf8'),
    resolvers: [scalars, ...resources.map(({ resolvers }) => resolvers)],
    resolverValidationOptions: { requireResolversToMatchSchema: 'error' },
  })
  for (const resource of resources) requireCosts(resource)
  requireRootResolvers(schema)
  return schema
}

function requireRootResolvers(schema: GraphQLSchema): void {
  for (const root of [schema.getQueryType(), schema.getMutationType(), schema.getSubscriptionType()]) {
    for (const { name, resolve, subscribe } of Object.values(root?.getFields() ?? {})) {
      if (resolve === undefined && subscribe === undefined) {
        throw new Error(`Nobody resolves ${root?.name}.${name}: is its resource in src/resources.ts?`)
      }
    }
  }
}

/** What has a resolver may make calls. What has none only shows what is there. */
function requireCosts({ name, resolvers, costs }: Resource): void {
  const declared = new Set(
    Object.entries(costs).flatMap(([type, fields]) => Object.keys(fields).map((field) => `${type}.${field}`)),
  )
  for (const [type, fields] of Object.entries(resolvers)) {
    for (const field of Object.keys(fields)) {
      if (field.startsWith('__') || declared.has(`${type}.${field}`)) continue
      throw new Error(`Nobody says what ${type}.${field} costs: put it into the costs of ${name}.`)
    }
  }
}
