import assert from 'node:assert/strict'
import { beforeEach, describe, it } from 'node:test'
import { hasCode } from '../../src/core/errors.ts'
import { accessWith } from '../../src/core/identity.ts'
import { createMemoryHub } from '../../src/fleet/memory-bus.ts'
import { createSamplyProfilesClient } from '../../src/samply-profiles/client.ts'
import type { SamplyProfileResult } from '../../src/samply-profiles/model.ts'
import { samplyProfileWatchPolicy } from '../../src/samply-profiles/watch.ts'
import type { FelderaClient } from '../../src/upstream/feldera.ts'
import type { UpstreamAnswer, UpstreamFile } from '../../src/upstream/http-client.ts'
import { createWatches } from '../../src/watch/watch.ts'
import { createFakeClock } from '../support/fake-clock.ts'
import { readFeed } from '../support/feed-reader.ts'
import { settled } from '../support/settled.ts'

const pollIntervalMs = 10_000
const alice = accessWith('Bearer alice')

type Answer = UpstreamAnswer | UpstreamFile | 'silence'

/** Feldera says: in progress, and to be asked again after so many seconds. */
const inProgress = (retryAfter: string): UpstreamAnswer => ({
  status: 204,
  headers: new Headers({ 'retry-after': retryAfter }),
  body: undefined,
})

/** Feldera refuses, in its own form. */
const problem = (status: number, code: string, headers: Record<string, string> = {}): UpstreamAnswer => ({
  status,
  headers: new Headers(headers),
  body: { message: `Feldera says ${code}.`, error_code: code, details: null },
})

const notCollected = problem(400, 'NoSamplyProfile')
const profile = (onCancel = () => {}): UpstreamFile => ({
  status: 200,
  headers: new Headers({ 'content-type': 'application/gzip' }),
  stream: new ReadableStream({ cancel: onCancel }),
})

/** Watched pipelines of a Feldera that answers as a test tells it, on a fake clock. */
function profileBench() {
  const clock = createFakeClock()
  const startMs = clock.now()
  const asked: { readonly path: string; readonly atMs: number; readonly query: unknown }[] = []
  const answers = new Map<string, Answer>()
  const feldera: Pick<FelderaClient, 'open' | 'openFile' | 'post'> = {
    async open(_access, { text: path }, { query, signal }) {
      asked.push({ path, atMs: clock.now() - startMs, query })
      const answer = answers.get(path.split('/')[3] ?? '') ?? notCollected
      if (answer !== 'silence') return answer
      return new Promise((_resolve, reject) => signal?.addEventListener('abort', () => reject(signal.reason)))
    },
    openFile: () => Promise.reject(new Error('no file is asked for')),
    post: () => Promise.reject(new Error('nothing is started')),
  }
  const watches = createWatches<SamplyProfileResult>({
    name: 'test',
    bus: createMemoryHub().connect(),
    policy: samplyProfileWatchPolicy(createSamplyProfilesClient(feldera, clock), pollIntervalMs),
    clock,
    pollIntervalMs,
    reportFailure: () => {},
  })
  return {
    clock,
    watches,
    asked,
    tell: (answer: Answer, pipelineName = 'orders') => answers.set(pipelineName, answer),
    follow: (key = 'orders/0') => readFeed(watches.follow(alice, [key])),
    async pass(ms: number) {
      clock.advance(ms)
      await settled()
    },
    /** After how many milliseconds each call came, counted from the one before. */
    waits: () => asked.slice(1).map(({ atMs }, index) => atMs - (asked[index]?.atMs ?? 0)),
  }
}

/** What a state says, but for the words of its message. */
const said = (state: SamplyProfileResult) =>
  state.__typename === 'SamplyProfileInProgress'
    ? state.retryAfter
    : state.__typename === 'SamplyProfile'
      ? 'PROFILE'
      : state.reason

describe('a watched profile', () => {
  let bench: ReturnType<typeof profileBench>
  beforeEach(() => {
    bench = profileBench()
  })

  /** Lets time pass in small steps until so many calls were made. */
  async function passUntilAsked(calls: number, stepMs = 50) {
    for (let steps = 0; bench.asked.length < calls; steps += 1) {
      assert.ok(steps < 10_000, 'Feldera is asked again')
      await bench.pass(stepMs)
    }
  }

  it('is the latest one', async () => {
    bench.follow('orders/2')
    await settled()
    assert.deepEqual(bench.asked, [
      {
        path: '/v0/pipelines/orders/samply_profile',
        atMs: 0,
        query: { ordinal: 2, latest: true },
      },
    ])
  })

  for (const [retryAfter, leastMs] of [
    ['0', 1000],
    ['soon', 1000],
    ['1', 1000],
    ['30', 30_000],
    ['900', 900_000],
  ] as const) {
    it(`with Retry-After ${retryAfter} is asked again after ${leastMs} ms and not before`, async () => {
      bench.tell(inProgress(retryAfter))
      bench.follow()
      await settled()
      await bench.pass(leastMs - 1)
      assert.equal(bench.asked.length, 1)
      await bench.pass(leastMs / 10 + 1)
      assert.equal(bench.asked.length, 2)
    })
  }

  it('that Feldera never stops working on is asked no oftener than once a second', async () => {
    bench.tell(inProgress('0'))
    const { states } = bench.follow()
    await settled()
    await passUntilAsked(20)
    for (const waitMs of bench.waits()) assert.ok(waitMs >= 1000, `${waitMs} ms`)
    assert.equal(states.length, 1)
  })

  it('with a Retry-After of years is asked again within the longest collection', async () => {
    bench.tell(inProgress('999999999'))
    bench.follow()
    await settled()
    await bench.pass(3600 * 1100)
    assert.equal(bench.asked.length, 2)
  })

  it('of a pipeline that does not run is told once, and asked again after the Retry-After', async () => {
    bench.tell(problem(503, 'PipelineInteractionNotDeployed', { 'retry-after': '60' }))
    const { states } = bench.follow()
    await settled()
    await bench.pass(59_999)
    assert.equal(bench.asked.length, 1)
    await bench.pass(6001)
    assert.equal(bench.asked.length, 2)
    assert.deepEqual(states.map(said), ['PIPELINE_NOT_RUNNING'])
  })

  it('of a pipeline that does not run is asked no oftener than the poll interval', async () => {
    bench.tell(problem(503, 'PipelineInteractionNotDeployed', { 'retry-after': '5' }))
    bench.follow()
    await settled()
    await bench.pass(pollIntervalMs - 1)
    assert.equal(bench.asked.length, 1)
    await bench.pass(pollIntervalMs / 10 + 1)
    assert.equal(bench.asked.length, 2)
  })

  it('of a pipeline whose Retry-After changes alone is not told again', async () => {
    bench.tell(problem(503, 'Initializing', { 'retry-after': '20' }))
    const { states } = bench.follow()
    await settled()
    bench.tell(problem(503, 'Initializing', { 'retry-after': '10' }))
    await passUntilAsked(2)
    bench.tell(problem(503, 'Initializing'))
    await passUntilAsked(3)
    assert.equal(states.length, 1)
  })

  it('is told through all of its states, and completes when it is there', async () => {
    let cancelled = 0
    bench.tell(problem(503, 'PipelineInteractionNotDeployed'))
    const { states, failures, isDone } = bench.follow()
    await settled()
    const answers = [notCollected, inProgress('30'), inProgress('0'), inProgress('0')]
    for (const [index, answer] of answers.entries()) {
      bench.tell(answer)
      await passUntilAsked(index + 2)
    }
    bench.tell(
      profile(() => {
        cancelled += 1
      }),
    )
    await passUntilAsked(6)
    assert.deepEqual(states.map(said), ['PIPELINE_NOT_RUNNING', 'NOT_COLLECTED', 30, 'PROFILE'])
    assert.deepEqual([failures, isDone(), bench.clock.pending()], [[], true, 0])
    assert.equal(cancelled, 1, 'no byte of it is read')
  })

  for (const [title, answer, reason] of [
    ['whose collection failed', problem(500, 'SamplyProfilingFailure'), 'COLLECTION_FAILED'],
    ['of a pipeline that does not exist', problem(404, 'UnknownPipelineName'), 'PIPELINE_NOT_FOUND'],
  ] as const) {
    it(`${title} is told as that, and completes`, async () => {
      const { states, failures, isDone } = bench.follow()
      await settled()
      bench.tell(answer)
      await passUntilAsked(2)
      assert.deepEqual(states.map(said), ['NOT_COLLECTED', reason])
      assert.deepEqual([failures, isDone(), bench.clock.pending()], [[], true, 0])
    })
  }

  it('that counts down is no news, also after answers that failed', async () => {
    bench.tell(inProgress('30'))
    const { states } = bench.follow()
    await settled()
    bench.tell(problem(500, 'SomethingElse'))
    await passUntilAsked(2)
    bench.tell(inProgress('0'))
    await passUntilAsked(5)
    assert.deepEqual(states.map(said), [30])
  })

  for (const [title, first, second] of [
    ['longer than what was left of the one before', '2', '30'],
    ['just as long', '30', '30'],
    ['shorter', '300', '20'],
    ['short, after the one before was being written', '0', '5'],
  ] as const) {
    it(`that was restarted, ${title}, is told`, async () => {
      bench.tell(inProgress(first))
      const { states } = bench.follow()
      await settled()
      bench.tell(inProgress(second))
      await passUntilAsked(2)
      assert.deepEqual(states.map(said), [Math.max(1, Number(first)), Number(second)])
      await passUntilAsked(3)
      assert.equal(states.length, 3, 'and so is the third, which begins as far from its end')
    })
  }

  it('is looked at anew as soon as a collection was started', async () => {
    const { states } = bench.follow()
    await settled()
    bench.tell(inProgress('30'))
    bench.watches.lookAgain(alice, 'orders/0')
    await settled()
    assert.deepEqual(states.map(said), ['NOT_COLLECTED', 30])
  })

  it('goes on after answers that say nothing about it', async () => {
    const { states, failures } = bench.follow()
    await settled()
    bench.tell({ status: 503, headers: new Headers(), body: undefined })
    await passUntilAsked(2)
    bench.tell({ status: 200, headers: new Headers(), body: undefined })
    await passUntilAsked(3)
    bench.tell(profile())
    await passUntilAsked(4)
    assert.deepEqual(states.map(said), ['NOT_COLLECTED', 'PROFILE'])
    assert.deepEqual(failures, [])
  })

  it('ends with all others of its caller when Feldera takes the credential no more', async () => {
    const readers = [bench.follow('orders/0'), bench.follow('returns/0')]
    await settled()
    bench.tell(problem(401, 'AuthenticationFailed'))
    await bench.pass(pollIntervalMs * 1.1)
    for (const { failures, isDone } of readers) {
      assert.ok(hasCode(failures[0], 'UNAUTHENTICATED'))
      assert.deepEqual([failures.length, isDone()], [1, true])
    }
    assert.equal(bench.clock.pending(), 0)
  })

  it('is asked for no more when the last has left, and a call under way is aborted', async () => {
    bench.tell('silence')
    const [one, other] = [bench.follow(), bench.follow()]
    await settled()
    assert.equal(bench.asked.length, 1)
    await one.leave()
    await other.leave()
    assert.equal(bench.clock.pending(), 0)
    await bench.pass(pollIntervalMs * 2)
    assert.equal(bench.asked.length, 1)
    assert.deepEqual(other.failures, [])
  })

  it('is not held up by a pipeline that does not answer', async () => {
    bench.tell('silence', 'returns')
    bench.follow('orders/0')
    bench.follow('returns/0')
    await settled()
    assert.equal(bench.asked.length, 2)
    await bench.pass(pollIntervalMs * 1.1)
    assert.equal(bench.asked.length, 3)
  })
})
