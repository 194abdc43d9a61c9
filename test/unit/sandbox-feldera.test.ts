import assert from 'node:assert/strict'
import { afterEach, beforeEach, test } from 'node:test'
import { type PipelineState, type Sandbox, startSandbox } from '../../src/sandbox/sandbox.ts'
import { createFakeClock, type FakeClock } from '../support/fake-clock.ts'
import { ask, at, listAt } from '../support/sandbox-http.ts'

let clock: FakeClock
let sandbox: Sandbox

beforeEach(async () => {
  clock = createFakeClock()
  sandbox = await startSandbox({ scene: 'empty', clock })
})

afterEach(() => sandbox.stop())

const path = (name: string, query = '') => `/v0/pipelines/${name}/samply_profile${query}`

async function get(name: string, query = '', authorization: string | null = null) {
  const answer = await ask(sandbox.feldera, path(name, query), { authorization })
  return { ...answer, retryAfter: answer.headers.get('retry-after'), code: at(answer.body, 'error_code') }
}

const post = (name: string, query = '') => ask(sandbox.feldera, path(name, query), { method: 'POST' })

async function bytes(name: string, query = ''): Promise<string> {
  const response = await fetch(sandbox.feldera.url + path(name, query))
  assert.equal(response.status, 200)
  return Buffer.from(await response.arrayBuffer()).toString()
}

test('a profile comes as a chunked gzip attachment named after the moment of the download', async () => {
  sandbox.feldera.addPipeline({ name: 'p', profile: Buffer.alloc(300_000, 7) })
  const response = await fetch(sandbox.feldera.url + path('p'))
  assert.equal(response.headers.get('content-type'), 'application/gzip')
  assert.equal(
    response.headers.get('content-disposition'),
    'attachment; filename="2026-01-15T12:00:00.000+00:00-samply_profile.json.gz"',
  )
  assert.equal(response.headers.get('transfer-encoding'), 'chunked')
  assert.equal(response.headers.get('content-length'), null)
  assert.equal((await response.arrayBuffer()).byteLength, 300_000)
})

test('a collection answers 204 with the seconds left, 0 while samply writes, then the profile', async () => {
  sandbox.feldera.addPipeline({ name: 'p', state: 'never-profiled', profile: Buffer.from('new') })
  assert.deepEqual([(await get('p')).status, (await get('p')).code], [400, 'NoSamplyProfile'])
  assert.equal((await post('p', '?duration_secs=10')).status, 202)
  const busy = await post('p')
  assert.deepEqual([busy.status, at(busy.body, 'error_code')], [409, 'SamplyProfilingInProgress'])
  assert.equal((await get('p')).code, 'NoSamplyProfile')
  for (const [advanceMs, retryAfter] of [
    [0, '10'],
    [500, '9'],
    [9_500, '0'],
    [2_999, '0'],
  ] as const) {
    clock.advance(advanceMs)
    const answer = await get('p', '?latest=true')
    assert.deepEqual([answer.status, answer.retryAfter], [204, retryAfter])
  }
  clock.advance(1)
  assert.equal(await bytes('p', '?latest=true'), 'new')
})

test('while a collection runs, a GET without latest still gives the profile before it', async () => {
  sandbox.feldera.addPipeline({ name: 'p', profile: Buffer.from('old'), collectionsEnd: 'by-hand' })
  sandbox.feldera.startCollection('p', { durationSecs: 5 })
  clock.advance(3_600_000)
  assert.equal(await bytes('p'), 'old')
  assert.equal((await get('p', '?latest=true')).retryAfter, '0')
  sandbox.feldera.finishCollection('p', { profile: Buffer.from('new') })
  assert.equal(await bytes('p', '?latest=true'), 'new')
})

test('a failed collection answers 500 with text as its details, in place of an earlier profile', async () => {
  const { feldera } = sandbox
  feldera.addPipeline({ name: 'p', failureDetails: 'samply is missing', collectionsFail: 'at-the-end' })
  await post('p', '?duration_secs=1')
  clock.advance(4_000)
  const failed = await get('p')
  assert.deepEqual(
    [failed.status, failed.code, at(failed.body, 'details')],
    [500, 'SamplyProfilingFailure', 'samply is missing'],
  )
  feldera.finishCollection('p', { profile: Buffer.from('good') })
  feldera.failCollection('p', { details: 'again' })
  assert.equal(at((await get('p')).body, 'details'), 'again')
})

test('a POST answers 500 when samply fails at once, or when there is nothing to sample', async () => {
  sandbox.feldera.addPipeline({ name: 'broken', state: 'never-profiled', collectionsFail: 'at-once' })
  sandbox.feldera.addPipeline({ name: 'fine', state: 'never-profiled' })
  assert.equal(at((await post('broken')).body, 'error_code'), 'SamplyProfilingFailure')
  assert.equal((await get('broken')).code, 'SamplyProfilingFailure')
  const nothing = await post('fine', '?duration_secs=0')
  assert.deepEqual(
    [nothing.status, at(nothing.body, 'error_code')],
    [500, 'SamplyProfilingUnexpectedCompletion'],
  )
})

test('each state in which a pipeline does not run has its own answer', async () => {
  const answers: [PipelineState, number, string, string | null][] = [
    ['stopped', 503, 'PipelineInteractionNotDeployed', '5'],
    ['unavailable', 503, 'PipelineUnavailable', '5'],
    ['unreachable', 503, 'PipelineInteractionUnreachable', '5'],
    ['initializing', 503, 'Initializing', null],
    ['awaiting-approval', 503, 'AwaitingApproval', null],
    ['suspended', 503, 'Suspended', null],
    ['terminating', 410, 'Terminating', null],
  ]
  sandbox.feldera.addPipeline({ name: 'p' })
  for (const [state, status, code, retryAfter] of answers) {
    sandbox.feldera.setPipelineState('p', state)
    const answer = await get('p')
    assert.deepEqual([answer.status, answer.code, answer.retryAfter], [status, code, retryAfter])
    assert.equal((await post('p')).status, status)
  }
  sandbox.feldera.setPipelineState('p', 'never-profiled')
  assert.equal((await get('p')).code, 'NoSamplyProfile')
})

test('a name that no pipeline has answers 404, and so does one that is hidden from the caller', async () => {
  sandbox.feldera.addPipeline({ name: 'secret', state: 'never-profiled', visibleTo: ['Bearer a'] })
  const unknown = await get('nothing')
  assert.deepEqual([unknown.status, unknown.code], [404, 'UnknownPipelineName'])
  assert.deepEqual(at(unknown.body, 'details'), { pipeline_name: 'nothing' })
  assert.equal((await get('secret', '', 'Bearer b')).status, 404)
  assert.equal((await get('secret', '', 'Bearer a')).status, 400)
  sandbox.feldera.removePipeline('secret')
  assert.equal((await get('secret', '', 'Bearer a')).status, 404)
})

test('a pipeline with the legacy redirect answers 307 instead of 204', async () => {
  sandbox.feldera.addPipeline({ name: 'p', state: 'collecting', durationSecs: 8, legacyRedirect: true })
  const answer = await get('p', '?latest=true')
  assert.deepEqual([answer.status, answer.retryAfter, answer.headers.get('location')], [307, '8', null])
})

test('each host of a multihost pipeline has its own profile; a single host ignores the ordinal', async () => {
  const { feldera } = sandbox
  feldera.addPipeline({ name: 'many', ordinals: 2, state: 'never-profiled' })
  feldera.addPipeline({ name: 'one', profile: Buffer.from('only') })
  feldera.finishCollection('many', { ordinal: 1, profile: Buffer.from('second') })
  assert.equal((await get('many')).code, 'NoSamplyProfile')
  assert.equal(await bytes('many', '?ordinal=1'), 'second')
  assert.equal((await get('many', '?ordinal=2')).status, 400)
  assert.equal(await bytes('one', '?ordinal=5'), 'only')
  assert.equal((await get('one', '?ordinal=x')).status, 400)
})

test('authorization is asked for only when a test requires it', async () => {
  sandbox.feldera.addPipeline({ name: 'p', state: 'never-profiled' })
  sandbox.feldera.requireAuthorization(['Bearer good'])
  const refused = await get('p', '', 'Bearer bad')
  assert.deepEqual([refused.status, refused.code], [401, 'AuthenticationFailed'])
  assert.equal(Object.hasOwn(Object(refused.body), 'details'), false)
  assert.equal((await get('p')).status, 401)
  assert.equal((await get('p', '', 'Bearer good')).status, 400)
  sandbox.feldera.requireAuthorization(undefined)
  assert.equal((await get('p')).status, 400)
})

test('the pipelines are a bare array with their states', async () => {
  sandbox.feldera.addPipeline({ name: 'a', state: 'never-profiled' })
  sandbox.feldera.addPipeline({ name: 'b', state: 'stopped' })
  const { body } = await ask(sandbox.feldera, '/v0/pipelines?selector=status')
  const seen = listAt(body).map((pipeline) => [at(pipeline, 'name'), at(pipeline, 'deployment_status')])
  assert.deepEqual(seen, [
    ['a', 'Running'],
    ['b', 'Stopped'],
  ])
})
