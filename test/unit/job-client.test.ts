import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { hasCode } from '../../src/core/errors.ts'
import { accessWith } from '../../src/core/identity.ts'
import { createJobsClient } from '../../src/jobs/client.ts'
import { CallProgress } from '../../src/upstream/call-progress.ts'
import type { UpstreamPath } from '../../src/upstream/path.ts'
import { createFakeClock } from '../support/fake-clock.ts'

const access = accessWith('session')
const { signal } = new AbortController()

/** The client of a Vault whose every answer is this. */
function clientOf(body: Readonly<Record<string, unknown>>) {
  const asked: unknown[] = []
  const answer = async (_access: unknown, path: string | UpstreamPath, call?: { query?: unknown }) => {
    asked.push([typeof path === 'string' ? path : path.text, call?.query])
    return { body, upstream: { service: 'vault', status: 200 } as const, vaultId: undefined }
  }
  const vault = {
    get: answer,
    post: answer,
  }
  return { client: createJobsClient(vault, createFakeClock()), asked }
}

const statusOf = (data: unknown) =>
  clientOf({ data }).client.status(access, '1201', signal, new CallProgress())

describe('the status of a job', () => {
  it('is read as Vault documents it', async () => {
    const job = await statusOf({
      id: 1201,
      status: 'SUCCESS',
      method: 'POST',
      links: [
        { rel: 'self', href: '/api/v26.1/services/jobs/1601', method: 'GET', accept: 'application/json' },
      ],
      created_by: 44533,
      created_date: '2016-04-20T18:14:42.000Z',
      run_start_date: '2016-04-20T18:14:43.000Z',
      run_end_date: '2016-04-20T18:14:44.000Z',
    })
    assert.equal(job.status, 'SUCCESS')
    assert.equal(job.createdBy, '44533')
    assert.equal(job.createdDate, '2016-04-20T18:14:42.000Z')
    assert.equal(job.detail?.links?.[0]?.rel, 'self')
  })

  it('has the id that was asked for, whatever the answer says', async () => {
    assert.equal((await statusOf({ id: 1601, status: 'RUNNING' })).id, '1201')
  })

  it('of a job that has not begun has no dates yet', async () => {
    const job = await statusOf({ id: 1201, status: 'QUEUED', run_start_date: null, run_end_date: '' })
    assert.deepEqual([job.runStartDate, job.runEndDate, job.createdDate], [null, null, null])
  })

  it('that nobody knew is UNKNOWN beside its raw text, and over with its end', async () => {
    const job = await statusOf({ status: 'PAUSED_BY_VAULT' })
    assert.deepEqual([job.status, job.rawStatus, job.isFinished], ['UNKNOWN', 'PAUSED_BY_VAULT', false])
    assert.equal((await statusOf({ status: 'X', run_end_date: '2016-04-20T18:14:42.000Z' })).isFinished, true)
  })

  it('without a status, or with a date that is none, does not fit', async () => {
    for (const data of [{}, { status: 7 }, { status: 'RUNNING', created_date: 'yesterday' }]) {
      await assert.rejects(statusOf(data), (error) => hasCode(error, 'UPSTREAM_INVALID_RESPONSE'))
    }
  })

  it('never fails for its progress, whose shape Vault does not document: what cannot be read is dropped', async () => {
    const progressOf = async (progress: unknown) =>
      (await statusOf({ status: 'RUNNING', progress })).detail?.progress
    const good = { status: 'RUNNING', size: 3 }
    assert.deepEqual(await progressOf([good, { state: 'QUEUED', size: '4' }]), [
      good,
      { status: 'QUEUED', size: 4 },
    ])
    const unreadable = [
      null,
      7,
      'x',
      {},
      { status: 'RUNNING' },
      { size: 1 },
      { status: 1, size: 1 },
      { status: 'RUNNING', size: null },
      { status: 'RUNNING', size: '' },
      { status: 'RUNNING', size: true },
      { status: 'RUNNING', size: 1.5 },
      { status: 'RUNNING', size: -1 },
      { status: 'RUNNING', size: 3_000_000_000 },
      { status: 'RUNNING', size: [] },
    ]
    assert.deepEqual(await progressOf([...unreadable, good]), [good])
    for (const none of [undefined, null, {}, 'x', 7]) assert.equal(await progressOf(none), null)
  })
})

describe('the tasks of a job', () => {
  it('have ids that are unique across jobs, and a state that Vault calls state or status', async () => {
    const tasks = [
      { id: 'Task1', state: 'SUCCESS' },
      { id: 'Task2', status: 'running' },
      { id: 3, state: 'NEW' },
    ]
    const { client } = clientOf({ tasks, responseDetails: { total: 3, offset: 0 } })
    const page = await client.tasks(access, '1201', { first: 50, place: { offset: 0, list: '' } }, signal)
    assert.deepEqual(
      page.nodes.map(({ id, state, rawState }) => [id, state, rawState]),
      [
        ['1201/Task1', 'SUCCESS', 'SUCCESS'],
        ['1201/Task2', 'RUNNING', 'running'],
        ['1201/3', 'UNKNOWN', 'NEW'],
      ],
    )
  })

  it('are none where Vault leaves them out', async () => {
    const { client } = clientOf({ job_id: 1201 })
    const page = await client.tasks(access, '1201', { first: 50, place: { offset: 0, list: '' } }, signal)
    assert.deepEqual([page.nodes, page.totalCount, page.hasNextPage], [[], 0, false])
  })
})

describe('a list of jobs', () => {
  it('is asked for by limit, offset and filter, and read with what only lists tell', async () => {
    const jobs = [
      { job_id: 72505, title: 'Export', status: 'SCHEDULED', modified_by: 1, modified_date: null },
    ]
    const { client, asked } = clientOf({ jobs, responseDetails: { total: 51, limit: 50, offset: 50 } })
    const request = { first: 50, place: { offset: 50, list: '' } }
    const page = await client.list(access, 'monitors', { status: 'scheduled' }, request, signal)
    assert.deepEqual(asked, [
      [
        '/services/jobs/monitors',
        { status: 'scheduled', start_date: undefined, end_date: undefined, limit: 50, offset: 50 },
      ],
    ])
    const [job] = page.nodes
    assert.deepEqual([job?.id, job?.title, job?.modifiedBy, job?.detail], ['72505', 'Export', '1', undefined])
    assert.deepEqual([page.totalCount, page.hasNextPage], [51, false])
  })

  it('has as many jobs as were read where Vault tells a number that is none of jobs', async () => {
    const jobs = [{ job_id: 72505, title: 'Export', status: 'SCHEDULED' }]
    const { client } = clientOf({ jobs, responseDetails: { total: 3_000_000_000, offset: 0 } })
    const page = await client.list(
      access,
      'monitors',
      {},
      { first: 50, place: { offset: 0, list: '' } },
      signal,
    )
    assert.equal(page.totalCount, 1)
  })
})
