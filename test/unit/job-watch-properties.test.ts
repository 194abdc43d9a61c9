import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import {
  upstreamInvalidResponse,
  upstreamRateLimited,
  upstreamTimeout,
  upstreamUnavailable,
} from '../../src/core/errors.ts'
import { fakeClockStartMs } from '../support/fake-clock.ts'
import { anna, ben, windowMs } from '../support/job-reader.ts'
import { type Heard, jobWatchBench } from '../support/job-watch-bench.ts'
import { isEnd, type SimulatedJob, type Turn } from '../support/simulated-vault.ts'
import { isSubsequence } from '../support/subsequence.ts'

/** How many random histories are played. A failing one prints its seed: `SEED=… node --test` plays it again. */
const runs = Number(process.env['RUNS'] ?? 60)
const seed = Number(process.env['SEED'] ?? 20_261_122)

/** Things happen in this time; after it Vault is well and all jobs come to their end. */
const storyMs = 120_000

/** Long enough for the longest backoff and two intervals. */
const aftermathMs = 200_000

const stepMs = 250

/** Single calls may come a little early: the bound is checked over as many intervals. */
const intervals = 3

/** Longer than a look at all pages takes. */
const longestLookMs = 5000

const upstream = { service: 'vault', status: 503 } as const
const faults = {
  reset: () => upstreamUnavailable('Reset.', { upstream: { service: 'vault' } }),
  unavailable: () => upstreamUnavailable('503.', { upstream }),
  timeout: () => upstreamTimeout('Silent.', { upstream: { service: 'vault' } }),
  page: () => upstreamInvalidResponse('HTML.', { upstream: { service: 'vault', status: 502 } }),
  burst: () => upstreamRateLimited('Later.', { upstream: { service: 'vault', status: 429 }, retryAfter: 5 }),
}

const rawStatus = fc.constantFrom('SCHEDULED', 'QUEUED', 'RUNNING', 'PONDERING')
const endStatus = fc.constantFrom('SUCCESS', 'ERRORS_ENCOUNTERED', 'CANCELLED', 'TIMEOUT')

/** The statuses of one job: created at some time, changing at others, and always over in the end. */
const timeline = fc
  .record({
    createdMs: fc.integer({ min: -60_000, max: storyMs / 2 }),
    changes: fc.array(fc.record({ afterMs: fc.integer({ min: 1, max: 30_000 }), rawStatus }), {
      maxLength: 6,
    }),
    first: rawStatus,
    end: endStatus,
    endAfterMs: fc.integer({ min: 1, max: 40_000 }),
    isUnlisted: fc.boolean(),
  })
  .map(({ createdMs, changes, first, end, endAfterMs, isUnlisted }) => {
    let atMs = createdMs
    const turns: Turn[] = [{ atMs, rawStatus: first }]
    for (const { afterMs, rawStatus: next } of changes) {
      atMs += afterMs
      if (next !== turns.at(-1)?.rawStatus) turns.push({ atMs, rawStatus: next })
    }
    turns.push({ atMs: atMs + endAfterMs, rawStatus: end })
    return { turns, isUnlisted: isUnlisted && turns.length % 3 === 0 }
  })

const subscriber = fc.record({
  caller: fc.constantFrom(anna, anna, ben),
  joinMs: fc.integer({ min: 0, max: storyMs - 1 }),
  /** Undefined: stays to the end. */
  staysMs: fc.option(fc.integer({ min: 0, max: storyMs }), { nil: undefined }),
  /** Undefined: all active jobs. */
  picks: fc.option(fc.array(fc.nat(), { minLength: 1, maxLength: 12 }), { nil: undefined, freq: 4 }),
  wantsDetail: fc.constantFrom(false, false, true),
})

const story = fc.record({
  timelines: fc.array(timeline, { minLength: 1, maxLength: 25 }),
  /** Jobs that only make the list long. */
  others: fc.constantFrom(0, 0, 30, 450),
  subscribers: fc.array(subscriber, { minLength: 1, maxLength: 12 }),
  troubles: fc.array(
    fc.record({
      fromMs: fc.integer({ min: 0, max: storyMs }),
      lastsMs: fc.integer({ min: 100, max: 20_000 }),
      kind: fc.constantFrom(...Object.keys(faults)),
    }),
    { maxLength: 4 },
  ),
  latenciesMs: fc.array(fc.integer({ min: 0, max: 900 }), { minLength: 1, maxLength: 8 }),
  jitters: fc.array(fc.double({ min: 0, max: 0.999, noNaN: true }), { minLength: 1, maxLength: 8 }),
})

type Story = typeof story extends fc.Arbitrary<infer Value> ? Value : never

const cycling = <Value>(values: readonly Value[], fallback: Value) => {
  let index = 0
  return () => values[index++ % values.length] ?? fallback
}

interface Played {
  readonly heard: Heard
  readonly ids: readonly string[]
  readonly isForAll: boolean
  readonly leftEarly: boolean
  readonly fromMs: number
  untilMs(): number
}

/** Plays a story, and hands over what each subscriber has heard. */
async function play(
  { timelines, others, subscribers, troubles, latenciesMs, jitters }: Story,
  pollIntervalMs = windowMs,
) {
  let startMs = 0
  const isTroubled = (kind: string, nowMs: number) =>
    troubles.some(
      (trouble) =>
        trouble.kind === kind &&
        nowMs >= startMs + trouble.fromMs &&
        nowMs < startMs + trouble.fromMs + trouble.lastsMs,
    )
  const bench = jobWatchBench({
    pollIntervalMs,
    random: cycling(jitters, 0),
    network: {
      latencyMs: cycling(latenciesMs, 0),
      fault: ({ atMs }) => {
        const kind = Object.entries(faults).find(([name]) => isTroubled(name, atMs))
        return kind?.[1]()
      },
    },
  })
  const { clock, vault } = bench
  startMs = clock.now()
  const jobs = timelines.map(
    ({ turns, isUnlisted }, index): SimulatedJob => ({
      id: String(1000 + index),
      turns: turns.map(({ atMs, rawStatus: status }) => ({ atMs: startMs + atMs, rawStatus: status })),
      isUnlisted,
    }),
  )
  for (const job of jobs) vault.add(job)
  bench.addRunning(...Array.from({ length: others }, (_, index) => 500_000 + index))

  const played: Played[] = []
  const waiting = subscribers.map((one) => ({
    ...one,
    played: undefined as Played | undefined,
    hasLeft: false,
  }))
  for (let nowMs = 0; nowMs < storyMs + aftermathMs; nowMs += stepMs) {
    for (const one of waiting) {
      if (one.played === undefined && one.joinMs <= nowMs) {
        const created = jobs.filter(({ turns }) => (turns[0]?.atMs ?? 0) <= clock.now() - 2000)
        const ids = [
          ...new Set((one.picks ?? []).flatMap((pick) => created[pick % created.length]?.id ?? [])),
        ]
        const isForAll = one.picks === undefined || ids.length === 0
        const heard = isForAll
          ? await bench.followAll(() => true, one.caller)
          : await bench.follow(ids, one.caller, one.wantsDetail)
        const leftMs = () =>
          one.hasLeft ? startMs + one.joinMs + (one.staysMs ?? 0) + stepMs : Number.POSITIVE_INFINITY
        const leftEarly = one.staysMs !== undefined
        one.played = { heard, ids, isForAll, leftEarly, fromMs: clock.now(), untilMs: leftMs }
        played.push(one.played)
      }
      const isLeaving = one.staysMs !== undefined && one.joinMs + one.staysMs <= nowMs
      if (isLeaving && !one.hasLeft && one.played !== undefined) {
        one.hasLeft = true
        await one.played.heard.leave()
      }
    }
    await bench.pass(stepMs, stepMs)
  }
  return { bench, jobs, played }
}

function checkHeard({ heard, isForAll, leftEarly }: Played, jobs: readonly SimulatedJob[]): void {
  assert.deepEqual(heard.failures, [])
  for (const [id, statuses] of heard.statuses) {
    const job = jobs.find((one) => one.id === id)
    if (job === undefined) {
      assert.deepEqual(statuses, ['RUNNING'], `job ${id} never changed`)
      continue
    }
    const truth = job.turns.map(({ rawStatus: status }) => status)
    const times = job.turns.map(({ atMs }) => atMs - fakeClockStartMs)
    const place = `${job.isUnlisted ? 'unlisted ' : ''}job ${id}, by one who follows ${isForAll ? 'all' : 'it'},`
    const story = `${place} was ${truth.join(' ')} from ${times.join(' ')}, heard ${statuses.join(' ')}`
    assert.ok(isSubsequence(statuses, truth), story)
    if (!leftEarly) assert.ok(isEnd(statuses.at(-1)), story)
  }
  if (!leftEarly && !isForAll) assert.ok(heard.isDone(), 'all its jobs are over')
}

describe('whatever happens to jobs, to Vault and among subscribers', () => {
  for (const [pace, pollIntervalMs] of [
    ['as often as a status may be asked', windowMs],
    ['more often than a status may be asked', windowMs / 4],
  ] as const) {
    it(`each hears a part of the truth, in order, once, to its end, looking ${pace}; and Vault is asked within its rules`, async () => {
      await fc.assert(
        fc.asyncProperty(story, async (told) => {
          const { bench, jobs, played } = await play(told, pollIntervalMs)
          for (const one of played) checkHeard(one, jobs)
          assert.deepEqual(bench.vault.tooSoon, [], 'the window of a status is kept')
          for (const { heard } of played) await heard.leave()
          assert.equal(bench.clock.pending(), 0, 'no timer is left')
          assert.equal(bench.vault.underWay(), 0, 'no call is left')
        }),
        { numRuns: runs, seed, endOnFailure: true },
      )
    })
  }

  it('in any three intervals there are no more calls than three for each job watched, beyond those of first looks', async () => {
    await fc.assert(
      fc.asyncProperty(story, async (told) => {
        const subscribers = told.subscribers.map((one) => ({
          ...one,
          caller: anna,
          picks: one.picks ?? [0, 1],
        }))
        const { bench, played } = await play({ ...told, subscribers, troubles: [] })
        const calls = bench.vault.calls.map(({ atMs }) => atMs)
        for (const fromMs of calls) {
          const untilMs = fromMs + intervals * windowMs
          const count = calls.filter((atMs) => atMs >= fromMs && atMs < untilMs).length
          const present = played.filter(
            ({ fromMs: joinedMs, untilMs: leftMs }) => joinedMs < untilMs && leftMs() >= fromMs,
          )
          const joined = present.filter(({ fromMs: joinedMs }) => joinedMs >= fromMs - longestLookMs)
          // A first look costs no more than the status of each job, and one page that turns out to know none of them.
          const firstLooks = joined.reduce((sum, { ids }) => sum + ids.length + 1, 0)
          const watched = new Set(present.flatMap(({ ids }) => ids)).size
          // A look at the whole list that is under way when its last follower leaves is brought to its end.
          const isForAll = played.some((one) => one.isForAll && one.untilMs() >= fromMs - longestLookMs)
          if (!isForAll)
            assert.ok(
              count <= intervals * watched + firstLooks,
              `${count} calls for ${watched} jobs, ${joined.length} new`,
            )
        }
      }),
      { numRuns: runs, seed, endOnFailure: true },
    )
  })
})
