import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { after, afterEach, before, beforeEach, describe, it } from 'node:test'
import { gzipSync } from 'node:zlib'
import { type Sandbox, startSandbox } from '../../src/sandbox/sandbox.ts'
import { download, openDownload } from '../support/download.ts'
import { type Gateway, startGateway } from '../support/gateway.ts'
import { lookAtProfile } from '../support/samply-profile-query.ts'

const credential = 'Bearer apikey:download-secret'
const headers = { 'feldera-authorization': credential }
const profile = gzipSync(randomBytes(300_000))

describe('GET /samply-profiles/{pipelineName}', () => {
  let sandbox: Sandbox
  let gateway: Gateway

  before(async () => {
    sandbox = await startSandbox({ scene: 'empty' })
    gateway = await startGateway({ sandbox, env: { LOG_LEVEL: 'trace', UPSTREAM_TIMEOUT_MS: '1000' } })
  })
  after(async () => {
    await gateway?.stop()
    await sandbox?.stop()
  })
  beforeEach(() => {
    sandbox.feldera.requireAuthorization([credential])
    sandbox.feldera.addPipeline({ name: 'orders', ordinals: 2, profile })
    sandbox.feldera.calls.clear()
  })
  afterEach(() => sandbox.feldera.faults.clear())

  const fetchProfile = (path = '/samply-profiles/orders?ordinal=1') => download(gateway, path, { headers })
  const refusals = [
    [400, 'BAD_USER_INPUT'],
    [400, 'BAD_REQUEST'],
    [404, 'NOT_FOUND'],
    [414, 'BAD_REQUEST'],
    [431, 'BAD_REQUEST'],
  ].map(String)

  it('streams the gzip through byte by byte, as a file that nobody keeps, sniffs or unpacks', async () => {
    const answer = await fetchProfile()
    assert.deepEqual([answer.status, answer.isWhole, answer.body.equals(profile)], [200, true, true])
    const { 'content-type': type, 'content-disposition': disposition, ...others } = answer.headers
    assert.equal(type, 'application/gzip')
    assert.match(disposition ?? '', /^attachment; filename="[\w.:+-]+-samply_profile\.json\.gz"$/)
    assert.equal(others['cache-control'], 'no-store')
    assert.equal(others['x-content-type-options'], 'nosniff')
    assert.equal(others['referrer-policy'], 'no-referrer')
    assert.equal(others['content-encoding'], undefined)
    assert.match(String(others['content-security-policy']), /default-src 'none'/)
    assert.ok(others['x-request-id'])
    const [call] = sandbox.feldera.calls.of('samply-profile-get')
    assert.deepEqual([call?.query.get('ordinal'), call?.headers.authorization], ['1', credential])
  })

  it('stays packed for a client that could unpack', async () => {
    const options = { headers: { ...headers, 'accept-encoding': 'gzip, br' } }
    const answer = await download(gateway, '/samply-profiles/orders', options)
    assert.equal(answer.headers['content-encoding'], undefined)
    assert.ok(answer.body.equals(profile))
  })

  it('means host 0 where no ordinal is named', async () => {
    assert.equal((await fetchProfile('/samply-profiles/orders')).status, 200)
    assert.equal(sandbox.feldera.calls.of('samply-profile-get')[0]?.query.get('ordinal'), '0')
  })

  it('gives downloadUrl without further credentials, and viewerUrl leads the profiler there', async () => {
    const { data } = await lookAtProfile(gateway, { pipelineName: 'orders', ordinal: 1 }, { headers })
    const downloadUrl = new URL(String(data.samplyProfile?.['downloadUrl']))
    assert.equal(`${downloadUrl.origin}${downloadUrl.pathname}`, `${gateway.url}/samply-profiles/orders`)
    const answer = await download(gateway, downloadUrl.href)
    assert.ok(answer.body.equals(profile))
    const viewerUrl = String(data.samplyProfile?.['viewerUrl'])
    const [, forProfiler = ''] =
      /^https:\/\/profiler\.firefox\.com\/from-url\/([^/?#]+)$/.exec(viewerUrl) ?? []
    const viewed = await download(gateway, decodeURIComponent(forProfiler))
    assert.ok(viewed.body.equals(profile))
    assert.deepEqual(
      sandbox.feldera.calls.of('samply-profile-get').map(({ headers: sent }) => sent.authorization),
      [credential, credential, credential],
    )
  })

  for (const [name, path] of [
    ['a slash', '/samply-profiles/orders/x'],
    ['an encoded slash', '/samply-profiles/orders%2Fx'],
    ['an encoded backslash', '/samply-profiles/orders%5Cx'],
    ['dots', '/samply-profiles/..'],
    ['encoded dots', '/samply-profiles/%2e%2e'],
    ['dots and slashes', '/samply-profiles/..%2f..%2fconfig'],
    ['dots on the way', '/samply-profiles/../v0/pipelines'],
    ['dots encoded twice', '/samply-profiles/%252e%252e'],
    ['a query of its own', '/samply-profiles/orders%3Flatest=true'],
    ['a line break', '/samply-profiles/orders%0d%0ax'],
    ['a zero byte', '/samply-profiles/orders%00'],
    ['an encoding that is none', '/samply-profiles/%zz?token=not-to-be-repeated'],
    ['500 letters', `/samply-profiles/${'a'.repeat(500)}`],
    ['5000 letters', `/samply-profiles/${'a'.repeat(5000)}`],
    ['50,000 letters', `/samply-profiles/${'a'.repeat(50_000)}`],
    ['nothing', '/samply-profiles/'],
  ] as const) {
    it(`refuses a name with ${name}, and asks Feldera nothing`, async () => {
      const answer = await fetchProfile(path)
      assert.ok(refusals.includes(`${answer.status},${answer.code}`), String(answer.body))
      assert.match(answer.headers['content-type'] ?? '', /^application\/json/)
      assert.doesNotMatch(String(answer.body), /not-to-be-repeated/)
      assert.deepEqual(sandbox.feldera.calls.all(), [])
    })
  }

  for (const ordinal of ['-1', '1.5', 'x', '', '1&ordinal=2', '99999999999']) {
    it(`refuses the ordinal “${ordinal}”`, async () => {
      const answer = await fetchProfile(`/samply-profiles/orders?ordinal=${ordinal}`)
      assert.deepEqual([answer.status, answer.code], [400, 'BAD_USER_INPUT'])
      assert.equal(sandbox.feldera.calls.count(), 0)
    })
  }

  it('a profile that is not there is NOT_FOUND, whatever the reason', async () => {
    for (const state of ['never-profiled', 'failed', 'stopped'] as const) {
      sandbox.feldera.setPipelineState('orders', state)
      const answer = await fetchProfile()
      assert.deepEqual([answer.status, answer.code], [404, 'NOT_FOUND'], state)
    }
    const unknown = await fetchProfile('/samply-profiles/nowhere')
    assert.deepEqual([unknown.status, unknown.code], [404, 'NOT_FOUND'])
    const { errors } = JSON.parse(unknown.body.toString())
    const upstream = { service: 'feldera', status: 404, type: 'UnknownPipelineName' }
    assert.deepEqual(errors[0].extensions.upstream, upstream)
  })

  it('tells the failures of Feldera with a status of their own', async () => {
    for (const [status, expected, code] of [
      [401, 401, 'UNAUTHENTICATED'],
      [403, 403, 'FORBIDDEN'],
      [429, 429, 'UPSTREAM_RATE_LIMITED'],
      [500, 503, 'UPSTREAM_UNAVAILABLE'],
      [302, 502, 'UPSTREAM_ERROR'],
      [200, 502, 'UPSTREAM_INVALID_RESPONSE'],
    ] as const) {
      const fault = sandbox.feldera.faults.add({
        answer: { kind: 'status', status, body: '<p>', headers: { 'retry-after': '9' } },
      })
      const answer = await fetchProfile()
      fault.remove()
      assert.deepEqual([answer.status, answer.code], [expected, code])
    }
    sandbox.feldera.faults.add({ answer: { kind: 'hold' } })
    const silent = await fetchProfile()
    assert.deepEqual([silent.status, silent.code], [504, 'UPSTREAM_TIMEOUT'])
  })

  it('needs a credential, and says so without asking Feldera', async () => {
    const answer = await download(gateway, '/samply-profiles/orders')
    assert.deepEqual([answer.status, answer.code], [401, 'UNAUTHENTICATED'])
    assert.equal(sandbox.feldera.calls.count(), 0)
  })

  it('reads only', async () => {
    for (const method of ['POST', 'PUT', 'DELETE']) {
      assert.equal((await download(gateway, '/samply-profiles/orders', { headers, method })).status, 404)
    }
    assert.equal(sandbox.feldera.calls.count(), 0)
  })

  it('an answer that Feldera breaks off is broken for the client, not short', async () => {
    sandbox.feldera.faults.add({ answer: { kind: 'truncate', afterBytes: 100_000 } })
    const answer = await fetchProfile()
    assert.equal(answer.status, 200)
    assert.equal(answer.isWhole, false)
    assert.ok(answer.body.length <= 100_000)
  })

  it('an answer in which Feldera falls silent is broken for the client after UPSTREAM_TIMEOUT_MS', async () => {
    sandbox.feldera.faults.add({ answer: { kind: 'stall', afterBytes: 100_000 } })
    const answer = await fetchProfile()
    assert.deepEqual([answer.status, answer.isWhole], [200, false])
  })

  it('a client that leaves ends the call to Feldera, before and in the middle of the answer', async () => {
    const fault = sandbox.feldera.faults.add({ answer: { kind: 'hold' } })
    const asked = sandbox.feldera.calls.next('samply-profile-get')
    const leaving = new AbortController()
    const answer = fetch(`${gateway.url}/samply-profiles/orders`, { headers, signal: leaving.signal })
    await asked
    leaving.abort()
    await assert.rejects(answer, { name: 'AbortError' })
    await sandbox.feldera.calls.aborted('samply-profile-get')
    fault.remove()

    sandbox.feldera.calls.clear()
    sandbox.feldera.addPipeline({ name: 'big', profile: Buffer.alloc(64 * 2 ** 20) })
    const response = await openDownload(gateway, '/samply-profiles/big', { headers })
    response.destroy()
    await sandbox.feldera.calls.aborted('samply-profile-get')
    assert.equal((await fetchProfile()).status, 200)
  })

  it('leaves no credential and no token in the log, at its most talkative', async () => {
    const { data } = await lookAtProfile(gateway, { pipelineName: 'orders' }, { headers })
    const downloadUrl = String(data.samplyProfile?.['downloadUrl'])
    const [, token = ''] = /token=([^&]+)/.exec(downloadUrl) ?? []
    sandbox.feldera.faults.add({ answer: { kind: 'truncate', afterBytes: 1000 }, times: 1 })
    sandbox.feldera.faults.add({ answer: { kind: 'reset' }, times: 3 })
    for (const address of [
      downloadUrl,
      downloadUrl,
      downloadUrl,
      `/nowhere?token=${token}`,
      `/nowhere?token=${token}&${'a'.repeat(20_000)}`,
      `/%zz?token=${token}`,
    ]) {
      await download(gateway, address, { headers })
    }
    assert.ok(token.length > 100)
    await gateway.stop()
    await gateway.logged(({ route }) => route === '/samply-profiles/:pipelineName')
    const asBytes = [...Buffer.from(token.slice(-40))].join(',')
    for (const secret of [token, token.slice(-40), asBytes, 'download-secret', 'apikey']) {
      assert.ok(!gateway.stderr().includes(secret), `the log has ${secret}`)
      assert.ok(!gateway.stdout().includes(secret), `standard output has ${secret}`)
    }
  })
})
