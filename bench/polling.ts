/**
 * What following jobs costs Vault: calls per interval, calls that Vault refuses, and how many subscribers learn of a
 * change in time. See README.md.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { type Sandbox, startSandbox } from '../src/sandbox/sandbox.ts'
import { type Contestant, pollEach, startContestant, vaultline } from './contestants.ts'
import { type Scenario, scenarios, smokeScenarios } from './scenarios.ts'
import { createCallTally } from './support/call-tally.ts'
import { prepareMachine } from './support/machine.ts'
import { report, shown } from './support/report.ts'
import { openSubscribers } from './support/subscribers.ts'

const { values: options } = parseArgs({
  options: {
    intervals: { type: 'string', default: '5' },
    write: { type: 'boolean', default: false },
    smoke: { type: 'boolean', default: false },
  },
})
const measuredIntervals = options.smoke ? 2 : Number(options.intervals)

/** Both the interval and Vault's window. A second is ten times as fast as with the default settings. */
const intervalMs = options.smoke ? 200 : 1000

/** Intervals after everybody has subscribed that are not counted: first looks are over then. */
const settlingIntervals = 2

/** Within how many intervals a change has to arrive to be counted as in time. */
const patienceIntervals = 2

interface Run {
  readonly callsPerInterval: number
  readonly refusedPerInterval: number
  readonly followers: number
  /** How many of them learned of the change in time. */
  readonly told: number
}

async function run(contestant: Contestant, scenario: Scenario): Promise<Run> {
  const sandbox = await startSandbox({ scene: 'empty', jobStatusWindowMs: intervalMs })
  // Many times as fast as in life, a run would spend the usual limit and be slowed down.
  sandbox.vault.burst.limit = 1_000_000_000
  try {
    return await runOn(sandbox, contestant, scenario)
  } finally {
    await sandbox.stop()
  }
}

async function runOn(sandbox: Sandbox, contestant: Contestant, scenario: Scenario): Promise<Run> {
  const { subscribers: count, jobs, query } = scenario
  const ids = Array.from({ length: jobs }, () => String(sandbox.vault.addJob({ status: 'QUEUED' }).id))
  const changed = Math.floor(jobs / 2)
  const news = `"job":{"id":"${ids[changed]}","status":"RUNNING"`
  const told = new Set<number>()

  using tally = createCallTally(sandbox.vault.calls, intervalMs)
  const pace = { pollIntervalMs: intervalMs, jobStatusWindowMs: intervalMs }
  await using server = await startContestant(contestant, sandbox, pace)
  await using _subscribers = await openSubscribers({
    url: () => server.url,
    count,
    query,
    variables: (index) => scenario.variables(ids, index),
    onNext(text, index) {
      if (text.includes(news)) told.add(index)
    },
  })
  await sleep(settlingIntervals * intervalMs)
  tally.take()
  const beganAtMs = performance.now()
  await sleep(measuredIntervals * intervalMs)
  const { total, refused } = tally.take()
  const intervals = (performance.now() - beganAtMs) / intervalMs

  sandbox.vault.setJobStatus(Number(ids[changed]), 'RUNNING')
  await sleep(patienceIntervals * intervalMs)
  return {
    callsPerInterval: total / intervals,
    refusedPerInterval: refused / intervals,
    followers: Array.from({ length: count }, (_, index) => index).filter((index) =>
      scenario.follows(index, changed),
    ).length,
    told: told.size,
  }
}

function rowOf(scenario: Scenario, contestant: Contestant, measured: Run): readonly string[] {
  const { name, subscribers, jobs, callsPerLook } = scenario
  const wanted = subscribers * callsPerLook
  const isBehind = contestant === pollEach && measured.callsPerInterval < wanted * 0.8
  return [
    name,
    shown(subscribers),
    shown(jobs),
    contestant.name,
    shown(measured.callsPerInterval, 1) + (isBehind ? ` of ${shown(wanted)} wanted` : ''),
    shown(measured.refusedPerInterval, 1),
    `${shown(measured.told)} of ${shown(measured.followers)}`,
  ]
}

const chosen = options.smoke ? smokeScenarios : scenarios
if (!options.smoke) prepareMachine(Math.max(...chosen.map(({ subscribers }) => subscribers)))
const rows: (readonly string[])[] = []
for (const scenario of chosen) {
  for (const contestant of [vaultline, pollEach]) {
    rows.push(rowOf(scenario, contestant, await run(contestant, scenario)))
  }
}
const columns = [
  'subscription',
  'subscribers',
  'jobs',
  'server',
  'calls per interval',
  'of them refused',
  'told of a change in time',
]
report('polling', { table: { columns, rows } }, options.write)
process.exit(0)
