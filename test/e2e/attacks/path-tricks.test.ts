import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { type Sandbox, startSandbox } from '../../../src/sandbox/sandbox.ts'
import { type Gateway, startGateway } from '../../support/gateway.ts'
import { data, request } from '../../support/graphql.ts'
import { exchange, openRaw, rawRequest } from '../../support/raw-connection.ts'

const credentials = { Authorization: 'sandbox-demo', 'Feldera-Authorization': 'Bearer x' }

const ways = [
  '..',
  '.',
  '%2e%2e',
  '%2E.',
  '..%2f',
  '..%2f..%2f..%2fpackage.json',
  '%2e%2e/%2e%2e/package.json',
  '../../package.json',
  '..%5c..%5cpackage.json',
  '..\\..\\package.json',
  '%252e%252e%252fpackage.json',
  '..%252f..%252fpackage.json',
  '..;/package.json',
  '....//package.json',
  '/etc/passwd',
  '//etc/passwd',
  '%2fetc%2fpasswd',
  'file:%2f%2f%2fetc%2fpasswd',
  '%00',
  'a%00.js',
  'a%0d%0aX-Injected:%20yes',
  'a%0aX-Injected:%20yes',
  'a%e2%80%a8b',
  '%c0%ae%c0%ae/package.json',
  '%e0%80%ae%e0%80%ae/package.json',
  '%ff',
  '%',
  '%2',
  '%zz',
  'a.',
  'a...',
  'CON',
  'a::$DATA',
  'a%3ftoken=1',
  'a%23b',
  'a'.repeat(600),
  'a/'.repeat(500),
  '../'.repeat(500),
  '%2e%2e%2f'.repeat(300),
]

/** The routes with a key, each key one segment. */
const ownRoute =
  /^(\/api\/v26\.1\/(code\/profiler\/[^/]+(\/results)?|services\/file_staging\/upload\/[^/]+|services\/jobs\/[^/]+)|\/v0\/pipelines\/[^/]+(\/samply_profile)?)$/

describe('a path that would lead elsewhere', () => {
  let sandbox: Sandbox
  let gateway: Gateway

  before(async () => {
    sandbox = await startSandbox({ scene: 'empty' })
    gateway = await startGateway({ sandbox })
  })
  after(async () => {
    assert.equal(await gateway.stop(), 0)
    await sandbox.stop()
  })

  const isRefused = async (path: string, method = 'GET', headers: Record<string, string> = {}) => {
    using connection = await openRaw(gateway)
    connection.write(rawRequest(`${method} ${path}`, { ...credentials, ...headers }))
    const text = await connection.ended
    const [, status] = /^HTTP\/1\.1 (\d+)/.exec(text) ?? []
    assert.match(status ?? '', /^(400|404|414|431)$/, `${path}: ${text.slice(0, 300)}`)
    assert.match(text, /"code":"(BAD_REQUEST|BAD_USER_INPUT|NOT_FOUND)"/, path)
    assert.doesNotMatch(text, /^X-Injected|"dependencies"|root:x|node_modules|ENOENT/m, path)
  }

  for (const folder of ['/graphiql/', '/board/', '/']) {
    it(`finds no file below ${folder}`, async () => {
      for (const way of ways) await isRefused(folder + way)
      if (folder !== '/') await isRefused(`${folder.slice(0, -1)}%2f..%2fpackage.json`)
    })
  }

  it('finds no other spelling of a route', async () => {
    for (const path of [
      '//graphql',
      '/graphql/',
      '/graphql//',
      '/GRAPHQL',
      '/graphql%2f',
      '/graphql;a=b',
      '/graphql%00',
    ])
      await isRefused(path)
    for (const path of [
      '/metrics/',
      '//metrics',
      '/METRICS',
      '/livez/..%2fmetrics',
      '/x/../metrics',
      '/./metrics',
    ])
      await isRefused(path)
  })

  const asKey: readonly [what: string, pathWith: (key: string) => string, method?: string][] = [
    ['a profile', (key) => `/samply-profiles/${key}`],
    ['a picture of a profile', (key) => `/samply-profiles/${key}/flame-graph.svg`],
    ['results', (key) => `/profiling-sessions/${key}/results`],
    ['a part', (key) => `/upload-sessions/${key}/parts/1`, 'PUT'],
    ['the number of a part', (key) => `/upload-sessions/a/parts/${key}`, 'PUT'],
  ]
  for (const [what, pathWith, method] of asKey) {
    it(`gets as key of ${what} to no route of an upstream but its own`, async () => {
      sandbox.vault.calls.clear()
      sandbox.feldera.calls.clear()
      for (const way of ways)
        await isRefused(pathWith(way), method, method === 'PUT' ? { 'Content-Length': '5' } : {})
      for (const { path } of [...sandbox.vault.calls.all(), ...sandbox.feldera.calls.all()])
        assert.match(path, ownRoute)
    })
  }

  it('gets as key of a field to no other route either', async () => {
    const document = `query ($key: String!, $id: ID!) {
      profilingSession(name: $key) { id } uploadSession(id: $id) { id } job(id: $id) { id }
      samplyProfile(pipelineName: $key) { __typename }
    }`
    const keys = [
      '..',
      '../objects',
      'a/b',
      'a\\b',
      'a?b=c',
      'a#b',
      'a\0b',
      'a\r\nb',
      '%2e%2e',
      '\ud800',
      '\u202e',
      'a'.repeat(5000),
    ]
    const headers = { authorization: 'sandbox-demo', 'feldera-authorization': 'Bearer x' }
    sandbox.vault.calls.clear()
    for (const key of keys) {
      const { errors, data: answered } = await request(gateway, document, {
        headers,
        variables: { key, id: key },
      })
      assert.doesNotMatch(JSON.stringify(errors), /INTERNAL_SERVER_ERROR/, JSON.stringify(key))
      assert.deepEqual(Object.values(answered ?? {}).filter((value) => value !== null).length <= 1, true)
    }
    for (const { path } of sandbox.vault.calls.all())
      assert.match(
        path,
        /^\/api\/v[\d.]+\/(code\/profiler|services\/file_staging\/upload|services\/jobs)\/[^/]+$/,
      )
  })

  it('leaves the gateway as it was', async () => {
    assert.deepEqual(await data(gateway, '{ __typename }'), { __typename: 'Query' })
    assert.equal((await exchange(gateway, rawRequest('GET /livez'))).status, 200)
  })
})
