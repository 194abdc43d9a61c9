import assert from 'node:assert/strict'
import { afterEach, beforeEach, test } from 'node:test'
import { crc32, inflateRawSync } from 'node:zlib'
import { type Sandbox, startSandbox } from '../../src/sandbox/sandbox.ts'
import { createFakeClock, type FakeClock } from '../support/fake-clock.ts'
import { ask, at, listAt } from '../support/sandbox-http.ts'

const profiler = '/api/v26.1/code/profiler'
const uploads = '/api/v26.1/services/file_staging/upload'

let clock: FakeClock
let sandbox: Sandbox

beforeEach(async () => {
  clock = createFakeClock()
  sandbox = await startSandbox({ scene: 'empty', clock })
})

afterEach(() => sandbox.stop())

async function errorType(path: string, options: Parameters<typeof ask>[2] = {}): Promise<unknown> {
  const { status, body } = await ask(sandbox.vault, path, options)
  assert.equal(status, 200)
  return at(body, 'errors', 0, 'type')
}

test('a missing, unknown or ended session answers INVALID_SESSION_ID in HTTP 200', async () => {
  const me = '/api/v26.1/objects/users/me'
  sandbox.vault.addUser({ id: 5, sessionId: 'five' })
  assert.equal(await errorType(me, { authorization: null }), 'INVALID_SESSION_ID')
  assert.equal(await errorType(me, { authorization: 'nobody' }), 'INVALID_SESSION_ID')
  const raw = await ask(sandbox.vault, me, { authorization: 'five' })
  assert.equal(at(raw.body, 'users', 0, 'user', 'id'), 5)
  const bearer = await ask(sandbox.vault, me, { authorization: 'Bearer five' })
  assert.equal(bearer.headers.get('x-vaultapi-userid'), '5')
  sandbox.vault.endSession('five')
  assert.equal(await errorType(me, { authorization: 'five' }), 'INVALID_SESSION_ID')
})

test('every answer has its own execution id and counts down the burst limit of five minutes', async () => {
  const path = '/api/v1.0/keep-alive'
  const first = await ask(sandbox.vault, path, { method: 'POST' })
  const second = await ask(sandbox.vault, path)
  assert.equal(first.headers.get('x-vaultapi-status'), 'SUCCESS')
  assert.equal(second.headers.get('x-vaultapi-status'), 'FAILURE')
  assert.notEqual(first.headers.get('x-vaultapi-executionid'), second.headers.get('x-vaultapi-executionid'))
  assert.equal(first.headers.get('x-vaultapi-burstlimit'), '2000')
  assert.equal(second.headers.get('x-vaultapi-burstlimitremaining'), '1998')
  clock.advance(300_000)
  const later = await ask(sandbox.vault, path, { method: 'POST' })
  assert.equal(later.headers.get('x-vaultapi-burstlimitremaining'), '1999')
})

test('the burst limit can be set, spent by others, and told to be over with a delay', async () => {
  const { burst } = sandbox.vault
  burst.remaining = 2
  burst.responseDelayMs = 500
  const answers = [
    await ask(sandbox.vault, '/x'),
    await ask(sandbox.vault, '/x'),
    await ask(sandbox.vault, '/x'),
  ]
  const told = answers.map(({ headers }) => [
    headers.get('x-vaultapi-burstlimitremaining'),
    headers.get('x-vaultapi-responsedelay'),
  ])
  assert.deepEqual(told, [
    ['1', null],
    ['0', '500'],
    ['0', '500'],
  ])
  clock.advance(300_000)
  assert.equal(burst.remaining, 2000)
})

test('an unknown route answers MALFORMED_URL, a wrong method METHOD_NOT_SUPPORTED', async () => {
  assert.equal(await errorType('/api/v26.1/services/nothing'), 'MALFORMED_URL')
  assert.equal(await errorType('/elsewhere'), 'MALFORMED_URL')
  assert.equal(await errorType('/api/v26.1/keep-alive'), 'METHOD_NOT_SUPPORTED')
  assert.equal(sandbox.vault.calls.count('unknown'), 2)
})

test('an admin sees every upload session, others their own', async () => {
  const { vault } = sandbox
  vault.addUser({ id: 5, sessionId: 'five' })
  const own = vault.addUploadSession({ path: '/a/own.csv', sizeBytes: 10, owner: 5 })
  const other = vault.addUploadSession({ path: '/other.csv', sizeBytes: 10 })
  assert.equal(listAt((await ask(vault, uploads)).body, 'data').length, 2)
  const mine = (await ask(vault, uploads, { authorization: 'five' })).body
  assert.deepEqual(
    listAt(mine, 'data').map((session) => at(session, 'id')),
    [own],
  )
  assert.equal(await errorType(`${uploads}/${other}`, { authorization: 'five' }), 'INVALID_DATA')
})

test('an upload grows part by part, can be set, removed, and expires after 72 hours', async () => {
  const { vault } = sandbox
  const id = vault.addUploadSession({
    id: 'a.b_c/d',
    path: '/in/big.zip',
    sizeBytes: 12_000_000_000,
    uploadedBytes: 5_000_000_000,
    partSizeBytes: 50_000_000,
    partEveryMs: 10_000,
  })
  const path = `${uploads}/${encodeURIComponent(id)}`
  clock.advance(25_000)
  const grown = at((await ask(vault, path)).body, 'data')
  assert.deepEqual(grown, {
    id: 'a.b_c/d',
    path: '/in/big.zip',
    expiration_date: '2026-01-18T12:00:00.000Z',
    created_date: '2026-01-15T12:00:00.000Z',
    last_uploaded_date: '2026-01-15T12:00:20.000Z',
    owner: vault.demoUserId,
    uploaded_parts: 102,
    size: 12_000_000_000,
    uploaded: 5_100_000_000,
    name: 'big.zip',
    overwrite: false,
  })
  vault.setUploaded(id, 12_000_000_000)
  clock.advance(60_000)
  assert.equal(at((await ask(vault, path)).body, 'data', 'uploaded'), 12_000_000_000)
  clock.advance(72 * 3_600_000)
  assert.equal(await errorType(path), 'INVALID_DATA')
  const again = vault.addUploadSession({ path: '/again', sizeBytes: 0 })
  vault.removeUploadSession(again)
  assert.equal(await errorType(`${uploads}/${again}`), 'INVALID_DATA')
})

test('a profiling session goes through its timeline or takes a status by hand', async () => {
  const { vault } = sandbox
  vault.addProfilingSession({
    name: 'baseline__c',
    label: 'Baseline',
    userId: 9,
    timeline: [{ afterMs: 1_200_000, status: 'processing__sys' }],
  })
  const path = `${profiler}/baseline__c`
  assert.deepEqual(at((await ask(vault, path)).body, 'data'), {
    id: '0LS000000003001',
    label: 'Baseline',
    name: 'baseline__c',
    description: null,
    status: 'in_progress__sys',
    user_id: 9,
    created_date: '2026-01-15T12:00:00.000Z',
    expiration_date: '2026-02-14T12:00:00.000Z',
  })
  clock.advance(1_200_000)
  assert.equal(at((await ask(vault, profiler)).body, 'data', 0, 'status'), 'processing__sys')
  assert.equal(await errorType(`${path}/results`), 'OPERATION_NOT_ALLOWED')
  vault.setProfilingSessionStatus('baseline__c', 'complete__sys')
  assert.equal(at((await ask(vault, path)).body, 'data', 'status'), 'complete__sys')
  vault.removeProfilingSession('baseline__c')
  assert.equal(await errorType(path), 'INVALID_DATA')
})

test('a profiling session that is not for a user behaves as unknown', async () => {
  sandbox.vault.addUser({ id: 5, sessionId: 'five', admin: true })
  sandbox.vault.addProfilingSession({ name: 'mine__c', visibleTo: [sandbox.vault.demoUserId] })
  assert.equal(await errorType(`${profiler}/mine__c`, { authorization: 'five' }), 'INVALID_DATA')
  assert.deepEqual(at((await ask(sandbox.vault, profiler, { authorization: 'five' })).body, 'data'), [])
})

test('the results of a complete session are a zip with one CSV whose checksum is right', async () => {
  const { vault } = sandbox
  vault.addProfilingSession({ name: 'done__c', status: 'complete__sys' })
  const headers = { authorization: 'sandbox-demo' }
  const response = await fetch(`${vault.url}${profiler}/done__c/results`, { headers })
  assert.equal(response.headers.get('content-type'), 'application/zip;charset=UTF-8')
  assert.equal(response.headers.get('content-disposition'), 'attachment;filename="done__c.zip"')
  assert.equal(response.headers.get('x-vaultapi-status'), 'SUCCESS')
  const zip = Buffer.from(await response.arrayBuffer())
  assert.equal(zip.readUInt32LE(0), 0x04034b50)
  const nameLength = zip.readUInt16LE(26)
  const end = zip.subarray(-22)
  assert.equal(end.readUInt32LE(0), 0x06054b50)
  const entry = zip.subarray(end.readUInt32LE(16))
  assert.equal(entry.readUInt32LE(0), 0x02014b50)
  const data = zip.subarray(30 + nameLength, 30 + nameLength + entry.readUInt32LE(20))
  const content = inflateRawSync(data)
  assert.equal(zip.toString('utf8', 30, 30 + nameLength), 'done__c.csv')
  assert.deepEqual([entry.readUInt32LE(16), entry.readUInt32LE(24)], [crc32(content), content.length])
  assert.match(content.toString(), /^timestamp,user_id,user_name,execution_id,.*\n2026-01-15T12:00:00\.000Z,/)
})
