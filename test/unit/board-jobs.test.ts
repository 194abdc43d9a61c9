import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import {
  afterReconnect,
  inOrder,
  type Job,
  maxFinished,
  noJobs,
  recentJobs,
  withJobs,
} from '../../web/board/jobs/job-list.ts'

const job = (id: string, more: Partial<Job> = {}): Job => ({
  id,
  title: null,
  status: 'RUNNING',
  rawStatus: 'RUNNING',
  isFinished: false,
  createdDate: null,
  runStartDate: null,
  runEndDate: null,
  ...more,
})
const finished = (id: string, minute: number) =>
  job(id, {
    status: 'SUCCESS',
    isFinished: true,
    runEndDate: `2026-01-01T00:${String(minute).padStart(2, '0')}:00.000Z`,
  })
const idsOf = (jobs: Iterable<Job>) => [...jobs].map(({ id }) => id)

describe('the list of jobs of the board', () => {
  it('has a job once, as it was told last', () => {
    const list = withJobs(noJobs, [job('1', { status: 'QUEUED' }), job('1')])
    assert.deepEqual([...list.active.values()], [job('1')])
  })

  it('moves a job that has finished to the finished ones', () => {
    const list = withJobs(noJobs, [job('1'), job('2'), finished('1', 5)])
    assert.deepEqual(idsOf(list.active.values()), ['2'])
    assert.deepEqual(idsOf(list.finished), ['1'])
  })

  it('after a new connection forgets what was active and keeps what has finished', () => {
    const list = afterReconnect(withJobs(noJobs, [job('1'), finished('2', 5)]))
    assert.equal(list.active.size, 0)
    assert.deepEqual(idsOf(list.finished), ['2'])
  })

  it('keeps a bounded number of finished jobs, the last ones', () => {
    const many = Array.from({ length: maxFinished + 3 }, (_, index) => finished(String(index), index))
    const list = withJobs(noJobs, many)
    assert.equal(list.finished.length, maxFinished)
    assert.equal(list.finished[0]?.id, String(maxFinished + 2))
  })

  it('shows what was seen to finish and what Vault lists together, each once, the last first', () => {
    const list = withJobs(noJobs, [finished('2', 5)])
    assert.deepEqual(idsOf(recentJobs(list, [finished('3', 7), finished('2', 5), finished('1', 1)])), [
      '3',
      '2',
      '1',
    ])
  })

  it('shows what has finished without an end that is told by when it began', () => {
    const missed = job('9', {
      status: 'MISSED_SCHEDULE',
      isFinished: true,
      runStartDate: '2026-01-01T00:30:00.000Z',
    })
    const list = withJobs(noJobs, [missed])
    const listed = Array.from({ length: maxFinished }, (_, index) => finished(`${index}`, index))
    assert.equal(recentJobs(list, listed)[0]?.id, '9')
  })

  it('is in the order of what runs, what waits and what is planned, the newest first', () => {
    const jobs = [
      job('1', { status: 'SCHEDULED' }),
      job('9'),
      job('10'),
      job('3', { status: 'QUEUED' }),
      job('2', { status: 'QUEUEING' }),
    ]
    assert.deepEqual(idsOf(inOrder(jobs)), ['10', '9', '3', '2', '1'])
  })
})
