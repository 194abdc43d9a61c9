import assert from 'node:assert/strict'
import { beforeEach, describe, it } from 'node:test'
import type { Access } from '../../src/core/identity.ts'
import { pageRequest } from '../../src/core/paging.ts'
import type { JobTask } from '../../src/jobs/model.ts'
import { createTaskPages, type TaskPages } from '../../src/jobs/task-pages.ts'
import { nobodyCounts } from '../../src/upstream/observed-call.ts'
import { anna, ben, readerBench } from '../support/job-reader.ts'

const jobId = '1201'
const task = (rawState: 'RUNNING' | 'SUCCESS'): JobTask => ({
  id: `${jobId}/Task1`,
  jobId,
  taskId: 'Task1',
  state: rawState,
  rawState,
})

describe('pages of tasks', () => {
  let bench: ReturnType<typeof readerBench>
  let pages: TaskPages

  beforeEach(() => {
    bench = readerBench()
    pages = createTaskPages({ ...bench, saved: nobodyCounts })
    bench.client.tellTasks([task('RUNNING')])
  })
  const read = async (access: Access, first = 50, signal = new AbortController().signal) => {
    const { nodes } = await pages.read(access, { jobId, request: pageRequest({ first }, 'tasks') }, signal)
    return nodes.map(({ rawState }) => rawState)
  }
  const see = (access: Access, rawStatus: string, facts = {}) =>
    bench.memory.observe(access, bench.listed(rawStatus, facts), bench.clock.now())
  const calls = () => bench.client.count('tasks')

  it('of a job that goes on are read once in two seconds', async () => {
    see(anna, 'RUNNING')
    await read(anna)
    await bench.pass(1999)
    see(anna, 'RUNNING')
    await read(anna)
    assert.equal(calls(), 1)
    await bench.pass(1)
    await read(anna)
    assert.equal(calls(), 2)
  })

  it('are read for each caller and each page', async () => {
    await read(anna)
    await read(ben)
    await read(anna, 10)
    assert.equal(calls(), 3)
  })

  it('are read anew when something was seen to change, so that the end of a job comes with its last tasks', async () => {
    see(anna, 'RUNNING')
    assert.deepEqual(await read(anna), ['RUNNING'])
    bench.client.tellTasks([task('SUCCESS')])
    await bench.pass(1)
    see(anna, 'SUCCESS')
    assert.deepEqual(await read(anna), ['SUCCESS'])
    await bench.pass(60_000)
    assert.deepEqual(await read(anna), ['SUCCESS'])
    assert.equal(calls(), 2)
  })

  it('are read anew when its progress was seen to change, which counts the tasks: else the two would not fit', async () => {
    const seeProgress = (size: number) => {
      const job = bench.status('RUNNING')
      if (job.detail === undefined) return assert.fail()
      const detail = { ...job.detail, progress: [{ status: 'SUCCESS', size }] }
      bench.memory.observe(anna, { ...job, detail }, bench.clock.now())
    }
    seeProgress(0)
    await read(anna)
    await bench.pass(1)
    seeProgress(0)
    await read(anna)
    assert.equal(calls(), 1)
    seeProgress(1)
    await read(anna)
    assert.equal(calls(), 2)
  })

  it('of a job that was changed through the gateway are read anew', async () => {
    see(anna, 'RUNNING')
    await read(anna)
    await bench.pass(1)
    bench.reader.forget(anna, jobId)
    await read(anna)
    assert.equal(calls(), 2)
  })

  it('that were asked for before the end of a job was seen are not kept as those of its end', async () => {
    see(anna, 'RUNNING')
    const answer = Promise.withResolvers<readonly JobTask[]>()
    bench.client.tellTasks(answer.promise)
    const early = read(anna)
    see(anna, 'SUCCESS')
    bench.client.tellTasks([task('SUCCESS')])
    assert.deepEqual(await read(anna), ['SUCCESS'])
    answer.resolve([task('RUNNING')])
    assert.deepEqual(await early, ['RUNNING'])
    assert.deepEqual(await read(anna), ['SUCCESS'])
  })

  it('that could not be read are read again', async () => {
    bench.client.tellTasks(new Error('no'))
    await assert.rejects(read(anna), /no/)
    bench.client.tellTasks([task('RUNNING')])
    assert.deepEqual(await read(anna), ['RUNNING'])
  })
})
