/**
 * How long a change takes to all who follow it, and what one who waits costs in memory. Each subscriber has a WebSocket
 * of its own; all follow one job with one credential. See README.md.
 */
import { parseArgs } from 'node:util'
import { type Sandbox, startSandbox } from '../src/sandbox/sandbox.ts'
import { type Contestant, sharedPoll, startContestant, vaultline } from './contestants.ts'
import { awaitedChange, type Delivery } from './support/delivery.ts'
import { prepareMachine } from './support/machine.ts'
import { watchOthers } from './support/other-load.ts'
import { report, shown } from './support/report.ts'
import type { ServerProcess } from './support/server-process.ts'
import { median, percentile } from './support/statistics.ts'
import { openSubscribers } from './support/subscribers.ts'

const { values: options } = parseArgs({
  options: {
    subscribers: { type: 'string', default: '100,1000,10000' },
    rounds: { type: 'string', default: '3' },
    changes: { type: 'string', default: '10' },
    write: { type: 'boolean', default: false },
  },
})
const sizes = options.subscribers.split(',').map(Number)
const changes = Number(options.changes)
const contestants = [vaultline, sharedPoll]

/** Short, so that little is waited for; a change is timed from the answer to the poll that could see it. */
const pace = { pollIntervalMs: 500, jobStatusWindowMs: 100 }

const query = `subscription Follow($id: ID!) {
  jobUpdated(id: $id) { job { id status isFinished runStartDate } previousStatus observedAt }
}`

/** Subscribers that come and go first, so that the code is warm. What memory that costs counts as the subscribers'. */
const warmUpSubscribers = 100

/** A change during which other programs use more of a core than this is not counted, whatever it took. */
const maxOthersShare = 0.2

/** How many times as many changes are made at most, until there are enough that count. */
const maxTries = 4

/** Changes that were not counted, and those that were since the tries were used up. */
let repeated = 0
let disturbed = 0

/** From how many subscribers processor time is told: the system counts it in hundredths of a second. */
const minForCpu = 1000

/** From how many subscribers memory is told: that of fewer drowns in what warming up takes. */
const minForMemory = 5000

interface Run {
  readonly contestant: Contestant
  readonly subscribers: number
  readonly bytesPerSubscriber: number
  readonly cpuMicrosecondsPerDelivery: number
  readonly deliveries: readonly Delivery[]
}

async function run(contestant: Contestant, subscribers: number): Promise<Run> {
  const sandbox = await startSandbox({ scene: 'empty', jobStatusWindowMs: pace.jobStatusWindowMs })
  // Many times as fast as in life, a run would spend the usual limit and be slowed down.
  sandbox.vault.burst.limit = 1_000_000_000
  try {
    await using server = await startContestant(contestant, sandbox, pace)
    const emptyBytes = await server.residentBytes()
    await measure(sandbox, server, warmUpSubscribers)
    const measured = await measure(sandbox, server, subscribers)
    return {
      contestant,
      subscribers,
      bytesPerSubscriber: (measured.residentBytes - emptyBytes) / subscribers,
      cpuMicrosecondsPerDelivery: (measured.cpuMs * 1000) / (subscribers * measured.deliveries.length),
      deliveries: measured.deliveries,
    }
  } finally {
    await sandbox.stop()
  }
}

/** Connects subscribers, and changes their job several times. */
async function measure(sandbox: Sandbox, server: ServerProcess, count: number) {
  const { id } = sandbox.vault.addJob({ status: 'QUEUED' })
  let onNext = awaitedChange(count, 'QUEUED')
  await using _subscribers = await openSubscribers({
    url: () => server.url,
    count,
    query,
    variables: () => ({ id: String(id) }),
    onNext: (text, index) => onNext.arrived(text, index),
  })
  await onNext.delivered
  const residentBytes = await server.residentBytes()

  const deliveries: Delivery[] = []
  let cpuMs = 0
  for (let turn = 0; deliveries.length < changes; turn += 1) {
    const status = turn % 2 === 0 ? 'RUNNING' : 'QUEUED'
    const othersShare = watchOthers(server)
    const cpuBeforeMs = server.cpuMs()
    onNext = awaitedChange(count, status)
    sandbox.vault.setJobStatus(id, status)
    await sandbox.vault.calls.next('job-status', ({ path }) => path.endsWith(`/${id}`))
    onNext.begin()
    const delivery = await onNext.delivered
    if (othersShare() > maxOthersShare) {
      if (turn < changes * maxTries) {
        repeated += 1
        continue
      }
      disturbed += 1
    }
    deliveries.push(delivery)
    cpuMs += server.cpuMs() - cpuBeforeMs
  }
  return { residentBytes, deliveries, cpuMs }
}

function rowOf(runs: readonly Run[]): readonly string[] {
  const [{ contestant, subscribers } = { contestant: vaultline, subscribers: 0 }] = runs
  const deliveries = runs.flatMap((one) => one.deliveries)
  const middle = (pick: (delivery: Delivery) => number) => median(deliveries.map(pick))
  const last = middle(({ lastMs }) => lastMs)
  return [
    shown(subscribers),
    contestant.name,
    shown(
      middle(({ p50Ms }) => p50Ms),
      1,
    ),
    shown(
      middle(({ p99Ms }) => p99Ms),
      1,
    ),
    shown(last, 1),
    shown(
      percentile(
        deliveries.map(({ lastMs }) => lastMs),
        1,
      ),
      1,
    ),
    shown((subscribers / last) * 1000),
    subscribers >= minForCpu ? shown(median(runs.map((one) => one.cpuMicrosecondsPerDelivery)), 1) : '',
    subscribers >= minForMemory ? shown(median(runs.map((one) => one.bytesPerSubscriber)) / 1024, 1) : '',
  ]
}

prepareMachine(Math.max(...sizes))
const rows: (readonly string[])[] = []
for (const size of sizes) {
  const runs: Run[] = []
  for (let round = 0; round < Number(options.rounds); round += 1) {
    for (const contestant of contestants) runs.push(await run(contestant, size))
  }
  for (const contestant of contestants) rows.push(rowOf(runs.filter((one) => one.contestant === contestant)))
}
const columns = [
  'subscribers',
  'server',
  'p50 ms',
  'p99 ms',
  'last ms',
  'worst last ms',
  'deliveries/s',
  'CPU µs/delivery',
  'KB/subscriber idle',
]
const note = `Other programs were busy during ${repeated} changes, which were made again, and during ${disturbed} that count.`
report('fan-out', { table: { columns, rows }, note }, options.write)
process.exit(0)
