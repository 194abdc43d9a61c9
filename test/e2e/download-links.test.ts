import assert from 'node:assert/strict'
import { after, before, beforeEach, describe, it } from 'node:test'
import { type Sandbox, startSandbox } from '../../src/sandbox/sandbox.ts'
import { download } from '../support/download.ts'
import { type Gateway, startGateway } from '../support/gateway.ts'
import { lookAtProfile } from '../support/samply-profile-query.ts'

const headers = { 'feldera-authorization': 'Bearer apikey:one' }
const profiler = 'https://profiler.firefox.com'
const screens = 'https://screens.example.com'

describe('the sealed token of a download', () => {
  let sandbox: Sandbox
  let gateway: Gateway
  let downloadUrl: string
  let token: string

  before(async () => {
    sandbox = await startSandbox({ scene: 'empty' })
    for (const name of ['orders', 'others']) {
      sandbox.feldera.addPipeline({ name, ordinals: 2, profile: Buffer.from(`gzip of ${name}`) })
    }
    gateway = await startGateway({
      sandbox,
      env: { ALLOWED_ORIGINS: screens, PUBLIC_URL: 'https://graph.example.com/behind/a/proxy/' },
    })
    const { data } = await lookAtProfile(gateway, { pipelineName: 'orders' }, { headers })
    downloadUrl = String(data.samplyProfile?.['downloadUrl'])
    token = new URL(downloadUrl).searchParams.get('token') ?? ''
  })
  after(async () => {
    await gateway?.stop()
    await sandbox?.stop()
  })
  beforeEach(() => sandbox.feldera.calls.clear())

  const open = (path: string, origin?: string) =>
    download(gateway, path, { headers: origin === undefined ? {} : { origin } })
  const link = (path = '/samply-profiles/orders?ordinal=0', given = token) => `${path}&token=${given}`

  it('is part of an address under PUBLIC_URL, and opens what the proxy hands on of it', async () => {
    const prefix = 'https://graph.example.com/behind/a/proxy/samply-profiles/orders?ordinal=0&token='
    assert.ok(downloadUrl.startsWith(prefix), downloadUrl)
    const answer = await open(downloadUrl.slice('https://graph.example.com/behind/a/proxy'.length))
    assert.deepEqual([answer.status, String(answer.body)], [200, 'gzip of orders'])
  })

  it('says nothing of the credential in it', () => {
    assert.ok(!downloadUrl.includes('apikey'))
    for (const part of token.split('.')) {
      assert.doesNotMatch(Buffer.from(part, 'base64url').toString('latin1'), /apikey|orders/)
    }
  })

  it('works more than once, and counts before a header', async () => {
    await open(link())
    await download(gateway, link(), { headers: { 'feldera-authorization': 'Bearer somebody-else' } })
    assert.deepEqual(
      sandbox.feldera.calls.all().map((call) => call.headers.authorization),
      [headers['feldera-authorization'], headers['feldera-authorization']],
    )
  })

  const middle = () => Math.floor(token.length / 2)
  const refused: readonly (readonly [string, () => string])[] = [
    ['of another ordinal', () => link('/samply-profiles/orders?ordinal=1')],
    ['of another pipeline', () => link('/samply-profiles/others?ordinal=0')],
    ['of a profile, on a profiling session', () => link('/profiling-sessions/orders/results?')],
    ['that lost its end', () => link(undefined, token.slice(0, -1))],
    ['with a letter changed', () => link(undefined, changedAt(token, middle()))],
    ['with its head changed', () => link(undefined, changedAt(token, 3))],
    ['that is empty', () => link(undefined, '')],
    ['that is none', () => link(undefined, 'a.b.c.d.e')],
    ['that claims to need no key', () => link(undefined, 'eyJhbGciOiJub25lIn0.eyJhdWQiOiIvIn0.')],
    ['of 15,000 letters', () => link(undefined, 'a'.repeat(15_000))],
  ]
  for (const [name, address] of refused) {
    it(`is refused ${name}, and Feldera is not asked, even where a header would do`, async () => {
      const answer = await download(gateway, address(), {
        headers: { ...headers, authorization: 'sandbox-demo' },
      })
      assert.deepEqual([answer.status, answer.code], [401, 'UNAUTHENTICATED'])
      assert.match(answer.headers['content-type'] ?? '', /^application\/json/)
      assert.deepEqual([...sandbox.feldera.calls.all(), ...sandbox.vault.calls.all()], [])
    })
  }

  it('of 20 KB is more than a request may have', async () => {
    const answer = await open(link(undefined, 'a'.repeat(20_000)))
    assert.deepEqual([answer.status, answer.code], [431, 'BAD_REQUEST'])
  })

  it('is no token when it is there twice', async () => {
    const answer = await open(`${link()}&token=${token}`)
    assert.deepEqual([answer.status, answer.code], [401, 'UNAUTHENTICATED'])
  })

  it('of another process is refused, since its secret is another one', async () => {
    await using second = await startGateway({ sandbox })
    assert.equal((await download(second, link())).status, 401)
  })

  it('of a replica with the same GATEWAY_SECRET works', async () => {
    const env = { GATEWAY_SECRET: 'the same for all replicas' }
    await using first = await startGateway({ sandbox, env })
    await using second = await startGateway({ sandbox, env })
    const { data } = await lookAtProfile(first, { pipelineName: 'orders' }, { headers })
    const answer = await download(second, String(data.samplyProfile?.['downloadUrl']))
    assert.equal(String(answer.body), 'gzip of orders')
  })

  it('lets the Firefox Profiler read the file, whatever ALLOWED_ORIGINS says', async () => {
    const answer = await open(link(), profiler)
    assert.equal(answer.headers['access-control-allow-origin'], profiler)
    assert.equal(answer.headers['access-control-allow-credentials'], undefined)
    assert.match(String(answer.headers.vary), /origin/i)
  })

  it('is what the Firefox Profiler needs: with a header it may not read the file', async () => {
    const answer = await download(gateway, '/samply-profiles/orders', {
      headers: { ...headers, origin: profiler },
    })
    assert.equal(answer.headers['access-control-allow-origin'], undefined)
  })

  it('opens nothing else to the Firefox Profiler', async () => {
    for (const path of [`/graphql?query={__typename}&token=${token}`, `/livez?token=${token}`]) {
      assert.equal((await open(path, profiler)).headers['access-control-allow-origin'], undefined)
    }
  })

  it('lets no other site read the file, but those of ALLOWED_ORIGINS', async () => {
    assert.equal((await open(link(), screens)).headers['access-control-allow-origin'], screens)
    for (const origin of [
      'https://evil.example',
      'null',
      `${profiler}.evil.example`,
      'http://profiler.firefox.com',
    ]) {
      assert.equal((await open(link(), origin)).headers['access-control-allow-origin'], undefined, origin)
    }
  })

  it('is asked about beforehand by browsers, and told who may', async () => {
    const preflight = (path: string, origin: string, requested = '') =>
      download(gateway, path, {
        method: 'OPTIONS',
        headers: {
          origin,
          'access-control-request-method': 'GET',
          ...(requested && { 'access-control-request-headers': requested }),
        },
      })
    const viewer = await preflight(link(), profiler)
    assert.equal(viewer.status, 204)
    assert.equal(viewer.headers['access-control-allow-origin'], profiler)
    assert.match(String(viewer.headers['access-control-allow-methods']), /GET/)
    const screen = await preflight('/samply-profiles/orders', screens, 'feldera-authorization')
    assert.equal(screen.status, 204)
    assert.match(String(screen.headers['access-control-allow-headers']), /feldera-authorization/i)
    for (const refusedOne of [
      await preflight('/samply-profiles/orders', profiler),
      await preflight(link(), 'https://evil.example'),
    ]) {
      assert.equal(refusedOne.headers['access-control-allow-origin'], undefined)
    }
    assert.equal(sandbox.feldera.calls.count(), 0)
  })
})

function changedAt(text: string, index: number): string {
  return text.slice(0, index) + (text[index] === 'A' ? 'B' : 'A') + text.slice(index + 1)
}
