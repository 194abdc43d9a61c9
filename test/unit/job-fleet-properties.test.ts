import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { upstreamTimeout, upstreamUnavailable } from '../../src/core/errors.ts'
import { fakeClockStartMs } from '../support/fake-clock.ts'
import { jobFleetBench } from '../support/job-fleet-bench.ts'
import { anna, ben, windowMs } from '../support/job-reader.ts'
import type { Heard } from '../support/job-watch-bench.ts'
import { isEnd, type SimulatedJob, type Turn } from '../support/simulated-vault.ts'
import { isSubsequence } from '../support/subsequence.ts'

/** How many random histories are played. A failing one prints its seed: `SEED=… node --test` plays it again. */
const runs = Number(process.env['RUNS'] ?? 40)
const seed = Number(process.env['SEED'] ?? 20_261_125)

/** Things happen in this time; after it Vault and Redis are well and all jobs come to their end. */
const storyMs = 90_000

/** Long enough for the longest backoff and some intervals. */
const aftermathMs = 150_000

/** The longest time until a status is heard of where all is well: some jobs take turns, see `readStatuses`. */
const longestNewsMs = 35_000

/** Between two moments at which subscribers come and go and faults begin and end, in milliseconds. */
const stepMs = 250

/** Single calls may come a little early: what they cost is checked over as many intervals. */
const intervals = 3

const faults = {
  reset: () => upstreamUnavailable('Reset.', { upstream: { service: 'vault' } }),
  timeout: () => upstreamTimeout('Silent.', { upstream: { service: 'vault' } }),
}

const rawStatus = fc.constantFrom('SCHEDULED', 'QUEUED', 'RUNNING', 'PONDERING')

/** The statuses of one job, each for this long. */
const timelineOf = (changes: number, lasting: { readonly min: number; readonly max: number }) =>
  fc
    .record({
      createdMs: fc.integer({ min: -60_000, max: storyMs / 2 }),
      changes: fc.array(fc.record({ afterMs: fc.integer(lasting), rawStatus }), {
        maxLength: changes,
      }),
      first: rawStatus,
      end: fc.constantFrom('SUCCESS', 'CANCELLED'),
      endAfterMs: fc.integer(lasting),
      isUnlisted: fc.boolean(),
    })
    .map(({ createdMs, changes, first, end, endAfterMs, isUnlisted }) => {
      let atMs = createdMs
      const turns: Turn[] = [{ atMs, rawStatus: first }]
      for (const { afterMs, rawStatus: next } of changes) {
        atMs += afterMs
        if (turns.every((turn) => turn.rawStatus !== next)) turns.push({ atMs, rawStatus: next })
      }
      turns.push({ atMs: atMs + endAfterMs, rawStatus: end })
      return { turns, isUnlisted: isUnlisted && turns.length % 3 === 0 }
    })

const replica = fc.integer({ min: 0, max: 2 })
const span = { fromMs: fc.integer({ min: 0, max: storyMs }), lastsMs: fc.integer({ min: 100, max: 20_000 }) }

const subscriber = fc.record({
  replica,
  caller: fc.constantFrom(anna, anna, anna, ben),
  joinMs: fc.integer({ min: 0, max: storyMs - 1 }),
  /** Undefined: stays to the end. */
  staysMs: fc.option(fc.integer({ min: 0, max: storyMs }), { nil: undefined }),
  /** Undefined: all active jobs. */
  picks: fc.option(fc.array(fc.nat(), { minLength: 1, maxLength: 8 }), { nil: undefined, freq: 3 }),
  wantsDetail: fc.boolean(),
})

const story = fc.record({
  timelines: fc.array(timelineOf(8, { min: 1, max: 30_000 }), { minLength: 1, maxLength: 12 }),
  subscribers: fc.array(subscriber, { minLength: 1, maxLength: 12 }),
  troubles: fc.array(fc.record({ ...span, kind: fc.constantFrom('reset', 'timeout') }), { maxLength: 2 }),
  /** What befalls replicas, and Redis, which forgets everything. */
  faults: fc.array(fc.record({ ...span, replica, kind: fc.constantFrom('cut', 'pause', 'forget') }), {
    maxLength: 4,
  }),
  latenciesMs: fc.array(fc.integer({ min: 0, max: 1500 }), { minLength: 1, maxLength: 8 }),
  redisLatenciesMs: fc.array(fc.integer({ min: 0, max: 40 }), { minLength: 1, maxLength: 5 }),
  jitters: fc.array(fc.double({ min: 0, max: 0.999, noNaN: true }), { minLength: 1, maxLength: 8 }),
})

/** All is well, and statuses last for longer than it may take until each replica has heard of them. */
const calmStory = story.chain((told) =>
  fc
    .record({
      timelines: fc.array(timelineOf(1, { min: longestNewsMs, max: 2 * longestNewsMs }), {
        minLength: 1,
        maxLength: 12,
      }),
      latenciesMs: fc.array(fc.integer({ min: 0, max: 200 }), { minLength: 1, maxLength: 8 }),
      subscribers: fc.array(
        subscriber.map((one) => ({ ...one, caller: anna, wantsDetail: false })),
        { minLength: 1, maxLength: 12 },
      ),
    })
    .map((calm) => ({ ...told, troubles: [], faults: [], ...calm })),
)

type Story = typeof story extends fc.Arbitrary<infer Value> ? Value : never

const cycling = <Value>(values: readonly Value[], fallback: Value) => {
  let index = 0
  return () => values[index++ % values.length] ?? fallback
}

interface Played {
  readonly heard: Heard
  readonly name: string
  readonly ids: readonly string[]
  readonly isForAll: boolean
  readonly leftEarly: boolean
  readonly fromMs: number
  /** When it left; infinite where it stayed to the end. */
  readonly untilMs: number
}

/** Plays a story, and hands over what each subscriber has heard. */
async function play(told: Story) {
  let startMs = 0
  const isTroubled = (kind: string, nowMs: number) =>
    told.troubles.some(
      (one) =>
        one.kind === kind && nowMs >= startMs + one.fromMs && nowMs < startMs + one.fromMs + one.lastsMs,
    )
  const bench = jobFleetBench({
    replicas: 3,
    random: cycling(told.jitters, 0),
    redisLatencyMs: cycling(told.redisLatenciesMs, 0),
    network: {
      latencyMs: cycling(told.latenciesMs, 0),
      fault: ({ atMs }) => Object.entries(faults).find(([name]) => isTroubled(name, atMs))?.[1](),
    },
  })
  const { clock, vault, replicas, redis } = bench
  startMs = clock.now()
  const jobs = told.timelines.map(
    ({ turns, isUnlisted }, index): SimulatedJob => ({
      id: String(1000 + index),
      turns: turns.map(({ atMs, rawStatus: status }) => ({ atMs: startMs + atMs, rawStatus: status })),
      isUnlisted,
    }),
  )
  for (const job of jobs) vault.add(job)

  const played: Played[] = []
  const plans: { readonly atMs: number; happen(): Promise<void> | void }[] = []
  for (const { replica: index, caller, joinMs, staysMs, picks, wantsDetail } of told.subscribers) {
    plans.push({
      atMs: joinMs,
      async happen() {
        const created = jobs.filter(({ turns }) => (turns[0]?.atMs ?? 0) <= clock.now() - 2000)
        const ids = [...new Set((picks ?? []).flatMap((pick) => created[pick % created.length]?.id ?? []))]
        const isForAll = ids.length === 0
        const home = replicas[index]
        if (home === undefined) return
        const heard = isForAll
          ? await home.followAll(() => true, caller)
          : await home.follow(ids, caller, wantsDetail)
        const name = `${caller === anna ? 'Anna' : 'Ben'} on ${index} from ${joinMs}`
        const untilMs = clock.now() + Math.max(stepMs, staysMs ?? Number.POSITIVE_INFINITY)
        const leftEarly = staysMs !== undefined
        played.push({ heard, name, ids, isForAll, leftEarly, fromMs: clock.now(), untilMs })
        if (staysMs !== undefined)
          plans.push({ atMs: joinMs + Math.max(stepMs, staysMs), happen: heard.leave })
      },
    })
  }
  for (const { replica: index, kind, fromMs, lastsMs } of told.faults) {
    const [one, untilMs] = [replicas[index], fromMs + lastsMs]
    if (kind === 'forget') plans.push({ atMs: fromMs, happen: redis.forget })
    else {
      plans.push({ atMs: fromMs, happen: () => (kind === 'cut' ? one?.link.cut() : one?.pause()) })
      plans.push({ atMs: untilMs, happen: () => (kind === 'cut' ? one?.link.mend() : one?.wake()) })
    }
  }
  for (let nowMs = 0; nowMs < storyMs + aftermathMs; nowMs += stepMs) {
    for (const plan of plans.filter(({ atMs }) => atMs >= nowMs && atMs < nowMs + stepMs)) await plan.happen()
    await bench.pass(stepMs)
  }
  return { bench, jobs, played }
}

function checkHeard({ heard, name, ids, isForAll, leftEarly }: Played, jobs: readonly SimulatedJob[]): void {
  assert.deepEqual(heard.failures, [])
  for (const [id, statuses] of heard.statuses) {
    const turns = jobs.find((one) => one.id === id)?.turns ?? []
    const truth = turns.map((turn) => turn.rawStatus)
    const times = turns.map(({ atMs }) => atMs - fakeClockStartMs)
    const place = `job ${id}, by ${name} who follows ${isForAll ? 'all' : 'it'},`
    const facts = `${place} was ${truth.join(' ')} from ${times.join(' ')}, heard ${statuses.join(' ')}`
    assert.ok(isSubsequence(statuses, truth), facts)
    if (!leftEarly) assert.ok(isEnd(statuses.at(-1)), facts)
  }
  const missing = ids.filter((id) => !isEnd(heard.statuses.get(id)?.at(-1)))
  if (!leftEarly && !isForAll)
    assert.ok(heard.isDone(), `${name} has heard the end of ${ids.join()}, but not of ${missing.join()}`)
}

/** Who was there for as long as it takes has heard each status. */
function checkNothingLost(
  { heard, name, ids, fromMs, untilMs }: Played,
  jobs: readonly SimulatedJob[],
): void {
  for (const { id, turns } of jobs.filter((job) => ids.includes(job.id))) {
    const statuses = heard.statuses.get(id) ?? []
    for (const [index, { atMs, rawStatus: status }] of turns.entries()) {
      const endMs = turns[index + 1]?.atMs ?? Number.POSITIVE_INFINITY
      const wasThereMs = Math.min(endMs, untilMs) - Math.max(atMs, fromMs)
      if (wasThereMs > longestNewsMs) {
        assert.ok(
          statuses.includes(status),
          `${name} heard ${statuses.join(' ')} of job ${id}, but not ${status}`,
        )
      }
    }
  }
}

describe('whatever happens to jobs, Vault, Redis and the replicas of a fleet', () => {
  it('each hears a part of the truth, in order, once, to its end', async () => {
    await fc.assert(
      fc.asyncProperty(story, async (told) => {
        const { bench, jobs, played } = await play(told)
        for (const one of played) checkHeard(one, jobs)
        const isWhole = told.faults.length === 0
        if (isWhole) assert.deepEqual(bench.vault.tooSoon, [], 'the window of a status is kept')
        for (const { heard } of played) await heard.leave()
        await Promise.all(bench.replicas.map(({ bus }) => bus.close()))
        await bench.pass(2 * windowMs)
        assert.equal(bench.clock.pending(), 0, 'no timer is left')
        assert.equal(bench.vault.underWay(), 0, 'no call is left')
      }),
      { numRuns: runs, seed, endOnFailure: true },
    )
  })

  it('while all is well each hears every status, and Vault is asked as often as by one replica', async () => {
    await fc.assert(
      fc.asyncProperty(calmStory, async (told) => {
        const { bench, jobs, played } = await play(told)
        for (const one of played) {
          checkHeard(one, jobs)
          checkNothingLost(one, jobs)
        }
        assert.deepEqual(bench.vault.tooSoon, [], 'the window of a status is kept')
        const { calls } = bench.vault
        for (const { atMs: fromMs } of played.some((one) => one.isForAll) ? [] : calls) {
          const untilMs = fromMs + intervals * windowMs
          const count = calls.filter(({ atMs }) => atMs >= fromMs && atMs < untilMs).length
          const present = played.filter((one) => one.fromMs < untilMs && one.untilMs + stepMs >= fromMs)
          const joined = present.filter((one) => one.fromMs >= fromMs - stepMs)
          // A first look costs no more than the status of each job, and a page of either list that tells of none.
          const firstLooks = joined.reduce((sum, { ids }) => sum + ids.length + 2, 0)
          const watched = new Set(present.flatMap(({ ids }) => ids)).size
          const facts = `${count} calls for ${watched} jobs, ${joined.length} new`
          assert.ok(count <= intervals * watched + firstLooks, facts)
        }
      }),
      { numRuns: runs, seed, endOnFailure: true },
    )
  })
})
