import assert from 'node:assert/strict'
import { after, afterEach, before, describe, it } from 'node:test'
import { type Sandbox, startSandbox } from '../../src/sandbox/sandbox.ts'
import { type Gateway, startGateway } from '../support/gateway.ts'
import { data } from '../support/graphql.ts'
import { type Subscription, subscribe } from '../support/websocket.ts'

const connectionParams = { authorization: 'sandbox-demo' }
const headers = connectionParams
const windowMs = 60

interface JobUpdate {
  job: { id: string; status: string; links?: { rel: string }[] | null; progress?: unknown }
  previousStatus: string | null
}
type Updates = { jobsUpdated?: JobUpdate | null; activeJobsUpdated?: JobUpdate | null }

const fields = 'job { id status } previousStatus'

let sandbox: Sandbox
let gateway: Gateway

before(async () => {
  sandbox = await startSandbox({ scene: 'empty', jobStatusWindowMs: windowMs })
  gateway = await startGateway({
    sandbox,
    env: { POLL_INTERVAL_MS: '60', JOB_STATUS_WINDOW_MS: String(windowMs) },
  })
})
after(async () => {
  await gateway.stop()
  await sandbox.stop()
})
afterEach(() => {
  sandbox.vault.faults.clear()
  sandbox.vault.calls.clear()
})

const followJobs = (ids: readonly (number | string)[], selection = fields) =>
  subscribe<Updates>(gateway, `subscription Jobs($ids: [ID!]!) { jobsUpdated(ids: $ids) { ${selection} } }`, {
    connectionParams,
    variables: { ids: ids.map(String) },
  })
const followActive = (filter = '') =>
  subscribe<Updates>(gateway, `subscription { activeJobsUpdated${filter} { ${fields} } }`, {
    connectionParams,
  })

/** The next update in short: `1201 QUEUED→RUNNING`. */
async function next(subscription: Subscription<Updates>): Promise<string> {
  const { data: updates, errors } = await subscription.next()
  const update = updates?.jobsUpdated ?? updates?.activeJobsUpdated
  if (!update) return errors.map(({ extensions, path }) => `${extensions?.['code']} at ${path}`).join()
  const { job, previousStatus } = update
  return `${job.id} ${previousStatus === null ? '' : `${previousStatus}→`}${job.status}`
}

async function nextOnes(subscription: Subscription<Updates>, count: number): Promise<string[]> {
  const updates: string[] = []
  while (updates.length < count) updates.push(await next(subscription))
  return updates.toSorted()
}

describe('jobsUpdated', () => {
  it('sends the state of each job, each change of any, and completes when all have finished', async () => {
    const ids = [1, 2, 3].map(() => sandbox.vault.addJob({ status: 'RUNNING' }).id)
    const [a, b, c] = ids
    assert.ok(a !== undefined && b !== undefined && c !== undefined)
    await using subscription = followJobs(ids)
    assert.deepEqual(await nextOnes(subscription, 3), ids.map((id) => `${id} RUNNING`).toSorted())
    sandbox.vault.setJobStatus(b, 'QUEUED')
    assert.equal(await next(subscription), `${b} RUNNING→QUEUED`)
    for (const id of ids) sandbox.vault.setJobStatus(id, 'SUCCESS')
    assert.deepEqual(
      await nextOnes(subscription, 3),
      [`${a} RUNNING→SUCCESS`, `${b} QUEUED→SUCCESS`, `${c} RUNNING→SUCCESS`].toSorted(),
    )
    assert.ok(await subscription.completes())
  })

  it('asks a page for all of them in an interval, and no status', async () => {
    const ids = Array.from({ length: 20 }, () => sandbox.vault.addJob({ status: 'RUNNING' }).id)
    await using subscription = followJobs(ids)
    await nextOnes(subscription, 20)
    for (let rounds = 0; rounds < 4; rounds += 1) await sandbox.vault.calls.next('job-monitors')
    assert.equal(sandbox.vault.calls.count('job-status'), 0)
    for (const id of ids) sandbox.vault.setJobStatus(id, 'SUCCESS')
    await nextOnes(subscription, 20)
  })

  it('tells of an id that does not exist, once, and goes on with the others', async () => {
    const { id } = sandbox.vault.addJob({ status: 'QUEUED' })
    await using subscription = followJobs([id, 999_999])
    assert.deepEqual(await nextOnes(subscription, 2), [`${id} QUEUED`, 'NOT_FOUND at jobsUpdated'].toSorted())
    sandbox.vault.setJobStatus(id, 'CANCELLED')
    assert.equal(await next(subscription), `${id} QUEUED→CANCELLED`)
    assert.ok(await subscription.completes())
  })

  it('takes a job that is named twice once, and completes for jobs that have finished already', async () => {
    const { id } = sandbox.vault.addJob({ status: 'SUCCESS' })
    await using subscription = followJobs([id, `0${id}`])
    assert.equal(await next(subscription), `${id} SUCCESS`)
    assert.ok(await subscription.completes())
  })

  it('ends with UNAUTHENTICATED once, however many jobs, when the session is over', async () => {
    sandbox.vault.addUser({ id: 8, sessionId: 'for-a-while', admin: true })
    const ids = [1, 2, 3, 4].map(() => sandbox.vault.addJob({ status: 'RUNNING' }).id)
    await using subscription = subscribe<Updates>(
      gateway,
      `subscription { jobsUpdated(ids: [${ids.map((id) => `"${id}"`)}]) { ${fields} } }`,
      { connectionParams: { authorization: 'for-a-while' } },
    )
    await nextOnes(subscription, 4)
    sandbox.vault.endSession('for-a-while')
    assert.equal(await next(subscription), 'UNAUTHENTICATED at jobsUpdated')
    assert.ok(await subscription.completes())
  })

  it('refuses no id, too many ids, and what is none', async () => {
    for (const ids of [[], Array.from({ length: 201 }, (_, id) => id), ['x']]) {
      await using subscription = followJobs(ids)
      const { errors } = await subscription.next()
      assert.equal(errors[0]?.extensions?.['code'], 'BAD_USER_INPUT')
      assert.ok(await subscription.completes())
    }
  })

  it('shows what only the status route tells, where it is selected', async () => {
    const ids = [1, 2, 3].map(() => sandbox.vault.addJob({ status: 'SUCCESS' }).id)
    await using subscription = followJobs(ids, `${fields} job { links { rel } }`)
    for (const _id of ids) {
      const { data: updates, errors } = await subscription.next()
      assert.deepEqual(errors, [])
      assert.deepEqual(updates?.jobsUpdated?.job.links, [{ rel: 'self' }])
    }
    assert.ok(await subscription.completes())
  })

  it('tells of progress where it is selected, though the list does not know it', async () => {
    const ids = [1, 2, 3, 4].map(
      () =>
        sandbox.vault.addJob({ status: 'RUNNING', tasks: [{ state: 'RUNNING' }, { state: 'QUEUED' }] }).id,
    )
    await using subscription = followJobs(ids, `${fields} job { progress { status size } }`)
    await nextOnes(subscription, 4)
    const [id] = ids
    assert.ok(id !== undefined)
    sandbox.vault.setJobTaskState(id, 'Task1', 'SUCCESS')
    const { data: updates } = await subscription.next()
    assert.equal(updates?.jobsUpdated?.job.id, String(id))
    assert.deepEqual(updates.jobsUpdated.job.progress, [
      { status: 'SUCCESS', size: 1 },
      { status: 'QUEUED', size: 1 },
    ])
    assert.equal(updates.jobsUpdated.previousStatus, 'RUNNING')
  })

  it('makes queries for its jobs cost no call', async () => {
    const ids = [1, 2, 3].map(() => sandbox.vault.addJob({ status: 'RUNNING' }).id)
    await using subscription = followJobs(ids)
    await nextOnes(subscription, 3)
    await sandbox.vault.calls.next('job-monitors')
    const held = sandbox.vault.faults.add({ route: 'job-status', answer: { kind: 'hold' } })
    const list = ids.map((id, index) => `j${index}: job(id: "${id}") { status title }`).join(' ')
    const jobs = await data<Record<string, { status: string }>>(gateway, `{ ${list} }`, { headers })
    assert.deepEqual(
      Object.values(jobs).map(({ status }) => status),
      ['RUNNING', 'RUNNING', 'RUNNING'],
    )
    // Calls of the test before, for other jobs, may come late.
    const asked = sandbox.vault.calls
      .of('job-status')
      .filter(({ path }) => ids.some((id) => path.endsWith(`/${id}`)))
    assert.deepEqual(asked, [])
    assert.equal(sandbox.vault.calls.count('job-histories'), 0)
    held.remove()
  })
})

describe('activeJobsUpdated', () => {
  it('sends what there is, what appears, changes and finishes; and stops polling when it is left', async () => {
    const first = sandbox.vault.addJob({ status: 'RUNNING' }).id
    const subscription = followActive('(filter: { status: RUNNING })')
    let seen = await next(subscription)
    while (seen !== `${first} RUNNING`) seen = await next(subscription)
    const { id } = sandbox.vault.addJob({ status: 'QUEUED' })
    await sandbox.vault.calls.next('job-monitors')
    sandbox.vault.setJobStatus(id, 'RUNNING')
    const appeared = await next(subscription)
    assert.ok([`${id} RUNNING`, `${id} QUEUED→RUNNING`].includes(appeared), appeared)
    sandbox.vault.setJobStatus(id, 'ERRORS_ENCOUNTERED')
    assert.equal(await next(subscription), `${id} RUNNING→ERRORS_ENCOUNTERED`)
    sandbox.vault.setJobStatus(first, 'QUEUED')
    assert.equal(await next(subscription), `${first} RUNNING→QUEUED`, 'it stops to meet the filter')

    const held = sandbox.vault.faults.add({ route: 'job-monitors', answer: { kind: 'hold' } })
    await sandbox.vault.calls.next('job-monitors')
    await subscription.leave()
    await sandbox.vault.calls.aborted('job-monitors')
    held.remove()
    await subscription.closed
  })

  it('shares its pages with those who follow by id, and with a second of its kind', async () => {
    const { id } = sandbox.vault.addJob({ status: 'RUNNING' })
    await using active = followActive()
    await next(active)
    await using others = followActive('(filter: { status: SCHEDULED })')
    await using byId = followJobs([id])
    assert.equal(await next(byId), `${id} RUNNING`)
    sandbox.vault.calls.clear()
    for (let rounds = 0; rounds < 3; rounds += 1) await sandbox.vault.calls.next('job-monitors')
    assert.equal(sandbox.vault.calls.count('job-status'), 0)
    const { id: scheduled } = sandbox.vault.addJob({ status: 'SCHEDULED' })
    assert.equal(await next(others), `${scheduled} SCHEDULED`)
  })

  it('by a filter of dates is told what was created then', async () => {
    sandbox.vault.addJob({ status: 'RUNNING' })
    await using later = followActive('(filter: { startDate: "2999-01-01T00:00:00Z" })')
    const told: string[] = []
    const listening = next(later).then(
      (update) => told.push(update),
      () => {},
    )
    for (let rounds = 0; rounds < 2; rounds += 1) await sandbox.vault.calls.next('job-monitors')
    await using earlier = followActive('(filter: { endDate: "2999-01-01T00:00:00Z" })')
    assert.match(await next(earlier), /^\d+ [A-Z]+$/)
    await later.leave()
    await listening
    assert.deepEqual(told, [])
  })
})
