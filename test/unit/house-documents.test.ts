import assert from 'node:assert/strict'
import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { buildSchema, getIntrospectionQuery } from 'graphql'
import { readSettings } from '../../src/config.ts'
import { createCosts } from '../../src/graphql/costs.ts'
import { createDocumentCheck } from '../../src/graphql/documents.ts'
import { jobCosts } from '../../src/jobs/costs.ts'
import { pipelineCosts } from '../../src/pipelines/costs.ts'
import { profilingSessionCosts } from '../../src/profiling-sessions/costs.ts'
import { samplyProfileCosts } from '../../src/samply-profiles/costs.ts'
import { graphiqlTabs, placeholderTabKeys } from '../../src/server/graphiql-tabs.ts'
import { uploadSessionCosts } from '../../src/upload-sessions/costs.ts'
import { viewerCosts } from '../../src/viewer/costs.ts'

const root = join(import.meta.dirname, '../..')
const textOf = (file: string) => readFileSync(join(root, file), 'utf8')

const schema = buildSchema(textOf('schema.graphql'))
const costs = [
  jobCosts,
  pipelineCosts,
  profilingSessionCosts,
  samplyProfileCosts,
  uploadSessionCosts,
  viewerCosts,
]
const { documentLimits, maxQueryCost } = readSettings({})
const check = createDocumentCheck({
  schema,
  limits: documentLimits,
  costsOf: createCosts(schema, costs),
  allowsIntrospection: true,
})

/** What a page shows as GraphQL, or sends in its code. */
function documentsIn(page: string): readonly string[] {
  const fences = [...page.matchAll(/^```graphql\n(.*?)^```$/gms)]
  const literals = [
    ...page.matchAll(
      /(?:\bgql|\bgraphql|\bquery:|\bquery =)\s*`(\s*(?:\{|query|mutation|subscription|fragment)[^`]+)`/g,
    ),
  ]
  return [...fences, ...literals].map(([, source = '']) => source)
}

const largest = { first: 200, ids: Array<string>(200).fill('1') }

const costsOf = (source: string) => {
  const { costs: found, errors = [] } = check(source)
  assert.deepEqual(
    errors.map(({ message }) => message),
    [],
    source,
  )
  return [...(found ?? [])].map(([, cost]) => cost(largest))
}

describe('the limits by default', () => {
  const pages = globSync(['README.md', 'docs/*.md'], { cwd: root })
  const sources: Readonly<Record<string, readonly string[]>> = {
    'of the pages of docs/ and of README.md': pages.flatMap((page) => documentsIn(textOf(page))),
    "of GraphiQL's tabs": graphiqlTabs(placeholderTabKeys).map(({ query }) => query),
    'of the board': globSync('web/board/*/operations.graphql', { cwd: root }).map(textOf),
    'of tools that ask for the schema': [
      getIntrospectionQuery(),
      getIntrospectionQuery({
        specifiedByUrl: true,
        directiveIsRepeatable: true,
        schemaDescription: true,
        inputValueDeprecation: true,
        oneOf: true,
      }),
    ],
  }
  for (const [whose, documents] of Object.entries(sources)) {
    it(`let every document pass ${whose}`, () => {
      assert.ok(documents.length > 1)
      for (const source of documents) {
        for (const cost of costsOf(source)) assert.ok(cost <= maxQueryCost, `${cost}: ${source}`)
      }
    })
  }

  it('are not reached by the example of docs/limits.md, which costs what the page says', () => {
    const page = textOf('docs/limits.md')
    const [, told = ''] = /^That is ([\d,]+)\./m.exec(page) ?? []
    const [example = ''] = documentsIn(page)
    assert.deepEqual(costsOf(example), [Number(told.replace(',', ''))])
  })

  it('are those of the table in docs/limits.md', () => {
    const rows = [...textOf('docs/limits.md').matchAll(/^\|[^|]+\| `([A-Z_]+)` +\| ([\d,]+) +\|/gm)]
    const examples = textOf('.env.example')
    assert.equal(rows.length, 12)
    for (const [, name = '', value = ''] of rows) {
      assert.match(examples, new RegExp(`^# ${name}=${value.replaceAll(',', '')}$`, 'm'))
    }
  })

  it('let a full page of jobs pass with a full page of tasks of each, and no two of them', () => {
    const page =
      'activeJobs(first: 200) { nodes { id title status runStartDate tasks(first: 200) { nodes { id taskId state rawState } } } }'
    const [once = 0] = costsOf(`{ ${page} }`)
    const [twice = 0] = costsOf(`{ first: ${page} second: ${page} }`)
    assert.ok(once <= maxQueryCost, String(once))
    assert.ok(twice > maxQueryCost, String(twice))
  })
})
