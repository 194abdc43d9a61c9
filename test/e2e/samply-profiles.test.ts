import assert from 'node:assert/strict'
import { after, afterEach, before, beforeEach, describe, it } from 'node:test'
import { type PipelineState, type Sandbox, startSandbox } from '../../src/sandbox/sandbox.ts'
import { createFakeClock, type FakeClock } from '../support/fake-clock.ts'
import { type Gateway, startGateway } from '../support/gateway.ts'
import { codesOf } from '../support/graphql.ts'
import { lookAtProfile, startProfile } from '../support/samply-profile-query.ts'

const headers = { 'feldera-authorization': 'Bearer apikey:one' }

describe("what each of Feldera's answers about a profile becomes", () => {
  let clock: FakeClock
  let sandbox: Sandbox
  let gateway: Gateway

  before(async () => {
    clock = createFakeClock()
    sandbox = await startSandbox({ scene: 'empty', clock })
    gateway = await startGateway({ sandbox })
  })
  after(async () => {
    await gateway?.stop()
    await sandbox?.stop()
  })
  beforeEach(() => {
    sandbox.feldera.addPipeline({ name: 'orders', collectionsEnd: 'by-hand', profile: Buffer.from('gzip') })
    sandbox.feldera.calls.clear()
  })
  afterEach(() => sandbox.feldera.faults.clear())

  const reads = () => sandbox.feldera.calls.count('samply-profile-get')
  const writes = () => sandbox.feldera.calls.count('samply-profile-post')

  async function look(latest = false) {
    const { data, errors } = await lookAtProfile(gateway, { pipelineName: 'orders', latest }, { headers })
    assert.deepEqual(errors, [])
    return data.samplyProfile
  }

  async function start(durationSecs?: number) {
    const variables = { pipelineName: 'orders', ...(durationSecs === undefined ? {} : { durationSecs }) }
    const { data, errors } = await startProfile(gateway, variables, { headers })
    assert.deepEqual(errors, [])
    return data.startSamplyProfile?.profile
  }

  it('200 is a profile, named as Feldera proposes', async () => {
    const profile = await look()
    assert.equal(profile?.__typename, 'SamplyProfile')
    assert.equal(profile?.['id'], 'orders/0')
    assert.equal(profile?.['fileName'], '2026-01-15T12:00:00.000+00:00-samply_profile.json.gz')
    assert.match(String(profile?.['observedAt']), /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/)
    assert.equal(reads(), 1)
  })

  it('the ordinal goes out, and is part of the id', async () => {
    sandbox.feldera.addPipeline({ name: 'spread', ordinals: 3 })
    const { data } = await lookAtProfile(gateway, { pipelineName: 'spread', ordinal: 2 }, { headers })
    assert.equal(data.samplyProfile?.['id'], 'spread/2')
    assert.equal(sandbox.feldera.calls.of('samply-profile-get')[0]?.query.get('ordinal'), '2')
  })

  it('while a collection runs, the last finished profile is given unless the latest is asked for', async () => {
    sandbox.feldera.startCollection('orders', { durationSecs: 20 })
    assert.equal((await look())?.__typename, 'SamplyProfile')
    assert.deepEqual(await look(true), {
      __typename: 'SamplyProfileInProgress',
      pipelineName: 'orders',
      ordinal: 0,
      retryAfter: 20,
    })
    const [first, second] = sandbox.feldera.calls.of('samply-profile-get')
    assert.equal(first?.query.get('latest') ?? 'false', 'false')
    assert.equal(second?.query.get('latest'), 'true')
  })

  for (const [status, sent, shown] of [
    [204, '30', 30],
    [204, '0', 1],
    [204, undefined, 1],
    [204, 'soon', 1],
    [307, '12', 12],
  ] as const) {
    it(`${status} with Retry-After ${sent} is in progress, to be asked again after ${shown} s`, async () => {
      sandbox.feldera.faults.add({
        answer: {
          kind: 'status',
          status,
          headers: { location: '/', ...(sent && { 'retry-after': sent }) },
        },
      })
      const profile = await look(true)
      assert.equal(profile?.__typename, 'SamplyProfileInProgress')
      assert.equal(profile?.['retryAfter'], shown)
      assert.equal(sandbox.feldera.calls.count(), 1)
    })
  }

  const states: readonly (readonly [PipelineState, string])[] = [
    ['never-profiled', 'NOT_COLLECTED'],
    ['failed', 'COLLECTION_FAILED'],
    ['stopped', 'PIPELINE_NOT_RUNNING'],
    ['unavailable', 'PIPELINE_NOT_RUNNING'],
    ['unreachable', 'PIPELINE_NOT_RUNNING'],
    ['initializing', 'PIPELINE_NOT_RUNNING'],
    ['awaiting-approval', 'PIPELINE_NOT_RUNNING'],
    ['suspended', 'PIPELINE_NOT_RUNNING'],
    ['terminating', 'PIPELINE_NOT_RUNNING'],
  ]

  for (const [state, reason] of states) {
    it(`a pipeline that is ${state} is unavailable with ${reason}, and asked once`, async () => {
      sandbox.feldera.setPipelineState('orders', state)
      const profile = await look(true)
      assert.equal(profile?.__typename, 'SamplyProfileUnavailable')
      assert.equal(profile?.['reason'], reason)
      assert.match(String(profile?.['message']), /orders/)
      assert.equal(reads(), 1)
    })
  }

  it('an unknown pipeline is data, not an error', async () => {
    const { data, errors } = await lookAtProfile(gateway, { pipelineName: 'nowhere' }, { headers })
    assert.deepEqual(errors, [])
    assert.equal(data.samplyProfile?.['reason'], 'PIPELINE_NOT_FOUND')
  })

  it("a failed collection quotes samply's own words from the details", async () => {
    sandbox.feldera.failCollection('orders', { details: 'samply is not in the PATH' })
    assert.match(String((await look())?.['message']), /“samply is not in the PATH”/)
  })

  it('a start is in progress for as long as it was asked to last', async () => {
    assert.deepEqual(await start(45), {
      __typename: 'SamplyProfileInProgress',
      pipelineName: 'orders',
      ordinal: 0,
      retryAfter: 45,
    })
    const [post] = sandbox.feldera.calls.of('samply-profile-post')
    assert.deepEqual([post?.query.get('duration_secs'), post?.query.get('ordinal')], ['45', '0'])
    assert.equal(sandbox.feldera.calls.count(), 1)
  })

  it('a start while one runs is no error: it is in progress, for as long as Feldera says', async () => {
    sandbox.feldera.startCollection('orders', { durationSecs: 60 })
    clock.advance(20_000)
    const profile = await start(300)
    assert.deepEqual([profile?.__typename, profile?.['retryAfter']], ['SamplyProfileInProgress', 40])
    assert.deepEqual([writes(), reads()], [1, 1])
  })

  it('a start that fails at once is a failed collection', async () => {
    sandbox.feldera.addPipeline({ name: 'orders', collectionsFail: 'at-once', failureDetails: 'no perf' })
    const profile = await start()
    assert.equal(profile?.['reason'], 'COLLECTION_FAILED')
    assert.match(String(profile?.['message']), /no perf/)
  })

  it('a start on a pipeline that does not run, or is not there, is unavailable', async () => {
    sandbox.feldera.setPipelineState('orders', 'stopped')
    assert.equal((await start())?.['reason'], 'PIPELINE_NOT_RUNNING')
    sandbox.feldera.removePipeline('orders')
    assert.equal((await start())?.['reason'], 'PIPELINE_NOT_FOUND')
    assert.equal(writes(), 2)
  })

  it('a duration or a name that cannot be is refused before Feldera hears of it', async () => {
    for (const variables of [
      { pipelineName: 'orders', durationSecs: 0 },
      { pipelineName: 'orders', durationSecs: 3601 },
      { pipelineName: 'orders', ordinal: -1 },
      { pipelineName: '../other' },
      { pipelineName: '' },
    ]) {
      assert.deepEqual(codesOf(await startProfile(gateway, variables, { headers })), ['BAD_USER_INPUT'])
    }
    assert.equal(sandbox.feldera.calls.count(), 0)
  })
})
