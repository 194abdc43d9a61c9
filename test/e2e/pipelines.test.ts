import assert from 'node:assert/strict'
import { after, afterEach, before, beforeEach, describe, it } from 'node:test'
import { type Sandbox, startSandbox } from '../../src/sandbox/sandbox.ts'
import { type Gateway, startGateway } from '../support/gateway.ts'
import { codesOf, data, request } from '../support/graphql.ts'
import { subscribe } from '../support/websocket.ts'

const headers = { 'feldera-authorization': 'Bearer apikey:one' }
const allFields = '{ pipelines { name description status rawStatus canProfile } }'

interface Listed {
  readonly pipelines: readonly Readonly<Record<string, unknown>>[] | null
}

describe('pipelines', () => {
  let sandbox: Sandbox
  let gateway: Gateway

  before(async () => {
    sandbox = await startSandbox({ scene: 'empty' })
    gateway = await startGateway({ sandbox, env: { UPSTREAM_TIMEOUT_MS: '2000' } })
  })
  after(async () => {
    await gateway?.stop()
    await sandbox?.stop()
  })
  const names: string[] = []
  beforeEach(() => sandbox.feldera.calls.clear())
  afterEach(() => {
    sandbox.feldera.faults.clear()
    for (const name of names.splice(0)) sandbox.feldera.removePipeline(name)
  })

  const add = (pipeline: Parameters<Sandbox['feldera']['addPipeline']>[0]) => {
    sandbox.feldera.addPipeline(pipeline)
    names.push(pipeline.name)
  }
  const answerList = (body: unknown) =>
    sandbox.feldera.faults.add({ route: 'pipelines', answer: { kind: 'json', body } })
  const looks = () => sandbox.feldera.calls.of('samply-profile-get')

  it('are what Feldera lists, in one call for their statuses alone', async () => {
    add({ name: 'orders', description: 'Joins orders with customers' })
    add({ name: 'billing', state: 'stopped' })
    add({ name: 'returns', state: 'awaiting-approval' })
    assert.deepEqual((await data<Listed>(gateway, allFields, { headers })).pipelines, [
      {
        name: 'orders',
        description: 'Joins orders with customers',
        status: 'RUNNING',
        rawStatus: 'Running',
        canProfile: true,
      },
      { name: 'billing', description: null, status: 'STOPPED', rawStatus: 'Stopped', canProfile: false },
      {
        name: 'returns',
        description: null,
        status: 'AWAITING_APPROVAL',
        rawStatus: 'AwaitingApproval',
        canProfile: false,
      },
    ])
    const [call, ...others] = sandbox.feldera.calls.all()
    assert.deepEqual([call?.path, call?.query.toString(), others], ['/v0/pipelines', 'selector=status', []])
  })

  it('are an empty list where there are none', async () => {
    assert.deepEqual(await data(gateway, allFields, { headers }), { pipelines: [] })
  })

  it('have every status that Feldera knows, and canProfile where its console offers profiles', async () => {
    const statuses = {
      Stopped: 'STOPPED',
      Provisioning: 'PROVISIONING',
      Unavailable: 'UNAVAILABLE',
      Coordination: 'COORDINATION',
      Standby: 'STANDBY',
      AwaitingApproval: 'AWAITING_APPROVAL',
      Initializing: 'INITIALIZING',
      Bootstrapping: 'BOOTSTRAPPING',
      ConcurrentBootstrapping: 'CONCURRENT_BOOTSTRAPPING',
      Synchronizing: 'SYNCHRONIZING',
      Replaying: 'REPLAYING',
      Paused: 'PAUSED',
      Running: 'RUNNING',
      Suspended: 'SUSPENDED',
      Stopping: 'STOPPING',
      Dreaming: 'UNKNOWN',
      constructor: 'UNKNOWN',
    }
    answerList(Object.keys(statuses).map((status) => ({ name: status, deployment_status: status })))
    const { pipelines } = await data<Listed>(gateway, allFields, { headers })
    assert.deepEqual(
      pipelines?.map(({ rawStatus, status }) => [rawStatus, status]),
      Object.entries(statuses),
    )
    assert.deepEqual(
      pipelines?.filter(({ canProfile }) => canProfile === true).map(({ name }) => name),
      ['ConcurrentBootstrapping', 'Synchronizing', 'Paused', 'Running'],
    )
  })

  it('are read leniently: an odd field costs itself alone, and what has no name is left out', async () => {
    answerList([
      { name: 'bare' },
      { name: 'odd', description: 7, deployment_status: null, tags: 'none', extra: {} },
      { name: '' },
      { description: 'nameless' },
      null,
      'text',
    ])
    const { pipelines } = await data<Listed>(gateway, allFields, { headers })
    const unknown = { description: null, status: 'UNKNOWN', rawStatus: '', canProfile: false }
    assert.deepEqual(pipelines, [
      { name: 'bare', ...unknown },
      { name: 'odd', ...unknown },
    ])
  })

  for (const [title, answer, code] of [
    ['is no list', { kind: 'json', body: { pipelines: [] } }, 'UPSTREAM_INVALID_RESPONSE'],
    ['is no JSON', { kind: 'status', status: 200, body: 'hello' }, 'UPSTREAM_INVALID_RESPONSE'],
    ['is a failure', { kind: 'status', status: 500 }, 'UPSTREAM_UNAVAILABLE'],
    ['breaks off', { kind: 'reset' }, 'UPSTREAM_UNAVAILABLE'],
    ['is a refusal', { kind: 'status', status: 401 }, 'UNAUTHENTICATED'],
    ['is forbidden', { kind: 'status', status: 403 }, 'FORBIDDEN'],
  ] as const) {
    it(`are null with an error where the answer ${title}, and cost their siblings nothing`, async () => {
      add({ name: 'orders', profile: Buffer.from('gzip') })
      sandbox.feldera.faults.add({ route: 'pipelines', answer })
      const query = '{ pipelines { name } samplyProfile(pipelineName: "orders") { __typename } }'
      const answered = await request(gateway, query, { headers })
      assert.deepEqual(codesOf(answered), [code])
      assert.deepEqual(answered.data, { pipelines: null, samplyProfile: { __typename: 'SamplyProfile' } })
    })
  }

  it('are asked for once in an operation', async () => {
    await data(gateway, '{ a: pipelines { name } b: pipelines { status } }', { headers })
    assert.equal(sandbox.feldera.calls.count(), 1)
  })

  it('have their profiles: at most one look for each, ten at a time', async () => {
    const count = 25
    for (let index = 0; index < count; index += 1) {
      add({ name: `p${index}`, state: index % 2 === 0 ? 'stopped' : 'never-profiled' })
    }
    const tenth = sandbox.feldera.calls.next(
      'samply-profile-get',
      () => sandbox.feldera.calls.mostAtOnce('samply-profile-get') === 10,
    )
    const held = sandbox.feldera.faults.add({ route: 'samply-profile-get', answer: { kind: 'hold' } })
    const answer = data<Listed>(
      gateway,
      `{ pipelines { name
           samplyProfile { ... on SamplyProfileUnavailable { pipelineName reason } }
           again: samplyProfile(ordinal: 0, latest: false) { __typename } } }`,
      { headers },
    )
    await tenth
    held.release()
    const { pipelines } = await answer
    assert.deepEqual(
      pipelines,
      Array.from({ length: count }, (_, index) => ({
        name: `p${index}`,
        samplyProfile: {
          pipelineName: `p${index}`,
          reason: index % 2 === 0 ? 'PIPELINE_NOT_RUNNING' : 'NOT_COLLECTED',
        },
        again: { __typename: 'SamplyProfileUnavailable' },
      })),
    )
    assert.equal(looks().length, count)
    assert.equal(sandbox.feldera.calls.mostAtOnce('samply-profile-get'), 10)
    assert.equal(sandbox.feldera.calls.count('pipelines'), 1)
  })

  it('share the look at a profile that is asked for beside them, and its bytes', async () => {
    add({ name: 'orders', profile: Buffer.from('gzip') })
    const query = `{
      pipelines { samplyProfile { ... on SamplyProfile { id size } } }
      samplyProfile(pipelineName: "orders") { ... on SamplyProfile { id } } }`
    assert.deepEqual(await data(gateway, query, { headers }), {
      pipelines: [{ samplyProfile: { id: 'orders/0', size: 4 } }],
      samplyProfile: { id: 'orders/0' },
    })
    assert.ok(looks().length <= 2)
  })

  it('hand ordinal and latest on', async () => {
    add({ name: 'spread', ordinals: 3, collectionsEnd: 'by-hand' })
    sandbox.feldera.startCollection('spread', { ordinal: 2, durationSecs: 20 })
    const query =
      '{ pipelines { samplyProfile(ordinal: 2, latest: true) { ... on SamplyProfileInProgress { ordinal retryAfter } } } }'
    const { pipelines } = await data<Listed>(gateway, query, { headers })
    assert.equal(JSON.stringify(pipelines?.[0]?.['samplyProfile']).slice(0, 12), '{"ordinal":2')
    assert.deepEqual(
      looks().map(({ query: sent }) => [sent.get('ordinal'), sent.get('latest')]),
      [['2', 'true']],
    )
  })

  it('lose one profile alone where the look at it fails, and all where the ordinal is none', async () => {
    add({ name: 'orders', profile: Buffer.from('gzip') })
    add({ name: 'returns', profile: Buffer.from('gzip') })
    const query =
      'query ($ordinal: Int) { pipelines { name samplyProfile(ordinal: $ordinal) { __typename } } }'
    const fault = sandbox.feldera.faults.add({ path: /returns/, answer: { kind: 'status', status: 500 } })
    const failed = await request<Listed>(gateway, query, { headers })
    assert.deepEqual(codesOf(failed), ['UPSTREAM_UNAVAILABLE'])
    assert.deepEqual(failed.errors[0]?.path, ['pipelines', 1, 'samplyProfile'])
    assert.deepEqual(failed.data.pipelines, [
      { name: 'orders', samplyProfile: { __typename: 'SamplyProfile' } },
      { name: 'returns', samplyProfile: null },
    ])
    fault.remove()
    sandbox.feldera.calls.clear()
    const negative = await request<Listed>(gateway, query, { headers, variables: { ordinal: -1 } })
    assert.deepEqual(codesOf(negative), ['BAD_USER_INPUT', 'BAD_USER_INPUT'])
    assert.equal(looks().length, 0)
  })

  it('are those of the caller: two who see different ones, at the same time', async () => {
    const other = { 'feldera-authorization': 'Bearer apikey:two' }
    add({ name: 'of-one', visibleTo: [headers['feldera-authorization']] })
    add({ name: 'of-two', visibleTo: [other['feldera-authorization']] })
    const query = '{ pipelines { name } }'
    const ask = (credentials: Record<string, string>) =>
      data<Listed>(gateway, query, { headers: credentials })
    assert.deepEqual(await Promise.all([ask(headers), ask(other), ask(headers)]), [
      { pipelines: [{ name: 'of-one' }] },
      { pipelines: [{ name: 'of-two' }] },
      { pipelines: [{ name: 'of-one' }] },
    ])
  })

  it('cost no call any more when their client has left', async () => {
    sandbox.feldera.faults.add({ route: 'pipelines', answer: { kind: 'hold' } })
    const asked = sandbox.feldera.calls.next('pipelines')
    await using query = subscribe(gateway, '{ pipelines { name } }', {
      connectionParams: { felderaAuthorization: headers['feldera-authorization'] },
    })
    const left = query.next().catch(() => {})
    await asked
    await query.leave()
    assert.equal((await sandbox.feldera.calls.aborted('pipelines')).route, 'pipelines')
    await left
  })
})
