import assert from 'node:assert/strict'
import { afterEach, beforeEach, test } from 'node:test'
import { createCallRecorder, maximumRecordedCalls } from '../../src/sandbox/call-log.ts'
import { type Sandbox, startSandbox } from '../../src/sandbox/sandbox.ts'
import { createFakeClock, type FakeClock } from '../support/fake-clock.ts'
import { ask } from '../support/sandbox-http.ts'

const me = '/api/v26.1/objects/users/me'

let clock: FakeClock
let sandbox: Sandbox

beforeEach(async () => {
  clock = createFakeClock()
  sandbox = await startSandbox({ scene: 'empty', clock })
})

afterEach(() => sandbox.stop())

test('a recorded call tells its route, method, path, query, headers and time', async () => {
  const { vault } = sandbox
  clock.advance(1_000)
  await ask(vault, '/api/v25.3/services/jobs/77/tasks?limit=2&offset=4')
  const [call] = vault.calls.all()
  assert.equal(call?.route, 'job-tasks')
  assert.equal(call?.method, 'GET')
  assert.equal(call?.path, '/api/v25.3/services/jobs/77/tasks')
  assert.equal(call?.query.get('offset'), '4')
  assert.equal(call?.headers.authorization, 'sandbox-demo')
  assert.equal(call?.atMs, clock.now())
  assert.equal(call?.aborted, false)
})

test('counts are per route or over all, and clear begins anew', async () => {
  const { vault } = sandbox
  await ask(vault, me)
  await ask(vault, me)
  await ask(vault, '/api/v26.1/code/profiler')
  assert.deepEqual(
    [vault.calls.count(), vault.calls.count('current-user'), vault.calls.count('job-start')],
    [3, 2, 0],
  )
  assert.equal(vault.calls.of('profiling-sessions').length, 1)
  vault.calls.clear()
  assert.deepEqual([vault.calls.count(), vault.calls.all().length], [0, 0])
})

test('next waits for a later call that its predicate accepts', async () => {
  const { vault } = sandbox
  await ask(vault, me)
  const next = vault.calls.next('current-user', (call) => call.query.get('n') === '2')
  await ask(vault, `${me}?n=1`)
  await ask(vault, `${me}?n=2`)
  assert.equal((await next).query.get('n'), '2')
})

test('the most calls at once are remembered per route', async () => {
  const { vault } = sandbox
  const hold = vault.faults.add({ answer: { kind: 'hold' } })
  const third = vault.calls.next('current-user', (call) => call.query.get('n') === '3')
  const first = [1, 2].map((n) => ask(vault, `${me}?n=${n}`))
  await vault.calls.next('current-user')
  const answers = [...first, ask(vault, `${me}?n=3`)]
  await third
  hold.release()
  await Promise.all(answers)
  await ask(vault, me)
  assert.equal(vault.calls.mostAtOnce('current-user'), 3)
  assert.equal(vault.calls.mostAtOnce('job-status'), 0)
})

test('the log keeps the newest calls and exact counts', () => {
  const recorder = createCallRecorder()
  for (let index = 0; index < maximumRecordedCalls + 5_000; index += 1) {
    recorder.arrived({
      route: 'r',
      method: 'GET',
      path: `/${index}`,
      query: new URLSearchParams(),
      headers: {},
      atMs: index,
      aborted: false,
    })
  }
  assert.equal(recorder.log.count('r'), maximumRecordedCalls + 5_000)
  assert.ok(recorder.log.all().length <= maximumRecordedCalls)
  assert.equal(recorder.log.all().at(-1)?.atMs, maximumRecordedCalls + 4_999)
})
