import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { it } from 'node:test'
import {
  buildClientSchema,
  buildSchema,
  type GraphQLSchema,
  getIntrospectionQuery,
  type IntrospectionQuery,
  lexicographicSortSchema,
  printSchema,
} from 'graphql'
import { startGateway } from '../support/gateway.ts'
import { data } from '../support/graphql.ts'

const printed = (schema: GraphQLSchema) => printSchema(lexicographicSortSchema(schema))

it('serves schema.graphql as it is written, the descriptions of its scalars too', async () => {
  await using gateway = await startGateway()
  const served = buildClientSchema(await data<IntrospectionQuery>(gateway, getIntrospectionQuery()))
  const source = readFileSync(new URL('../../schema.graphql', import.meta.url), 'utf8')
  assert.equal(printed(served), printed(buildSchema(source)))
})
