import assert from 'node:assert/strict'
import { createHash, randomBytes } from 'node:crypto'
import { after, afterEach, before, beforeEach, describe, it } from 'node:test'
import { type Sandbox, startSandbox } from '../../src/sandbox/sandbox.ts'
import { type Gateway, startGateway } from '../support/gateway.ts'
import { data } from '../support/graphql.ts'

const headers = { 'feldera-authorization': 'Bearer apikey:one' }
/** More than all buffers on the way hold together, so that nobody can have read it by accident. */
const profile = randomBytes(32 * 2 ** 20)
const truth = { size: profile.length, sha256: createHash('sha256').update(profile).digest('hex') }

describe('the size and the SHA-256 of a profile', () => {
  let sandbox: Sandbox
  let gateway: Gateway

  before(async () => {
    sandbox = await startSandbox({ scene: 'empty' })
    gateway = await startGateway({ sandbox })
    sandbox.feldera.addPipeline({ name: 'orders', profile, collectionsEnd: 'by-hand' })
  })
  after(async () => {
    await gateway?.stop()
    await sandbox?.stop()
  })
  beforeEach(() => sandbox.feldera.calls.clear())
  afterEach(() => sandbox.feldera.faults.clear())

  const ask = (query: string, variables = {}) => data(gateway, query, { headers, variables })
  const reads = () => sandbox.feldera.calls.of('samply-profile-get')

  it('are those of the bytes, and cost one call', async () => {
    const answer = await ask(
      '{ samplyProfile(pipelineName: "orders") { ... on SamplyProfile { size sha256 fileName } } }',
    )
    const { fileName } = Object(answer['samplyProfile'])
    assert.deepEqual(answer, { samplyProfile: { ...truth, fileName } })
    assert.deepEqual(
      reads().map(({ aborted }) => aborted),
      [false],
    )
  })

  const readWhole: readonly (readonly [string, string, Record<string, unknown>])[] = [
    [
      'under another name',
      '{ samplyProfile(pipelineName: "orders") { ... on SamplyProfile { bytes: size } } }',
      { samplyProfile: { bytes: truth.size } },
    ],
    [
      'through fragments in fragments',
      `{ samplyProfile(pipelineName: "orders") { ...Outer } }
       fragment Outer on SamplyProfileResult { ...Inner } fragment Inner on SamplyProfile { sha256 }`,
      { samplyProfile: { sha256: truth.sha256 } },
    ],
    [
      'where a variable includes them',
      `query ($yes: Boolean = true) { samplyProfile(pipelineName: "orders") {
         ... on SamplyProfile @include(if: $yes) { size sha256 @skip(if: $yes) } } }`,
      { samplyProfile: { size: truth.size } },
    ],
    [
      'where one of two looks at the same profile wants them',
      `{ plain: samplyProfile(pipelineName: "orders") { ... on SamplyProfile { id } }
         sized: samplyProfile(pipelineName: "orders") { ... on SamplyProfile { size } }
         again: samplyProfile(pipelineName: "orders") { ... on SamplyProfile { sha256 } } }`,
      { plain: { id: 'orders/0' }, sized: { size: truth.size }, again: { sha256: truth.sha256 } },
    ],
    [
      'where one of two selections of the same field wants them',
      `{ samplyProfile(pipelineName: "orders") { ... on SamplyProfile { id } }
         samplyProfile(pipelineName: "orders") { ... on SamplyProfile { size } } }`,
      { samplyProfile: { id: 'orders/0', size: truth.size } },
    ],
  ]

  for (const [name, query, expected] of readWhole) {
    it(`are told ${name}, by one call`, async () => {
      assert.deepEqual(await ask(query), expected)
      assert.equal(reads().length, 1)
    })
  }

  const leftUnread: readonly (readonly [string, string])[] = [
    ['other fields', '{ samplyProfile(pipelineName: "orders") { ... on SamplyProfile { id downloadUrl } } }'],
    [
      'other fields under their names',
      '{ samplyProfile(pipelineName: "orders") { ... on SamplyProfile { size: id sha256: fileName } } }',
    ],
    [
      'fields that a variable leaves out',
      `query ($no: Boolean = false) { samplyProfile(pipelineName: "orders") {
         __typename ...Bytes @include(if: $no) } } fragment Bytes on SamplyProfile { size sha256 }`,
    ],
    ['its type alone', '{ samplyProfile(pipelineName: "orders", latest: true) { __typename } }'],
  ]

  for (const [name, query] of leftUnread) {
    it(`are not worth reading the bytes for who asks for ${name}`, async () => {
      await ask(query)
      assert.equal(reads().length, 1)
      await sandbox.feldera.calls.aborted('samply-profile-get')
    })
  }

  it('of a collection that someone else had started are read where the start asks for them', async () => {
    sandbox.feldera.faults.add({
      route: 'samply-profile-post',
      answer: {
        kind: 'status',
        status: 409,
        body: '{"message":"Busy.","error_code":"SamplyProfilingInProgress"}',
      },
    })
    const answer = await ask(
      'mutation { startSamplyProfile(pipelineName: "orders") { profile { ... on SamplyProfile { sha256 } } } }',
    )
    assert.deepEqual(answer, { startSamplyProfile: { profile: { sha256: truth.sha256 } } })
    assert.equal(reads()[0]?.query.get('latest'), 'true')
  })

  it('stop being read when nobody waits any more', async () => {
    sandbox.feldera.faults.add({ answer: { kind: 'stall', afterBytes: 1000 } })
    const leaving = new AbortController()
    const called = sandbox.feldera.calls.next('samply-profile-get')
    const asked = data(
      gateway,
      '{ samplyProfile(pipelineName: "orders") { ... on SamplyProfile { size } } }',
      {
        headers,
        signal: leaving.signal,
      },
    )
    await called
    leaving.abort()
    await assert.rejects(asked, { name: 'AbortError' })
    await sandbox.feldera.calls.aborted('samply-profile-get')
  })

  it('leave the gateway standing when many turn away from a profile at the same time', async () => {
    await Promise.all(
      Array.from({ length: 40 }, () => ask('{ samplyProfile(pipelineName: "orders") { __typename } }')),
    )
    assert.equal(gateway.process.exitCode, null)
    assert.equal((await fetch(`${gateway.url}/livez`)).status, 200)
  })
})
