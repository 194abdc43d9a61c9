import assert from 'node:assert/strict'
import { after, before, beforeEach, describe, it } from 'node:test'
import { type Sandbox, startSandbox } from '../../src/sandbox/sandbox.ts'
import { type Gateway, startGateway } from '../support/gateway.ts'
import { data } from '../support/graphql.ts'
import { subscribe } from '../support/websocket.ts'

/** Short, since the second caller may have to wait for it to pass. */
const windowMs = 250

interface User {
  readonly id: number
  readonly headers: Record<string, string>
}

describe('two callers who may see different things', () => {
  let sandbox: Sandbox
  let gateway: Gateway
  let ann: User
  let bob: User
  let lastUserId = 100

  before(async () => {
    sandbox = await startSandbox({ scene: 'empty', jobStatusWindowMs: windowMs })
    const env = { JOB_STATUS_WINDOW_MS: String(windowMs), POLL_INTERVAL_MS: '50' }
    gateway = await startGateway({ sandbox, env })
  })
  after(async () => {
    await gateway?.stop()
    await sandbox?.stop()
  })
  beforeEach(() => {
    ann = newUser()
    bob = newUser()
  })

  /** Of whom nothing is remembered. */
  function newUser(): User {
    lastUserId += 1
    const sessionId = `session-${lastUserId}`
    sandbox.vault.addUser({ id: lastUserId, sessionId })
    return {
      id: lastUserId,
      headers: { authorization: sessionId, 'feldera-authorization': `Bearer ${sessionId}` },
    }
  }

  /** Each asks for both things: at the same time, in turn, and again while the first answers are remembered. */
  async function eachSeesOnlyTheirOwn(
    query: string,
    ofAnn: unknown,
    ofBob: unknown,
    ids: object,
  ): Promise<void> {
    const ask = ({ headers }: User) => data(gateway, query, { headers, variables: { ...ids } })
    assert.deepEqual(await Promise.all([ask(ann), ask(bob)]), [ofAnn, ofBob], 'at the same time')
    assert.deepEqual(await Promise.all([ask(bob), ask(ann)]), [ofBob, ofAnn], 'again, the other way round')
    assert.deepEqual(await ask(ann), ofAnn, 'in turn')
    assert.deepEqual(await ask(bob), ofBob, 'in turn')
  }

  for (const status of ['RUNNING', 'SUCCESS']) {
    it(`see their own jobs (${status}), by id as on lists`, async () => {
      const [a, b] = [ann, bob].map(({ id }) => String(sandbox.vault.addJob({ status, visibleTo: [id] }).id))
      await eachSeesOnlyTheirOwn(
        `query ($a: ID!, $b: ID!) {
           a: job(id: $a) { id } b: job(id: $b) { id } jobs(ids: [$a, $b]) { id }
           activeJobs(filter: { status: RUNNING }) { nodes { id } } completedJobs { nodes { id } } }`,
        {
          a: { id: a },
          b: null,
          jobs: [{ id: a }, null],
          activeJobs: { nodes: status === 'RUNNING' ? [{ id: a }] : [] },
          completedJobs: { nodes: status === 'RUNNING' ? [] : [{ id: a }] },
        },
        {
          a: null,
          b: { id: b },
          jobs: [null, { id: b }],
          activeJobs: { nodes: status === 'RUNNING' ? [{ id: b }] : [] },
          completedJobs: { nodes: status === 'RUNNING' ? [] : [{ id: b }] },
        },
        { a, b },
      )
    })
  }

  it('see their own tasks and links, also of a finished job that is kept for the other one', async () => {
    const job = sandbox.vault.addJob({ status: 'SUCCESS', tasks: [{}, {}], visibleTo: [ann.id] })
    await eachSeesOnlyTheirOwn(
      'query ($id: ID!) { job(id: $id) { links { rel } tasks { totalCount } } }',
      { job: { links: [{ rel: 'self' }], tasks: { totalCount: 2 } } },
      { job: null },
      { id: job.id },
    )
  })

  it('are not told what a subscription of the other one has seen', async () => {
    const job = sandbox.vault.addJob({ status: 'RUNNING', visibleTo: [ann.id] })
    const document = 'subscription ($id: ID!) { jobUpdated(id: $id) { job { status } } }'
    const variables = { id: job.id }
    await using ofAnn = subscribe(gateway, document, { variables, headers: ann.headers })
    await ofAnn.next()
    const query = 'query ($id: ID!) { job(id: $id) { status } }'
    assert.deepEqual(await data(gateway, query, { variables, headers: bob.headers }), { job: null })
    await using ofBob = subscribe(gateway, document, { variables, headers: bob.headers })
    const { errors } = await ofBob.next()
    assert.deepEqual(
      errors.map(({ extensions }) => extensions?.['code']),
      ['NOT_FOUND'],
    )
    sandbox.vault.setJobStatus(job.id, 'SUCCESS')
    assert.deepEqual((await ofAnn.next()).data, { jobUpdated: { job: { status: 'SUCCESS' } } })
  })

  it('see their own upload sessions', async () => {
    const a = sandbox.vault.addUploadSession({ path: '/a.zip', sizeBytes: 10, owner: ann.id })
    const b = sandbox.vault.addUploadSession({ path: '/b.zip', sizeBytes: 10, owner: bob.id })
    await eachSeesOnlyTheirOwn(
      'query ($a: ID!, $b: ID!) { a: uploadSession(id: $a) { id } b: uploadSession(id: $b) { id } uploadSessions { id } }',
      { a: { id: a }, b: null, uploadSessions: [{ id: a }] },
      { a: null, b: { id: b }, uploadSessions: [{ id: b }] },
      { a, b },
    )
  })

  it('see their own profiling sessions', async () => {
    sandbox.vault.addProfilingSession({ name: 'a__c', visibleTo: [ann.id] })
    sandbox.vault.addProfilingSession({ name: 'b__c', visibleTo: [bob.id] })
    await eachSeesOnlyTheirOwn(
      '{ a: profilingSession(name: "a__c") { name } b: profilingSession(name: "b__c") { name } profilingSessions { name } }',
      { a: { name: 'a__c' }, b: null, profilingSessions: [{ name: 'a__c' }] },
      { a: null, b: { name: 'b__c' }, profilingSessions: [{ name: 'b__c' }] },
      {},
    )
  })

  it('see their own pipelines, and no bytes of others', async () => {
    for (const [name, { headers }] of [
      ['a', ann],
      ['b', bob],
    ] as const) {
      const authorization = headers['feldera-authorization'] ?? ''
      const profile = Buffer.from(`${name} of ${authorization}`)
      sandbox.feldera.addPipeline({ name, profile, visibleTo: [authorization] })
    }
    const unknown = { reason: 'PIPELINE_NOT_FOUND' }
    const size = Buffer.byteLength(`a of ${ann.headers['feldera-authorization']}`)
    await eachSeesOnlyTheirOwn(
      `{ a: samplyProfile(pipelineName: "a") { ... on SamplyProfile { id size } ... on SamplyProfileUnavailable { reason } }
         b: samplyProfile(pipelineName: "b") { ... on SamplyProfile { id size } ... on SamplyProfileUnavailable { reason } } }`,
      { a: { id: 'a/0', size }, b: unknown },
      { a: unknown, b: { id: 'b/0', size } },
      {},
    )
  })
})
