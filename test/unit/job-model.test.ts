import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { isFinished, isJobChange, type Job, jobStatusOf, withEarlier } from '../../src/jobs/model.ts'
import { createFakeClock } from '../support/fake-clock.ts'
import { listedJob, statusJob } from '../support/fake-jobs-client.ts'

const active = ['SCHEDULED', 'QUEUEING', 'QUEUED', 'RUNNING'] as const
const finished = [
  'SUCCESS',
  'ERRORS_ENCOUNTERED',
  'FAILED_TO_RUN',
  'CANCELLED',
  'TIMEOUT',
  'COMPLETED_DUE_TO_INACTIVITY',
  'MISSED_SCHEDULE',
] as const

describe("Vault's statuses", () => {
  it('are known in any case and spelling that Vault uses', () => {
    for (const status of [...active, ...finished]) {
      assert.equal(jobStatusOf(status), status)
      assert.equal(jobStatusOf(status.toLowerCase()), status)
      assert.equal(jobStatusOf(` ${status.replaceAll('_', ' ')} `), status)
      assert.equal(jobStatusOf(status.replaceAll('_', '-')), status)
    }
  })

  it('that nobody knew are UNKNOWN, the names of every object among them', () => {
    for (const status of ['', 'FAILURE', 'PAUSED', 'constructor', '__proto__', 'toString', 'UNKNOWN']) {
      assert.equal(jobStatusOf(status), 'UNKNOWN', status)
    }
  })

  it('are over or not, whatever the end date says', () => {
    for (const date of [null, '2026-01-15T12:00:00.000Z']) {
      for (const status of active) assert.equal(isFinished(status, date), false, status)
      for (const status of finished) assert.equal(isFinished(status, date), true, status)
    }
  })

  it('that are unknown are over when the job has an end', () => {
    assert.equal(isFinished('UNKNOWN', null), false)
    assert.equal(isFinished('UNKNOWN', '2026-01-15T12:00:00.000Z'), true)
  })
})

const clock = createFakeClock()
const listed = (facts: Partial<Job> = {}, rawStatus = 'RUNNING') => listedJob(clock, rawStatus, facts)
const told = (facts: Partial<Job> = {}, rawStatus = 'RUNNING') => statusJob(clock, rawStatus, facts)
const detail = { method: 'sdk_job', links: null, progress: [{ status: 'RUNNING', size: 2 }], observedAtMs: 1 }

describe('what is a change', () => {
  it('is any fact that differs', () => {
    const before = listed({ runStartDate: null })
    const changes: Partial<Job>[] = [
      { rawStatus: 'running' },
      { createdBy: '2' },
      { createdDate: '2026-01-15T10:00:00.000Z' },
      { runStartDate: '2026-01-15T12:00:00.000Z' },
      { runEndDate: '2026-01-15T12:00:00.000Z' },
      { title: 'Other' },
      { modifiedBy: '2' },
      { modifiedDate: '2026-01-15T12:00:00.000Z' },
    ]
    for (const change of changes)
      assert.ok(isJobChange(before, { ...before, ...change }), JSON.stringify(change))
    assert.ok(isJobChange(before, listed({ runStartDate: null }, 'QUEUED')))
  })

  it('is a detail that differs, however deep', () => {
    const before = told({ detail })
    assert.ok(
      isJobChange(before, told({ detail: { ...detail, progress: [{ status: 'RUNNING', size: 1 }] } })),
    )
    assert.ok(isJobChange(before, told({ detail: { ...detail, links: [] } })))
    assert.ok(isJobChange(before, told({ detail: { ...detail, method: null } })))
  })

  it('is not the time of the observation', () => {
    const before = told({ detail })
    const after = told({ observedAt: '2026-01-15T13:00:00.000Z', detail: { ...detail, observedAtMs: 2 } })
    assert.equal(isJobChange(before, after), false)
  })

  it('is not what one of the two routes cannot tell', () => {
    assert.equal(isJobChange(listed(), told()), false)
    assert.equal(isJobChange(told(), listed()), false)
  })
})

describe('an answer joined with what was known', () => {
  it('keeps the title always, and detail and modification while the status is the same', () => {
    const same = withEarlier(told(), listed())
    assert.deepEqual([same.title, same.modifiedBy], ['Export', '61579'])
    const other = withEarlier(told({}, 'QUEUED'), listed())
    assert.deepEqual([other.title, other.modifiedBy, other.modifiedDate], ['Export', null, null])
    assert.equal(withEarlier(listed(), told({ detail })).detail, detail)
    assert.equal(withEarlier(listed({}, 'QUEUED'), told({ detail })).detail, undefined)
  })

  it('is the newer one in all that both tell', () => {
    const joined = withEarlier(listed({ title: 'New', runStartDate: null }), listed())
    assert.deepEqual([joined.title, joined.runStartDate], ['New', null])
    assert.equal(withEarlier(told({}, 'SUCCESS'), told()).status, 'SUCCESS')
  })

  it('never makes a finished job unfinished', () => {
    const end = told({}, 'SUCCESS')
    assert.equal(withEarlier(listed(), end).status, 'SUCCESS')
    assert.equal(withEarlier(listed(), end).title, 'Export')
    assert.equal(withEarlier(listed({}, 'CANCELLED'), end).status, 'CANCELLED')
  })

  it('where nothing was known is the answer', () => {
    const job = told()
    assert.equal(withEarlier(job, undefined), job)
  })
})
