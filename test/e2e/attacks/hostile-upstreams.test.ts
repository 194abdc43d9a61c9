import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import type { ServerResponse } from 'node:http'
import { after, before, describe, it } from 'node:test'
import { gzipSync } from 'node:zlib'
import { download } from '../../support/download.ts'
import { type Gateway, startGateway } from '../../support/gateway.ts'
import { codesOf, data, request } from '../../support/graphql.ts'
import { exchange, rawRequest } from '../../support/raw-connection.ts'
import { type ScriptedUpstream, startScriptedUpstream } from '../../support/scripted-upstream.ts'

const megabyte = 2 ** 20
const headers = { authorization: 'sandbox-demo', 'feldera-authorization': 'Bearer x' }
const json = { 'content-type': 'application/json' }
/** What a process may grow by while it refuses one of these. Each would be hundreds of megabytes. */
const grownBytes = 250 * megabyte

describe('an upstream that means harm', () => {
  let upstream: ScriptedUpstream
  let gateway: Gateway
  let asked = 0
  let answer = (response: ServerResponse): unknown => response.end()

  before(async () => {
    upstream = await startScriptedUpstream((_request, response) => {
      response.on('error', () => {})
      asked += 1
      answer(response)
    })
    gateway = await startGateway({
      env: {
        VAULT_URL: upstream.url,
        FELDERA_URL: upstream.url,
        UPSTREAM_TIMEOUT_MS: '2000',
        JOB_STATUS_WINDOW_MS: '20',
        LOG_LEVEL: 'error',
      },
    })
  })
  after(async () => {
    assert.deepEqual(await data(gateway, '{ __typename }'), { __typename: 'Query' })
    assert.equal(await gateway.stop(), 0)
    await upstream[Symbol.asyncDispose]()
  })

  const peakBytes = () => {
    const [, kibibytes] =
      /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${gateway.process.pid}/status`, 'utf8')) ?? []
    return Number(kibibytes) * 1024
  }

  const forever = (response: ServerResponse, piece: Uint8Array) => {
    const more = () => {
      while (!response.destroyed && response.write(piece));
    }
    response.on('drain', more)
    more()
  }
  const bomb = gzipSync(Buffer.alloc(500 * megabyte, ' '))

  const answers: readonly [what: string, send: (response: ServerResponse) => unknown][] = [
    [
      'sends JSON without end',
      (response) => forever(response.writeHead(200, json), Buffer.alloc(megabyte, ' ')),
    ],
    [
      'sends JSON that is packed, a bomb',
      (response) => response.writeHead(200, { ...json, 'content-encoding': 'gzip' }).end(bomb),
    ],
    [
      'says that it sends more than can be held',
      (response) => response.writeHead(200, { ...json, 'content-length': 10 ** 12 }).write('{'),
    ],
    [
      'sends JSON that is nested a million times',
      (response) => response.writeHead(200, json).end(`${'{"a":'.repeat(megabyte)}1${'}'.repeat(megabyte)}`),
    ],
    [
      'sends JSON that is not UTF-8',
      (response) => response.writeHead(200, json).end(Buffer.from([0x7b, 0xff, 0x7d])),
    ],
    [
      'sends __proto__ in JSON',
      (response) => response.writeHead(200, json).end('{"__proto__":{"responseStatus":"SUCCESS","data":[]}}'),
    ],
    ['sends headers without end', (response) => forHeaders(response)],
    ['sends no HTTP', (response) => response.socket?.end('\0\0\0 nonsense')],
    [
      'sends a page',
      (response) => response.writeHead(200, { 'content-type': 'text/html' }).end('<h1>Sign in</h1>'),
    ],
    ['leads elsewhere', (response) => response.writeHead(302, { location: 'http://127.0.0.1:1/' }).end()],
    [
      'breaks off in the middle',
      (response) =>
        response.writeHead(200, { ...json, 'content-length': 100 }).write('{', () => response.destroy()),
    ],
    ['sends nothing', () => {}],
  ]
  const forHeaders = (response: ServerResponse) => {
    const { socket } = response
    socket?.write('HTTP/1.1 200 OK\r\n')
    const more = () => {
      while (socket !== null && !socket.destroyed && socket.write(`X-A: ${'a'.repeat(8000)}\r\n`));
    }
    socket?.on('drain', more).on('error', () => {})
    more()
  }

  for (const [what, send] of answers) {
    it(`and ${what} costs the field that asked it, and no more`, async () => {
      answer = send
      const before = peakBytes()
      asked = 0
      for (const field of [
        'job(id: 1) { id }',
        'profilingSessions { id }',
        'uploadSession(id: "a") { id }',
        'pipelines { name }',
        'samplyProfile(pipelineName: "a") { __typename }',
      ]) {
        const { data: answered, errors } = await request(gateway, `{ __typename ${field} }`, { headers })
        assert.equal(answered['__typename'], 'Query')
        assert.match(String(codesOf({ errors })), /^UPSTREAM_\w+$/, `${field}: ${JSON.stringify(errors)}`)
        assert.doesNotMatch(JSON.stringify(errors), /node_modules|\.ts:|at async|nonsense/)
      }
      assert.ok(asked > 0, 'nobody was asked')
      assert.ok(peakBytes() - before < grownBytes, String(peakBytes() - before))
    })
  }

  it('gets nothing into the headers of a file by the name that it proposes', async () => {
    for (const [disposition, name] of [
      ['attachment; filename="a\\"; filename=\\"b.exe"', /^[\w.:+ ()-]+$/],
      ['attachment; filename="../../../../etc/passwd"', /^passwd$/],
      ['attachment; filename="..\\..\\a.zip"', /^a\.zip$/],
      ['attachment; filename=".."', /^orders.*$/],
      [`attachment; filename="${'a'.repeat(5000)}"`, /^a{200}$/],
      ['attachment; filename="a\u00e9\u0080b.gz"', /^ab\.gz$/],
    ] as const) {
      answer = (response) =>
        response
          .writeHead(200, {
            'content-type': 'application/gzip',
            'content-disposition': disposition,
            'set-cookie': '__Host-vaultline=stolen',
            'access-control-allow-origin': '*',
            location: 'https://elsewhere.example',
            'x-injected': 'yes',
          })
          .end('gzip')
      const { status, headers: given } = await download(gateway, '/samply-profiles/orders', { headers })
      assert.equal(status, 200)
      const [, given0 = ''] =
        /^attachment; filename="([^"]*)"$/.exec(given['content-disposition'] ?? '') ?? []
      assert.match(given0, name, disposition)
      for (const foreign of ['set-cookie', 'access-control-allow-origin', 'location', 'x-injected'])
        assert.equal(given[foreign], undefined, foreign)
    }
  })
})

describe('a client that would write headers of an answer', () => {
  let gateway: Gateway
  before(async () => {
    gateway = await startGateway()
  })
  after(async () => assert.equal(await gateway.stop(), 0))

  it('is led nowhere else by a redirection, whatever it says of the host', async () => {
    const told = {
      'X-Forwarded-Host': 'elsewhere.example',
      'X-Forwarded-Proto': 'gopher',
      Forwarded: 'host=elsewhere.example',
    }
    const root = await exchange(gateway, rawRequest('GET /', told))
    assert.deepEqual([root.status, root.headers['location']], [302, '/graphql'])
    const board = await exchange(gateway, rawRequest('GET /board/', told))
    assert.deepEqual([board.status, board.headers['location']], [302, '../board'])
  })

  it('gets its id of a request back only where it is short and clean', async () => {
    for (const id of ['a b', '<script>', 'a'.repeat(65), 'a%0d%0aX-A:b', '\u00e9']) {
      const { headers: given } = await exchange(gateway, rawRequest('GET /livez', { 'X-Request-Id': id }))
      assert.match(given['x-request-id'] ?? '', /^[\da-f-]{36}$/, id)
    }
  })

  it('gets no page out of an error that repeats what it sent', async () => {
    const script = '<script>alert(1)</script>'
    for (const bytes of [
      rawRequest(`GET /${script}`, { Accept: 'text/html' }),
      rawRequest('GET /livez', { Origin: script }),
      rawRequest('OPTIONS /elsewhere', { Origin: script }),
      rawRequest('GET /metrics', { Host: `${script.replaceAll(/[^a-z]/g, '')}.example` }),
      rawRequest(`GET /samply-profiles/${encodeURIComponent(script)}`, { Accept: 'text/html' }),
      rawRequest(`GET /samply-profiles/a/flame-graph.svg?thread=${encodeURIComponent(script)}`, {
        Accept: 'image/svg+xml',
      }),
    ]) {
      const { headers: given } = await exchange(gateway, bytes)
      assert.match(given['content-type'] ?? '', /^application\/json/)
      assert.equal(given['x-content-type-options'], 'nosniff')
    }
  })
})
