import assert from 'node:assert/strict'
import { after, afterEach, before, beforeEach, describe, it } from 'node:test'
import { type Fault, type Sandbox, startSandbox } from '../../src/sandbox/sandbox.ts'
import { type Gateway, startGateway } from '../support/gateway.ts'
import { lookAtProfile, startProfile } from '../support/samply-profile-query.ts'

const headers = { 'feldera-authorization': 'Bearer apikey:one' }
const timeoutMs = 1500
const page = '<!doctype html><title>nginx</title>'

describe('what becomes of an answer of Feldera that is not about the profile', () => {
  let sandbox: Sandbox
  let gateway: Gateway

  before(async () => {
    sandbox = await startSandbox({ scene: 'empty' })
    gateway = await startGateway({ sandbox, env: { UPSTREAM_TIMEOUT_MS: String(timeoutMs) } })
  })
  after(async () => {
    await gateway?.stop()
    await sandbox?.stop()
  })
  beforeEach(() => {
    sandbox.feldera.addPipeline({ name: 'orders', profile: Buffer.alloc(100_000, 'gzip') })
    sandbox.feldera.calls.clear()
  })
  afterEach(() => sandbox.feldera.faults.clear())

  /** Feldera's error form; `details` is missing from its authentication errors. */
  const problem = (status: number, code: string, sent: Record<string, string> = {}): Fault => ({
    kind: 'status',
    status,
    headers: { 'content-type': 'application/json', ...sent },
    body: JSON.stringify({ message: 'In other words.', error_code: code }),
  })
  const html = (status: number, sent: Record<string, string> = {}): Fault => ({
    kind: 'status',
    status,
    headers: { 'content-type': 'text/html', ...sent },
    body: page,
  })

  async function failedLook(fields?: string) {
    const options = fields === undefined ? { headers } : { headers, fields }
    const { status, data, errors } = await lookAtProfile(gateway, { pipelineName: 'orders' }, options)
    assert.equal(status, 200)
    assert.deepEqual(data, { samplyProfile: null })
    assert.equal(errors.length, 1)
    assert.deepEqual(errors[0]?.path, ['samplyProfile'])
    assert.doesNotMatch(JSON.stringify(errors), /apikey|doctype|127\.0\.0\.1/)
    return errors[0]?.extensions
  }

  async function failedStart() {
    const { data, errors } = await startProfile(gateway, { pipelineName: 'orders' }, { headers })
    assert.deepEqual(data, { startSamplyProfile: null })
    assert.equal(errors.length, 1)
    assert.match(errors[0]?.message ?? '', /It may have been carried out: look before you try again\.$/)
    return errors[0]?.extensions
  }

  const refusals: readonly (readonly [string, Fault, Record<string, unknown>])[] = [
    [
      '400 with another code',
      problem(400, 'InvalidOrdinal'),
      { code: 'BAD_USER_INPUT', type: 'InvalidOrdinal' },
    ],
    ['400 in plain text', html(400, { 'content-type': 'text/plain' }), { code: 'UPSTREAM_ERROR' }],
    ['401', problem(401, 'AuthenticationFailed'), { code: 'UNAUTHENTICATED', type: 'AuthenticationFailed' }],
    ['401 without JSON', { kind: 'status', status: 401 }, { code: 'UNAUTHENTICATED' }],
    ['403', problem(403, 'InsufficientPermissions'), { code: 'FORBIDDEN', type: 'InsufficientPermissions' }],
    ['403 as a page', html(403), { code: 'FORBIDDEN' }],
    [
      '404 with another code',
      problem(404, 'UnknownTenant'),
      { code: 'UPSTREAM_ERROR', type: 'UnknownTenant' },
    ],
    ['404 as a page', html(404), { code: 'UPSTREAM_ERROR' }],
    ['409', problem(409, 'Busy'), { code: 'CONFLICT', type: 'Busy' }],
    ['410 with another code', problem(410, 'Gone'), { code: 'UPSTREAM_ERROR', type: 'Gone' }],
    [
      '429',
      problem(429, 'TooManyRequests', { 'retry-after': '7' }),
      { code: 'UPSTREAM_RATE_LIMITED', type: 'TooManyRequests', retryAfter: 7 },
    ],
    ['429 as a page', html(429, { 'retry-after': '8' }), { code: 'UPSTREAM_RATE_LIMITED', retryAfter: 8 }],
    [
      '500 with another code',
      problem(500, 'PipelineInteractionInvalidResponse'),
      { code: 'UPSTREAM_UNAVAILABLE', type: 'PipelineInteractionInvalidResponse' },
    ],
    ['500 as a page', html(500), { code: 'UPSTREAM_UNAVAILABLE' }],
    ['200 as a page', html(200), { code: 'UPSTREAM_INVALID_RESPONSE' }],
    ['202', html(202), { code: 'UPSTREAM_INVALID_RESPONSE' }],
    ['302 to another host', html(302, { location: 'http://example.com/' }), { code: 'UPSTREAM_ERROR' }],
  ]

  for (const [name, answer, { code, type, retryAfter }] of refusals) {
    it(`${name} is ${code}, and is not asked again`, async () => {
      sandbox.feldera.faults.add({ answer })
      const status = 'status' in answer ? answer.status : undefined
      assert.deepEqual(await failedLook(), {
        code,
        upstream: { service: 'feldera', status, ...(type === undefined ? {} : { type }) },
        ...(retryAfter === undefined ? {} : { retryAfter }),
      })
      assert.equal(sandbox.feldera.calls.count(), 1)
    })
  }

  const retried: readonly (readonly [string, Fault, Record<string, unknown>])[] = [
    ['502 as a page', html(502), { status: 502 }],
    ['503 as a page', html(503), { status: 503 }],
    ['503 with another code', problem(503, 'LockTookTooLong'), { status: 503, type: 'LockTookTooLong' }],
    ['504 as a page', html(504), { status: 504 }],
    ['a connection that is reset', { kind: 'reset' }, {}],
  ]

  for (const [name, answer, told] of retried) {
    it(`${name} is UPSTREAM_UNAVAILABLE when it stays so for three calls`, async () => {
      const fault = sandbox.feldera.faults.add({ answer })
      assert.deepEqual(await failedLook(), {
        code: 'UPSTREAM_UNAVAILABLE',
        upstream: { service: 'feldera', ...told },
      })
      assert.equal(fault.used(), 3)
    })

    it(`${name} is not noticed when it passes`, async () => {
      sandbox.feldera.faults.add({ answer, times: 1 })
      const { data, errors } = await lookAtProfile(gateway, { pipelineName: 'orders' }, { headers })
      assert.deepEqual(errors, [])
      assert.equal(data.samplyProfile?.__typename, 'SamplyProfile')
      assert.equal(sandbox.feldera.calls.count(), 2)
    })

    it(`${name} is not tried again when something is to be started`, async () => {
      const fault = sandbox.feldera.faults.add({ answer })
      assert.deepEqual(await failedStart(), {
        code: 'UPSTREAM_UNAVAILABLE',
        upstream: { service: 'feldera', ...told },
      })
      assert.equal(fault.used(), 1)
    })
  }

  it('a 503 that asks to wait longer than the time for a call is told at once, with the time', async () => {
    sandbox.feldera.faults.add({ answer: html(503, { 'retry-after': '60' }) })
    const extensions = await failedLook()
    assert.deepEqual([extensions?.['code'], extensions?.['retryAfter']], ['UPSTREAM_UNAVAILABLE', 60])
    assert.equal(sandbox.feldera.calls.count(), 1)
  })

  it('silence is UPSTREAM_TIMEOUT, of a look as of a start, each sent once', async () => {
    sandbox.feldera.faults.add({ answer: { kind: 'hold' } })
    const silent = { code: 'UPSTREAM_TIMEOUT', upstream: { service: 'feldera' } }
    assert.deepEqual(await Promise.all([failedLook(), failedStart()]), [silent, silent])
    assert.equal(sandbox.feldera.calls.count('samply-profile-get'), 1)
    assert.equal(sandbox.feldera.calls.count('samply-profile-post'), 1)
  })

  it('silence in the middle of an answer is UPSTREAM_TIMEOUT, of an error as of a profile', async () => {
    sandbox.feldera.faults.add({ answer: { kind: 'stall', afterBytes: 20 } })
    const ofProfile = failedLook('... on SamplyProfile { size }')
    const { errors } = await lookAtProfile(gateway, { pipelineName: 'nowhere' }, { headers })
    for (const extensions of [errors[0]?.extensions, await ofProfile]) {
      assert.deepEqual(extensions, { code: 'UPSTREAM_TIMEOUT', upstream: { service: 'feldera' } })
    }
  })

  it('an answer that breaks off is UPSTREAM_UNAVAILABLE, of an error as of a profile', async () => {
    sandbox.feldera.faults.add({ answer: { kind: 'truncate', afterBytes: 20 } })
    const ofProfile = await failedLook('... on SamplyProfile { sha256 }')
    const { errors } = await lookAtProfile(gateway, { pipelineName: 'nowhere' }, { headers })
    for (const extensions of [errors[0]?.extensions, ofProfile]) {
      assert.deepEqual(extensions, { code: 'UPSTREAM_UNAVAILABLE', upstream: { service: 'feldera' } })
    }
  })

  it('an error without end is UPSTREAM_INVALID_RESPONSE, and is not kept', async () => {
    sandbox.feldera.faults.add({ answer: { kind: 'status', status: 404, body: Buffer.alloc(17 * 2 ** 20) } })
    assert.equal((await failedLook())?.['code'], 'UPSTREAM_INVALID_RESPONSE')
  })

  it('a failure leaves the other fields of the query standing', async () => {
    sandbox.feldera.faults.add({ path: /broken/, answer: html(500) })
    const fields = '__typename } whole: samplyProfile(pipelineName: "orders") { __typename'
    const { data, errors } = await lookAtProfile(gateway, { pipelineName: 'broken' }, { headers, fields })
    assert.deepEqual(data, { samplyProfile: null, whole: { __typename: 'SamplyProfile' } })
    assert.equal(errors.length, 1)
  })
})
