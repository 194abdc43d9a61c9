import assert from 'node:assert/strict'
import { afterEach, beforeEach, test } from 'node:test'
import { type Sandbox, startSandbox } from '../../src/sandbox/sandbox.ts'
import { createFakeClock, type FakeClock } from '../support/fake-clock.ts'
import { ask, at, listAt } from '../support/sandbox-http.ts'

const histories = '/api/v26.1/services/jobs/histories'
const monitors = '/api/v26.1/services/jobs/monitors'

let clock: FakeClock
let sandbox: Sandbox

beforeEach(async () => {
  clock = createFakeClock()
  sandbox = await startSandbox({ scene: 'empty', clock })
})

afterEach(() => sandbox.stop())

async function ids(path: string, authorization = 'sandbox-demo'): Promise<unknown[]> {
  const { body } = await ask(sandbox.vault, path, { authorization })
  return listAt(body, 'jobs').map((job) => at(job, 'job_id'))
}

function addCompleted(id: number, endedAgoMs: number, status = 'SUCCESS') {
  const runEndDate = new Date(clock.now() - endedAgoMs)
  sandbox.vault.addJob({ id, status, runEndDate, createdDate: new Date(runEndDate.getTime() - 60_000) })
}

test('histories hold what is over, newest end first, and monitors the rest by id', async () => {
  addCompleted(1, 3_000)
  addCompleted(2, 1_000, 'TIMEOUT')
  addCompleted(3, 2_000)
  sandbox.vault.addJob({ id: 12, status: 'QUEUED' })
  sandbox.vault.addJob({ id: 11, status: 'RUNNING', timeline: [{ afterMs: 500, status: 'SUCCESS' }] })
  assert.deepEqual(await ids(histories), [2, 3, 1])
  assert.deepEqual(await ids(monitors), [11, 12])
  clock.advance(500)
  assert.deepEqual(await ids(histories), [11, 2, 3, 1])
  assert.deepEqual(await ids(monitors), [12])
})

test('walking next_page gives every job once, and the last page has none', async () => {
  for (let id = 1; id <= 125; id += 1) addCompleted(id, id * 1_000)
  const seen: unknown[] = []
  let path: unknown = `${histories}?status=success`
  let pages = 0
  while (typeof path === 'string') {
    const { body } = await ask(sandbox.vault, path)
    seen.push(...listAt(body, 'jobs').map((job) => at(job, 'job_id')))
    assert.equal(at(body, 'responseDetails', 'total'), 125)
    assert.equal(at(body, 'responseDetails', 'previous_page') === undefined, pages === 0)
    path = at(body, 'responseDetails', 'next_page')
    pages += 1
  }
  assert.equal(pages, 3)
  assert.deepEqual(
    seen,
    Array.from({ length: 125 }, (_, index) => index + 1),
  )
})

test('next_page is absent when the page ends with the last job', async () => {
  for (let id = 1; id <= 4; id += 1) sandbox.vault.addJob({ id })
  const full = (await ask(sandbox.vault, `${monitors}?limit=2&offset=2`)).body
  assert.deepEqual(at(full, 'responseDetails'), {
    total: 4,
    limit: 2,
    offset: 2,
    previous_page: `${monitors}?limit=2&offset=0`,
  })
})

test('the dates of histories filter on the end and are inclusive to the second', async () => {
  addCompleted(1, 60_000)
  addCompleted(2, 30_300)
  addCompleted(3, 0)
  assert.deepEqual(
    await ids(`${histories}?start_date=2026-01-15T11:59:29Z&end_date=2026-01-15T11:59:29Z`),
    [2],
  )
  assert.deepEqual(await ids(`${histories}?start_date=2026-01-15T11:59:30Z`), [3])
  assert.deepEqual(await ids(`${histories}?end_date=2026-01-15T11:59:00.000Z`), [1])
})

test('the dates of monitors filter on the creation', async () => {
  sandbox.vault.addJob({ id: 1, createdDate: new Date(clock.now() - 60_000) })
  sandbox.vault.addJob({ id: 2 })
  assert.deepEqual(await ids(`${monitors}?start_date=2026-01-15T11:59:30Z`), [2])
  assert.deepEqual(await ids(`${monitors}?end_date=2026-01-15T11:59:30Z`), [1])
})

test('a status filter takes the lower-case words of its list alone', async () => {
  addCompleted(1, 1_000)
  addCompleted(2, 500, 'CANCELLED')
  sandbox.vault.addJob({ id: 3, status: 'RUNNING' })
  assert.deepEqual(await ids(`${histories}?status=cancelled`), [2])
  assert.deepEqual(await ids(`${monitors}?status=running`), [3])
  for (const path of [
    `${histories}?status=running`,
    `${monitors}?status=RUNNING`,
    `${monitors}?status=queueing`,
  ]) {
    assert.equal(at((await ask(sandbox.vault, path)).body, 'errors', 0, 'type'), 'INVALID_DATA')
  }
})

test('a bad limit, offset or date answers INVALID_DATA', async () => {
  for (const query of ['limit=0', 'limit=201', 'limit=ten', 'offset=-1', 'start_date=yesterday']) {
    const { body } = await ask(sandbox.vault, `${monitors}?${query}`)
    assert.equal(at(body, 'errors', 0, 'type'), 'INVALID_DATA', query)
  }
})

test('a job that is not for a user is neither in its lists nor in their totals', async () => {
  sandbox.vault.addUser({ id: 7, sessionId: 'seven' })
  sandbox.vault.addJob({ id: 1, visibleTo: [7] })
  sandbox.vault.addJob({ id: 2, visibleTo: [8] })
  sandbox.vault.addJob({ id: 3 })
  assert.deepEqual(await ids(monitors, 'seven'), [1, 3])
  assert.deepEqual(await ids(monitors), [3])
})

test('a listed job has its title and dates, and a scheduled one the start that is planned', async () => {
  sandbox.vault.addJob({
    id: 5,
    title: 'Nightly export',
    status: 'SCHEDULED',
    createdBy: 44,
    timeline: [{ afterMs: 60_000, status: 'RUNNING' }],
  })
  assert.deepEqual(at((await ask(sandbox.vault, monitors)).body, 'jobs', 0), {
    job_id: 5,
    title: 'Nightly export',
    status: 'SCHEDULED',
    created_by: 44,
    created_date: '2026-01-15T12:00:00.000Z',
    modified_by: 44,
    modified_date: '2026-01-15T12:00:00.000Z',
    run_start_date: '2026-01-15T12:01:00.000Z',
  })
})
