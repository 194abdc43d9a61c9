import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { describe, it } from 'node:test'
import { buildSchema, Kind, parse, validate } from 'graphql'
import { graphiqlTabs, placeholderTabKeys } from '../../src/server/graphiql-tabs.ts'

const schema = buildSchema(readFileSync(new URL('../../schema.graphql', import.meta.url), 'utf8'))

describe('the tabs of GraphiQL', () => {
  for (const { query, variables = {} } of graphiqlTabs(placeholderTabKeys)) {
    const operations = parse(query).definitions.filter((one) => one.kind === Kind.OPERATION_DEFINITION)
    const names = operations.map(({ name }) => name?.value)

    it(`${names.join(', ')}: fits the schema, and has a value for each of its variables`, () => {
      assert.deepEqual(validate(schema, parse(query)), [])
      assert.ok(names.length > 0 && names.every((name) => name !== undefined))
      const declared = operations.flatMap(({ variableDefinitions = [] }) =>
        variableDefinitions.map(({ variable }) => variable.name.value),
      )
      assert.deepEqual([...new Set(declared)], Object.keys(variables))
    })
  }
})
