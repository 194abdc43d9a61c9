import assert from 'node:assert/strict'
import { after, afterEach, before, beforeEach, describe, it } from 'node:test'
import { type Sandbox, startSandbox } from '../../src/sandbox/sandbox.ts'
import { createZip } from '../../src/sandbox/zip.ts'
import { download } from '../support/download.ts'
import { forgedZip } from '../support/forged-zip.ts'
import { type Gateway, startGateway } from '../support/gateway.ts'
import { request } from '../support/graphql.ts'
import { documentedHeader, zipAnswer, zipOf } from '../support/profiling-results.ts'

interface Session {
  readonly name: string
  readonly status: string
  readonly resultsSummary: { readonly requestCount: number } | null
}

const route = 'profiling-session-results'
const name = 'baseline__c'
const headers = { authorization: 'alice' }
const row = '2026-01-15T12:00:00Z,1,a,e,r,1,2,3,4\n'

describe('results of a profiling session that cannot be had', () => {
  let sandbox: Sandbox
  let gateway: Gateway

  before(async () => {
    sandbox = await startSandbox({ scene: 'empty' })
    sandbox.vault.addUser({ id: 1, sessionId: 'alice' })
    gateway = await startGateway({ sandbox, env: { UPSTREAM_TIMEOUT_MS: '1000' } })
  })
  after(async () => {
    await gateway?.stop()
    await sandbox?.stop()
  })
  beforeEach(() => {
    sandbox.vault.addProfilingSession({ name, status: 'complete__sys', requestCount: 300 })
    sandbox.vault.calls.clear()
  })
  afterEach(() => {
    sandbox.vault.faults.clear()
    sandbox.vault.removeProfilingSession(name)
  })

  const ask = (fields: string, signal?: AbortSignal) =>
    request<{ readonly profilingSession: Session | null }>(
      gateway,
      `{ profilingSession(name: "${name}") { name status ${fields} } }`,
      { headers, ...(signal === undefined ? {} : { signal }) },
    )
  const summary = 'resultsSummary { requestCount }'

  /** Both fields fail with this code from one download, and nothing else does. @returns the message */
  const assertFails = async (code: string): Promise<string> => {
    const { data, errors } = await ask(`results { totalCount } ${summary}`)
    assert.deepEqual(data.profilingSession, { name, status: 'COMPLETE', results: null, resultsSummary: null })
    assert.deepEqual(
      errors.map(({ extensions, path }) => [extensions?.['code'], path?.[1]]),
      ['results', 'resultsSummary'].map((field) => [code, field]),
    )
    return errors[0]?.message ?? ''
  }

  for (const [type, code, message] of [
    ['INVALID_SESSION_ID', 'UNAUTHENTICATED', /^Vault refused: /],
    ['INSUFFICIENT_ACCESS', 'FORBIDDEN', /Ask the Vault admin for the permission/],
    ['OPERATION_NOT_ALLOWED', 'CONFLICT', /^Vault refused: /],
    ['INVALID_DATA', 'NOT_FOUND', /^Vault has no results of a profiling session baseline__c\.$/],
    ['API_LIMIT_EXCEEDED', 'UPSTREAM_RATE_LIMITED', /^Vault refused: /],
  ] as const) {
    it(`fail alone where Vault answers ${type} in HTTP 200, and are asked for again next time`, async () => {
      const fault = sandbox.vault.faults.add({ route, answer: { kind: 'failure', type } })
      assert.match(await assertFails(code), message)
      assert.equal(sandbox.vault.calls.count(route), 1)
      fault.remove()
      const { data, errors } = await ask(summary)
      assert.deepEqual([data.profilingSession?.resultsSummary?.requestCount, errors], [300, []])
    })
  }

  for (const [kind, code] of [
    ['truncate', 'UPSTREAM_UNAVAILABLE'],
    ['stall', 'UPSTREAM_TIMEOUT'],
  ] as const) {
    it(`fail with ${code} where Vault does this in the middle: ${kind}`, async () => {
      sandbox.vault.faults.add({ route, answer: { kind, afterBytes: 3000 } })
      await assertFails(code)
    })
  }

  it('fail where Vault sends a page in place of the ZIP', async () => {
    sandbox.vault.faults.add({ route, answer: { kind: 'status', status: 200, body: '<p>Sign in</p>' } })
    await assertFails('UPSTREAM_INVALID_RESPONSE')
  })

  const csv = { name: 'results.csv', content: Buffer.from(`${documentedHeader}\n${row}`) }
  const text = { name: 'readme.txt', content: Buffer.from('Read me') }
  const manyRows = Buffer.from(`${documentedHeader}\n${row.repeat(100_001)}`)
  const zips: Readonly<Record<string, readonly [Uint8Array, string | RegExp]>> = {
    'is cut off': [zipOf(manyRows).subarray(0, 5000), /^the ZIP is damaged \(/],
    'has no CSV': [createZip([text, { ...text, name: 'a' }]), 'the ZIP has no CSV, but “readme.txt”, “a”'],
    'is encrypted': [forgedZip([{ ...csv, flags: 1 }]), '“results.csv” in the ZIP is encrypted'],
    'is a bomb': [
      forgedZip([{ ...csv, content: Buffer.alloc(70 * 1024 * 1024, `${','.repeat(999)}\n`) }]),
      'the CSV has more than 67108864 bytes',
    ],
    'has too many rows': [zipOf(manyRows), 'the CSV has more than 100000 rows'],
    'has other columns': [
      zipOf('User,Cost\n1,2\n'),
      'the CSV has no column `user_id`, `sdk_cpu_time`, `sdk_elapsed_time`',
    ],
  }
  for (const [kind, [zip, fault]] of Object.entries(zips)) {
    it(`fail where the ZIP ${kind}, say so, and can still be downloaded`, async () => {
      sandbox.vault.faults.add({ route, answer: zipAnswer(zip) })
      const message = await assertFails('UPSTREAM_INVALID_RESPONSE')
      const begin = 'The results of the profiling session baseline__c cannot be read: '
      const end = '. They can still be downloaded from `resultsUrl`.'
      assert.ok(message.startsWith(begin) && message.endsWith(end), message)
      const told = message.slice(begin.length, -end.length)
      if (typeof fault === 'string') assert.equal(told, fault)
      else assert.match(told, fault)
      const answer = await download(gateway, `/profiling-sessions/${name}/results`, { headers })
      assert.deepEqual([answer.status, answer.body.equals(zip)], [200, true])
    })
  }

  it('end their call to Vault when the client leaves', async () => {
    sandbox.vault.faults.add({ route, answer: { kind: 'hold' } })
    const arrived = sandbox.vault.calls.next(route)
    const leaving = new AbortController()
    const left = ask(summary, leaving.signal)
    await arrived
    leaving.abort()
    await assert.rejects(left, { name: 'AbortError' })
    await sandbox.vault.calls.aborted(route)
  })

  it('stay for one client when another one leaves', async () => {
    const held = sandbox.vault.faults.add({ route, answer: { kind: 'hold' } })
    const arrived = sandbox.vault.calls.next(route)
    const leaving = new AbortController()
    const left = ask(summary, leaving.signal)
    await arrived
    const looked = sandbox.vault.calls.next('profiling-session')
    // Another document: an equal query would be joined, and read nothing of its own.
    const stays = ask(`${summary} another: name`)
    await looked
    leaving.abort()
    await assert.rejects(left, { name: 'AbortError' })
    held.release()
    assert.equal((await stays).data.profilingSession?.resultsSummary?.requestCount, 300)
  })
})
