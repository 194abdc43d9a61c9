import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { describe, it } from 'node:test'
import { buildSchema, parse, validate } from 'graphql'
import { graphiqlTabs, placeholderTabKeys } from '../../src/server/graphiql-tabs.ts'

const schema = buildSchema(readFileSync(new URL('../../schema.graphql', import.meta.url), 'utf8'))

describe('the tabs of GraphiQL', () => {
  for (const { query, variables = {} } of graphiqlTabs(placeholderTabKeys)) {
    const [operation] = parse(query).definitions
    const title = operation?.kind === 'OperationDefinition' ? operation.name?.value : undefined

    it(`${title} fits the schema, and has a value for each of its variables`, () => {
      assert.deepEqual(validate(schema, parse(query)), [])
      assert.ok(operation?.kind === 'OperationDefinition')
      const names = operation.variableDefinitions?.map(({ variable }) => variable.name.value)
      assert.deepEqual(names, Object.keys(variables))
    })
  }
})
