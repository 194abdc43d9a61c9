import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { after, afterEach, before, beforeEach, describe, it } from 'node:test'
import { type Sandbox, startSandbox } from '../../src/sandbox/sandbox.ts'
import { createZip } from '../../src/sandbox/zip.ts'
import { download } from '../support/download.ts'
import { type Gateway, startGateway } from '../support/gateway.ts'
import { codesOf, data, request } from '../support/graphql.ts'

const session = 'results-secret'
const headers = { authorization: session }
const path = '/profiling-sessions/baseline__c/results'
const zip = Buffer.from(createZip([{ name: 'baseline__c.csv', content: randomBytes(200_000) }]))

describe('GET /profiling-sessions/{name}/results', () => {
  let sandbox: Sandbox
  let gateway: Gateway

  before(async () => {
    sandbox = await startSandbox({ scene: 'empty' })
    sandbox.vault.addUser({ id: 7, sessionId: session })
    gateway = await startGateway({ sandbox, env: { LOG_LEVEL: 'trace', UPSTREAM_TIMEOUT_MS: '1000' } })
  })
  after(async () => {
    await gateway?.stop()
    await sandbox?.stop()
  })
  beforeEach(() => {
    sandbox.vault.addProfilingSession({ name: 'baseline__c', status: 'complete__sys', results: zip })
    sandbox.vault.calls.clear()
  })
  afterEach(() => sandbox.vault.faults.clear())

  const results = () => download(gateway, path, { headers })
  const resultsUrl = async () => {
    const { profilingSession } = await data<{ profilingSession: { resultsUrl: string | null } }>(
      gateway,
      '{ profilingSession(name: "baseline__c") { resultsUrl } }',
      { headers },
    )
    return profilingSession.resultsUrl
  }

  it('streams the zip through byte by byte, as a file that nobody keeps, sniffs or unpacks', async () => {
    const answer = await results()
    assert.deepEqual([answer.status, answer.isWhole, answer.body.equals(zip)], [200, true, true])
    assert.equal(answer.headers['content-type'], 'application/zip')
    assert.equal(answer.headers['content-disposition'], 'attachment; filename="baseline__c.zip"')
    assert.equal(answer.headers['cache-control'], 'no-store')
    assert.equal(answer.headers['x-content-type-options'], 'nosniff')
    assert.equal(answer.headers['referrer-policy'], 'no-referrer')
    assert.equal(answer.headers['content-encoding'], undefined)
    assert.equal(sandbox.vault.calls.of('profiling-session-results')[0]?.headers.authorization, session)
  })

  it('resultsUrl is null until the session is complete, and then gives the zip without credentials', async () => {
    for (const status of ['in_progress__sys', 'processing__sys', 'something_new__sys']) {
      sandbox.vault.setProfilingSessionStatus('baseline__c', status)
      assert.equal(await resultsUrl(), null)
    }
    sandbox.vault.setProfilingSessionStatus('baseline__c', 'complete__sys')
    const url = (await resultsUrl()) ?? ''
    assert.ok(url.startsWith(`${gateway.url}${path}?token=`))
    assert.ok((await download(gateway, url)).body.equals(zip))
  })

  it('refuses the token of another session, an altered one and none, and asks Vault nothing', async () => {
    const url = (await resultsUrl()) ?? ''
    sandbox.vault.calls.clear()
    for (const address of [
      url.replace('baseline__c', 'other__c'),
      url.replace('token=', 'token=x'),
      path,
      `${path}?token=`,
    ]) {
      const answer = await download(gateway, address)
      assert.deepEqual([answer.status, answer.code], [401, 'UNAUTHENTICATED'])
    }
    assert.equal(sandbox.vault.calls.count(), 0)
  })

  it('a failure that Vault tells in HTTP 200 gets the status and the code that it means', async () => {
    for (const [type, status, code] of [
      ['INVALID_SESSION_ID', 401, 'UNAUTHENTICATED'],
      ['INSUFFICIENT_ACCESS', 403, 'FORBIDDEN'],
      ['OPERATION_NOT_ALLOWED', 409, 'CONFLICT'],
      ['API_LIMIT_EXCEEDED', 429, 'UPSTREAM_RATE_LIMITED'],
      ['INVALID_DATA', 404, 'NOT_FOUND'],
      ['MALFORMED_URL', 404, 'NOT_FOUND'],
      ['SOMETHING_NEW', 502, 'UPSTREAM_ERROR'],
    ] as const) {
      const fault = sandbox.vault.faults.add({ answer: { kind: 'failure', type } })
      const answer = await results()
      fault.remove()
      assert.deepEqual([answer.status, answer.code], [status, code], type)
      const [error] = JSON.parse(String(answer.body)).errors
      assert.deepEqual([error.extensions.upstream.type, error.extensions.upstream.status], [type, 200])
    }
    sandbox.vault.faults.add({ answer: { kind: 'exception' } })
    const answer = await results()
    assert.deepEqual([answer.status, answer.code], [503, 'UPSTREAM_UNAVAILABLE'])
  })

  it('a failure that comes with the type of a file is told by X-VaultAPI-Status', async () => {
    const errors = [{ type: 'API_LIMIT_EXCEEDED', message: 'Too many calls.' }]
    for (const [responseStatus, status, code] of [
      ['FAILURE', 429, 'UPSTREAM_RATE_LIMITED'],
      ['EXCEPTION', 503, 'UPSTREAM_UNAVAILABLE'],
    ] as const) {
      const type = { 'content-type': 'application/zip', 'x-vaultapi-status': responseStatus }
      const body = JSON.stringify({ responseStatus, errors })
      const fault = sandbox.vault.faults.add({ answer: { kind: 'status', status: 200, headers: type, body } })
      const answer = await results()
      fault.remove()
      assert.deepEqual([answer.status, answer.code], [status, code])
    }
  })

  it('a page or JSON in place of the zip is no zip', async () => {
    for (const answer of [
      { kind: 'status', status: 200, body: '<p>Sign in</p>' },
      { kind: 'json', body: { responseStatus: 'SUCCESS' } },
      { kind: 'json', body: [] },
    ] as const) {
      const fault = sandbox.vault.faults.add({ answer })
      const { status, code } = await results()
      fault.remove()
      assert.deepEqual([status, code], [502, 'UPSTREAM_INVALID_RESPONSE'])
    }
  })

  for (const type of ['OPERATION_NOT_ALLOWED', 'INVALID_DATA']) {
    it(`a session that is not complete is a conflict that says to wait, where Vault says ${type}`, async () => {
      sandbox.vault.profilerRuleErrorType = type
      sandbox.vault.setProfilingSessionStatus('baseline__c', 'processing__sys')
      const early = await results()
      sandbox.vault.profilerRuleErrorType = 'OPERATION_NOT_ALLOWED'
      assert.deepEqual([early.status, early.code], [409, 'CONFLICT'])
      assert.match(String(early.body), /prepares the results of baseline__c\. Wait until it is complete/)
    })
  }

  it('an unknown session is not found', async () => {
    const unknown = await download(gateway, '/profiling-sessions/nobody__c/results', { headers })
    assert.deepEqual([unknown.status, unknown.code], [404, 'NOT_FOUND'])
  })

  for (const name of ['..', '%2e%2e', '..%2f..%2fobjects', 'a%2fb', 'a%5cb', '%00', '%0d%0a', '%252e']) {
    it(`the name ${name} reaches no route of Vault`, async () => {
      const answer = await download(gateway, `/profiling-sessions/${name}/results`, { headers })
      assert.ok(answer.status === 400 || answer.status === 404, String(answer.status))
      assert.equal(sandbox.vault.calls.count(), 0)
    })
  }

  it('a name with a question mark stays one segment', async () => {
    const answer = await download(gateway, '/profiling-sessions/a%3Fb/results', { headers })
    assert.ok(answer.status === 400 || answer.status === 404)
    for (const { path: asked } of sandbox.vault.calls.all()) assert.match(asked, /\/a%3Fb\/results$/)
  })

  it('an answer that Vault breaks off, or in which it falls silent, is broken for the client', async () => {
    for (const kind of ['truncate', 'stall'] as const) {
      const fault = sandbox.vault.faults.add({ answer: { kind, afterBytes: 70_000 } })
      const answer = await results()
      fault.remove()
      assert.deepEqual([answer.status, answer.isWhole], [200, false], kind)
    }
  })

  it('an error that Vault breaks off is UPSTREAM_UNAVAILABLE', async () => {
    sandbox.vault.setProfilingSessionStatus('baseline__c', 'processing__sys')
    sandbox.vault.faults.add({ answer: { kind: 'truncate', afterBytes: 30 } })
    const answer = await results()
    assert.deepEqual([answer.status, answer.code], [503, 'UPSTREAM_UNAVAILABLE'])
  })

  it('resultsUrl of a caller without a session asks nobody', async () => {
    const answer = await request(gateway, '{ profilingSession(name: "baseline__c") { resultsUrl } }')
    assert.deepEqual(codesOf(answer), ['UNAUTHENTICATED'])
    assert.equal(sandbox.vault.calls.count(), 0)
  })

  it('leaves no session and no token in the log, at its most talkative', async () => {
    const url = (await resultsUrl()) ?? ''
    sandbox.vault.faults.add({ answer: { kind: 'truncate', afterBytes: 1000 }, times: 1 })
    for (const address of [url, url, `${url}x`]) await download(gateway, address)
    const [, token = ''] = /token=(.+)$/.exec(url) ?? []
    assert.ok(token.length > 100)
    await gateway.stop()
    await gateway.logged(({ route }) => route === '/profiling-sessions/:name/results')
    for (const secret of [token, session]) assert.ok(!gateway.stderr().includes(secret))
  })
})
