import assert from 'node:assert/strict'
import { after, afterEach, before, describe, it } from 'node:test'
import { type Sandbox, startSandbox } from '../../src/sandbox/sandbox.ts'
import { type Gateway, startGateway } from '../support/gateway.ts'
import { data, request } from '../support/graphql.ts'

/** A caller of its own for each test, so that nothing is remembered from another one. */
let lastUserId = 5000

describe('what a query costs upstream', () => {
  let sandbox: Sandbox
  let gateway: Gateway
  let headers: Record<string, string>

  before(async () => {
    sandbox = await startSandbox({ scene: 'empty' })
    gateway = await startGateway({ sandbox })
  })
  after(async () => {
    await gateway.stop()
    await sandbox.stop()
  })
  const asSomebodyNew = () => {
    lastUserId += 1
    sandbox.vault.addUser({ id: lastUserId, sessionId: `session-${lastUserId}`, admin: true })
    headers = { authorization: `session-${lastUserId}` }
    sandbox.vault.calls.clear()
  }
  afterEach(() => sandbox.vault.faults.clear())

  const addJobs = (count: number, status: string, tasks = 3) =>
    Array.from({ length: count }, () =>
      String(sandbox.vault.addJob({ status, tasks: Array.from({ length: tasks }, () => ({})) }).id),
    )
  const counts = () => ({
    status: sandbox.vault.calls.count('job-status'),
    lists: sandbox.vault.calls.count('job-monitors') + sandbox.vault.calls.count('job-histories'),
    tasks: sandbox.vault.calls.count('job-tasks'),
  })

  it('jobs(ids) of 50 listed jobs costs the two lists and no status call', async () => {
    const ids = [...addJobs(30, 'RUNNING'), ...addJobs(20, 'SUCCESS')]
    asSomebodyNew()
    const answer = await data<{ jobs: { id: string; title: string }[] }>(
      gateway,
      'query ($ids: [ID!]!) { jobs(ids: $ids) { id title status createdDate } }',
      { variables: { ids }, headers },
    )
    assert.deepEqual(
      answer.jobs.map(({ id }) => id),
      ids,
    )
    assert.deepEqual(counts(), { status: 0, lists: 2, tasks: 0 })
  })

  it('jobs(ids) asks the status only of the ids that neither list knows', async () => {
    const ids = addJobs(10, 'RUNNING')
    asSomebodyNew()
    const answer = await data<{ jobs: ({ id: string } | null)[] }>(
      gateway,
      'query ($ids: [ID!]!) { jobs(ids: $ids) { id } }',
      { variables: { ids: ['7', ...ids, '8'] }, headers },
    )
    assert.deepEqual(
      answer.jobs.map((job) => job?.id ?? null),
      [null, ...ids, null],
    )
    assert.deepEqual(counts(), { status: 2, lists: 2, tasks: 0 })
  })

  it('jobs(ids) with links costs a status call each, at most 10 at a time, and no list', async () => {
    const ids = addJobs(50, 'SUCCESS')
    asSomebodyNew()
    const held = sandbox.vault.faults.add({ route: 'job-status', answer: { kind: 'hold' }, times: 10 })
    const tenth = sandbox.vault.calls.next('job-status', () => sandbox.vault.calls.count('job-status') === 10)
    const answering = data(gateway, 'query ($ids: [ID!]!) { jobs(ids: $ids) { id links { href } } }', {
      variables: { ids },
      headers,
    })
    await tenth
    held.release()
    await answering
    assert.deepEqual(counts(), { status: 50, lists: 0, tasks: 0 })
    assert.equal(sandbox.vault.calls.mostAtOnce('job-status'), 10)
  })

  it('a list costs one call, and links of its 50 jobs one status call each, at most 10 at a time', async () => {
    addJobs(50, 'RUNNING')
    asSomebodyNew()
    await data(gateway, '{ activeJobs(first: 50) { nodes { id title status } } }', { headers })
    assert.deepEqual(counts(), { status: 0, lists: 1, tasks: 0 })

    asSomebodyNew()
    await data(
      gateway,
      '{ activeJobs(first: 50) { nodes { id links { href } method progress { size } } } }',
      {
        headers,
      },
    )
    assert.deepEqual(counts(), { status: 50, lists: 1, tasks: 0 })
    assert.ok(sandbox.vault.calls.mostAtOnce('job-status') <= 10)
  })

  it('tasks of 50 jobs are 50 calls, at most 10 at a time', async () => {
    addJobs(50, 'RUNNING')
    asSomebodyNew()
    const held = sandbox.vault.faults.add({ route: 'job-tasks', answer: { kind: 'hold' }, times: 10 })
    const tenth = sandbox.vault.calls.next('job-tasks', () => sandbox.vault.calls.count('job-tasks') === 10)
    const answering = data(gateway, '{ activeJobs(first: 50) { nodes { tasks { nodes { id state } } } } }', {
      headers,
    })
    await tenth
    held.release()
    await answering
    assert.deepEqual(counts(), { status: 0, lists: 1, tasks: 50 })
    assert.equal(sandbox.vault.calls.mostAtOnce('job-tasks'), 10)
  })

  it('the job of a task costs nothing: it is the one whose tasks were asked for', async () => {
    addJobs(4, 'RUNNING')
    asSomebodyNew()
    const { activeJobs } = await data<{
      activeJobs: { nodes: { id: string; title: string; tasks: { nodes: { job: object }[] } }[] }
    }>(gateway, '{ activeJobs(first: 4) { nodes { id title tasks { nodes { job { id title } } } } } }', {
      headers,
    })
    for (const { tasks, ...job } of activeJobs.nodes) {
      assert.ok(tasks.nodes.length > 0)
      for (const task of tasks.nodes) assert.deepEqual(task.job, job)
    }
    assert.deepEqual(counts(), { status: 0, lists: 1, tasks: 4 })
  })

  it('tasks that fail for one of 50 jobs cost that field alone', async () => {
    addJobs(50, 'RUNNING')
    asSomebodyNew()
    const failure = { kind: 'failure', type: 'INSUFFICIENT_ACCESS', message: 'No.' } as const
    sandbox.vault.faults.add({ route: 'job-tasks', answer: failure, times: 1 })
    const answer = await request<{ activeJobs: { nodes: { tasks: unknown }[] } }>(
      gateway,
      '{ activeJobs(first: 50) { nodes { id tasks { totalCount } } } }',
      { headers },
    )
    assert.equal(answer.data.activeJobs.nodes.filter(({ tasks }) => tasks === null).length, 1)
    assert.equal(answer.errors.length, 1)
    assert.equal(answer.errors[0]?.extensions?.['code'], 'FORBIDDEN')
    assert.deepEqual(answer.errors[0]?.path?.slice(0, 2), ['activeJobs', 'nodes'])
    assert.equal(answer.errors[0]?.path?.[3], 'tasks')
  })

  it('equal keys in one operation cost one call', async () => {
    const [id] = addJobs(1, 'RUNNING')
    asSomebodyNew()
    await data(
      gateway,
      `{ a: job(id: "${id}") { status tasks { totalCount } } b: job(id: "${id}") { status tasks { totalCount } }
         c: jobs(ids: ["${id}", "${id}"]) { status tasks { nodes { job { status } } } } }`,
      { headers },
    )
    assert.deepEqual(counts(), { status: 1, lists: 0, tasks: 1 })
  })

  it('equal lists in one operation cost one call', async () => {
    addJobs(3, 'RUNNING')
    asSomebodyNew()
    await data(
      gateway,
      `{ a: activeJobs { totalCount } b: activeJobs(first: 50) { nodes { id } } c: completedJobs { totalCount }
         d: completedJobs(first: 50, filter: {}) { nodes { id } } e: activeJobs(first: 49) { totalCount } }`,
      { headers },
    )
    assert.equal(sandbox.vault.calls.count('job-monitors'), 2)
    assert.equal(sandbox.vault.calls.count('job-histories'), 1)
  })

  it('tells once what meets all ids', async () => {
    asSomebodyNew()
    const answer = await request(gateway, '{ jobs(ids: [1, 2, 3, 4]) { id } }', {
      headers: { authorization: 'nobody' },
    })
    assert.equal(answer.data['jobs'], null)
    assert.equal(answer.errors.length, 1)
    assert.equal(answer.errors[0]?.extensions?.['code'], 'UNAUTHENTICATED')
  })

  it('profilingSession(name) costs a call for one name and one list call for many', async () => {
    for (const name of ['one__c', 'two__c', 'three__c']) sandbox.vault.addProfilingSession({ name })
    asSomebodyNew()
    await data(gateway, '{ profilingSession(name: "one__c") { label } }', { headers })
    assert.equal(sandbox.vault.calls.count('profiling-session'), 1)
    assert.equal(sandbox.vault.calls.count('profiling-sessions'), 0)

    asSomebodyNew()
    const answer = await data(
      gateway,
      `{ a: profilingSession(name: "one__c") { name } b: profilingSession(name: "two__c") { name }
         c: profilingSession(name: "missing__c") { name } all: profilingSessions { name } }`,
      { headers },
    )
    assert.deepEqual([answer['a'], answer['b'], answer['c']], [{ name: 'one__c' }, { name: 'two__c' }, null])
    assert.equal(sandbox.vault.calls.count('profiling-session'), 0)
    assert.equal(sandbox.vault.calls.count('profiling-sessions'), 1)
  })

  it('uploadSession(id) costs a call for one id and one list call for many', async () => {
    const ids = ['/a.zip', '/b.zip'].map((path) => sandbox.vault.addUploadSession({ path, sizeBytes: 100 }))
    asSomebodyNew()
    await data(gateway, `{ uploadSession(id: "${ids[0]}") { name } }`, { headers })
    assert.equal(sandbox.vault.calls.count('upload-session'), 1)
    assert.equal(sandbox.vault.calls.count('upload-sessions'), 0)

    asSomebodyNew()
    const answer = await data(
      gateway,
      `{ a: uploadSession(id: "${ids[0]}") { name } b: uploadSession(id: "${ids[1]}") { name } }`,
      { headers },
    )
    assert.deepEqual(answer, { a: { name: 'a.zip' }, b: { name: 'b.zip' } })
    assert.equal(sandbox.vault.calls.count('upload-session'), 0)
    assert.equal(sandbox.vault.calls.count('upload-sessions'), 1)
  })

  it('upstream calls end when the client goes away', async () => {
    const [id] = addJobs(1, 'RUNNING')
    asSomebodyNew()
    sandbox.vault.faults.add({ route: 'job-status', answer: { kind: 'hold' } })
    const client = new AbortController()
    const arrived = sandbox.vault.calls.next('job-status')
    const answering = request(gateway, `{ job(id: "${id}") { status } }`, { headers, signal: client.signal })
    await arrived
    client.abort()
    await assert.rejects(answering)
    await sandbox.vault.calls.aborted('job-status')
  })
})
