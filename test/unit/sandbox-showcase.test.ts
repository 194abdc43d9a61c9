import assert from 'node:assert/strict'
import { afterEach, beforeEach, test } from 'node:test'
import { type Sandbox, showcase, startSandbox } from '../../src/sandbox/sandbox.ts'
import { createFakeClock, type FakeClock } from '../support/fake-clock.ts'
import { ask, at, listAt } from '../support/sandbox-http.ts'

const jobsPath = '/api/v26.1/services/jobs'
const hourMs = 3_600_000

let clock: FakeClock
let sandbox: Sandbox

beforeEach(async () => {
  clock = createFakeClock()
  sandbox = await startSandbox({ clock })
})

afterEach(() => sandbox.stop())

async function activeJobs(): Promise<unknown[]> {
  return listAt((await ask(sandbox.vault, `${jobsPath}/monitors?limit=200`)).body, 'jobs')
}

async function statusOf(id: string): Promise<unknown> {
  return at((await ask(sandbox.vault, `${jobsPath}/${id}`)).body, 'data', 'status')
}

async function completedTotal(filter: Readonly<Record<string, string>> = {}): Promise<number> {
  const { body } = await ask(sandbox.vault, `${jobsPath}/histories?${new URLSearchParams(filter)}`)
  return Number(at(body, 'responseDetails', 'total'))
}

test('about a dozen jobs are active at every moment of an hour, in several statuses', async () => {
  const statuses = new Set<unknown>()
  for (let second = 0; second <= 3_600; second += 10) {
    const jobs = await activeJobs()
    assert.ok(jobs.length >= 8 && jobs.length <= 20, `${jobs.length} after ${second} s`)
    for (const job of jobs) statuses.add(at(job, 'status'))
    clock.advance(10_000)
  }
  assert.deepEqual([...statuses].sort(), ['QUEUED', 'QUEUEING', 'RUNNING', 'SCHEDULED'])
})

test('every way a job can end is in the histories', async () => {
  assert.ok((await completedTotal()) >= 3_000)
  const ends = ['success', 'errors_encountered', 'failed_to_run', 'missed_schedule', 'timeout', 'cancelled']
  for (const status of [...ends, 'completed_due_to_inactivity']) {
    assert.ok((await completedTotal({ status })) > 0, status)
  }
})

test('a walking job goes from QUEUED over RUNNING to SUCCESS in 40 s, and the next id follows', async () => {
  const first = showcase.walkingJobId
  const second = String(Number(first) + 1)
  assert.equal(await statusOf(first), 'QUEUED')
  clock.advance(12_000)
  assert.equal(await statusOf(first), 'RUNNING')
  assert.equal(await statusOf(second), undefined)
  clock.advance(28_000)
  assert.equal(await statusOf(first), 'SUCCESS')
  assert.equal(await statusOf(second), 'QUEUED')
})

test('the running job moves within 30 s without changing its status', async () => {
  const path = `${jobsPath}/${showcase.runningJobId}`
  const before = (await ask(sandbox.vault, path)).body
  clock.advance(30_000)
  const after = (await ask(sandbox.vault, path)).body
  assert.equal(at(after, 'data', 'status'), 'RUNNING')
  assert.notDeepEqual(at(after, 'data', 'progress'), at(before, 'data', 'progress'))
})

test('after an hour every named thing is still there and the running job still runs', async () => {
  clock.advance(hourMs)
  const { vault } = sandbox
  assert.equal(await statusOf(showcase.runningJobId), 'RUNNING')
  assert.equal(await statusOf(showcase.sdkJobId), 'SUCCESS')
  for (const id of showcase.scheduledJobIds) assert.equal(await statusOf(id), 'SCHEDULED')
  assert.equal(await statusOf(showcase.walkingJobId), 'SUCCESS')
  assert.equal(await statusOf(showcase.failedJobId), 'ERRORS_ENCOUNTERED')
  const completed = (await ask(vault, `${jobsPath}/${showcase.completedJobId}`)).body
  assert.equal(at(completed, 'data', 'links', 1, 'rel'), 'artifacts')
  const uploads = [
    'uploadSessionId',
    'finishedUploadSessionId',
    'largeUploadSessionId',
    'otherUploadSessionId',
  ] as const
  for (const key of uploads) {
    const { body } = await ask(vault, `/api/v26.1/services/file_staging/upload/${showcase[key]}`)
    assert.equal(at(body, 'responseStatus'), 'SUCCESS', key)
  }
  const { body } = await ask(vault, `/api/v26.1/code/profiler/${showcase.movingProfilingSessionName}`)
  assert.equal(at(body, 'data', 'status'), 'complete__sys')
})

test('what it remembers stays bounded, and of a gap of a year only the newest jobs are made up for', async () => {
  clock.advance(12 * hourMs)
  await activeJobs()
  assert.ok((await completedTotal()) <= 5_000)
  const gapStart = new Date(clock.now()).toISOString()
  clock.advance(365 * 24 * hourMs)
  assert.ok((await activeJobs()).length >= 5)
  assert.ok((await completedTotal()) <= 5_000)
  const ofGap = await completedTotal({ start_date: gapStart })
  assert.ok(ofGap >= 1_000 && ofGap <= 1_500, `${ofGap} of more than two million`)
})

test('a scheduled job can be started and then finishes', async () => {
  const id = showcase.scheduledJobId
  await ask(sandbox.vault, `${jobsPath}/start_now/${id}`, { method: 'POST' })
  assert.equal(await statusOf(id), 'QUEUED')
  clock.advance(25_000)
  assert.equal(await statusOf(id), 'SUCCESS')
})

test('the pipelines show every answer about a profile, and the collection ends after a minute', async () => {
  const statusOfPipeline = async (name: string) => {
    const path = `/v0/pipelines/${name}/samply_profile?latest=true`
    const response = await fetch(sandbox.feldera.url + path)
    await response.arrayBuffer()
    return response.status
  }
  assert.equal(await statusOfPipeline(showcase.profiledPipelineName), 200)
  assert.equal(await statusOfPipeline(showcase.collectingPipelineName), 204)
  assert.equal(await statusOfPipeline(showcase.neverProfiledPipelineName), 400)
  assert.equal(await statusOfPipeline(showcase.stoppedPipelineName), 503)
  assert.equal(await statusOfPipeline(showcase.failedPipelineName), 500)
  clock.advance(60_000)
  assert.equal(await statusOfPipeline(showcase.collectingPipelineName), 200)
})
