import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { getIntrospectionQuery } from 'graphql'
import { type Sandbox, startSandbox } from '../../src/sandbox/sandbox.ts'
import { type Gateway, startGateway } from '../support/gateway.ts'
import { codesOf } from '../support/graphql.ts'
import { transports } from '../support/transports.ts'
import { openAcknowledged } from '../support/websocket.ts'

/** Each limit as low as what a test asks for, so that one more is too much. */
const lowLimits = {
  MAX_QUERY_TOKENS: '100',
  MAX_QUERY_DEPTH: '4',
  MAX_QUERY_FIELDS: '12',
  MAX_QUERY_ROOT_FIELDS: '3',
  MAX_QUERY_ALIASES: '2',
  MAX_QUERY_DIRECTIVES: '2',
  MAX_QUERY_COST: '1000',
}

interface LimitCase {
  readonly what: string
  readonly good: string
  readonly bad: string
  readonly code: string
  readonly told: RegExp
}

const cases: readonly LimitCase[] = [
  {
    what: 'tokens',
    good: `{ ${'__typename '.repeat(3)} }`,
    bad: `{ ${'__typename '.repeat(99)} }`,
    code: 'GRAPHQL_PARSE_FAILED',
    told: /more that 100 tokens|100 tokens/,
  },
  {
    what: 'levels of fields',
    good: '{ activeJobs(first: 5) { nodes { tasks { totalCount } } } }',
    bad: '{ activeJobs { nodes { tasks { nodes { id } } } } }',
    code: 'GRAPHQL_VALIDATION_FAILED',
    told: /has 5 levels of fields, and 4 is the most/,
  },
  {
    what: 'fields, those of a fragment wherever it is spread',
    good: '{ activeJobs { nodes { ...F } edges { node { ...F } } } } fragment F on Job { id title status }',
    bad: '{ activeJobs { nodes { ...F ...F } edges { node { ...F } } } } fragment F on Job { id title status }',
    code: 'GRAPHQL_VALIDATION_FAILED',
    told: /has 13 fields, and 12 is the most/,
  },
  {
    what: 'fields at the root',
    good: '{ __typename ...F } fragment F on Query { __typename __typename }',
    bad: '{ __typename ...F ...F } fragment F on Query { __typename __typename }',
    code: 'GRAPHQL_VALIDATION_FAILED',
    told: /has 5 fields at its root, and 3 is the most/,
  },
  {
    what: 'aliases',
    good: '{ a: __typename b: __typename }',
    bad: '{ a: __typename b: __typename c: __typename }',
    code: 'GRAPHQL_VALIDATION_FAILED',
    told: /has 3 aliases, and 2 is the most/,
  },
  {
    what: 'directives',
    good: '{ __typename @include(if: true) @skip(if: false) }',
    bad: '{ __typename @include(if: true) @skip(if: false) ... @include(if: true) { __typename } }',
    code: 'GRAPHQL_VALIDATION_FAILED',
    told: /has 3 directives, and 2 is the most/,
  },
  {
    what: 'cost',
    good: '{ activeJobs(first: 10) { nodes { tasks(first: 3) { totalCount } } } }',
    bad: '{ activeJobs(first: 20) { nodes { tasks(first: 3) { totalCount } } } }',
    code: 'BAD_REQUEST',
    told: /may cost 1092, and 1000 is the most.*Ask for fewer/,
  },
]

describe('the limits of one operation', () => {
  let sandbox: Sandbox
  let gateway: Gateway

  before(async () => {
    sandbox = await startSandbox({ scene: 'empty' })
    gateway = await startGateway({ sandbox, env: lowLimits })
  })
  after(async () => {
    await gateway?.stop()
    await sandbox?.stop()
  })

  for (const transport of transports) {
    for (const { what, good, bad, code, told } of cases) {
      it(`${what}, over ${transport.name}: as many as there may be are answered, and more are refused`, async () => {
        const allowed = await transport.ask(gateway, { query: good })
        assert.deepEqual(allowed.errors, [])
        const calls = sandbox.vault.calls.count()
        const refused = await transport.ask(gateway, { query: bad })
        assert.deepEqual(codesOf(refused), [code])
        assert.match(refused.errors[0]?.message ?? '', told)
        assert.equal(refused.data ?? null, null)
        assert.equal(sandbox.vault.calls.count(), calls, 'no upstream is asked')
      })
    }

    it(`cost, over ${transport.name}: the lengths that variables tell count, in a document that is known already`, async () => {
      const query =
        'query($first: Int, $ids: [ID!]!) { activeJobs(first: $first) { nodes { id } } jobs(ids: $ids) { id } }'
      const ask = (first: number, ids: readonly string[]) =>
        transport.ask(gateway, { query, variables: { first, ids } })
      assert.deepEqual((await ask(5, ['1'])).errors, [])
      for (const refused of [await ask(1000, ['1']), await ask(5, Array<string>(20).fill('1'))]) {
        assert.deepEqual(codesOf(refused), ['BAD_REQUEST'])
      }
      assert.deepEqual((await ask(5, ['1'])).errors, [])
    })
  }
})

describe('the limits of one operation, as they are by default', () => {
  let gateway: Gateway

  before(async () => {
    gateway = await startGateway()
  })
  after(() => gateway?.stop())

  const bomb = (levels: number) => {
    const fragments = Array.from({ length: levels }, (_, level) => {
      const next = `...F${level + 1}`
      return `fragment F${level} on Query { ${next} ${next} }`
    })
    return `{ ...F0 } ${fragments.join(' ')} fragment F${levels} on Query { __typename }`
  }

  for (const transport of transports) {
    it(`a fragment bomb over ${transport.name} is refused, and not counted out`, async () => {
      const refused = await transport.ask(gateway, { query: bomb(500) })
      assert.deepEqual(new Set(codesOf(refused)), new Set(['GRAPHQL_VALIDATION_FAILED']))
      assert.match(refused.errors[0]?.message ?? '', /endless fields, and 1000 is the most/)
    })

    it(`fragments that spread one another over ${transport.name} are refused by their names`, async () => {
      const refused = await transport.ask(gateway, {
        query: '{ ...A } fragment A on Query { ...B } fragment B on Query { ...A }',
      })
      assert.deepEqual(new Set(codesOf(refused)), new Set(['GRAPHQL_VALIDATION_FAILED']))
      assert.match(refused.errors[0]?.message ?? '', /"A".*itself|itself/)
    })

    it(`the introspection of GraphiQL and of code generators passes over ${transport.name}`, async () => {
      const options = { specifiedByUrl: true, directiveIsRepeatable: true, schemaDescription: true }
      for (const query of [
        getIntrospectionQuery(),
        getIntrospectionQuery({ ...options, inputValueDeprecation: true, oneOf: true }),
      ]) {
        assert.deepEqual((await transport.ask(gateway, { query })).errors, [])
      }
    })
  }

  for (const transport of transports) {
    it(`variables of 21 levels over ${transport.name} are refused, and of 20 they are not`, async () => {
      const nested = (levels: number) => '['.repeat(levels) + ']'.repeat(levels)
      const ask = (query: string, levels: number) =>
        transport.ask(gateway, { query, variables: { unknown: JSON.parse(nested(levels - 1)) } })
      for (const query of ['{ __typename }', 'subscription { jobUpdated(id: "45003") { observedAt } }']) {
        const refused = await ask(query, 21)
        assert.deepEqual(codesOf(refused), ['BAD_REQUEST'])
        assert.match(refused.errors[0]?.message ?? '', /`variables` has more than 20 levels/)
      }
      assert.deepEqual((await ask('{ __typename }', 20)).errors, [])
    })
  }

  /** As many levels as there are tokens for: whether the parser's stack has room for them depends on how warm it is. */
  const nestings = {
    fields: `{ ${'job { '.repeat(3300)} id ${'} '.repeat(3300)} }`,
    lists: `{ job(id: ${'['.repeat(4900)}${']'.repeat(4900)}) { id } }`,
    objects: `{ job(id: ${'{ id: '.repeat(2400)} 1 ${'}'.repeat(2400)}) { id } }`,
  }
  for (const transport of transports) {
    for (const [what, query] of Object.entries(nestings)) {
      it(`${what} within one another over ${transport.name}, more than the parser has room for, are refused`, async () => {
        const refused = await transport.ask(gateway, { query })
        assert.match(String(codesOf(refused)[0]), /^GRAPHQL_(PARSE|VALIDATION)_FAILED$/)
      })
    }
  }

  it('variables of a hundred thousand levels are refused over every transport, before anything goes down all of them', async () => {
    const levels = 100_000
    const deep = '['.repeat(levels) + ']'.repeat(levels)
    const body = `{"query":"subscription { jobUpdated(id: 1) { observedAt } }","variables":{"unknown":${deep}}}`
    for (const [path, accept] of [
      ['/graphql', 'application/json'],
      ['/graphql/stream', 'text/event-stream'],
    ]) {
      const response = await fetch(`${gateway.url}${path}`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', accept: accept ?? '' },
        body,
      })
      assert.match(await response.text(), /`variables` has more than 20 levels/)
    }
    await using socket = await openAcknowledged(gateway)
    socket.send(`{"id":"1","type":"subscribe","payload":${body}}`)
    assert.match(JSON.stringify(await socket.next()), /`variables` has more than 20 levels/)
  })

  it('a list of operations by HTTP is refused', async () => {
    const response = await fetch(`${gateway.url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify([{ query: '{ __typename }' }, { query: '{ __typename }' }]),
    })
    assert.equal(response.status, 400)
    assert.match(await response.text(), /BAD_REQUEST/)
  })
})
