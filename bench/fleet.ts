/**
 * What a fleet costs: calls to Vault, commands to Redis, and how long a change takes to all who follow it, with one replica and
 * with several. Each caller follows a job of its own, with subscribers on every replica. See README.md.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { type Sandbox, startSandbox } from '../src/sandbox/sandbox.ts'
import { startContestant, vaultline } from './contestants.ts'
import { createCallTally } from './support/call-tally.ts'
import { prepareMachine } from './support/machine.ts'
import { startRedisProcess } from './support/redis-process.ts'
import { report, shown } from './support/report.ts'
import { percentile } from './support/statistics.ts'
import { openSubscribers } from './support/subscribers.ts'

const { values: options } = parseArgs({
  options: {
    replicas: { type: 'string', default: '1,2,4' },
    subscribers: { type: 'string', default: '10000' },
    callers: { type: 'string', default: '100' },
    intervals: { type: 'string', default: '5' },
    smoke: { type: 'boolean', default: false },
    write: { type: 'boolean', default: false },
  },
})
const subscribers = options.smoke ? 40 : Number(options.subscribers)
const callers = options.smoke ? 4 : Number(options.callers)
const measuredIntervals = options.smoke ? 2 : Number(options.intervals)
const intervalMs = options.smoke ? 500 : 2000
const pace = { pollIntervalMs: intervalMs, jobStatusWindowMs: intervalMs / 2 }

/** Intervals after everybody has subscribed that are not counted: first looks and leases are settled then. */
const settlingIntervals = 2

/** How long a change may take, in milliseconds, beside the interval in which it is seen. */
const patienceMs = 30_000

const query = 'subscription Follow($id: ID!) { jobUpdated(id: $id) { job { id status } previousStatus } }'

interface Run {
  readonly replicas: number
  readonly callsPerInterval: number
  readonly refusedPerInterval: number
  readonly redisCommandsPerSecond: number
  readonly cpuShare: number
  /** From when Vault's answer told of it to the arrival at each subscriber. */
  readonly tookMs: readonly number[]
}

async function run(replicas: number): Promise<Run> {
  const sandbox = await startSandbox({ scene: 'empty', jobStatusWindowMs: pace.jobStatusWindowMs })
  // Many times as fast as in life, a run would spend the usual limit and be slowed down.
  sandbox.vault.burst.limit = 1_000_000_000
  try {
    return await runOn(sandbox, replicas)
  } finally {
    await sandbox.stop()
  }
}

async function runOn(sandbox: Sandbox, replicas: number): Promise<Run> {
  const sessions = Array.from({ length: callers }, (_, index) => `caller-${index}`)
  for (const [index, sessionId] of sessions.entries()) sandbox.vault.addUser({ id: 5000 + index, sessionId })
  const ids = sessions.map(() => sandbox.vault.addJob({ status: 'QUEUED' }).id)
  await using redis = await startRedisProcess()
  const shared = { REDIS_URL: redis.url, GATEWAY_SECRET: 'the secret of a benchmark' }
  await using servers = new AsyncDisposableStack()
  const urls: string[] = []
  const cpus: (() => number)[] = []
  for (let count = 0; count < replicas; count += 1) {
    const server = servers.use(await startContestant(vaultline, sandbox, pace, shared))
    urls.push(server.url)
    cpus.push(server.cpuMs)
  }

  const answeredAtMs = new Map<number, number>()
  const tookMs: number[] = []
  const all = Promise.withResolvers<void>()
  using tally = createCallTally(sandbox.vault.calls, pace.jobStatusWindowMs)
  // A caller's subscribers are on all replicas.
  const callerOf = (index: number) => Math.floor(index / replicas) % callers
  await using _subscribers = await openSubscribers({
    url: (index) => urls[index % replicas] ?? '',
    session: (index) => sessions[callerOf(index)] ?? '',
    count: subscribers,
    query,
    variables: (index) => ({ id: String(ids[callerOf(index)]) }),
    onNext(text, index) {
      if (!text.includes('"status":"RUNNING"')) return
      tookMs.push(performance.now() - (answeredAtMs.get(ids[callerOf(index)] ?? 0) ?? Number.NaN))
      if (tookMs.length === subscribers) all.resolve()
    },
  })
  await sleep(settlingIntervals * intervalMs)

  tally.take()
  const [commandsBefore, cpuBefore, beganAtMs] = [await redis.commands(), sum(cpus), performance.now()]
  await sleep(measuredIntervals * intervalMs)
  const { total, refused } = tally.take()
  const passedMs = performance.now() - beganAtMs
  const commands = (await redis.commands()) - commandsBefore
  const cpuMs = sum(cpus) - cpuBefore

  for (const id of ids) {
    sandbox.vault.setJobStatus(id, 'RUNNING')
    void sandbox.vault.calls
      .next('job-status', ({ path }) => path.endsWith(`/${id}`))
      .then(() => answeredAtMs.set(id, performance.now()))
  }
  await Promise.race([all.promise, sleep(2 * intervalMs + patienceMs, undefined, { ref: false })])
  if (tookMs.length < subscribers)
    throw new Error(`only ${tookMs.length} of ${subscribers} were told of the change`)
  return {
    replicas,
    callsPerInterval: total / (passedMs / intervalMs),
    refusedPerInterval: refused / (passedMs / intervalMs),
    redisCommandsPerSecond: commands / (passedMs / 1000),
    cpuShare: cpuMs / passedMs,
    tookMs,
  }
}

const sum = (numbers: readonly (() => number)[]) => numbers.reduce((total, number) => total + number(), 0)

const rowOf = (one: Run): readonly string[] => [
  shown(one.replicas),
  shown(one.callsPerInterval, 1),
  shown(one.refusedPerInterval, 1),
  shown(one.redisCommandsPerSecond),
  shown(percentile(one.tookMs, 0.5), 1),
  shown(percentile(one.tookMs, 0.99), 1),
  shown(one.cpuShare * 100, 1),
]

if (!options.smoke) prepareMachine(subscribers)
const rows: (readonly string[])[] = []
for (const replicas of options.smoke ? [1, 2] : options.replicas.split(',').map(Number)) {
  rows.push(rowOf(await run(replicas)))
}
const columns = [
  'replicas',
  'calls per interval',
  'of them refused',
  'Redis commands/s',
  'p50 ms',
  'p99 ms',
  'idle CPU %, all replicas',
]
const note = `${shown(subscribers)} subscribers of ${shown(callers)} callers, interval ${intervalMs / 1000} s.`
report('fleet', { table: { columns, rows }, note }, options.write)
process.exit(0)
