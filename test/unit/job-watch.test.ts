import assert from 'node:assert/strict'
import { beforeEach, describe, it } from 'node:test'
import { hasCode, unauthenticated, upstreamTimeout } from '../../src/core/errors.ts'
import type { Access } from '../../src/core/identity.ts'
import { createMemoryHub } from '../../src/fleet/memory-bus.ts'
import { createListFinder } from '../../src/jobs/list-finder.ts'
import type { Job } from '../../src/jobs/model.ts'
import { jobWatchPolicy } from '../../src/jobs/watch.ts'
import { patientUpstream } from '../../src/upstream/polled-upstream.ts'
import { createWatches, type Watches } from '../../src/watch/watch.ts'
import { anna, ben, readerBench, tooSoon, unknownJob, windowMs } from '../support/job-reader.ts'
import { settled } from '../support/settled.ts'

let bench: ReturnType<typeof readerBench>
let watches: Watches<Job>
let responseDelayMs: number

beforeEach(() => {
  bench = readerBench()
  responseDelayMs = 0
  watches = watchesWith(windowMs)
})

function watchesWith(pollIntervalMs: number): Watches<Job> {
  const { client, memory, reader, windows, clock } = bench
  return createWatches({
    name: 'test',
    bus: createMemoryHub().connect(),
    policy: jobWatchPolicy({
      client,
      memory,
      reader,
      finder: createListFinder({ client, memory, clock }),
      windows,
      clock,
      pollIntervalMs,
    }),
    clock,
    pollIntervalMs,
    upstream: { ...patientUpstream, extraWaitMs: () => responseDelayMs },
    reportFailure: () => {},
    random: () => 0,
  })
}

/** Follows job 1201, and collects the statuses or the failure. */
async function follow(access: Access = anna) {
  const received: unknown[] = []
  let isDone = false
  const feed = watches.follow(access, ['1201'])
  const reading = (async () => {
    for await (const message of feed) {
      received.push('failure' in message ? message.failure : message.state.status)
    }
    isDone = true
  })()
  await settled()
  const leave = async () => {
    await feed.return()
    await reading
  }
  return { received, isDone: () => isDone, leave }
}

/** More than a poll interval with its jitter. */
const oneInterval = windowMs * 1.1

describe('a followed job', () => {
  it('is asked for no oftener than the window allows, however short the interval', async () => {
    watches = watchesWith(10)
    bench.client.tellStatus(bench.status('RUNNING'))
    await follow()
    for (let tenths = 0; tenths < 610; tenths += 1) await bench.pass(100)
    assert.equal(bench.client.count('status'), 7)
  })

  it('is asked for less often while Vault delays its answers', async () => {
    bench.client.tellStatus(bench.status('RUNNING'))
    responseDelayMs = 5000
    await follow()
    await bench.pass(14_000)
    assert.equal(bench.client.count('status'), 1)
    await bench.pass(2_000)
    assert.equal(bench.client.count('status'), 2)
  })

  it('costs the same for many followers, and a query in between costs nothing', async () => {
    bench.client.tellStatus(bench.status('RUNNING'))
    for (let followers = 0; followers < 50; followers += 1) await follow()
    assert.equal(Object(await bench.read(anna, { detail: true })).status, 'RUNNING')
    assert.equal(bench.client.calls.length, 1)
  })

  it('sends every status once and in order, and completes with the end', async () => {
    const { client, status, pass } = bench
    const statuses = ['SCHEDULED', 'QUEUED', 'QUEUED', 'RUNNING', 'RUNNING', 'SUCCESS'].map((one) =>
      status(one),
    )
    client.tellStatus(...statuses)
    const { received, isDone } = await follow()
    for (let polls = 0; polls < 5; polls += 1) await pass(oneInterval)
    assert.deepEqual(received, ['SCHEDULED', 'QUEUED', 'RUNNING', 'SUCCESS'])
    assert.ok(isDone())
    assert.equal(bench.clock.pending(), 0)
  })

  it('sends what the lists tell while others take its window', async () => {
    const { client, status, listed, pass } = bench
    client.tellStatus(status('QUEUED'), tooSoon(), status('SUCCESS'))
    client.tellList('monitors', [listed('RUNNING')])
    const { received } = await follow()
    await pass(oneInterval)
    assert.deepEqual(received, ['QUEUED', 'RUNNING'])
    await pass(oneInterval)
    assert.deepEqual(received, ['QUEUED', 'RUNNING', 'SUCCESS'])
  })

  it('is silent where the lists and the status route tell the same in their own ways', async () => {
    const { client, status, listed, pass } = bench
    client.tellStatus(status('RUNNING'), tooSoon(), status('RUNNING'), tooSoon(), status('RUNNING'))
    client.tellList('monitors', [listed('RUNNING', { title: null, modifiedBy: null, modifiedDate: null })])
    const { received } = await follow()
    for (let polls = 0; polls < 4; polls += 1) await pass(oneInterval)
    assert.deepEqual(received, ['RUNNING'])
  })

  it('by two callers is asked for once in a window, and each sees what it may see', async () => {
    const { client, status, listed, pass } = bench
    client.tellStatus(status('RUNNING'))
    client.tellList('monitors', [listed('RUNNING')])
    const two = [await follow(anna), await follow(ben)]
    for (let polls = 0; polls < 5; polls += 1) await pass(oneInterval)
    for (const { received } of two) assert.deepEqual(received, ['RUNNING'])
    assert.ok(client.count('status') <= 6, String(client.count('status')))
  })

  it('goes on after Vault was away', async () => {
    const { client, status, pass } = bench
    client.tellStatus(
      status('QUEUED'),
      upstreamTimeout('x', { upstream: { service: 'vault' } }),
      status('RUNNING'),
    )
    const { received, isDone } = await follow()
    await pass(oneInterval)
    await pass(oneInterval)
    assert.deepEqual(received, ['QUEUED', 'RUNNING'])
    assert.equal(isDone(), false)
  })

  it('that Vault does not know ends with NOT_FOUND, at the first look or at a later one', async () => {
    const { client, status, pass } = bench
    client.tellStatus(unknownJob())
    const none = await follow()
    assert.ok(hasCode(none.received[0], 'NOT_FOUND'))
    assert.ok(none.isDone())
    await pass(windowMs)
    client.tellStatus(status('RUNNING'), unknownJob())
    const gone = await follow()
    await pass(oneInterval)
    assert.equal(gone.received[0], 'RUNNING')
    assert.ok(hasCode(gone.received[1], 'NOT_FOUND'))
  })

  it('ends with UNAUTHENTICATED for the caller whose session is over, and for nobody else', async () => {
    const { client, status, listed, pass } = bench
    client.tellStatus(status('RUNNING'))
    client.tellList('monitors', [listed('RUNNING')])
    const [annas, bens] = [await follow(anna), await follow(ben)]
    const failure = unauthenticated('Sign in again.')
    client.refuse(anna, failure)
    for (let polls = 0; polls < 3; polls += 1) await pass(oneInterval)
    assert.deepEqual(annas.received, ['RUNNING', failure])
    assert.ok(annas.isDone())
    assert.deepEqual(bens.received, ['RUNNING'])
    assert.equal(bens.isDone(), false)
  })

  it('leaves no timer and no call when its last follower leaves, also while it waits for a window', async () => {
    const { client, clock, pass } = bench
    client.tellStatus(tooSoon())
    const waiting = await follow()
    assert.equal(clock.pending(), 1)
    await waiting.leave()
    assert.equal(clock.pending(), 0)
    await pass(windowMs)
    client.tellStatus(new Promise(() => {}))
    const asking = await follow()
    await asking.leave()
    await settled()
    assert.equal(client.calls.at(-1)?.signal.aborted, true)
    assert.equal(clock.pending(), 0)
  })
})
