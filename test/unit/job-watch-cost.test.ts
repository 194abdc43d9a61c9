import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { forbidden, hasCode, upstreamUnavailable } from '../../src/core/errors.ts'
import { accessWith } from '../../src/core/identity.ts'
import { anna, ben, windowMs } from '../support/job-reader.ts'
import { jobWatchBench, statusesOf } from '../support/job-watch-bench.ts'
import { settled } from '../support/settled.ts'
import type { SimulatedCall } from '../support/simulated-vault.ts'

const range = (count: number, from = 1) => Array.from({ length: count }, (_, index) => from + index)

/** One interval of the watches in these tests, in milliseconds. */
const intervalMs = windowMs

describe('watching jobs that are on the list', () => {
  it('costs one page for up to 200 of them in an interval, and no status call', async () => {
    const { addRunning, follow, pass, calls, clock } = jobWatchBench()
    addRunning(...range(200))
    const { statuses } = await follow(range(50))
    assert.equal(statuses.size, 50)
    assert.deepEqual(calls(), { status: 0, monitors: 1, histories: 0, all: 1 })
    const sinceMs = clock.now()
    await pass(5 * intervalMs)
    assert.deepEqual(calls(sinceMs + 1), { status: 0, monitors: 5, histories: 0, all: 5 })
  })

  it('costs a page for each 200, as long as that is less than the jobs watched', async () => {
    const { addRunning, follow, pass, calls, clock } = jobWatchBench()
    addRunning(...range(500))
    await follow([...range(5, 1), ...range(5, 496)])
    await pass(intervalMs)
    const sinceMs = clock.now()
    await pass(4 * intervalMs)
    assert.deepEqual(calls(sinceMs + 1), { status: 0, monitors: 12, histories: 0, all: 12 })
  })

  it('reads no further than to the last one that is watched', async () => {
    const { addRunning, follow, pass, calls, clock } = jobWatchBench()
    addRunning(...range(500))
    await follow(range(10))
    await pass(intervalMs)
    const sinceMs = clock.now()
    await pass(4 * intervalMs)
    assert.equal(calls(sinceMs + 1).all, 4)
  })

  it('one at a time, whichever came first, converges to one page', async () => {
    const { addRunning, follow, pass, calls, clock } = jobWatchBench()
    addRunning(...range(20))
    for (const id of range(20)) {
      await follow([id])
      await pass(intervalMs / 10)
    }
    await pass(2 * intervalMs)
    const sinceMs = clock.now()
    await pass(3 * intervalMs)
    assert.deepEqual(calls(sinceMs + 1), { status: 0, monitors: 3, histories: 0, all: 3 })
  })

  it('tells each change once, and asks the status of those that have left the list', async () => {
    const { addRunning, follow, turn, pass, calls, clock } = jobWatchBench()
    addRunning(...range(5))
    const hearing = await follow(range(5))
    const sinceMs = clock.now()
    turn(2, 'QUEUED')
    turn(3, 'SUCCESS')
    await pass(2 * intervalMs)
    assert.deepEqual(statusesOf(hearing), {
      1: ['RUNNING'],
      2: ['RUNNING', 'QUEUED'],
      3: ['RUNNING', 'SUCCESS'],
      4: ['RUNNING'],
      5: ['RUNNING'],
    })
    assert.deepEqual(calls(sinceMs + 1), { status: 1, monitors: 2, histories: 0, all: 3 })
  })

  it('asks the list of completed jobs once where many have left', async () => {
    const { addRunning, follow, turn, pass, calls, clock } = jobWatchBench()
    addRunning(...range(40))
    const hearing = await follow(range(40))
    const sinceMs = clock.now()
    for (const id of range(30)) turn(id, 'SUCCESS')
    await pass(intervalMs)
    assert.deepEqual(calls(sinceMs + 1), { status: 0, monitors: 1, histories: 1, all: 2 })
    for (const id of range(30)) assert.deepEqual(hearing.statuses.get(String(id)), ['RUNNING', 'SUCCESS'])
  })
})

describe('watching jobs that a query has just seen', () => {
  it('begins with what it saw, without a call, and looks at the next round', async () => {
    const { vault, addRunning, memory, follow, turn, pass, calls, clock } = jobWatchBench()
    addRunning(1, 2)
    const askedAtMs = clock.now()
    const place = { offset: 0, list: '' }
    const page = await vault.list(anna, 'monitors', {}, { first: 50, place }, AbortSignal.timeout(1000))
    for (const job of page.nodes) memory.observe(anna, job, askedAtMs)
    await pass(intervalMs / 2)
    const sinceMs = clock.now()
    const hearing = await follow([1])
    assert.deepEqual(statusesOf(hearing), { 1: ['RUNNING'] })
    assert.equal(calls(sinceMs).all, 0)
    turn(1, 'SUCCESS')
    await pass(intervalMs)
    assert.deepEqual(statusesOf(hearing), { 1: ['RUNNING', 'SUCCESS'] })
    assert.equal(calls(sinceMs).all, 1)
    assert.deepEqual(statusesOf(await follow([1])), { 1: ['SUCCESS'] })
    assert.equal(calls(sinceMs).all, 1)
  })
})

describe('watching jobs in detail, for their progress', () => {
  it('costs a status call for each in an interval, spread over it, and the others a page as before', async () => {
    const { addRunning, follow, pass, calls, clock, vault } = jobWatchBench()
    addRunning(...range(30))
    const detailed = await follow(range(5), anna, true)
    const others = await follow(range(25, 6))
    assert.deepEqual([detailed.statuses.size, others.statuses.size], [5, 25])
    await pass(2 * intervalMs)
    const sinceMs = clock.now()
    await pass(4 * intervalMs)
    const { status, monitors, all } = calls(sinceMs + 1)
    assert.ok(
      status >= 15 && status <= 20 && monitors <= 4 && all === status + monitors,
      JSON.stringify(calls()),
    )
    const times = vault.calls.filter(({ route, atMs }) => route === 'status' && atMs > sinceMs)
    assert.ok(
      new Set(times.map(({ atMs }) => atMs)).size >= times.length - 4,
      'they are not asked all at once',
    )
    assert.deepEqual(vault.tooSoon, [])
  })

  it('a list that tells of a change first is heard, and puts off no status call', async () => {
    const { addRunning, follow, turn, pass, calls, clock } = jobWatchBench()
    addRunning(...range(10))
    const hearing = await follow([1], anna, true)
    await follow(range(9, 2))
    await pass(2 * intervalMs)
    turn(1, 'QUEUED')
    const sinceMs = clock.now()
    await pass(5 * intervalMs)
    assert.deepEqual(statusesOf(hearing), { 1: ['RUNNING', 'QUEUED'] })
    assert.ok(calls(sinceMs + 1).status >= 4, JSON.stringify(calls(sinceMs + 1)))
  })

  it('ends with the one who wants detail: the others go on by the list', async () => {
    const { addRunning, follow, pass, calls, clock } = jobWatchBench()
    addRunning(...range(5))
    const detailed = await follow(range(5), anna, true)
    await follow(range(5))
    await pass(2 * intervalMs)
    await detailed.leave()
    await pass(2 * intervalMs)
    const sinceMs = clock.now()
    await pass(3 * intervalMs)
    assert.deepEqual(calls(sinceMs + 1), { status: 0, monitors: 3, histories: 0, all: 3 })
  })
})

describe('watching few jobs where the list is long', () => {
  it('asks their status instead: never more calls in an interval than jobs watched', async () => {
    const { addRunning, follow, pass, calls, clock } = jobWatchBench()
    addRunning(...range(1000))
    await follow([901, 902, 903])
    assert.ok(calls().all <= 4, 'the first look may try the list')
    for (const _interval of range(20)) {
      const sinceMs = clock.now()
      await pass(intervalMs)
      assert.ok(calls(sinceMs + 1).all <= 3, JSON.stringify(calls(sinceMs + 1)))
    }
    assert.ok(calls().monitors <= 3, JSON.stringify(calls()))
  })

  it('one job costs one status call in an interval, and never a page', async () => {
    const { addRunning, follow, pass, calls } = jobWatchBench()
    addRunning(...range(1000))
    const { statuses } = await follow([7])
    assert.deepEqual(statuses.get('7'), ['RUNNING'])
    await pass(10.3 * intervalMs)
    assert.deepEqual(calls(), { status: 11, monitors: 0, histories: 0, all: 11 })
  })

  it('finds out when the list has become short', async () => {
    const { addRunning, follow, turn, pass, calls, clock } = jobWatchBench()
    addRunning(...range(1000))
    await follow(range(4, 901))
    await pass(intervalMs)
    for (const id of range(900)) turn(id, 'SUCCESS')
    await pass(6 * 60_000, 1000)
    const sinceMs = clock.now()
    await pass(5 * intervalMs)
    assert.deepEqual(calls(sinceMs + 1), { status: 0, monitors: 5, histories: 0, all: 5 })
  })
})

describe('watching jobs that are on no list', () => {
  it('costs a status call for each in an interval, spread over it', async () => {
    const { vault, follow, pass, clock, calls } = jobWatchBench()
    for (const id of range(10)) {
      vault.add({ id: String(id), turns: [{ atMs: 0, rawStatus: 'RUNNING' }], isUnlisted: true })
    }
    const { statuses } = await follow(range(10))
    assert.equal(statuses.size, 10)
    await pass(3 * intervalMs)
    const sinceMs = clock.now()
    await pass(5 * intervalMs)
    assert.ok(calls(sinceMs + 1).all <= 50, JSON.stringify(calls(sinceMs + 1)))
    assert.ok(calls(sinceMs + 1).status >= 40, JSON.stringify(calls(sinceMs + 1)))
    const burst = Math.max(
      ...range(50).map((tenth) => {
        const fromMs = sinceMs + (tenth - 1) * (intervalMs / 10)
        return vault.calls.filter(({ atMs }) => atMs > fromMs && atMs <= fromMs + intervalMs / 10).length
      }),
    )
    assert.ok(burst <= 2, `${burst} calls in a tenth of an interval`)
    assert.deepEqual(vault.tooSoon, [])
  })

  it('that do not exist is told for each of them, and the others go on', async () => {
    const { addRunning, follow, turn, pass } = jobWatchBench()
    addRunning(1, 2)
    const hearing = await follow([1, 2, 98, 99])
    assert.equal(hearing.failures.length, 2)
    for (const failure of hearing.failures) assert.ok(hasCode(failure, 'NOT_FOUND'))
    assert.deepEqual(statusesOf(hearing), { 1: ['RUNNING'], 2: ['RUNNING'] })
    turn(1, 'SUCCESS')
    turn(2, 'SUCCESS')
    await pass(3 * intervalMs)
    assert.deepEqual(statusesOf(hearing), { 1: ['RUNNING', 'SUCCESS'], 2: ['RUNNING', 'SUCCESS'] })
    assert.ok(hearing.isDone())
  })

  it('that are finished costs the two lists, where they are many', async () => {
    const { addRunning, turn, follow, calls, clock } = jobWatchBench()
    addRunning(...range(50))
    for (const id of range(50)) turn(id, 'SUCCESS')
    const { statuses, isDone } = await follow(range(50))
    assert.equal(statuses.size, 50)
    assert.ok(isDone())
    assert.deepEqual(calls(), { status: 0, monitors: 1, histories: 1, all: 2 })
    assert.equal(clock.pending(), 0)
  })

  it('that end together are told of though the list of completed jobs fails', async () => {
    const away = upstreamUnavailable('Away.', { upstream: { service: 'vault' } })
    for (const failure of [away, forbidden('No list for you.')]) {
      const fault = ({ route }: { route: string }) => (route === 'histories' ? failure : undefined)
      const { addRunning, follow, turn, pass } = jobWatchBench({ network: { latencyMs: () => 0, fault } })
      addRunning(...range(12))
      const hearing = await follow(range(12))
      for (const id of range(12)) turn(id, 'SUCCESS')
      await pass(3 * intervalMs)
      assert.deepEqual(hearing.failures, [])
      for (const statuses of hearing.statuses.values()) assert.deepEqual(statuses, ['RUNNING', 'SUCCESS'])
      assert.ok(hearing.isDone())
    }
  })

  it('who follows all and may not read the list is told so, and takes nobody along', async () => {
    const fault = ({ route }: { route: string }) =>
      route === 'status' ? undefined : forbidden('No list for you.')
    const { addRunning, follow, followAll, turn, pass } = jobWatchBench({
      network: { latencyMs: () => 0, fault },
    })
    addRunning(1, 2)
    const [all, one] = await Promise.all([followAll(), follow([1])])
    assert.ok(all.isDone())
    const late = await followAll()
    assert.ok(hasCode(late.failures[0], 'FORBIDDEN'))
    turn(1, 'SUCCESS')
    await pass(2 * intervalMs)
    assert.deepEqual([one.failures, statusesOf(one)], [[], { 1: ['RUNNING', 'SUCCESS'] }])
  })

  it('a caller who may not read the list, and comes to a window that somebody else has taken, waits for the next', async () => {
    const fault = ({ route, caller }: SimulatedCall) =>
      route !== 'status' && caller === ben.callerKey ? forbidden('No list for you.') : undefined
    const { addRunning, reader, follow, pass } = jobWatchBench({ network: { latencyMs: () => 0, fault } })
    addRunning(1)
    await reader.read(anna, '1', {
      signal: AbortSignal.timeout(1000),
      detail: false,
      lists: async () => null,
    })
    const hearing = await follow([1], ben)
    assert.deepEqual([hearing.failures, statusesOf(hearing)], [[], {}])
    await pass(intervalMs)
    assert.deepEqual([hearing.failures, statusesOf(hearing)], [[], { 1: ['RUNNING'] }])
  })

  it('a caller who may not read the list is told by their status', async () => {
    const fault = ({ route }: { route: string }) =>
      route === 'status' ? undefined : forbidden('No list for you.')
    const { addRunning, follow, pass } = jobWatchBench({ network: { latencyMs: () => 0, fault } })
    addRunning(...range(5))
    const hearing = await follow(range(5))
    await pass(2 * intervalMs)
    assert.equal(hearing.statuses.size, 5)
    assert.deepEqual(hearing.failures, [])
    const all = await jobWatchBench({ network: { latencyMs: () => 0, fault } }).followAll()
    assert.ok(hasCode(all.failures[0], 'FORBIDDEN'))
    assert.ok(all.isDone())
  })
})

describe('watching all active jobs', () => {
  it('tells of a job first when a list has told its title, though its status was known before', async () => {
    const { addRunning, follow, pass, watches } = jobWatchBench()
    addRunning(1)
    const one = await follow([1])
    const all = watches.followAll(anna, () => true)
    const first = all.next()
    await pass(intervalMs)
    const { value } = await first
    assert.ok(value !== undefined && 'state' in value)
    assert.deepEqual([value.state.title, value.previous], ['Job 1', undefined])
    assert.deepEqual(statusesOf(one), { 1: ['RUNNING'] })
    await all.return()
  })

  it('costs the pages of the list, however many follow it or jobs on it', async () => {
    const { addRunning, follow, followAll, pass, calls, clock } = jobWatchBench()
    addRunning(...range(450))
    const hearings = [await followAll(), await followAll(({ id }) => id === '7'), await followAll()]
    await follow([1, 2, 3])
    assert.deepEqual(
      hearings.map(({ statuses }) => statuses.size),
      [450, 1, 450],
    )
    assert.deepEqual(calls(), { status: 0, monitors: 3, histories: 0, all: 3 })
    const sinceMs = clock.now()
    await pass(4 * intervalMs)
    assert.deepEqual(calls(sinceMs + 1), { status: 0, monitors: 12, histories: 0, all: 12 })
  })

  it('tells of jobs that appear, change and finish, and of none twice', async () => {
    const { addRunning, followAll, turn, pass } = jobWatchBench()
    addRunning(1, 2, 3)
    const hearing = await followAll()
    turn(1, 'QUEUED')
    turn(2, 'SUCCESS')
    addRunning(4)
    await pass(3 * intervalMs)
    turn(4, 'TIMEOUT')
    await pass(3 * intervalMs)
    assert.deepEqual(statusesOf(hearing), {
      1: ['RUNNING', 'QUEUED'],
      2: ['RUNNING', 'SUCCESS'],
      3: ['RUNNING'],
      4: ['RUNNING', 'TIMEOUT'],
    })
    assert.equal(hearing.isDone(), false)
  })

  it('looks at once when a job was begun, also where a look is under way that may not know it', async () => {
    const network = { latencyMs: () => 20, fault: () => undefined }
    const { addRunning, followAll, follow, pass, calls, watches } = jobWatchBench({ network })
    addRunning(1)
    const hearing = await followAll()
    await pass(100, 10)
    watches.lookForMore(anna)
    await settled()
    addRunning(2)
    watches.lookForMore(anna)
    await pass(100, 10)
    assert.deepEqual(statusesOf(hearing), { 1: ['RUNNING'], 2: ['RUNNING'] })
    assert.deepEqual(calls(), { status: 0, monitors: 3, histories: 0, all: 3 })
    await hearing.leave()
    await follow([1])
    const before = calls().all
    watches.lookForMore(anna)
    await pass(100, 10)
    assert.equal(calls().all, before, 'nobody follows all')
  })

  it('goes on while Vault is away, and stops when the last follower leaves', async () => {
    let isAway = false
    const away = upstreamUnavailable('Away.', { upstream: { service: 'vault' } })
    const network = { latencyMs: () => 20, fault: () => (isAway ? away : undefined) }
    const { addRunning, followAll, turn, pass, clock, vault } = jobWatchBench({ network })
    addRunning(1, 2)
    const hearing = await followAll()
    await pass(100, 10)
    isAway = true
    turn(1, 'SUCCESS')
    await pass(3 * intervalMs)
    isAway = false
    await pass(9 * intervalMs)
    assert.deepEqual(statusesOf(hearing), { 1: ['RUNNING', 'SUCCESS'], 2: ['RUNNING'] })
    await hearing.leave()
    assert.equal(clock.pending(), 0)
    assert.equal(vault.underWay(), 0)
  })
})

describe('watching the same jobs by several callers', () => {
  it('breaks the window of none, and costs each its own page', async () => {
    const { addRunning, follow, turn, pass, calls, clock, vault } = jobWatchBench()
    addRunning(...range(5))
    const hearings = [await follow(range(5)), await follow(range(5), ben)]
    const sinceMs = clock.now()
    await pass(3 * intervalMs)
    assert.deepEqual(calls(sinceMs + 1), { status: 0, monitors: 6, histories: 0, all: 6 })
    turn(5, 'SUCCESS')
    await pass(4 * intervalMs)
    for (const { statuses } of hearings) assert.deepEqual(statuses.get('5'), ['RUNNING', 'SUCCESS'])
    assert.deepEqual(vault.tooSoon, [])
  })
})

describe('watching one job by many callers, where the list is long', () => {
  it('answers each at once and in each interval from its own list, with hardly more than a call', async () => {
    const network = { latencyMs: () => 100, fault: () => undefined }
    const { vault, addRunning, follow, turn, pass, calls, clock } = jobWatchBench({ network })
    addRunning(...range(450))
    addRunning(9000)
    const hearings = await Promise.all(
      range(20).map((caller) => follow([9000], accessWith(`caller ${caller}`))),
    )
    await pass(2 * intervalMs)
    for (const { statuses } of hearings) assert.deepEqual(statuses.get('9000'), ['RUNNING'])
    const sinceMs = clock.now()
    await pass(5 * intervalMs)
    assert.ok(calls(sinceMs).all <= 20 * 5 * 1.2, JSON.stringify(calls(sinceMs)))
    turn(9000, 'SUCCESS')
    await pass(2 * intervalMs)
    for (const { statuses } of hearings) assert.deepEqual(statuses.get('9000'), ['RUNNING', 'SUCCESS'])
    assert.deepEqual(vault.tooSoon, [])
  })
})

describe('while Vault delays its answers', () => {
  it('leaves that much more between two rounds', async () => {
    let delayMs = 0
    const { addRunning, follow, pass, calls, clock } = jobWatchBench({ extraWaitMs: () => delayMs })
    addRunning(...range(5))
    await follow(range(5))
    delayMs = 10_000
    await pass(intervalMs)
    const sinceMs = clock.now()
    await pass(4 * intervalMs)
    assert.equal(calls(sinceMs + 1).all, 2)
  })
})
