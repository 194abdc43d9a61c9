import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { type Sandbox, startSandbox } from '../../../src/sandbox/sandbox.ts'
import { type Gateway, startGateway } from '../../support/gateway.ts'
import { data } from '../../support/graphql.ts'
import { exchange, rawPost, rawRequest } from '../../support/raw-connection.ts'

const query = '{"query":"{ viewer { userId } }"}'
const upgrade = {
  Connection: 'Upgrade',
  Upgrade: 'websocket',
  'Sec-WebSocket-Version': '13',
  'Sec-WebSocket-Key': 'AAAAAAAAAAAAAAAAAAAAAA==',
  'Sec-WebSocket-Protocol': 'graphql-transport-ws',
}

describe('a page whose name was led to the gateway (DNS rebinding)', () => {
  let sandbox: Sandbox
  let gateway: Gateway

  before(async () => {
    sandbox = await startSandbox({ scene: 'empty' })
    // Who comes to a Feldera that stands alone needs no credential: only the network keeps others out.
    gateway = await startGateway({ env: { FELDERA_URL: sandbox.feldera.url } })
  })
  after(async () => {
    await gateway?.stop()
    await sandbox?.stop()
  })

  const foreign = (path: string, headers: Record<string, string> = {}) => {
    const host = `rebound.example:${new URL(gateway.url).port}`
    return { path, headers: { Host: host, Origin: `http://${host}`, ...headers } }
  }

  for (const [what, method, path, more] of [
    ['an operation', 'POST', '/graphql', { 'Content-Type': 'application/json' }],
    ['an operation by GET', 'GET', '/graphql?query={__typename}', {}],
    ['GraphiQL', 'GET', '/graphql', { Accept: 'text/html' }],
    ['a stream of events by POST', 'POST', '/graphql/stream', { 'Content-Type': 'application/json' }],
    ['a stream of events', 'GET', '/graphql/stream?query={__typename}', {}],
    ['a profile', 'GET', '/samply-profiles/orders', {}],
    ['a picture of a profile', 'GET', '/samply-profiles/orders/flame-graph.svg', {}],
    ['results', 'GET', '/profiling-sessions/a/results', {}],
    ['the metrics', 'GET', '/metrics', {}],
    ['the board', 'GET', '/board', {}],
    ['a file of the board', 'GET', '/board/board.js', {}],
    ['a file of GraphiQL', 'GET', '/graphiql/main.js', {}],
    ['a preflight', 'OPTIONS', '/graphql', { 'Access-Control-Request-Method': 'POST' }],
    ['a WebSocket', 'GET', '/graphql', upgrade],
    ['what is not there', 'GET', '/elsewhere', {}],
  ] as const) {
    it(`is refused ${what} with 421, and told what to set`, async () => {
      sandbox.feldera.calls.clear()
      const { headers } = foreign(path, more)
      const bytes =
        method === 'POST' ? rawPost(path, query, headers) : rawRequest(`${method} ${path}`, headers)
      const answer = await exchange(gateway, bytes)
      assert.deepEqual([answer.status, answer.code], [421, 'FORBIDDEN'])
      assert.match(answer.body, /rebound\.example.*ALLOWED_HOSTS/)
      assert.match(answer.headers['content-type'] ?? '', /^application\/json/)
      assert.equal(sandbox.feldera.calls.count(), 0)
    })
  }

  it('sends no part of a file', async () => {
    const { headers } = foreign('', { 'Content-Length': '5000000' })
    const answer = await exchange(gateway, rawRequest('PUT /upload-sessions/a/parts/1', headers))
    assert.deepEqual([answer.status, answer.code], [421, 'FORBIDDEN'])
  })

  it('gets as far by no other spelling of the name', async () => {
    for (const host of [
      'rebound.example',
      'REBOUND.example.',
      'localhost.rebound.example',
      '127.0.0.1.rebound.example',
      'rebound-localhost',
      'router',
    ]) {
      const answer = await exchange(gateway, rawPost('/graphql', query, { Host: host }))
      assert.deepEqual([answer.status, answer.code], [421, 'FORBIDDEN'], host)
    }
  })

  it('gets nothing by a Host that has more in it than a name and a port', async () => {
    for (const host of [
      'localhost/rebound.example',
      'localhost?rebound.example',
      'localhost#rebound.example',
      'localhost\\rebound.example',
      'rebound.example@localhost',
      '%6cocalhost',
      'local\thost',
      'localhost:80:80',
      'local host',
    ]) {
      const answer = await exchange(gateway, rawPost('/graphql', query, { Host: host }))
      assert.deepEqual([answer.status, answer.code], [400, 'BAD_REQUEST'], host)
    }
    const target = await exchange(gateway, rawRequest('GET http://rebound.example@localhost/metrics'))
    assert.deepEqual([target.status, target.code], [400, 'BAD_REQUEST'])
  })

  it('gets nothing by a second Host, nor by an address as target that is another one than its Host', async () => {
    const twice = await exchange(
      gateway,
      'GET /metrics HTTP/1.1\r\nHost: localhost\r\nHost: rebound.example\r\nConnection: close\r\n\r\n',
    )
    assert.deepEqual([twice.status, twice.code], [400, 'BAD_REQUEST'])
    const target = await exchange(gateway, rawRequest('GET http://rebound.example/metrics'))
    assert.deepEqual([target.status, target.code], [421, 'FORBIDDEN'])
    assert.equal((await exchange(gateway, rawRequest('GET http://localhost/metrics'))).status, 200)
  })

  it('is told from who calls the gateway by an address or by a name of this machine', async () => {
    for (const host of [
      'localhost',
      'LOCALHOST:81',
      'app.localhost',
      '127.0.0.1:4000',
      '[::1]:4000',
      '10.1.2.3',
    ]) {
      const answer = await exchange(
        gateway,
        rawPost('/graphql', '{"query":"{ __typename }"}', { Host: host }),
      )
      assert.deepEqual([host, answer.status], [host, 200])
    }
  })

  it('is told from a probe, which may call the gateway what it likes, or nothing', async () => {
    for (const path of ['/livez', '/readyz']) {
      assert.equal(
        (await exchange(gateway, rawRequest(`GET ${path}`, { Host: 'rebound.example' }))).status,
        200,
      )
      assert.equal((await exchange(gateway, `GET ${path} HTTP/1.0\r\n\r\n`)).status, 200)
    }
  })

  it('leaves the gateway as it was', async () => {
    assert.deepEqual(await data(gateway, '{ __typename }'), { __typename: 'Query' })
  })
})

describe('the names of a gateway', () => {
  const statusOf = async (gateway: Gateway, host: string) =>
    (await exchange(gateway, rawRequest('GET /metrics', { Host: host }))).status
  const statusesOf = (gateway: Gateway, hosts: readonly string[]) =>
    Promise.all(hosts.map((host) => statusOf(gateway, host)))

  it('are that of PUBLIC_URL and those of ALLOWED_HOSTS', async () => {
    await using gateway = await startGateway({
      env: {
        PUBLIC_URL: 'https://graph.example.com/vaultline',
        ALLOWED_HOSTS: 'Inner.example.com, *.cluster.local',
      },
    })
    const good = ['graph.example.com', 'inner.example.com:80', 'a.b.cluster.local', 'localhost']
    assert.deepEqual(await statusesOf(gateway, good), [200, 200, 200, 200])
    const bad = ['example.com', 'a.graph.example.com', 'cluster.local', 'acluster.local', 'vaultline']
    assert.deepEqual(await statusesOf(gateway, bad), [421, 421, 421, 421, 421])
  })

  it('may have the dot at the end that stands for the root', async () => {
    await using gateway = await startGateway({ env: { PUBLIC_URL: 'https://graph.example.com.' } })
    assert.deepEqual(await statusesOf(gateway, ['graph.example.com', 'graph.example.com.:443']), [200, 200])
  })

  it('are also those without a dot, where other machines reach it: no such name can be led here from outside', async () => {
    await using gateway = await startGateway({ env: { HOST: '0.0.0.0' } })
    assert.deepEqual(
      await statusesOf(gateway, ['vaultline', 'gateway-1:4000', '10.1.2.3:4000']),
      [200, 200, 200],
    )
    assert.deepEqual(await statusesOf(gateway, ['rebound.example', 'vaultline.rebound.example']), [421, 421])
  })

  it('are any, where the operator wants that', async () => {
    await using gateway = await startGateway({ env: { ALLOWED_HOSTS: '*' } })
    assert.deepEqual(await statusesOf(gateway, ['rebound.example', 'x']), [200, 200])
  })
})
