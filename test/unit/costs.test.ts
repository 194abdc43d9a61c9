import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { buildSchema, parse } from 'graphql'
import { costPerCall, createCosts } from '../../src/graphql/costs.ts'

const schema = buildSchema(`
  type Query {
    job(id: ID!): Job
    jobs(ids: [ID!]!): [Job]
    activeJobs(first: Int = 50): Connection
    hottest(first: Int = 20): [Job!]!
    sessions: [Job!]
    result: Result
  }
  type Subscription { jobUpdated(id: ID!): Job }
  type Job { id: ID name: String links: [Link!] tasks(first: Int = 50): Connection detail: String }
  type Link { href: String }
  type Connection { nodes: [Job!]! edges: [Edge!]! totalCount: Int! pageInfo: PageInfo! }
  type Edge { node: Job! }
  type PageInfo { hasNextPage: Boolean! endCursor: String }
  union Result = Job | Link
`)

const costsOf = createCosts(schema, [
  {
    Query: { job: { calls: 1 }, jobs: { calls: 1 }, activeJobs: { calls: 1 } },
    Subscription: { jobUpdated: { calls: 1 } },
  },
  { Job: { tasks: { calls: 1 } } },
])

type Variables = Readonly<Record<string, unknown>> | null

function costs(source: string, variables: Variables = null): readonly number[] {
  return [...costsOf(parse(source)).values()].map((cost) => cost(variables))
}

const cost = (source: string, variables: Variables = null) => costs(source, variables)[0]

const call = costPerCall

describe('the cost of an operation', () => {
  it('is 1 for each field and more for each call', () => {
    assert.equal(cost('{ __typename }'), 1)
    assert.equal(cost('{ job(id: 1) { id name } }'), 3 + call)
    assert.equal(cost('subscription { jobUpdated(id: 1) { id } }'), 2 + call)
  })

  it('multiplies what is in a list by its length, be it a page or a list of keys', () => {
    assert.equal(cost('{ activeJobs(first: 7) { nodes { id name } } }'), call + 2 + 7 * 2)
    assert.equal(cost('{ activeJobs(first: 7) { edges { node { id } } } }'), call + 2 + 7 * 2)
    assert.equal(cost('{ jobs(ids: [1, 2, 3]) { id } }'), 1 + 3 * call + 3)
    assert.equal(cost('{ hottest(first: 4) { id } }'), 1 + 4)
  })

  it('multiplies nothing beside the list of a page', () => {
    const source = '{ activeJobs(first: 7) { totalCount pageInfo { hasNextPage endCursor } } }'
    assert.equal(cost(source), call + 5)
  })

  it('counts calls once for every element of the lists around them', () => {
    const source = '{ activeJobs(first: 7) { nodes { tasks(first: 3) { nodes { id } } } } }'
    assert.equal(cost(source), call + 2 + 7 * (call + 2 + 3))
  })

  it('takes the defaults of the schema, and ten elements where nobody says how many', () => {
    assert.equal(cost('{ activeJobs { nodes { id } } }'), call + 2 + 50)
    assert.equal(cost('{ hottest { id } }'), 1 + 20)
    assert.equal(cost('{ sessions { id links { href } } }'), 1 + 10 * (2 + 10))
  })

  it('counts the length that a resource declares for a list', () => {
    const pipelines = buildSchema('type Query { pipelines: [Pipeline] } type Pipeline { name: ID }')
    const declared = createCosts(pipelines, [{ Query: { pipelines: { elements: 3 } } }])
    const [only] = declared(parse('{ pipelines { name } }')).values()
    assert.equal(only?.(null), 1 + 3)
  })

  it('counts fragments where they are spread, with the length of what is around them', () => {
    const source = `
      { activeJobs(first: 7) { ...Page ...Page } }
      fragment Page on Connection { nodes { ...J ... on Job { name } } }
      fragment J on Job { id }
    `
    assert.equal(cost(source), call + 1 + 2 * (1 + 7 * 2))
  })

  it('counts every branch of a union, and both sides of a condition', () => {
    assert.equal(cost('{ result { ... on Job { id } ... on Link { href } } }'), 3)
    const source = 'query($yes: Boolean!) { a: job(id: 1) @include(if: $yes) { id } b: job(id: 1) { id } }'
    assert.equal(cost(source, { yes: false }), 2 * (2 + call))
  })

  it('takes what variables tell, with their defaults and those of the schema', () => {
    const source =
      'query($n: Int, $ids: [ID!]!) { activeJobs(first: $n) { nodes { id } } jobs(ids: $ids) { id } }'
    const expected = (n: number, ids: number) => call + 2 + n + 1 + ids * (call + 1)
    assert.equal(cost(source, { n: 3, ids: ['1', '2'] }), expected(3, 2))
    assert.equal(cost(source, { ids: [] }), expected(50, 0))
    const withDefault = 'query($n: Int = 5) { activeJobs(first: $n) { nodes { id } } }'
    assert.equal(cost(withDefault), call + 2 + 5)
    assert.equal(cost(withDefault, { n: 6 }), call + 2 + 6)
  })

  it('multiplies the lengths of two variables, and of one that stands twice', () => {
    const source =
      'query($n: Int, $m: Int) { activeJobs(first: $n) { nodes { tasks(first: $m) { nodes { id } } } } }'
    assert.equal(cost(source, { n: 7, m: 3 }), call + 2 + 7 * (call + 2 + 3))
    assert.equal(
      cost(source.replaceAll('$m', '$n').replace(', $n: Int', ''), { n: 4 }),
      call + 2 + 4 * (call + 2 + 4),
    )
  })

  it('of a length that no field would take is that of the usual one: the field refuses it', () => {
    const source = 'query($n: Int) { activeJobs(first: $n) { nodes { id } } }'
    for (const n of [-5, 'many', {}, null, Number.NaN])
      assert.equal(cost(source, { n }), call + 2 + 50, String(n))
    assert.equal(cost('{ activeJobs(first: -5) { nodes { id } } }'), call + 2 + 50)
    assert.equal(cost(source, { n: 1e9 }), call + 2 + 1e9)
  })

  it('is that of each operation of a document by itself', () => {
    assert.deepEqual(costs('query A { __typename } query B { job(id: 1) { id } }'), [1, 2 + call])
  })

  it('does not count introspection, which asks nobody', () => {
    assert.equal(cost('{ __schema { types { fields { name } } } }'), 1)
  })
})
