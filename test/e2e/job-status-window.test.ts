import assert from 'node:assert/strict'
import { after, afterEach, before, describe, it } from 'node:test'
import { type Sandbox, startSandbox } from '../../src/sandbox/sandbox.ts'
import { type Gateway, startGateway } from '../support/gateway.ts'
import { codesOf, data, request } from '../support/graphql.ts'
import { growth, scrape, scrapeUntil } from '../support/metrics.ts'

const alice = { authorization: 'alice' }
const bob = { authorization: 'bob' }

interface JobAnswer {
  job: { status: string; title: string | null; observedAt: string; links: unknown } | null
}

describe('the status of a job is asked once in a window', () => {
  let sandbox: Sandbox
  let gateway: Gateway

  before(async () => {
    sandbox = await startSandbox({ scene: 'empty' })
    sandbox.vault.addUser({ id: 1, sessionId: 'alice', admin: true })
    sandbox.vault.addUser({ id: 2, sessionId: 'bob', admin: true })
    gateway = await startGateway({ sandbox })
  })
  after(async () => {
    await gateway.stop()
    await sandbox.stop()
  })
  afterEach(() => {
    sandbox.vault.faults.clear()
    sandbox.vault.calls.clear()
  })

  const ask = (id: number, headers: Record<string, string>, fields = 'status title observedAt') =>
    data<JobAnswer>(gateway, `{ job(id: "${id}") { ${fields} } }`, { headers })

  it('answers the same caller with what was last seen, and observedAt tells its age', async () => {
    const { id } = sandbox.vault.addJob({ status: 'RUNNING' })
    const first = await ask(id, alice)
    sandbox.vault.setJobStatus(id, 'SUCCESS')
    const second = await ask(id, alice)
    assert.deepEqual(second, first)
    assert.equal(sandbox.vault.calls.count('job-status'), 1)
  })

  it('shares a call that is under way among operations of one caller', async () => {
    const { id } = sandbox.vault.addJob({ status: 'RUNNING' })
    const held = sandbox.vault.faults.add({ route: 'job-status', answer: { kind: 'hold' }, times: 1 })
    const arrived = sandbox.vault.calls.next('job-status')
    const start = await scrape(gateway)
    // Of one text, the second might be answered as the first is, without asking for the status at all.
    const answers = ['status title observedAt', 'title observedAt status', 'observedAt status title'].map(
      (fields) => ask(id, alice, fields),
    )
    await arrived
    const saved = 'vaultline_upstream_calls_saved_total'
    await scrapeUntil(gateway, (now) => growth(start, now, saved, { by: 'sharing' }) === 2)
    held.release()
    const [first, ...others] = await Promise.all(answers)
    for (const other of others) assert.deepEqual(other, first)
    assert.equal(sandbox.vault.calls.count('job-status'), 1)
  })

  it('answers another caller from that caller’s own lists, without a second status call', async () => {
    const { id } = sandbox.vault.addJob({ status: 'RUNNING', title: 'Export' })
    await ask(id, alice)
    const { job } = await ask(id, bob)
    assert.equal(job?.status, 'RUNNING')
    assert.equal(job?.title, 'Export')
    const [call] = sandbox.vault.calls.of('job-monitors')
    assert.equal(call?.headers.authorization, 'bob')
    assert.equal(sandbox.vault.calls.count('job-status'), 1)
  })

  it('reads the lists once, however often another caller asks within the window', async () => {
    const { id } = sandbox.vault.addJob({ status: 'RUNNING' })
    await ask(id, alice)
    for (let time = 0; time < 5; time += 1) assert.equal((await ask(id, bob)).job?.status, 'RUNNING')
    await Promise.all([ask(id, bob), ask(id, bob), ask(id, bob)])
    assert.equal(sandbox.vault.calls.count('job-monitors'), 1)
    assert.equal(sandbox.vault.calls.count('job-histories'), 1)
    assert.equal(sandbox.vault.calls.count('job-status'), 1)
  })

  it('asks for the tasks of a finished job once, and for those of an active one again when it has changed', async () => {
    const done = sandbox.vault.addJob({ status: 'SUCCESS', tasks: [{ state: 'SUCCESS' }] })
    const active = sandbox.vault.addJob({ status: 'RUNNING', tasks: [{ state: 'RUNNING' }] })
    const query = `{ a: job(id: "${done.id}") { tasks { nodes { state } } } b: job(id: "${active.id}") { tasks { nodes { state } } } }`
    const first = await data(gateway, query, { headers: alice })
    assert.deepEqual(await data(gateway, query, { headers: alice }), first)
    const countOf = (id: number) =>
      sandbox.vault.calls.of('job-tasks').filter(({ path }) => path.includes(`/${id}/`)).length
    assert.deepEqual([countOf(done.id), countOf(active.id)], [1, 1])
    sandbox.vault.setJobTaskState(active.id, 'Task1', 'SUCCESS')
    sandbox.vault.setJobStatus(active.id, 'SUCCESS')
    await data(gateway, '{ completedJobs(first: 200) { nodes { id } } }', { headers: alice })
    const { b } = await data<{ b: unknown }>(gateway, query, { headers: alice })
    assert.deepEqual(b, { tasks: { nodes: [{ state: 'SUCCESS' }] } })
    assert.deepEqual([countOf(done.id), countOf(active.id)], [1, 2])
  })

  it('answers API_LIMIT_EXCEEDED, which somebody outside has caused, from the lists', async () => {
    const { id } = sandbox.vault.addJob({ status: 'RUNNING' })
    const outside = await fetch(`${sandbox.vault.url}/api/v26.1/services/jobs/${id}`, { headers: bob })
    assert.equal(outside.status, 200)
    const { job } = await ask(id, alice)
    assert.equal(job?.status, 'RUNNING')
  })

  it('answers what the lists know of a job whose status Vault does not tell: the rest fails by itself', async () => {
    await using quick = await startGateway({ sandbox, env: { JOB_STATUS_WINDOW_MS: '20' } })
    const { id } = sandbox.vault.addJob({ status: 'RUNNING' })
    const refusal = { kind: 'failure', type: 'API_LIMIT_EXCEEDED' } as const
    sandbox.vault.faults.add({ route: 'job-status', answer: refusal })
    const fields = '{ id status method links { href } }'
    const answer = await request(quick, `{ job(id: ${id}) ${fields} jobs(ids: [${id}, 77]) ${fields} }`, {
      headers: alice,
    })
    const job = { id: String(id), status: 'RUNNING', method: null, links: null }
    assert.deepEqual(answer.data, { job, jobs: [job, null] })
    const paths = answer.errors.map(({ path }) => path?.join('.')).sort()
    assert.deepEqual(paths, ['job.links', 'job.method', 'jobs.0.links', 'jobs.0.method', 'jobs.1'])
    assert.deepEqual(new Set(codesOf(answer)), new Set(['UPSTREAM_RATE_LIMITED']))
  })

  it('asks again after a call that Vault did not answer', async () => {
    const { id } = sandbox.vault.addJob({ status: 'RUNNING' })
    const page = { kind: 'status', status: 503, body: '<html>down</html>' } as const
    sandbox.vault.faults.add({ route: 'job-status', answer: page, times: 3 })
    const failed = await request(gateway, `{ job(id: "${id}") { status } }`, { headers: alice })
    assert.deepEqual(codesOf(failed), ['UPSTREAM_UNAVAILABLE'])
    const { job } = await ask(id, alice)
    assert.equal(job?.status, 'RUNNING')
    assert.equal(sandbox.vault.calls.count('job-status'), 4)
  })

  it('asks for a finished job once, also when the window has long passed', async () => {
    await using quick = await startGateway({ sandbox, env: { JOB_STATUS_WINDOW_MS: '1' } })
    const { id } = sandbox.vault.addJob({ status: 'SUCCESS' })
    const query = `{ job(id: "${id}") { status links { href } } }`
    const first = await data(quick, query, { headers: alice })
    assert.deepEqual(await data(quick, query, { headers: alice }), first)
    assert.equal(sandbox.vault.calls.count('job-status'), 1)
  })

  it('waits for the window where no list knows the job', async () => {
    const windowMs = 700
    const strict = await startSandbox({ scene: 'empty', jobStatusWindowMs: windowMs })
    strict.vault.addUser({ id: 1, sessionId: 'alice', admin: true })
    strict.vault.addUser({ id: 2, sessionId: 'bob', admin: true })
    await using own = await startGateway({ sandbox: strict, env: { JOB_STATUS_WINDOW_MS: `${windowMs}` } })
    const { id } = strict.vault.addJob({ status: 'RUNNING' })
    const emptyList = { kind: 'json', body: { responseStatus: 'SUCCESS', jobs: [] } } as const
    strict.vault.faults.add({ route: 'job-monitors', answer: emptyList })
    strict.vault.faults.add({ route: 'job-histories', answer: emptyList })
    await data(own, `{ job(id: "${id}") { status } }`, { headers: alice })
    const { job } = await data<JobAnswer>(own, `{ job(id: "${id}") { status } }`, { headers: bob })
    assert.equal(job?.status, 'RUNNING')
    const [first, second] = strict.vault.calls.of('job-status')
    assert.equal(strict.vault.calls.count('job-status'), 2)
    assert.ok((second?.atMs ?? 0) - (first?.atMs ?? 0) >= windowMs)
    await strict.stop()
  })

  it('does not take the window from others by a credential that Vault refuses', async () => {
    const { id } = sandbox.vault.addJob({ status: 'RUNNING' })
    const refused = await request(gateway, `{ job(id: "${id}") { status } }`, {
      headers: { authorization: 'nobody' },
    })
    assert.deepEqual(codesOf(refused), ['UNAUTHENTICATED'])
    await ask(id, alice)
    assert.equal(sandbox.vault.calls.count('job-status'), 2)
  })

  it('gives links of a job that finished after its status was last asked, once the window allows', async () => {
    const windowMs = 300
    const strict = await startSandbox({ scene: 'empty', jobStatusWindowMs: windowMs })
    await using own = await startGateway({ sandbox: strict, env: { JOB_STATUS_WINDOW_MS: `${windowMs}` } })
    const headers = { authorization: strict.vault.demoSessionId }
    const { id } = strict.vault.addJob({ status: 'RUNNING' })
    await data(own, `{ job(id: "${id}") { links { href } } }`, { headers })
    strict.vault.setJobStatus(id, 'SUCCESS')
    const answer = await data<{ completedJobs: { nodes: { status: string; links: unknown[] | null }[] } }>(
      own,
      '{ completedJobs { nodes { status links { href } } } }',
      { headers },
    )
    assert.equal(answer.completedJobs.nodes[0]?.status, 'SUCCESS')
    assert.equal(answer.completedJobs.nodes[0]?.links?.length, 1)
    await strict.stop()
  })
})
