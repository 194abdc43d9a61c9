import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { upstreamError, upstreamInvalidResponse } from '../../src/core/errors.ts'
import { anna, windowMs } from '../support/job-reader.ts'
import { jobWatchBench, statusesOf } from '../support/job-watch-bench.ts'

/** Between two looks, in milliseconds: five times as often as the status of a job may be asked. */
const intervalMs = windowMs / 5

const short = { pollIntervalMs: intervalMs }

/** Checks that a job which no list has costs its status alone, once it has been looked for. */
async function asksStatusesAlone({ pass, calls, clock, vault }: ReturnType<typeof jobWatchBench>) {
  await pass(2 * windowMs)
  const sinceMs = clock.now()
  await pass(4 * windowMs)
  const { status, all } = calls(sinceMs + 1)
  assert.ok(status >= 3 && all === status, JSON.stringify(calls(sinceMs + 1)))
  assert.deepEqual(vault.tooSoon, [])
}

describe('watching a job where rounds come more often than its status may be asked', () => {
  for (const wantsDetail of [false, true]) {
    const title = wantsDetail ? 'in detail' : 'without detail'

    it(`hears of a change within two rounds, ${title}, for a call in each`, async () => {
      const { addRunning, follow, turn, pass, calls, clock, vault } = jobWatchBench(short)
      addRunning(1)
      const hearing = await follow([1], anna, wantsDetail)
      for (const rawStatus of ['QUEUED', 'RUNNING', 'SCHEDULED', 'RUNNING', 'QUEUED', 'RUNNING']) {
        turn(1, rawStatus)
        // A round that comes just before the status may be asked waits for that.
        await pass(2.1 * intervalMs)
        assert.equal(hearing.statuses.get('1')?.at(-1), rawStatus)
      }
      const sinceMs = clock.now()
      await pass(20 * intervalMs)
      const { status, monitors, all } = calls(sinceMs + 1)
      assert.ok(status >= 3 && status <= 4, JSON.stringify(calls(sinceMs + 1)))
      assert.ok(all === status + monitors && all <= 21, JSON.stringify(calls(sinceMs + 1)))
      assert.deepEqual(vault.tooSoon, [])
    })

    it(`hears of its end in the next round, ${title}, by the list of completed jobs`, async () => {
      const { addRunning, follow, turn, pass, calls, vault, clock } = jobWatchBench(short)
      addRunning(1)
      const hearing = await follow([1], anna, wantsDetail)
      await pass(1.2 * intervalMs)
      turn(1, 'SUCCESS')
      const sinceMs = clock.now()
      await pass(1.2 * intervalMs)
      assert.deepEqual(statusesOf(hearing), { 1: ['RUNNING', 'SUCCESS'] })
      assert.ok(hearing.isDone())
      assert.deepEqual(calls(sinceMs + 1), { status: 0, monitors: 1, histories: 1, all: 2 })
      assert.deepEqual(vault.tooSoon, [])
      assert.equal(clock.pending(), 0)
    })
  }

  it('hears in the next round that one has ended before a list could tell of it', async () => {
    const { vault, follow, turn, pass } = jobWatchBench(short)
    vault.add({ id: '1', turns: [{ atMs: 0, rawStatus: 'RUNNING' }] })
    const hearing = await follow([1])
    turn(1, 'SUCCESS')
    await pass(1.2 * intervalMs)
    assert.deepEqual(statusesOf(hearing), { 1: ['RUNNING', 'SUCCESS'] })
    assert.deepEqual(vault.tooSoon, [])
  })

  it('asks the status of one that is on no list each time that it may, and nothing in between', async () => {
    const bench = jobWatchBench(short)
    bench.vault.add({ id: '1', turns: [{ atMs: 0, rawStatus: 'RUNNING' }], isUnlisted: true })
    await bench.follow([1])
    await asksStatusesAlone(bench)
  })

  it('asks no lists any more for one that was on one and is on none', async () => {
    const bench = jobWatchBench(short)
    bench.addRunning(1)
    await bench.follow([1])
    await bench.pass(2 * windowMs)
    bench.vault.add({ id: '1', turns: [{ atMs: 0, rawStatus: 'RUNNING' }], isUnlisted: true })
    await asksStatusesAlone(bench)
  })

  it('goes on with its status where the list is too long for a job', async () => {
    const { addRunning, follow, turn, pass, calls, clock, vault } = jobWatchBench(short)
    addRunning(...Array.from({ length: 500 }, (_, index) => index + 1))
    const hearing = await follow([250])
    await pass(2 * windowMs)
    const sinceMs = clock.now()
    await pass(4 * windowMs)
    assert.ok(calls(sinceMs + 1).all <= 4, JSON.stringify(calls(sinceMs + 1)))
    turn(250, 'SUCCESS')
    await pass(1.2 * windowMs)
    assert.deepEqual(statusesOf(hearing), { 250: ['RUNNING', 'SUCCESS'] })
    assert.deepEqual(vault.tooSoon, [])
  })

  for (const [title, failure] of [
    ['nonsense', upstreamInvalidResponse('HTML.', { upstream: { service: 'vault', status: 200 } })],
    ['a failure that nobody knows', upstreamError('404.', { upstream: { service: 'vault', status: 404 } })],
  ] as const) {
    it(`goes on with its status where the list answers ${title}`, async () => {
      const { addRunning, follow, turn, pass, calls } = jobWatchBench({
        ...short,
        network: { latencyMs: () => 0, fault: ({ route }) => (route === 'status' ? undefined : failure) },
      })
      addRunning(1)
      const hearing = await follow([1])
      turn(1, 'SUCCESS')
      await pass(1.2 * windowMs)
      assert.deepEqual(hearing.failures, [])
      assert.deepEqual(statusesOf(hearing), { 1: ['RUNNING', 'SUCCESS'] })
      assert.deepEqual(calls(), { status: 2, monitors: 1, histories: 0, all: 3 })
    })
  }

  it('reads the list again as soon as more are followed, where it answered nonsense for two', async () => {
    const nonsense = upstreamInvalidResponse('HTML.', { upstream: { service: 'vault', status: 200 } })
    let isNonsense = false
    const { addRunning, follow, pass, calls, clock } = jobWatchBench({
      network: {
        latencyMs: () => 0,
        fault: ({ route }) => (isNonsense && route === 'monitors' ? nonsense : undefined),
      },
    })
    addRunning(...Array.from({ length: 50 }, (_, index) => index + 1))
    await follow([1, 2])
    await pass(1.2 * windowMs)
    isNonsense = true
    await pass(1.2 * windowMs)
    isNonsense = false
    await follow(Array.from({ length: 48 }, (_, index) => index + 3))
    const sinceMs = clock.now()
    await pass(3 * windowMs)
    const { status, monitors } = calls(sinceMs + 1)
    assert.ok(status <= 2 && monitors <= 3, JSON.stringify(calls(sinceMs + 1)))
  })
})
