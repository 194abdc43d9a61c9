import assert from 'node:assert/strict'
import { createHash, randomBytes } from 'node:crypto'
import { after, afterEach, before, describe, it } from 'node:test'
import { type Sandbox, type SandboxPipeline, startSandbox } from '../../src/sandbox/sandbox.ts'
import { type Gateway, startGateway } from '../support/gateway.ts'
import { codesOf } from '../support/graphql.ts'
import { lookAtProfile, type ProfileData, startProfile } from '../support/samply-profile-query.ts'
import { type Subscription, subscribe } from '../support/websocket.ts'

interface Update {
  readonly samplyProfileUpdated: ProfileData | null
}

const anyState = `__typename
  ... on SamplyProfileInProgress { retryAfter }
  ... on SamplyProfileUnavailable { reason message }`

const credential = 'Bearer apikey:one'
/** More than all buffers on the way hold together, so that nobody can have read it by accident. */
const profile = randomBytes(32 * 2 ** 20)
const truth = { size: profile.length, sha256: createHash('sha256').update(profile).digest('hex') }

describe('samplyProfileUpdated', () => {
  let sandbox: Sandbox
  let gateway: Gateway
  let patientGateway: Gateway
  let count = 0

  before(async () => {
    sandbox = await startSandbox({ scene: 'empty' })
    const start = (pollIntervalMs: number) =>
      startGateway({
        sandbox,
        env: { POLL_INTERVAL_MS: String(pollIntervalMs), UPSTREAM_TIMEOUT_MS: '2000' },
      })
    const gateways = await Promise.all([start(20), start(60_000)])
    gateway = gateways[0]
    patientGateway = gateways[1]
  })
  after(async () => {
    await gateway.stop()
    await patientGateway.stop()
    await sandbox.stop()
  })
  afterEach(() => {
    sandbox.feldera.faults.clear()
    sandbox.feldera.calls.clear()
    sandbox.feldera.requireAuthorization(undefined)
  })

  /** Adds a pipeline that no other test knows, never profiled and with collections that end by hand. */
  const add = (pipeline: Partial<SandboxPipeline> = {}) => {
    count += 1
    const name = `pipeline-${count}`
    sandbox.feldera.addPipeline({
      name,
      state: 'never-profiled',
      collectionsEnd: 'by-hand',
      profile,
      ...pipeline,
    })
    return name
  }
  const follow = (
    pipelineName: string,
    { at = gateway, fields = anyState, felderaAuthorization = credential, ordinal = 0 } = {},
  ) =>
    subscribe<Update>(
      at,
      `subscription ($pipelineName: String!, $ordinal: Int) {
         samplyProfileUpdated(pipelineName: $pipelineName, ordinal: $ordinal) { ${fields} }
       }`,
      { variables: { pipelineName, ordinal }, connectionParams: { felderaAuthorization } },
    )
  const nextOf = async (subscription: Subscription<Update>) => {
    const { data: update, errors } = await subscription.next()
    assert.deepEqual(errors, [])
    return update?.samplyProfileUpdated
  }
  const nextReason = async (subscription: Subscription<Update>) => (await nextOf(subscription))?.['reason']
  const reads = () => sandbox.feldera.calls.of('samply-profile-get')
  /** The calls that are none of a watch. */
  const wholeReads = () => reads().filter(({ query }) => !query.has('latest'))

  it('tells a collection that is started through the gateway at once, and the profile when it is there', async () => {
    const name = add()
    await using subscription = follow(name, { at: patientGateway })
    assert.equal(await nextReason(subscription), 'NOT_COLLECTED')
    const headers = { 'feldera-authorization': credential }
    await startProfile(patientGateway, { pipelineName: name, durationSecs: 1 }, { headers })
    assert.deepEqual(await nextOf(subscription), { __typename: 'SamplyProfileInProgress', retryAfter: 1 })
    await sandbox.feldera.calls.next('samply-profile-get')
    sandbox.feldera.finishCollection(name)
    assert.deepEqual(await nextOf(subscription), { __typename: 'SamplyProfile' })
    assert.ok(await subscription.completes())
    await sandbox.feldera.calls.aborted('samply-profile-get')
    assert.deepEqual(wholeReads(), [], 'nobody wanted the bytes')
    const [first] = reads()
    assert.deepEqual([first?.query.get('latest'), first?.query.get('ordinal')], ['true', '0'])
  })

  it('sends a profile that is there and completes', async () => {
    await using subscription = follow(add({ state: 'running' }))
    assert.deepEqual(await nextOf(subscription), { __typename: 'SamplyProfile' })
    assert.ok(await subscription.completes())
  })

  it('follows the host that is asked for', async () => {
    const name = add({ ordinals: 3 })
    await using subscription = follow(name, { ordinal: 2, fields: `${anyState} ... on SamplyProfile { id }` })
    assert.equal(await nextReason(subscription), 'NOT_COLLECTED')
    sandbox.feldera.finishCollection(name, { ordinal: 1 })
    await sandbox.feldera.calls.next('samply-profile-get')
    sandbox.feldera.finishCollection(name, { ordinal: 2 })
    assert.deepEqual(await nextOf(subscription), { __typename: 'SamplyProfile', id: `${name}/2` })
  })

  it('completes with a collection that failed', async () => {
    const name = add()
    await using subscription = follow(name)
    assert.equal(await nextReason(subscription), 'NOT_COLLECTED')
    sandbox.feldera.failCollection(name, { details: 'no perf' })
    assert.equal(await nextReason(subscription), 'COLLECTION_FAILED')
    assert.ok(await subscription.completes())
  })

  it('completes with a pipeline that does not exist, or no longer does', async () => {
    await using nowhere = follow('nowhere')
    assert.equal(await nextReason(nowhere), 'PIPELINE_NOT_FOUND')
    assert.ok(await nowhere.completes())
    const name = add()
    await using subscription = follow(name)
    await subscription.next()
    sandbox.feldera.removePipeline(name)
    assert.equal(await nextReason(subscription), 'PIPELINE_NOT_FOUND')
    assert.ok(await subscription.completes())
  })

  it('tells once that the pipeline does not run, and goes on', async () => {
    const name = add({ state: 'initializing' })
    await using subscription = follow(name)
    assert.equal(await nextReason(subscription), 'PIPELINE_NOT_RUNNING')
    for (let look = 0; look < 3; look += 1) await sandbox.feldera.calls.next('samply-profile-get')
    sandbox.feldera.setPipelineState(name, 'never-profiled')
    assert.equal(await nextReason(subscription), 'NOT_COLLECTED')
  })

  it('refuses a name that cannot be, and a caller without credentials', async () => {
    await using badName = follow('../other')
    assert.deepEqual(codesOf(await badName.next()), ['BAD_USER_INPUT'])
    await using nobody = subscribe(
      gateway,
      'subscription { samplyProfileUpdated(pipelineName: "x") { __typename } }',
    )
    assert.deepEqual(codesOf(await nobody.next()), ['UNAUTHENTICATED'])
    // A poll of the test before may still be on its way.
    const asked = sandbox.feldera.calls.all().filter(({ path }) => /other|pipelines\/x\b/.test(path))
    assert.deepEqual(asked, [])
  })

  it('reads the bytes once for all subscriptions of one event that ask for what they tell', async () => {
    const name = add()
    const selections = ['size', 'sha256', 'size sha256', 'size', 'fileName']
    const subscriptions = selections.map((fields) =>
      follow(name, { fields: `__typename ... on SamplyProfile { ${fields} }` }),
    )
    for (const subscription of subscriptions) await subscription.next()
    sandbox.feldera.calls.clear()
    sandbox.feldera.finishCollection(name)
    const [size, sha256, both, again, neither] = await Promise.all(
      subscriptions.map(async (subscription) => {
        const update = await nextOf(subscription)
        assert.ok(await subscription.completes())
        return update
      }),
    )
    const __typename = 'SamplyProfile'
    assert.deepEqual(size, { __typename, size: truth.size })
    assert.deepEqual(sha256, { __typename, sha256: truth.sha256 })
    assert.deepEqual(both, { __typename, ...truth })
    assert.deepEqual(again, size)
    assert.equal(typeof neither?.['fileName'], 'string')
    const read = sandbox.feldera.calls.of('samply-profile-get').filter(({ aborted }) => !aborted)
    assert.equal(read.length, 1)
  })

  it('hands out a link that downloads the profile', async () => {
    const name = add()
    await using subscription = follow(name, { fields: '__typename ... on SamplyProfile { downloadUrl }' })
    await subscription.next()
    sandbox.feldera.finishCollection(name)
    const update = await nextOf(subscription)
    const response = await fetch(String(update?.['downloadUrl']))
    assert.equal(response.status, 200)
    assert.deepEqual(Buffer.from(await response.arrayBuffer()), profile)
  })

  it('goes on where the bytes break off while they are read', async () => {
    const name = add()
    await using subscription = follow(name, { fields: '__typename ... on SamplyProfile { size }' })
    await subscription.next()
    const fault = sandbox.feldera.faults.add({ answer: { kind: 'truncate', afterBytes: 1000 } })
    sandbox.feldera.finishCollection(name)
    await sandbox.feldera.calls.next('samply-profile-get')
    fault.remove()
    assert.deepEqual(await nextOf(subscription), { __typename: 'SamplyProfile', size: truth.size })
    assert.ok(await subscription.completes())
  })

  const transientFaults = [
    ['HTTP 503', { kind: 'status', status: 503, body: '<html>down</html>' }],
    ['HTTP 500', { kind: 'status', status: 500 }],
    ['an HTML page in HTTP 200', { kind: 'status', status: 200, body: '<html>hello</html>' }],
    ['a reset connection', { kind: 'reset' }],
    ['HTTP 429', { kind: 'status', status: 429, headers: { 'retry-after': '1' } }],
  ] as const
  for (const [title, answer] of transientFaults) {
    it(`goes on after ${title}`, async () => {
      const name = add()
      await using subscription = follow(name)
      await subscription.next()
      const fault = sandbox.feldera.faults.add({ answer })
      await sandbox.feldera.calls.next('samply-profile-get')
      fault.remove()
      sandbox.feldera.finishCollection(name)
      assert.deepEqual(await nextOf(subscription), { __typename: 'SamplyProfile' })
    })
  }

  it('ends all of a caller with UNAUTHENTICATED when Feldera takes its credential no more', async () => {
    sandbox.feldera.requireAuthorization([credential, 'Bearer apikey:other'])
    const [name, otherName] = [add(), add()]
    await using one = follow(name)
    await using two = follow(otherName)
    await using other = follow(name, { felderaAuthorization: 'Bearer apikey:other' })
    for (const subscription of [one, two, other]) await subscription.next()
    sandbox.feldera.requireAuthorization(['Bearer apikey:other'])
    for (const subscription of [one, two]) {
      assert.deepEqual(codesOf(await subscription.next()), ['UNAUTHENTICATED'])
      assert.ok(await subscription.completes())
    }
    sandbox.feldera.finishCollection(name)
    assert.deepEqual(await nextOf(other), { __typename: 'SamplyProfile' })
  })

  it('costs one call in a round, however many follow it', async () => {
    const name = add()
    const subscriptions = Array.from({ length: 10 }, () => follow(name))
    for (const subscription of subscriptions) await subscription.next()
    sandbox.feldera.calls.clear()
    for (let look = 0; look < 3; look += 1) await sandbox.feldera.calls.next('samply-profile-get')
    assert.equal(sandbox.feldera.calls.count(), 3)
    sandbox.feldera.finishCollection(name)
    for (const subscription of subscriptions) {
      assert.deepEqual(await nextOf(subscription), { __typename: 'SamplyProfile' })
      assert.ok(await subscription.completes())
    }
  })

  it('stops polling when the last subscriber leaves', async () => {
    const subscription = follow(add())
    await subscription.next()
    sandbox.feldera.faults.add({ answer: { kind: 'hold' } })
    await sandbox.feldera.calls.next('samply-profile-get')
    await subscription.leave()
    await sandbox.feldera.calls.aborted('samply-profile-get')
    assert.equal(reads().at(-1)?.aborted, true)
  })

  it('polls for each caller with its own credential, and shows none what another sees', async () => {
    const name = add({ visibleTo: [credential] })
    await using one = follow(name)
    await using other = follow(name, { felderaAuthorization: 'Bearer apikey:other' })
    assert.equal(await nextReason(one), 'NOT_COLLECTED')
    assert.equal(await nextReason(other), 'PIPELINE_NOT_FOUND')
    const credentials = new Set(reads().map(({ headers }) => headers.authorization))
    assert.deepEqual([...credentials].sort(), [credential, 'Bearer apikey:other'].sort())
  })

  it('tells with a new profile its own analysis, though that of the one before is kept', async () => {
    const name = `analysed-${count}`
    sandbox.feldera.addPipeline({ name, collectionsEnd: 'by-hand' })
    const fields = '__typename ... on SamplyProfile { analysis { startTime } }'
    const headers = { 'feldera-authorization': credential }
    const before = await lookAtProfile(gateway, { pipelineName: name }, { headers, fields })
    assert.deepEqual(before.errors, [])
    await startProfile(gateway, { pipelineName: name }, { headers })
    await using subscription = follow(name, { fields })
    assert.deepEqual(await nextOf(subscription), { __typename: 'SamplyProfileInProgress' })
    sandbox.feldera.finishCollection(name)
    const told = await nextOf(subscription)
    assert.equal(told?.__typename, 'SamplyProfile')
    assert.notDeepEqual(told, before.data.samplyProfile)
  })
})
