import assert from 'node:assert/strict'
import { hash } from 'node:crypto'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { failToStart, type Gateway, startGateway } from '../support/gateway.ts'
import { codesOf } from '../support/graphql.ts'
import { transports } from '../support/transports.ts'

const byHash = (sha256Hash: string) => ({ persistedQuery: { version: 1, sha256Hash } })

describe('documents by their hash', () => {
  let gateway: Gateway

  before(async () => {
    gateway = await startGateway()
  })
  after(() => gateway?.stop())

  for (const transport of transports) {
    // Each its own, so that none is known from another transport.
    const query = `query ${transport.name.replace(' ', '')} { __typename }`
    const extensions = byHash(hash('sha256', query))

    it(`a hash over ${transport.name} is not known before its text has come, and then stands for it`, async () => {
      assert.deepEqual(codesOf(await transport.ask(gateway, { extensions })), ['PERSISTED_QUERY_NOT_FOUND'])
      for (const request of [{ query, extensions }, { extensions }]) {
        assert.deepEqual(await transport.ask(gateway, request), { data: { __typename: 'Query' }, errors: [] })
      }
    })

    it(`a hash over ${transport.name} that is not that of its text is refused, and kept by nobody`, async () => {
      const wrong = byHash(hash('sha256', `wrong ${query}`))
      const refused = await transport.ask(gateway, { query, extensions: wrong })
      assert.deepEqual(codesOf(refused), ['BAD_REQUEST'])
      assert.match(refused.errors[0]?.message ?? '', /SHA-256/)
      assert.deepEqual(codesOf(await transport.ask(gateway, { extensions: wrong })), [
        'PERSISTED_QUERY_NOT_FOUND',
      ])
    })

    it(`a document over ${transport.name} that does not fit the schema is not kept`, async () => {
      const bad = `{ no${transport.name.length} }`
      const hashed = byHash(hash('sha256', bad))
      assert.deepEqual(codesOf(await transport.ask(gateway, { query: bad, extensions: hashed })), [
        'GRAPHQL_VALIDATION_FAILED',
      ])
      assert.deepEqual(codesOf(await transport.ask(gateway, { extensions: hashed })), [
        'PERSISTED_QUERY_NOT_FOUND',
      ])
    })

    it(`what is no hash is refused over ${transport.name}`, async () => {
      for (const persistedQuery of [{ version: 2, sha256Hash: 'x' }, { version: 1 }, 'x', 1]) {
        const refused = await transport.ask(gateway, { extensions: { persistedQuery } })
        assert.deepEqual(codesOf(refused), ['BAD_REQUEST'])
      }
    })
  }

  it('one that came over one transport is known to the others, also to a GET', async () => {
    const query = 'query EveryWhere { __typename }'
    const extensions = byHash(hash('sha256', query))
    await transports[0]?.ask(gateway, { query, extensions })
    for (const transport of transports) {
      assert.deepEqual((await transport.ask(gateway, { extensions })).data, { __typename: 'Query' })
    }
    const parameters = new URLSearchParams({ extensions: JSON.stringify(extensions) })
    const response = await fetch(`${gateway.url}/graphql?${parameters}`)
    assert.deepEqual(await response.json(), { data: { __typename: 'Query' } })
  })
})

describe('trusted documents', () => {
  const trusted = 'query Trusted { __typename }'
  const others = [
    'query Other { __typename }',
    'query Trusted { __typename  }',
    '{ __schema { description } }',
    'no GraphQL',
  ]
  let folder: string

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'vaultline-documents-'))
  })
  after(() => rm(folder, { recursive: true }))

  const manifests = {
    'of Apollo': {
      format: 'apollo-persisted-query-manifest',
      version: 1,
      operations: [{ id: 'the-id', name: 'Trusted', type: 'query', body: trusted }],
    },
    'of ids and documents': { 'the-id': trusted },
  }
  for (const [kind, manifest] of Object.entries(manifests)) {
    it(`a manifest ${kind}: what it lists is answered by id and by text, and nothing else over any transport`, async () => {
      const file = join(folder, `${kind}.json`)
      await writeFile(file, JSON.stringify(manifest))
      await using gateway = await startGateway({ env: { TRUSTED_DOCUMENTS: file } })
      for (const transport of transports) {
        for (const request of [
          { query: trusted },
          { extensions: byHash('the-id') },
          { query: trusted, extensions: byHash('the-id') },
        ]) {
          assert.deepEqual(await transport.ask(gateway, request), {
            data: { __typename: 'Query' },
            errors: [],
          })
        }
        for (const query of others) {
          const hashed = { query, extensions: byHash(hash('sha256', query)) }
          for (const request of [{ query }, hashed, { query, extensions: byHash('the-id') }]) {
            assert.deepEqual(codesOf(await transport.ask(gateway, request)), ['FORBIDDEN'], transport.name)
          }
          assert.deepEqual(codesOf(await transport.ask(gateway, { extensions: hashed.extensions })), [
            'PERSISTED_QUERY_NOT_FOUND',
          ])
        }
      }
    })
  }

  it('a file that is no manifest ends the start with one line', async () => {
    const file = join(folder, 'bad.json')
    await writeFile(file, '{"the-id": 1}')
    for (const bad of [file, join(folder, 'missing.json')]) {
      const { code, stderr } = await failToStart({ TRUSTED_DOCUMENTS: bad })
      assert.equal(code, 1)
      assert.match(stderr, /^TRUSTED_DOCUMENTS: got ".*\.json", wants a JSON file of ids and documents.*\n$/)
    }
  })
})
