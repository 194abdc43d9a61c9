/**
 * How many queries a second Vaultline answers beside other servers, and what one costs them in processor time, memory and calls
 * to Vault. See README.md.
 */
import { existsSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { isDeepStrictEqual, parseArgs } from 'node:util'
import { startSandbox } from '../src/sandbox/sandbox.ts'
import { queryContestants } from './contestants.ts'
import { fill, idsOf, type PeerWorkload, peerWorkloads, sessionsOf, standInId } from './peer-workloads.ts'
import { endedProgramsCpuMs, loadCpuMs } from './support/load-core.ts'
import { prepareMachine } from './support/machine.ts'
import { watchOthers } from './support/other-load.ts'
import { type QueryRun, queryColumns, rowsOf } from './support/query-runs.ts'
import { bodyOf, type QueryServer, startQueryServer, valuesOf } from './support/query-server.ts'
import { startRecordedVault } from './support/recorded-vault.ts'
import { report, shown } from './support/report.ts'
import { percentile } from './support/statistics.ts'
import { idPlace, runWrk } from './support/wrk.ts'

const { values: options } = parseArgs({
  options: {
    contestants: { type: 'string', default: queryContestants.map(({ key }) => key).join(',') },
    workload: { type: 'string', default: peerWorkloads.map(({ name }) => name).join(',') },
    rounds: { type: 'string', default: '3' },
    seconds: { type: 'string', default: '10' },
    'warm-up-seconds': { type: 'string', default: '3' },
    write: { type: 'boolean', default: false },
  },
})
const contestants = chosen(queryContestants, options.contestants, ({ key }) => key)
const workloads = chosen(peerWorkloads, options.workload, ({ name }) => name)

/** What was under way at the end of a run is over when no call has come to Vault for this time. */
const quietMs = 200

function chosen<One>(all: readonly One[], names: string, nameOf: (one: One) => string): readonly One[] {
  return names.split(',').map((name) => {
    const found = all.find((one) => nameOf(one) === name)
    if (found === undefined) throw new Error(`There is no ${name}, only ${all.map(nameOf).join(', ')}.`)
    return found
  })
}

if (!existsSync(new URL('peers/node_modules', import.meta.url)))
  throw new Error('The peers are not installed: `npm ci --prefix bench/peers`.')
prepareMachine(1000)
const sandbox = await startSandbox({ scene: 'empty', jobStatusWindowMs: 0 })
sandbox.vault.burst.limit = 1_000_000_000
fill(sandbox, Date.now())
await using vault = await startRecordedVault(sandbox, String(standInId))
await using started = new AsyncDisposableStack()
const servers: QueryServer[] = []

/** How much of a core other programs took in each run. */
const othersShares: number[] = []

/** Lets one server answer for some seconds. @param number of the run: for each it is asked for jobs of its own */
async function run(
  server: QueryServer,
  workload: PeerWorkload,
  number: number,
  seconds: number,
): Promise<QueryRun> {
  const othersShare = watchOthers({ cpuMs: () => server.process.cpuMs() + endedProgramsCpuMs() })
  const body = bodyOf(server.contestant, workload, idPlace)
  const before = {
    atMs: performance.now(),
    cpuMs: server.process.cpuMs(),
    loadMs: loadCpuMs(),
    calls: vault.calls(),
  }
  const load = { body, ids: idsOf(workload, number), sessions: sessionsOf(workload), seconds }
  const result = await runWrk({ url: server.url, ...load })
  const tookMs = performance.now() - before.atMs
  const serverShare = (server.process.cpuMs() - before.cpuMs) / tookMs
  const loadShare = (loadCpuMs() - before.loadMs) / tookMs
  othersShares.push(othersShare())
  const residentBytes = server.process.residentNowBytes()
  await quiet()
  const cpuMs = server.process.cpuMs() - before.cpuMs
  const calls = vault.calls() - before.calls
  return { ...result, server, cpuMs, serverShare, loadShare, calls, residentBytes }
}

async function quiet(): Promise<void> {
  for (let calls = -1; calls !== vault.calls(); ) {
    calls = vault.calls()
    await sleep(quietMs)
  }
}

/** @throws Error where a server answers something else than the first one */
async function compareAnswers(workload: PeerWorkload): Promise<void> {
  const answers = []
  for (const server of servers) answers.push({ server, values: await valuesOf(server, workload) })
  for (const { server, values } of answers) {
    if (!isDeepStrictEqual(values, answers[0]?.values))
      throw new Error(`${server.contestant.name} answers ${workload.name} with something else: ${values}`)
  }
}

/** Lets all take turns. @returns their runs, without those that warmed them up */
async function compare(workload: PeerWorkload): Promise<readonly QueryRun[]> {
  await compareAnswers(workload)
  for (const server of servers) await run(server, workload, 0, Number(options['warm-up-seconds']))
  const measured: QueryRun[] = []
  for (let round = 1; round <= Number(options.rounds); round += 1) {
    for (const server of servers) measured.push(await run(server, workload, round, Number(options.seconds)))
  }
  return measured
}

const [first] = peerWorkloads
for (const contestant of contestants) {
  if (first === undefined) break
  const server = await startQueryServer(contestant, vault, sandbox.feldera.url, first)
  started.use(server.process)
  servers.push(server)
}
const rows: (readonly string[])[] = []
for (const workload of workloads) rows.push(...rowsOf(workload, servers, await compare(workload)))
const boots = servers.map(({ contestant, bootMs }) => `${contestant.name} ${shown(bootMs)} ms`).join(', ')
const others = [0.5, 1].map((share) => shown(percentile(othersShares, share), 2))
const note = `From the start to the first answer: ${boots}. Others took ${others[0]} of a core in half of the runs, ${others[1]} at most.`
report('peers', { table: { columns: queryColumns, rows }, note }, options.write)
process.exit(0)
