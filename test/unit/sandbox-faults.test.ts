import assert from 'node:assert/strict'
import { afterEach, beforeEach, test } from 'node:test'
import { type Sandbox, startSandbox } from '../../src/sandbox/sandbox.ts'
import { createFakeClock, type FakeClock } from '../support/fake-clock.ts'
import { ask, at } from '../support/sandbox-http.ts'

const monitors = '/api/v26.1/services/jobs/monitors'
const me = '/api/v26.1/objects/users/me'

let clock: FakeClock
let sandbox: Sandbox

beforeEach(async () => {
  clock = createFakeClock()
  sandbox = await startSandbox({ scene: 'empty', clock })
})

afterEach(() => sandbox.stop())

test('a status fault answers what it is given, as often as it is told, then the service answers', async () => {
  const { vault } = sandbox
  const answer = {
    kind: 'status',
    status: 503,
    body: '<h1>Sorry</h1>',
    headers: { 'Retry-After': '3' },
  } as const
  const fault = vault.faults.add({ route: 'job-monitors', times: 2, answer })
  for (const expected of [503, 503, 200]) assert.equal((await ask(vault, monitors)).status, expected)
  assert.equal(fault.used(), 2)
  assert.equal(vault.calls.count('job-monitors'), 3)
})

test('faults play in order of adding, each until it is used up or removed', async () => {
  const { vault } = sandbox
  vault.faults.add({ times: 1, answer: { kind: 'failure', type: 'OPERATION_IN_PROGRESS' } })
  const second = vault.faults.add({ answer: { kind: 'exception', message: 'Boom' } })
  const first = (await ask(vault, me)).body
  assert.deepEqual(
    [at(first, 'responseStatus'), at(first, 'errors', 0, 'type')],
    ['FAILURE', 'OPERATION_IN_PROGRESS'],
  )
  const then = await ask(vault, me)
  assert.deepEqual([then.status, at(then.body, 'responseStatus')], [200, 'EXCEPTION'])
  assert.equal(at(then.body, 'errors', 0, 'message'), 'Boom')
  second.remove()
  assert.equal(at((await ask(vault, me)).body, 'responseStatus'), 'SUCCESS')
})

test('a fault meets only the calls that fit its route, path, method and authorization', async () => {
  const { vault } = sandbox
  const gone = { kind: 'status', status: 418 } as const
  vault.faults.add({ path: /status=running/, answer: gone })
  vault.faults.add({ path: me, answer: gone })
  vault.faults.add({ method: 'POST', answer: gone })
  vault.faults.add({ authorization: 'Bearer sandbox-demo', answer: gone })
  assert.equal((await ask(vault, `${monitors}?status=running`)).status, 418)
  assert.equal((await ask(vault, `${me}?x=1`)).status, 418)
  assert.equal((await ask(vault, '/api/v26.1/keep-alive', { method: 'POST' })).status, 418)
  assert.equal((await ask(vault, monitors, { authorization: 'Bearer sandbox-demo' })).status, 418)
  assert.equal((await ask(vault, monitors)).status, 200)
})

test('json, headers and warning change what is sent and nothing else', async () => {
  const { vault } = sandbox
  vault.faults.add({ times: 1, answer: { kind: 'json', body: [1, 2] } })
  vault.faults.add({ times: 1, answer: { kind: 'headers', headers: { 'X-VaultAPI-ResponseDelay': '500' } } })
  vault.faults.add({ times: 1, answer: { kind: 'warning', type: 'CAREFUL' } })
  assert.deepEqual((await ask(vault, me)).body, [1, 2])
  const delayed = await ask(vault, me)
  assert.equal(delayed.headers.get('x-vaultapi-responsedelay'), '500')
  assert.equal(at(delayed.body, 'responseStatus'), 'SUCCESS')
  const warned = await ask(vault, me)
  assert.equal(warned.headers.get('x-vaultapi-status'), 'WARNING')
  assert.equal(at(warned.body, 'warnings', 0, 'type'), 'CAREFUL')
  assert.equal(at(warned.body, 'users', 0, 'user', 'id'), vault.demoUserId)
})

test('a delayed answer waits for the clock and tells the state of then', async () => {
  const { vault } = sandbox
  const job = vault.addJob({ status: 'QUEUED' })
  vault.faults.add({ answer: { kind: 'delay', delayMs: 5_000 } })
  const arrived = vault.calls.next('job-status')
  const answer = ask(vault, `/api/v26.1/services/jobs/${job.id}`)
  await arrived
  vault.setJobStatus(job.id, 'RUNNING')
  clock.advance(5_000)
  assert.equal(at((await answer).body, 'data', 'status'), 'RUNNING')
})

test('a held call is answered at the release, and a client may leave before', async () => {
  const { vault } = sandbox
  const hold = vault.faults.add({ route: 'current-user', answer: { kind: 'hold' } })
  const arrived = vault.calls.next('current-user')
  const patient = ask(vault, me)
  await arrived
  const controller = new AbortController()
  const second = vault.calls.next('current-user')
  const headers = { authorization: 'sandbox-demo' }
  const impatient = fetch(vault.url + me, { headers, signal: controller.signal })
  await second
  controller.abort()
  await assert.rejects(impatient)
  assert.equal((await vault.calls.aborted('current-user')).route, 'current-user')
  hold.release()
  assert.equal((await patient).status, 200)
  assert.equal((await ask(vault, me)).status, 200)
  assert.deepEqual(
    vault.calls.of('current-user').map((call) => call.aborted),
    [false, true, false],
  )
})

test('a reset breaks the call, and a truncated body ends too early', async () => {
  const { vault } = sandbox
  vault.faults.add({ times: 1, answer: { kind: 'reset' } })
  vault.faults.add({ times: 1, answer: { kind: 'truncate', afterBytes: 20 } })
  vault.faults.add({ times: 1, answer: { kind: 'truncate', afterBytes: 0 } })
  await assert.rejects(ask(vault, me))
  for (const expected of [20, 0]) {
    const response = await fetch(vault.url + me, { headers: { authorization: 'sandbox-demo' } })
    assert.equal(response.status, 200)
    assert.equal(await readUntilItEnds(response), expected)
  }
  assert.deepEqual(
    vault.calls.all().map((call) => call.aborted),
    [false, false, false],
  )
})

test('a stalled body stops in the middle until the client leaves', async () => {
  const { feldera } = sandbox
  feldera.addPipeline({ name: 'p', profile: Buffer.alloc(500_000) })
  feldera.faults.add({ answer: { kind: 'stall', afterBytes: 1_000 } })
  const controller = new AbortController()
  const response = await fetch(`${feldera.url}/v0/pipelines/p/samply_profile`, { signal: controller.signal })
  const reader = response.body?.getReader()
  assert.equal((await reader?.read())?.value?.length, 1_000)
  const rest = reader?.read()
  controller.abort()
  await assert.rejects(Promise.resolve(rest))
  assert.equal((await feldera.calls.aborted('samply-profile-get')).aborted, true)
})

test('a hold that is released while the body of its call is still on its way holds it no more', async () => {
  const { vault } = sandbox
  const hold = vault.faults.add({ route: 'profiling-session-create', answer: { kind: 'hold' } })
  const arrived = vault.calls.next('profiling-session-create').then(() => hold.release())
  const created = await ask(vault, '/api/v26.1/code/profiler', { method: 'POST', form: { label: 'A' } })
  await arrived
  assert.equal(at(created.body, 'responseStatus'), 'SUCCESS')
})

test('clear takes every fault away and lets go of what they hold', async () => {
  const { vault } = sandbox
  vault.faults.add({ answer: { kind: 'hold' } }).used()
  const arrived = vault.calls.next('current-user')
  const held = ask(vault, me)
  await arrived
  vault.faults.clear()
  assert.equal((await held).status, 200)
  assert.equal((await ask(vault, me)).status, 200)
})

test('Feldera refuses faults that are made of Vault envelopes', () => {
  assert.throws(() => sandbox.feldera.faults.add({ answer: { kind: 'exception' } }), TypeError)
})

test('stopping closes connections in the middle of an answer', async () => {
  const { vault } = sandbox
  vault.faults.add({ answer: { kind: 'hold' } })
  const arrived = vault.calls.next('current-user')
  const held = assert.rejects(ask(vault, me))
  const call = await arrived
  await sandbox.stop()
  await held
  assert.equal(call.aborted, false)
  sandbox = await startSandbox({ scene: 'empty', clock })
})

async function readUntilItEnds(response: Response): Promise<number> {
  let sizeBytes = 0
  try {
    for await (const piece of response.body ?? []) sizeBytes += piece.length
  } catch {
    return sizeBytes
  }
  assert.fail('The body ended as if it were whole.')
}
