import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { type Gateway, startGateway } from '../../support/gateway.ts'
import { data } from '../../support/graphql.ts'
import {
  exchange,
  openRaw,
  rawPost,
  rawRequest,
  rawUpgrade,
  statusesIn,
} from '../../support/raw-connection.ts'

const query = '{"query":"{ __typename }"}'
const json = 'Content-Type: application/json\r\n'
const post = (headers: string, body: string) =>
  `POST /graphql HTTP/1.1\r\nHost: localhost\r\n${json}${headers}\r\n${body}`
const smuggled = 'GET /metrics HTTP/1.1\r\nHost: localhost\r\n\r\n'
const get = (path: string, headers: string) => `GET ${path} HTTP/1.1\r\nHost: localhost\r\n${headers}\r\n`
const http2 = {
  Connection: 'Upgrade, HTTP2-Settings, close',
  Upgrade: 'h2c',
  'HTTP2-Settings': 'AAMAAABkAAQCAAAAAAIAAAAA',
}

const paths = [
  '/graphql',
  '/graphql/stream',
  '/samply-profiles/orders',
  '/samply-profiles/orders/flame-graph.svg',
  '/profiling-sessions/a/results',
  '/upload-sessions/a/parts/1',
  '/livez',
  '/readyz',
  '/metrics',
  '/board',
  '/board/x.js',
  '/graphiql/x.js',
  '/',
  '/elsewhere',
]

describe('a request that is none, or means two things', () => {
  let gateway: Gateway

  before(async () => {
    gateway = await startGateway()
  })
  after(async () => assert.equal(await gateway.stop(), 0))

  const cases: readonly [what: string, bytes: string | Uint8Array, status: number][] = [
    [
      'a length beside chunks',
      post(`Content-Length: 4\r\nTransfer-Encoding: chunked\r\n`, `0\r\n\r\n${smuggled}`),
      400,
    ],
    [
      'chunks beside a length',
      post(`Transfer-Encoding: chunked\r\nContent-Length: 4\r\n`, `0\r\n\r\n${smuggled}`),
      400,
    ],
    ['two lengths', post('Content-Length: 2\r\nContent-Length: 40\r\n', smuggled), 400],
    ['two lengths in one', post('Content-Length: 2, 40\r\n', smuggled), 400],
    ['a length with a sign', post('Content-Length: +2\r\n', smuggled), 400],
    ['a length of 2^64', post('Content-Length: 18446744073709551616\r\n', smuggled), 400],
    [
      'chunks that are called otherwise',
      post('Transfer-Encoding: xchunked\r\n', `0\r\n\r\n${smuggled}`),
      501,
    ],
    [
      'chunks that are not the last coding',
      post('Transfer-Encoding: chunked, gzip\r\n', `0\r\n\r\n${smuggled}`),
      400,
    ],
    [
      'another coding before chunks',
      post('Transfer-Encoding: gzip, chunked\r\n', `0\r\n\r\n${smuggled}`),
      501,
    ],
    ['a chunk whose size is none', post('Transfer-Encoding: chunked\r\n', `zz\r\n${smuggled}`), 400],
    [
      'a chunk that is longer than its size',
      post('Transfer-Encoding: chunked\r\n', `2\r\n{}{}\r\n${smuggled}`),
      400,
    ],
    ['a header that goes on in the next line', get('/livez', 'X-A: a\r\n b\r\n'), 400],
    ['a space before the colon', get('/livez', 'X-A : a\r\n'), 400],
    ['a header with a NUL', get('/livez', 'X-A: a\0b\r\n'), 400],
    ['a header with a bare line feed', get('/livez', 'X-A: a\nX-B: b\r\n'), 400],
    ['a header without a name', get('/livez', ': a\r\n'), 400],
    ['lines that end in line feeds', 'GET /livez HTTP/1.1\nHost: localhost\n\n', 400],
    ['no Host', 'GET /livez HTTP/1.1\r\n\r\n', 400],
    ['an empty Host', 'GET /livez HTTP/1.1\r\nHost:\r\n\r\n', 400],
    ['two Hosts', get('/metrics', 'Host: localhost\r\n'), 400],
    ['another version of HTTP', 'GET /livez HTTP/3.0\r\nHost: localhost\r\n\r\n', 400],
    ['the preface of HTTP/2', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', 400],
    ['the first bytes of TLS', Buffer.from('16030100a5010000a10303', 'hex'), 400],
    ['a method that nobody knows', 'FETCH /livez HTTP/1.1\r\nHost: localhost\r\n\r\n', 400],
    ['bytes at random', Buffer.from(Array.from({ length: 500 }, (_, index) => (index * 97) % 251)), 400],
    ['a path of 20 KB', get(`/${'a'.repeat(20_000)}`, ''), 431],
    ['a query of 20 KB', get(`/graphql?query=${'a'.repeat(20_000)}`, ''), 431],
    ['a header of 20 KB', get('/livez', `X-A: ${'a'.repeat(20_000)}\r\n`), 431],
    ['a cookie of 20 KB', get('/graphql?query={__typename}', `Cookie: a=${'a'.repeat(20_000)}\r\n`), 431],
    ['3000 headers', get('/livez', 'X-A: a\r\n'.repeat(3000)), 431],
    ['1001 short headers', get('/livez', 'a:\r\n'.repeat(1001)), 431],
    ['16,000 short headers', get('/livez', 'a:\r\n'.repeat(16_000)), 431],
  ]
  for (const [what, bytes, status] of cases) {
    it(`is refused with ${status}, and what comes behind it is not read: ${what}`, async () => {
      using connection = await openRaw(gateway)
      connection.write(bytes)
      const text = await connection.ended
      assert.match(text, new RegExp(`^HTTP/1\\.1 ${status} .*"code":"BAD_REQUEST"`, 's'))
      assert.doesNotMatch(text, /vaultline_/)
    })
  }

  it('is told so on every path where it has more headers than are read', async () => {
    for (const path of paths) {
      assert.equal((await exchange(gateway, get(path, 'X-A: a\r\n'.repeat(3000)))).status, 431, path)
    }
  })

  it('is told so in an answer that browsers take for nothing else than what its type says', async () => {
    for (const bytes of [
      get('/%zz', ''),
      get(`/samply-profiles/${'a'.repeat(600)}`, ''),
      get('/livez', 'X-A: a\0b\r\n'),
      rawPost('/graphql', query, { Expect: 'the unexpected' }),
      rawUpgrade({ Host: 'rebound.example' }),
    ]) {
      const { status, headers } = await exchange(gateway, bytes)
      assert.deepEqual(
        [headers['x-content-type-options'], headers['x-frame-options'], headers['connection']],
        ['nosniff', 'DENY', 'close'],
        `${status} ${bytes.slice(0, 40)}`,
      )
      assert.match(headers['content-security-policy'] ?? '', /default-src 'none'/)
    }
  })

  it('is no way to another machine: CONNECT opens nothing', async () => {
    using connection = await openRaw(gateway)
    connection.write('CONNECT 127.0.0.1:80 HTTP/1.1\r\nHost: localhost\r\n\r\n')
    assert.equal(await connection.ended, '')
  })

  it('is repeated to nobody: TRACE and other methods are routes of nothing', async () => {
    for (const method of ['TRACE', 'PROPFIND', 'PURGE', 'DELETE', 'PATCH']) {
      for (const path of paths.filter((one) => one !== '/graphql/stream')) {
        const answer = await exchange(gateway, rawRequest(`${method} ${path}`, { 'X-Secret': 'hunter2' }))
        assert.deepEqual([answer.status, answer.code], [404, 'NOT_FOUND'], `${method} ${path}`)
        assert.doesNotMatch(answer.body, /hunter2/)
      }
    }
  })

  it('is none of these where it would like another protocol than it speaks: it is answered as it came', async () => {
    assert.match((await exchange(gateway, rawPost('/graphql', query, http2))).body, /"__typename":"Query"/)
    assert.equal((await exchange(gateway, rawRequest('GET /livez', http2))).status, 200)
    assert.equal((await exchange(gateway, rawRequest('GET /elsewhere', http2))).status, 404)
  })

  it('does not take the answer to the request before it, which comes, and is the last one', async () => {
    using connection = await openRaw(gateway)
    const bytes = rawPost('/graphql', '{"query":"{ activeJobs(first: 1) { nodes { id } } }"}', {
      Connection: 'keep-alive',
      Authorization: 'sandbox-demo',
    })
    connection.write(Buffer.concat([bytes, Buffer.from('this is no request\r\n\r\n')]))
    const text = await connection.ended
    assert.deepEqual(text.match(/HTTP\/1\.1 \d+/g), ['HTTP/1.1 200'])
    assert.match(text, /"activeJobs":\{"nodes"/)
  })

  for (const [what, second] of [
    ['a query', '{"query":"{ activeJobs(first: 1) { nodes { id } } }"}'],
    ['a mutation that is slower', '{"query":"mutation { startJob(id: 45003) { job { id } } }"}'],
    ['what is answered sooner', '{"query":"{"}'],
  ] as const) {
    it(`does not take the answers to the requests before it, also where the second is ${what}`, async () => {
      using connection = await openRaw(gateway)
      const headers = { Connection: 'keep-alive', Authorization: 'sandbox-demo' }
      const bodies = ['{"query":"{ completedJobs(first: 1) { nodes { id } } }"}', second]
      const bytes = bodies.map((body) => rawPost('/graphql', body, headers))
      connection.write(Buffer.concat([...bytes, Buffer.from('this is no request\r\n\r\n')]))
      const text = await connection.ended
      assert.deepEqual(statusesIn(text), [200, second === '{"query":"{"}' ? 400 : 200])
      assert.match(text, /"completedJobs".*(?:"activeJobs"|"startJob"|"GRAPHQL_PARSE_FAILED")/s)
    })
  }

  it('is not answered in the middle of another answer, which ends', async () => {
    using connection = await openRaw(gateway)
    const subscription = JSON.stringify({ query: 'subscription { activeJobsUpdated { job { id } } }' })
    connection.write(
      rawPost('/graphql/stream', subscription, {
        Connection: 'keep-alive',
        Accept: 'text/event-stream',
        Authorization: 'sandbox-demo',
      }),
    )
    await connection.receives(/event: next/)
    connection.write('this is no request\r\n\r\n')
    const text = await connection.ended
    assert.deepEqual(text.match(/HTTP\/1\.1 \d+/g), ['HTTP/1.1 200'])
  })

  it('leaves the gateway as it was', async () => {
    assert.deepEqual(await data(gateway, '{ __typename }'), { __typename: 'Query' })
  })
})
