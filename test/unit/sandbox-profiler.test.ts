import assert from 'node:assert/strict'
import { afterEach, beforeEach, test } from 'node:test'
import { resultAt } from '../../src/profiling-sessions/results/table.ts'
import { type Sandbox, startSandbox } from '../../src/sandbox/sandbox.ts'
import { createFakeClock, type FakeClock } from '../support/fake-clock.ts'
import { readZip } from '../support/profiling-results.ts'
import { ask, at, listAt } from '../support/sandbox-http.ts'

const profiler = '/api/v26.1/code/profiler'

let clock: FakeClock
let sandbox: Sandbox

beforeEach(async () => {
  clock = createFakeClock()
  sandbox = await startSandbox({ scene: 'empty', clock })
  sandbox.vault.profilerPace = { recordingMs: 1_200_000, processingMs: 900_000 }
})

afterEach(() => sandbox.stop())

const create = async (form: Record<string, string>) =>
  (await ask(sandbox.vault, profiler, { method: 'POST', form })).body
const end = async (name: string) =>
  (await ask(sandbox.vault, `${profiler}/${name}/actions/end`, { method: 'POST' })).body
const remove = async (name: string) =>
  (await ask(sandbox.vault, `${profiler}/${name}`, { method: 'DELETE' })).body
const one = async (name: string) => at((await ask(sandbox.vault, `${profiler}/${name}`)).body, 'data')
const statusOf = async (name: string) => at(await one(name), 'status')
const errorType = (body: unknown) => at(body, 'errors', 0, 'type')

test('a created session answers its id and its name, and goes its way by the clock', async () => {
  const answer = await create({ label: 'Hotfix Dry Run 01', description: 'Why', user_id: '1002' })
  assert.deepEqual(at(answer, 'data'), { id: '0LS000000003001', name: 'hotfix_dry_run_01__c' })
  const session = await one('hotfix_dry_run_01__c')
  assert.deepEqual(
    [at(session, 'label'), at(session, 'description'), at(session, 'user_id'), at(session, 'status')],
    ['Hotfix Dry Run 01', 'Why', 1002, 'in_progress__sys'],
  )
  clock.advance(1_200_000)
  assert.equal(await statusOf('hotfix_dry_run_01__c'), 'processing__sys')
  clock.advance(900_000)
  assert.equal(await statusOf('hotfix_dry_run_01__c'), 'complete__sys')
})

test('a session that is ended is processed at once, and once', async () => {
  await create({ label: 'Baseline' })
  assert.equal(at(await end('baseline__c'), 'responseStatus'), 'SUCCESS')
  assert.equal(await statusOf('baseline__c'), 'processing__sys')
  assert.equal(errorType(await end('baseline__c')), 'OPERATION_NOT_ALLOWED')
  clock.advance(900_000)
  assert.equal(await statusOf('baseline__c'), 'complete__sys')
})

test('one session is active, ten are kept, and only complete ones are deleted', async () => {
  await create({ label: 'First' })
  assert.equal(errorType(await create({ label: 'Second' })), 'OPERATION_NOT_ALLOWED')
  assert.equal(errorType(await remove('first__c')), 'OPERATION_NOT_ALLOWED')
  sandbox.vault.profilerRuleErrorType = 'INVALID_DATA'
  assert.equal(errorType(await create({ label: 'Second' })), 'INVALID_DATA')
  clock.advance(2_100_000)
  for (let number = 2; number <= 10; number += 1) {
    sandbox.vault.addProfilingSession({ name: `kept_${number}__c`, status: 'complete__sys' })
  }
  assert.equal(errorType(await create({ label: 'Eleventh' })), 'INVALID_DATA')
  assert.equal(at(await remove('first__c'), 'responseStatus'), 'SUCCESS')
  assert.equal(at(await create({ label: 'Eleventh' }), 'data', 'name'), 'eleventh__c')
  assert.equal(listAt((await ask(sandbox.vault, profiler)).body, 'data').length, 10)
})

test('what is missing, unknown or there already is refused', async () => {
  assert.equal(errorType(await create({ label: ' ' })), 'PARAMETER_REQUIRED')
  assert.equal(errorType(await create({ label: 'x', user_id: 'me' })), 'INVALID_DATA')
  sandbox.vault.addProfilingSession({ name: 'x__c', status: 'complete__sys' })
  assert.equal(errorType(await create({ label: 'x' })), 'ITEM_NAME_EXISTS')
  assert.equal(errorType(await end('nobody__c')), 'INSUFFICIENT_ACCESS')
  assert.equal(errorType(await remove('nobody__c')), 'INVALID_DATA')
})

test('a form is recorded with its call', async () => {
  await create({ label: 'Größe & Co' })
  assert.equal(sandbox.vault.calls.of('profiling-session-create')[0]?.form?.get('label'), 'Größe & Co')
})

const resultsOf = async (name: string) => {
  const url = `${sandbox.vault.url}${profiler}/${name}/results`
  const answer = await fetch(url, { headers: { authorization: 'sandbox-demo' } })
  return readZip(await answer.bytes())
}

test('results are of several users, and a few requests cost as much as most others together', async () => {
  sandbox.vault.addProfilingSession({ name: 'baseline__c', status: 'complete__sys' })
  const { table, figures } = await resultsOf('baseline__c')
  assert.deepEqual([figures.requestCount, figures.userCount], [640, 5])
  const [dearest, usual] = [figures.cpuTimeNs?.p99 ?? 0, figures.cpuTimeNs?.p50 ?? 0]
  assert.ok(dearest > 20 * usual, `${dearest} and ${usual} ns`)
  for (const [row, cpuTimeNs] of table.numbers.sdk_cpu_time.entries()) {
    assert.ok(cpuTimeNs <= 1e6 * (table.numbers.sdk_elapsed_time[row] ?? 0))
  }
  assert.deepEqual(await resultsOf('baseline__c'), { table, figures })
})

test('results may have any number of requests, and are those of the one user who is profiled', async () => {
  const session = { status: 'complete__sys', requestCount: 7 }
  sandbox.vault.addProfilingSession({ ...session, name: 'one__c', userId: 1002 })
  sandbox.vault.addProfilingSession({ ...session, name: 'stranger__c', userId: 7 })
  for (const [name, userId] of [
    ['one__c', '1002'],
    ['stranger__c', '7'],
  ] as const) {
    const { table } = await resultsOf(name)
    const users = Array.from({ length: 7 }, (_, row) => resultAt(table, row, { id: name }).userId)
    assert.deepEqual([table.rowCount, new Set(users)], [7, new Set([userId])])
  }
})
