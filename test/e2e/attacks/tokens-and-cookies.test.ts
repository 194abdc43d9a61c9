import assert from 'node:assert/strict'
import { after, before, beforeEach, describe, it } from 'node:test'
import { type Sandbox, startSandbox } from '../../../src/sandbox/sandbox.ts'
import { download } from '../../support/download.ts'
import { type Gateway, startGateway } from '../../support/gateway.ts'
import {
  closeCodeIn,
  exchange,
  openRaw,
  rawFrame,
  rawPost,
  rawRequest,
  rawUpgrade,
} from '../../support/raw-connection.ts'
import { lookAtProfile } from '../../support/samply-profile-query.ts'
import { signedIn } from '../../support/sign-in.ts'

const credentials = { authorization: 'sandbox-demo', 'feldera-authorization': 'Bearer link-secret' }
const whoAmI = '{"query":"{ viewer { userId } }"}'

/** What a browser says of a page of the gateway. */
const pageOf = ({ url }: Gateway) => ({ Host: new URL(url).host, Origin: url })

/** The same sealed text with one bit of its bytes changed, for every byte of every part. */
function* alterations(sealed: string): Generator<string> {
  const parts = sealed.split('.').map((part) => Buffer.from(part, 'base64url'))
  for (const [index, part] of parts.entries()) {
    for (let byte = 0; byte < part.length; byte += 1) {
      const altered = Buffer.from(part)
      altered[byte] = (altered[byte] ?? 0) ^ (1 << (byte % 8))
      yield parts.map((one, at) => (at === index ? altered : one).toString('base64url')).join('.')
    }
  }
}

describe('a token or a cookie that is not what the gateway gave', () => {
  let sandbox: Sandbox
  let gateway: Gateway
  let token: string
  let cookie: string

  before(async () => {
    sandbox = await startSandbox({ scene: 'empty' })
    sandbox.feldera.addPipeline({ name: 'orders', profile: Buffer.from('gzip') })
    gateway = await startGateway({ sandbox, env: { LOG_LEVEL: 'trace' } })
    const { data } = await lookAtProfile(gateway, { pipelineName: 'orders' }, { headers: credentials })
    token = new URL(String(data.samplyProfile?.['downloadUrl'])).searchParams.get('token') ?? ''
    cookie = (await signedIn(gateway)).headers()['cookie'] ?? ''
    assert.ok(token.length > 100 && cookie.length > 100)
  })
  after(async () => {
    assert.equal(await gateway.stop(), 0)
    await sandbox.stop()
  })
  beforeEach(() => {
    sandbox.vault.calls.clear()
    sandbox.feldera.calls.clear()
  })

  const openWith = (text: string) => download(gateway, `/samply-profiles/orders?ordinal=0&token=${text}`)
  const askWith = (value: string, more: Record<string, string> = {}) =>
    exchange(gateway, rawPost('/graphql', whoAmI, { ...pageOf(gateway), Cookie: value, ...more }))

  it('is told from what it gave', async () => {
    assert.equal((await openWith(token)).status, 200)
    assert.match((await askWith(cookie)).body, /"userId":"\d+"/)
  })

  it('is refused with any bit of a token changed, and no upstream hears of it', async () => {
    let count = 0
    for (const altered of alterations(token)) {
      const { status, code } = await openWith(altered)
      assert.deepEqual([status, code], [401, 'UNAUTHENTICATED'], altered)
      count += 1
    }
    assert.ok(count > 100)
    assert.equal(sandbox.feldera.calls.count() + sandbox.vault.calls.count(), 0)
  })

  it('is refused with any bit of a cookie changed, and no upstream hears of it', async () => {
    const [name = '', value = ''] = cookie.split('=')
    let count = 0
    for (const altered of alterations(value)) {
      const answer = await askWith(`${name}=${altered}`)
      assert.doesNotMatch(answer.body, /"userId":"/, altered)
      count += 1
    }
    assert.ok(count > 100)
    assert.equal(sandbox.vault.calls.count(), 0)
  })

  it('is refused where a cookie stands for a token, and a token for a cookie', async () => {
    const [name = '', value = ''] = cookie.split('=')
    assert.equal((await openWith(value)).status, 401)
    assert.doesNotMatch((await askWith(`${name}=${token}`)).body, /"userId":"/)
    assert.equal(sandbox.vault.calls.count(), 0)
  })

  it('is refused as a cookie under another name, and twice it is one', async () => {
    const [, value = ''] = cookie.split('=')
    for (const name of ['vaultline', '__Secure-vaultline', '__host-vaultline', ' __Host-vaultline2'])
      assert.doesNotMatch((await askWith(`${name}=${value}`)).body, /"userId":"/, name)
    assert.doesNotMatch((await askWith(`__Host-vaultline=x; ${cookie}`)).body, /"userId":"/)
  })

  it('is refused on a gateway with another secret, on every route', async () => {
    await using other = await startGateway({ sandbox, env: { GATEWAY_SECRET: 'quite another secret' } })
    const mine = { ...pageOf(other), Cookie: cookie }
    const isRefused = async (bytes: Uint8Array) => {
      const { status, code, body } = await exchange(other, bytes)
      assert.equal(code, 'UNAUTHENTICATED', `${status} ${body}`)
    }
    await isRefused(rawPost('/graphql', '{"query":"{ activeJobs { totalCount } }"}', mine))
    await isRefused(rawPost('/graphql/stream', '{"query":"{ activeJobs { totalCount } }"}', mine))
    await isRefused(rawRequest('GET /samply-profiles/orders', mine))
    await isRefused(rawRequest('GET /samply-profiles/orders/flame-graph.svg', mine))
    await isRefused(rawRequest('GET /profiling-sessions/a/results', mine))
    await isRefused(rawRequest('PUT /upload-sessions/a/parts/1', { ...mine, 'Content-Length': '5' }))
    await isRefused(rawRequest(`GET /samply-profiles/orders?ordinal=0&token=${token}`))
    using connection = await openRaw(other)
    connection.write(rawUpgrade(mine))
    await connection.receives(/^HTTP\/1\.1 101 /)
    connection.write(rawFrame('{"type":"connection_init"}'))
    connection.write(
      rawFrame('{"id":"1","type":"subscribe","payload":{"query":"{ activeJobs { totalCount } }"}}'),
    )
    await connection.receives(/UNAUTHENTICATED/)
    assert.equal(sandbox.vault.calls.count() + sandbox.feldera.calls.count(), 0)
  })

  it('is refused where a page of another site makes the browser send it, on every route', async () => {
    const theirs = { Origin: 'https://elsewhere.example', Cookie: cookie, 'Sec-Fetch-Site': 'cross-site' }
    const requests: readonly (readonly [bytes: Uint8Array, code: RegExp])[] = [
      [rawPost('/graphql', '{"query":"{ activeJobs { totalCount } }"}', theirs), /^UNAUTHENTICATED$/],
      [rawPost('/graphql', whoAmI, { ...theirs, 'Content-Type': 'text/plain' }), /^BAD_REQUEST$/],
      [
        rawPost('/graphql', 'query={__typename}', {
          ...theirs,
          'Content-Type': 'application/x-www-form-urlencoded',
        }),
        /^BAD_REQUEST$/,
      ],
      [rawPost('/graphql/stream', '{"query":"{ activeJobs { totalCount } }"}', theirs), /^UNAUTHENTICATED$/],
      [rawPost('/graphql/stream', whoAmI, { ...theirs, 'Content-Type': 'text/plain' }), /^BAD_REQUEST$/],
      [rawRequest('GET /graphql?query={__typename}', theirs), /^BAD_REQUEST$/],
      [rawRequest('GET /graphql/stream?query={__typename}', theirs), /^FORBIDDEN$/],
      [rawRequest('GET /samply-profiles/orders', theirs), /^UNAUTHENTICATED$/],
      [rawRequest('GET /samply-profiles/orders/flame-graph.svg', theirs), /^UNAUTHENTICATED$/],
      [rawRequest('GET /profiling-sessions/a/results', theirs), /^UNAUTHENTICATED$/],
      [
        rawRequest('PUT /upload-sessions/a/parts/1', { ...theirs, 'Content-Length': '5' }),
        /^UNAUTHENTICATED$/,
      ],
      [rawUpgrade(theirs), /^FORBIDDEN$/],
    ]
    for (const [bytes, code] of requests) {
      const answer = await exchange(gateway, bytes)
      assert.match(answer.code ?? '', code, String(bytes))
      assert.equal(answer.headers['access-control-allow-origin'], undefined)
      assert.equal(answer.headers['access-control-allow-credentials'], undefined)
    }
    assert.equal(sandbox.vault.calls.count() + sandbox.feldera.calls.count(), 0)
  })

  it('is refused by a preflight of such a page', async () => {
    for (const [path, method] of [
      ['/graphql', 'POST'],
      ['/graphql/stream', 'POST'],
      ['/upload-sessions/a/parts/1', 'PUT'],
    ] as const) {
      const answer = await exchange(
        gateway,
        rawRequest(`OPTIONS ${path}`, {
          Origin: 'https://elsewhere.example',
          'Access-Control-Request-Method': method,
        }),
      )
      assert.equal(answer.headers['access-control-allow-origin'], undefined, path)
    }
  })

  it('closes a WebSocket where it can be no credential, and is repeated nowhere', async () => {
    using connection = await openRaw(gateway)
    connection.write(rawUpgrade())
    await connection.receives(/^HTTP\/1\.1 101 /)
    connection.write(rawFrame('{"type":"connection_init","payload":{"authorization":"hunter2\\r\\nX-A: b"}}'))
    const text = await connection.ended
    assert.equal(closeCodeIn(text), 4403)
    assert.doesNotMatch(text, /hunter2/)
  })

  it('leaves neither in the log, nor a header of the credential', async () => {
    const [, value = ''] = cookie.split('=')
    await gateway.stop()
    await gateway.logged(({ msg }) => msg === 'answered')
    for (const secret of [token, value, 'link-secret', 'hunter2'])
      assert.ok(!gateway.stderr().includes(secret))
  })
})
