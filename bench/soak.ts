/**
 * Whether a gateway that runs for long stays as it was: half load of all kinds, with upstreams that fail and clients that
 * come and go, and quiet points in between at which it is counted what is left over. See README.md.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { createSamplyProfile } from '../src/sandbox/profile/samply-profile.ts'
import { type Sandbox, startSandbox } from '../src/sandbox/sandbox.ts'
import { startContestant, vaultline } from './contestants.ts'
import { createAnswers } from './soak/answers.ts'
import { createCallers } from './soak/callers.ts'
import { fillCaches } from './soak/fill.ts'
import { beginLoad, type Load } from './soak/load.ts'
import { queryActs } from './soak/query-acts.ts'
import { type QuietPoint, takeQuietPoint, total } from './soak/quiet.ts'
import { createStage, type Stage } from './soak/stage.ts'
import { subscriberActs } from './soak/subscriber-acts.ts'
import { faultsOf, growthOf } from './soak/verdict.ts'
import { makeWeather } from './soak/weather.ts'
import { largeProfilePipeline, writeActs } from './soak/write-acts.ts'
import { prepareMachine } from './support/machine.ts'
import { report, shown } from './support/report.ts'
import type { ServerProcess } from './support/server-process.ts'

const { values: options } = parseArgs({
  options: {
    minutes: { type: 'string', default: '30' },
    points: { type: 'string', default: '10' },
    rate: { type: 'string' },
    only: { type: 'string' },
    write: { type: 'boolean', default: false },
  },
})
const minutes = Number(options.minutes)
const intervalMs = (minutes * 60_000) / Number(options.points)

/** What counts as half load: this share of the gateway's core, unless the load's own core has no more to give. */
const wantedShare = 0.5
const maxOwnShare = 0.85

/** How the rate of the load is found: it is corrected so often, for so long each time, in milliseconds. */
const corrections = 6
const correctionMs = 4000
const firstRate = 40

const wanted = options.only?.split(',')
const acts = [...queryActs, ...writeActs, ...subscriberActs].filter(
  ({ name }) => wanted?.includes(name) ?? true,
)

/** Short, so that what takes time in life is over many times within a run. */
const pace = { pollIntervalMs: 1000, jobStatusWindowMs: 500 }
const settings = {
  UPSTREAM_TIMEOUT_MS: '2000',
  IDLE_CONNECTION_TIMEOUT_MS: '5000',
  SLOW_CONNECTION_TIMEOUT_MS: '2000',
  SESSION_KEEP_ALIVE_MS: '5000',
  GATEWAY_SECRET: 'the secret of a benchmark',
  // Callers come from many addresses, as behind a proxy.
  TRUSTED_PROXIES: '127.0.0.1',
  LOG_LEVEL: 'error',
}

/** How busy the gateway and the load were since this was made, as shares of a core each. */
function watchShares(server: ServerProcess) {
  const own = process.cpuUsage()
  const [beganAtMs, cpuMs] = [performance.now(), server.cpuMs()]
  return () => {
    const { user, system } = process.cpuUsage(own)
    const tookMs = performance.now() - beganAtMs
    return { gateway: (server.cpuMs() - cpuMs) / tookMs, load: (user + system) / 1000 / tookMs }
  }
}

/** Finds the rate of half load, while everything becomes warm. */
async function findRate(server: ServerProcess, load: Load): Promise<number> {
  for (let correction = 0; correction < corrections; correction += 1) {
    const shares = watchShares(server)
    await sleep(correctionMs)
    const { gateway, load: own } = shares()
    const factor = Math.min(wantedShare / gateway, maxOwnShare / own)
    load.rate = Math.round(load.rate * Math.min(2, Math.max(0.5, factor)))
  }
  return load.rate
}

function prepareSandbox({ vault, feldera }: Sandbox): void {
  // Many times as fast as in life, a run would spend the usual limits and be slowed down.
  vault.burst.limit = 1_000_000_000
  vault.authBurstLimit = 1_000_000_000
  vault.profilerPace = { recordingMs: 60_000, processingMs: 200 }
  feldera.addPipeline({
    name: largeProfilePipeline,
    profile: createSamplyProfile({ product: 'soak', durationSecs: 1500 }),
  })
  for (let index = 0; index < 1000; index += 1) {
    vault.addUser({
      id: 90_000 + index,
      sessionId: `browser-${index}`,
      username: `browser${index}@sandbox.example`,
    })
  }
}

/** One stretch of load, with weather. @returns how busy the gateway was */
async function stretch(server: ServerProcess, stage: Stage, rate: number): Promise<Stretch> {
  const load = beginLoad(stage, acts, rate)
  const weather = makeWeather(stage)
  const shares = watchShares(server)
  await sleep(intervalMs)
  const { gateway } = shares()
  await load.end()
  await weather
  return { acts: load.begun(), share: gateway }
}

interface Stretch {
  readonly acts: number
  readonly share: number
}

function rowOf({ atMinutes, census, gauges, residentBytes, sockets }: QuietPoint, { acts, share }: Stretch) {
  const megabytes = (bytes: number) => shown(bytes / 1024 ** 2, 1)
  return [
    shown(atMinutes, 1),
    shown(acts),
    shown(share * 100),
    megabytes(census.heapUsedBytes),
    megabytes(census.externalBytes),
    megabytes(residentBytes),
    shown(total(census.timers)),
    shown(census.targetListeners),
    shown(census.emitterEvents),
    shown(total(census.resources)),
    shown(sockets),
    shown(total(gauges)),
  ]
}

const columns = [
  'minutes of load',
  'acts',
  'CPU %',
  'heap MB',
  'external MB',
  'resident MB',
  'timers',
  'listeners of signals',
  'of emitters',
  'resources',
  'sockets',
  'under way',
]

async function soak(sandbox: Sandbox): Promise<readonly string[]> {
  prepareSandbox(sandbox)
  await using server = await startContestant(vaultline, sandbox, pace, settings)
  const callers = createCallers(sandbox.vault)
  const answers = createAnswers()
  const stage = createStage(sandbox, server.url, { callers, answers })

  await fillCaches(stage)
  const warmUp = beginLoad(stage, acts, Number(options.rate ?? firstRate))
  const rate = options.rate === undefined ? await findRate(server, warmUp) : Number(options.rate)
  if (options.rate !== undefined) await sleep(corrections * correctionMs)
  await warmUp.end()
  process.stderr.write(`${rate} acts a second\n`)

  const points: QuietPoint[] = []
  const rows: (readonly string[])[] = []
  const quiet = async (atMinutes: number, stretched: Stretch) => {
    await stage.begin()
    const point = await takeQuietPoint(server, stage.httpUrl, atMinutes, points[0])
    points.push(point)
    rows.push(rowOf(point, stretched))
    process.stderr.write(`${rows.at(-1)?.join(' | ')}\n${JSON.stringify(point)}\n`)
  }
  await quiet(0, { acts: 0, share: 0 })
  for (let number = 1; number <= Number(options.points); number += 1) {
    const stretched = await stretch(server, stage, rate)
    await quiet((number * intervalMs) / 60_000, stretched)
  }

  const { heap, resident } = growthOf(points)
  const codes = [...answers.byCode()].toSorted(([, one], [, other]) => other - one)
  process.stdout.write(`\n${codes.map(([code, count]) => `${code} ${shown(count)}`).join(', ')}\n`)
  const note = `${rate} acts/s, ${shown(answers.total())} answers. Over the second half, what objects take grew by ${shown(heap * 100, 1)} % in ten minutes, and resident memory by ${shown(resident * 100, 1)} %.`
  report('soak', { table: { columns, rows }, note }, options.write)
  return [
    ...faultsOf(points),
    ...answers.unexplained().map((what) => `An answer that nothing explains: ${what}.`),
    ...(await server.warnings()).filter((warning) => !warning.includes('queryObjects')),
  ]
}

prepareMachine(3000)
const sandbox = await startSandbox({
  jobStatusWindowMs: pace.jobStatusWindowMs,
  // Connections that idle are closed, as by a load balancer in life.
  keepAliveTimeoutMs: 5000,
})
const faults = await soak(sandbox)
process.stdout.write(
  faults.length === 0 ? '\nPassed: nothing is left over.\n' : `\nFailed:\n${faults.join('\n')}\n`,
)
process.exit(faults.length === 0 ? 0 : 1)
