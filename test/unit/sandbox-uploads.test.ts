import assert from 'node:assert/strict'
import { afterEach, beforeEach, test } from 'node:test'
import { type Sandbox, startSandbox } from '../../src/sandbox/sandbox.ts'
import { createFakeClock } from '../support/fake-clock.ts'
import { at, listAt } from '../support/sandbox-http.ts'

const uploads = '/api/v26.1/services/file_staging/upload'
const partSizeBytes = 5_000_000

let sandbox: Sandbox

beforeEach(async () => {
  sandbox = await startSandbox({ scene: 'empty', clock: createFakeClock() })
})
afterEach(() => sandbox.stop())

async function call(path: string, init: RequestInit = {}): Promise<unknown> {
  const headers = { authorization: 'sandbox-demo', ...init.headers }
  const response = await fetch(sandbox.vault.url + path, { ...init, headers })
  return response.json()
}
const create = (form: Record<string, string>) =>
  call(uploads, { method: 'POST', body: new URLSearchParams(form) })
const put = (id: string, partNumber: number, sizeBytes: number) =>
  call(`${uploads}/${id}`, {
    method: 'PUT',
    headers: {
      'content-type': 'application/octet-stream',
      'x-vaultapi-filepartnumber': String(partNumber),
    },
    body: new Uint8Array(sizeBytes),
  })
const errorType = (answer: unknown) => at(answer, 'errors', 0, 'type')

test('an upload is created, filled in parts, committed, and becomes a file by a job', async () => {
  const created = await create({ path: '/u/a.csv', size: '7000000', overwrite: 'true' })
  const id = String(at(created, 'data', 'id'))
  assert.deepEqual(
    ['name', 'size', 'uploaded', 'uploaded_parts', 'overwrite'].map((key) => at(created, 'data', key)),
    ['a.csv', 7_000_000, 0, 0, true],
  )
  assert.equal(at(await put(id, 1, partSizeBytes), 'data', 'part_number'), 1)
  assert.equal(errorType(await call(`${uploads}/${id}`, { method: 'POST' })), 'OPERATION_NOT_ALLOWED')
  assert.equal(at(await put(id, 2, 2_000_000), 'data', 'size'), 2_000_000)
  const jobId = at(await call(`${uploads}/${id}`, { method: 'POST' }), 'data', 'job_id')
  assert.equal(at(await call(`/api/v26.1/services/jobs/${jobId}`), 'data', 'status'), 'QUEUED')
  assert.equal(errorType(await call(`${uploads}/${id}`)), 'INVALID_DATA')
  assert.deepEqual(
    sandbox.vault.stagedFile('/u/a.csv')?.map(({ sizeBytes }) => sizeBytes),
    [partSizeBytes, 2_000_000],
  )
  assert.equal(errorType(await create({ path: '/u/a.csv', size: '1' })), 'ITEM_NAME_EXISTS')
})

test('parts out of order, of other sizes, too small or too many are INVALID_DATA, and change nothing', async () => {
  const id = sandbox.vault.addUploadSession({ path: '/a', sizeBytes: 4 * partSizeBytes })
  assert.equal(errorType(await put(id, 2, partSizeBytes)), 'INVALID_DATA')
  assert.equal(errorType(await put(id, 1, partSizeBytes - 1)), 'INVALID_DATA')
  assert.equal(errorType(await put(id, 0, partSizeBytes)), 'INVALID_DATA')
  await put(id, 1, partSizeBytes)
  assert.equal(errorType(await put(id, 2, partSizeBytes + 1)), 'INVALID_DATA')
  assert.equal(errorType(await put(id, 2, 4 * partSizeBytes)), 'INVALID_DATA')
  assert.equal(at(await call(`${uploads}/${id}`), 'data', 'uploaded'), partSizeBytes)
})

test('parts come in pages with an absolute link to the next, and an upload is aborted', async () => {
  const sizeBytes = 3 * partSizeBytes
  const id = sandbox.vault.addUploadSession({ path: '/a', sizeBytes, uploadedBytes: sizeBytes })
  const first = await call(`${uploads}/${id}/parts?limit=2`)
  assert.equal(listAt(first, 'data').length, 2)
  const link = new URL(String(at(first, 'responseDetails', 'next_page')))
  assert.notEqual(link.origin, sandbox.vault.url)
  const second = await call(link.pathname + link.search)
  assert.deepEqual(
    listAt(second, 'data').map((part) => at(part, 'part_number')),
    [3],
  )
  assert.equal(at(second, 'responseDetails', 'next_page'), undefined)
  assert.equal(at(await call(`${uploads}/${id}`, { method: 'DELETE' }), 'responseStatus'), 'SUCCESS')
  assert.equal(errorType(await call(`${uploads}/${id}`, { method: 'DELETE' })), 'INVALID_DATA')
})

test('a session without path, or larger than 500 GB, is not created', async () => {
  assert.equal(errorType(await create({ size: '1' })), 'PARAMETER_REQUIRED')
  assert.equal(errorType(await create({ path: '/a', size: '500000000001' })), 'INVALID_DATA')
})
