import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { gzipSync } from 'node:zlib'
import { type Sandbox, startSandbox } from '../../../src/sandbox/sandbox.ts'
import { type Gateway, startGateway } from '../../support/gateway.ts'
import { data } from '../../support/graphql.ts'
import { exchange, openRaw, rawPost, rawRequest } from '../../support/raw-connection.ts'

const query = '{"query":"{ __typename }"}'
const notUtf8 = Buffer.concat([
  Buffer.from('{"query":"mutation { createProfilingSession(input: { label: \\"'),
  Buffer.from([0xc3, 0x28]),
  Buffer.from('\\" }) { profilingSession { id } } }"}'),
])
const overlong = Buffer.concat([
  Buffer.from('{"query":"{ __typename } #'),
  Buffer.from([0xc0, 0xaf]),
  Buffer.from('"}'),
])
const deep = (open: string, close: string) => open.repeat(300_000) + close.repeat(300_000)
const proto = '{"__proto__":{"first":1}}'

describe('a body that is not what it should be', () => {
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

  const cases: readonly [
    what: string,
    body: string | Uint8Array,
    status: number,
    headers?: Readonly<Record<string, string>>,
  ][] = [
    ['is not UTF-8', notUtf8, 400],
    ['has an overlong slash', overlong, 400],
    ['is UTF-16', Buffer.from(query, 'utf16le'), 400],
    [
      'is UTF-16 by its type',
      Buffer.from(query, 'utf16le'),
      415,
      { 'Content-Type': 'application/json; charset=utf-16' },
    ],
    ['is Latin-1 by its type', query, 415, { 'Content-Type': 'application/json;charset="iso-8859-1"' }],
    ['is packed', gzipSync(query), 415, { 'Content-Encoding': 'gzip' }],
    ['is a bomb', gzipSync(Buffer.alloc(50_000_000)), 415, { 'Content-Encoding': 'gzip' }],
    ['is packed twice', gzipSync(gzipSync(query)), 415, { 'Content-Encoding': 'gzip, gzip' }],
    ['is packed in a way that nobody knows', query, 415, { 'Content-Encoding': 'x' }],
    ['is empty', '', 400],
    ['is cut off', '{"query":"{ __typename', 400],
    ['has a NUL behind it', `${query}\0`, 400],
    ['is two', `${query}${query}`, 400],
    ['is text', '"{ __typename }"', 400],
    ['is null', 'null', 400],
    ['is a list', `[${query}]`, 400],
    ['is a list of thousands', `[${Array(5000).fill(query).join()}]`, 400],
    ['is a number of a million digits', '1'.repeat(999_000), 400],
    ['is nested 300,000 times', deep('[', ']'), 400],
    [
      'has variables that are nested 150,000 times',
      `{"query":"{ __typename }","variables":${'{"a":'.repeat(150_000)}1${'}'.repeat(150_001)}`,
      400,
    ],
    ['has a list as query', '{"query":["{ __typename }"]}', 400],
    ['has an object as query', '{"query":{"kind":"Document","definitions":[]}}', 400],
    ['has variables that are a text', '{"query":"{ __typename }","variables":"{}"}', 400],
    ['has a name that is a number', '{"query":"{ __typename }","operationName":1}', 400],
    ['has extensions that are a list', '{"query":"{ __typename }","extensions":[1]}', 400],
    ['has a hash that is an object', '{"extensions":{"persistedQuery":{"version":1,"sha256Hash":{}}}}', 400],
    ['has __proto__ in it', `{"query":"{ __typename }","variables":${proto}}`, 400],
    ['has __proto__ in its extensions', `{"query":"{ __typename }","extensions":${proto}}`, 400],
    ['has __proto__ spelled in another way', `{"query":"{ __typename }","\\u005f_proto__":{"a":1}}`, 400],
    [
      'has a constructor in it',
      '{"query":"{ __typename }","variables":{"constructor":{"prototype":{"a":1}}}}',
      400,
    ],
    ['is a form', 'query=%7B__typename%7D', 415, { 'Content-Type': 'application/x-www-form-urlencoded' }],
    ['is of several parts', '--x\r\n\r\n--x--', 415, { 'Content-Type': 'multipart/form-data; boundary=x' }],
    ['is of a type like JSON', query, 415, { 'Content-Type': 'application/json5' }],
    ['has a type that is none', query, 415, { 'Content-Type': ';;;' }],
  ]
  for (const path of ['/graphql', '/graphql/stream']) {
    for (const [what, body, status, headers] of cases) {
      it(`and ${what} is refused with ${status} at ${path}`, async () => {
        const answer = await exchange(gateway, rawPost(path, body, headers))
        const isEvent = answer.headers['content-type']?.startsWith('text/event-stream') === true
        if (isEvent) assert.match(answer.body, /BAD_REQUEST/)
        else assert.deepEqual([answer.status, answer.code], [status, 'BAD_REQUEST'])
        assert.doesNotMatch(answer.body, /node_modules|\.ts:|Error:/)
        assert.equal(sandbox.vault.calls.count(), 0)
      })
    }

    it(`and is larger than it says it is at ${path} is no second request`, async () => {
      const smuggled = rawRequest('GET /metrics')
      const bytes = Buffer.concat([rawPost(path, query, { 'Content-Length': '10' }), smuggled])
      using connection = await openRaw(gateway)
      connection.write(bytes)
      assert.doesNotMatch(await connection.ended, /vaultline_/)
    })
  }

  it('and has a key twice counts as JSON.parse reads it: the last one', async () => {
    const twice = '{"query":"{ a: __typename }","query":"{ b: __typename }"}'
    assert.deepEqual(JSON.parse((await exchange(gateway, rawPost('/graphql', twice))).body), {
      data: { b: 'Query' },
    })
    assert.match((await exchange(gateway, rawPost('/graphql/stream', twice))).body, /"data":\{"b":"Query"\}/)
    const spelled = '{"query":"{ a: __typename }","\\u0071uery":"{ b: __typename }"}'
    assert.match((await exchange(gateway, rawPost('/graphql', spelled))).body, /"b":"Query"/)
  })

  it('but begins with a mark of its byte order, or names UTF-8, is read', async () => {
    for (const [body, headers] of [
      [`\u{feff}${query}`, {}],
      [query, { 'Content-Type': 'application/json; charset=UTF-8' }],
      [query, { 'Content-Type': 'application/json;charset="utf8"', 'Content-Encoding': 'identity' }],
    ] as const) {
      assert.equal((await exchange(gateway, rawPost('/graphql', body, headers))).status, 200)
    }
  })

  it('and came by the address of a GET is refused there, too', async () => {
    const spoilt = [
      'query=%ff%fe',
      'query={__typename}&variables=%c3%28',
      'query={__typename}&variables=[1]',
      'query={__typename}&extensions=nothing',
      'query={a:__typename}&query={b:__typename}',
      'query[]={__typename}',
      '__proto__=1',
    ]
    for (const path of ['/graphql', '/graphql/stream']) {
      for (const search of spoilt) {
        const answer = await exchange(gateway, rawRequest(`GET ${path}?${search}`))
        const code = answer.code ?? ''
        assert.match(code, /^(BAD_REQUEST|GRAPHQL_PARSE_FAILED)$/, `${path}?${search}: ${answer.body}`)
      }
    }
  })

  it('is told so in the one form of errors also where no method takes it', async () => {
    for (const method of ['OPTIONS', 'DELETE', 'PATCH']) {
      const headers = { 'Content-Length': '3', 'Content-Type': 'text/x-any' }
      const answer = await exchange(gateway, rawRequest(`${method} /graphql`, headers, 'a=b'))
      assert.match(answer.code ?? answer.body, /^(BAD_REQUEST|NOT_FOUND)$/, method)
    }
  })

  it('leaves the gateway as it was', async () => {
    assert.deepEqual(await data(gateway, '{ __typename }'), { __typename: 'Query' })
    assert.equal(Reflect.get({}, 'first'), undefined)
  })
})
