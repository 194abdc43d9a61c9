import assert from 'node:assert/strict'
import { afterEach, beforeEach, test } from 'node:test'
import { type Sandbox, startSandbox } from '../../src/sandbox/sandbox.ts'
import { createFakeClock, type FakeClock } from '../support/fake-clock.ts'
import { ask, at, listAt } from '../support/sandbox-http.ts'

let clock: FakeClock
let sandbox: Sandbox

beforeEach(async () => {
  clock = createFakeClock()
  sandbox = await startSandbox({ scene: 'empty', clock })
})

afterEach(() => sandbox.stop())

const statusPath = (id: number) => `/api/v26.1/services/jobs/${id}`
const errorType = (body: unknown) => at(body, 'errors', 0, 'type')

test('a job asked twice within ten seconds answers API_LIMIT_EXCEEDED, whoever asks', async () => {
  const { vault } = sandbox
  vault.addUser({ id: 7, sessionId: 'other' })
  const job = vault.addJob({ status: 'RUNNING' })
  const neighbour = vault.addJob({ status: 'RUNNING' })
  const first = await ask(vault, statusPath(job.id))
  assert.equal(at(first.body, 'data', 'status'), 'RUNNING')
  clock.advance(9_999)
  const second = await ask(vault, statusPath(job.id), { authorization: 'other' })
  assert.equal(second.status, 200)
  assert.equal(at(second.body, 'responseStatus'), 'FAILURE')
  assert.equal(errorType(second.body), 'API_LIMIT_EXCEEDED')
  assert.equal(at((await ask(vault, statusPath(neighbour.id))).body, 'responseStatus'), 'SUCCESS')
  clock.advance(1)
  const third = await ask(vault, statusPath(job.id), { authorization: 'Bearer other' })
  assert.equal(at(third.body, 'responseStatus'), 'SUCCESS')
})

test('a refused status call does not lengthen the ten seconds, nor does one of who may not see the job', async () => {
  const { vault } = sandbox
  vault.addUser({ id: 7, sessionId: 'stranger' })
  const job = vault.addJob({ visibleTo: [vault.demoUserId] })
  assert.equal(
    errorType((await ask(vault, statusPath(job.id), { authorization: 'stranger' })).body),
    'INVALID_DATA',
  )
  await ask(vault, statusPath(job.id))
  clock.advance(5_000)
  await ask(vault, statusPath(job.id))
  clock.advance(5_000)
  assert.equal(at((await ask(vault, statusPath(job.id))).body, 'responseStatus'), 'SUCCESS')
})

test('lists and tasks know no ten-second rule', async () => {
  const { vault } = sandbox
  const job = vault.addJob({ tasks: [{ state: 'RUNNING' }] })
  for (const path of [
    `${statusPath(job.id)}/tasks`,
    '/api/v26.1/services/jobs/monitors',
    '/api/v26.1/services/jobs/histories',
  ]) {
    await ask(vault, path)
    assert.equal(at((await ask(vault, path)).body, 'responseStatus'), 'SUCCESS')
  }
})

test('a timeline shows the dates of a job only once they exist, and links only at the end', async () => {
  const { vault } = sandbox
  const job = vault.addJob({
    createdBy: 12,
    timeline: [
      { afterMs: 10_000, status: 'RUNNING' },
      { afterMs: 25_500, status: 'SUCCESS' },
    ],
  })
  const queued = at((await ask(vault, statusPath(job.id))).body, 'data')
  assert.deepEqual(queued, {
    id: job.id,
    status: 'QUEUED',
    method: 'POST',
    created_by: 12,
    created_date: '2026-01-15T12:00:00.000Z',
  })
  clock.advance(10_000)
  const running = at((await ask(vault, statusPath(job.id))).body, 'data')
  assert.equal(at(running, 'run_start_date'), '2026-01-15T12:00:10.000Z')
  assert.equal(at(running, 'run_end_date'), undefined)
  assert.equal(at(running, 'links'), undefined)
  clock.advance(15_500)
  const finished = at((await ask(vault, statusPath(job.id))).body, 'data')
  assert.equal(at(finished, 'status'), 'SUCCESS')
  assert.equal(at(finished, 'run_end_date'), '2026-01-15T12:00:25.000Z')
  assert.equal(at(finished, 'links', 0, 'href'), `/api/v26.1/services/jobs/${job.id}`)
})

test('a status set by hand outdoes the timeline, past and to come', async () => {
  const { vault } = sandbox
  const job = vault.addJob({ status: 'RUNNING', timeline: [{ afterMs: 5_000, status: 'SUCCESS' }] })
  clock.advance(1_000)
  vault.setJobStatus(job.id, 'CANCELLED')
  clock.advance(60_000)
  assert.equal(job.status(), 'CANCELLED')
  const data = at((await ask(vault, statusPath(job.id))).body, 'data')
  assert.equal(at(data, 'run_end_date'), '2026-01-15T12:00:01.000Z')
})

test('an unheard-of status is active unless it is said to be finished', async () => {
  const { vault } = sandbox
  const job = vault.addJob({ status: 'PAUSED_BY_MOON' })
  const monitors = '/api/v26.1/services/jobs/monitors'
  assert.equal(at((await ask(vault, monitors)).body, 'jobs', 0, 'status'), 'PAUSED_BY_MOON')
  vault.setJobStatus(job.id, 'ENDED_BY_MOON', { finished: true })
  assert.equal(at((await ask(vault, monitors)).body, 'responseDetails', 'total'), 0)
  const data = at((await ask(vault, statusPath(job.id))).body, 'data')
  assert.equal(at(data, 'run_end_date'), '2026-01-15T12:00:00.000Z')
})

test('tasks begin with Task1, come in pages, move with time, and are counted in progress', async () => {
  const { vault } = sandbox
  const job = vault.addJob({
    status: 'RUNNING',
    tasks: [{ timeline: [{ afterMs: 2_000, state: 'SUCCESS' }] }, { state: 'RUNNING' }, { id: 'Last' }],
  })
  clock.advance(2_000)
  const page = (await ask(vault, `${statusPath(job.id)}/tasks?limit=2`)).body
  assert.equal(at(page, 'job_id'), job.id)
  assert.deepEqual(at(page, 'tasks'), [
    { id: 'Task1', state: 'SUCCESS' },
    { id: 'Task2', state: 'RUNNING' },
  ])
  assert.deepEqual(at(page, 'responseDetails'), {
    total: 3,
    limit: 2,
    offset: 0,
    next_page: `/api/v26.1/services/jobs/${job.id}/tasks?limit=2&offset=2`,
  })
  vault.setJobTaskState(job.id, 'Last', 'ERRORS_ENCOUNTERED')
  assert.deepEqual(at((await ask(vault, statusPath(job.id))).body, 'data', 'progress'), [
    { status: 'SUCCESS', size: 1 },
    { status: 'RUNNING', size: 1 },
    { status: 'ERRORS_ENCOUNTERED', size: 1 },
  ])
})

test('start_now takes a POST and a scheduled job, and takes each job once', async () => {
  const { vault } = sandbox
  const job = vault.addJob({
    status: 'SCHEDULED',
    runStartDate: new Date(clock.now() + 3_600_000),
    onceStarted: [
      { afterMs: 0, status: 'QUEUED' },
      { afterMs: 5_000, status: 'RUNNING' },
    ],
  })
  const path = `/api/v26.1/services/jobs/start_now/${job.id}`
  assert.equal(errorType((await ask(vault, path)).body), 'METHOD_NOT_SUPPORTED')
  const started = (await ask(vault, path, { method: 'POST' })).body
  assert.equal(at(started, 'job_id'), job.id)
  assert.equal(job.status(), 'QUEUED')
  assert.equal(errorType((await ask(vault, path, { method: 'POST' })).body), 'OPERATION_NOT_ALLOWED')
  clock.advance(5_000)
  const data = at((await ask(vault, statusPath(job.id))).body, 'data')
  assert.equal(at(data, 'run_start_date'), '2026-01-15T12:00:05.000Z')
})

test('a key that Vault does not know answers the settable error type', async () => {
  const { vault } = sandbox
  assert.equal(errorType((await ask(vault, statusPath(1))).body), 'INVALID_DATA')
  vault.unknownKeyErrorType = 'MALFORMED_URL'
  for (const path of [statusPath(1), `${statusPath(1)}/tasks`, '/api/v26.1/services/jobs/not-a-number']) {
    assert.equal(errorType((await ask(vault, path)).body), 'MALFORMED_URL')
  }
  assert.equal(listAt((await ask(vault, '/api/v26.1/services/jobs/monitors')).body, 'jobs').length, 0)
})
