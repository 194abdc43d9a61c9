import type { Fault, SandboxFeldera, SandboxVault } from '../../src/sandbox/sandbox.ts'
import { oneOf, type Stage } from './stage.ts'

/** How long each weather lasts, in milliseconds. */
const showersMs = 12_000
const outageMs = 2500
const clearMs = 10_000

/** Between two calls that fail in a shower, in milliseconds. */
const betweenDropsMs = 80

/** Longer than the gateway waits (`upstreamTimeoutMs`). */
const tooLateMs = 4000

/** What either upstream may do. */
const faults: readonly [Fault, ...Fault[]] = [
  { kind: 'status', status: 503, body: '<h1>Service Unavailable</h1>' },
  { kind: 'status', status: 502 },
  { kind: 'status', status: 500, body: 'oops' },
  { kind: 'status', status: 429, headers: { 'retry-after': '1' } },
  {
    kind: 'status',
    status: 200,
    body: '{"responseStatus":',
    headers: { 'content-type': 'application/json' },
  },
  { kind: 'json', body: [] },
  { kind: 'json', body: { responseStatus: 'SUCCESS' } },
  { kind: 'delay', delayMs: 300 },
  { kind: 'delay', delayMs: tooLateMs },
  { kind: 'reset' },
  { kind: 'truncate', afterBytes: 20 },
  { kind: 'stall', afterBytes: 20 },
]

/** What Vault alone may say. */
const vaultFaults: readonly [Fault, ...Fault[]] = [
  ...faults,
  { kind: 'exception', message: 'An unexpected exception.' },
  { kind: 'warning', type: 'ANY', message: 'It went well, mostly.' },
  { kind: 'failure', type: 'API_LIMIT_EXCEEDED' },
  { kind: 'failure', type: 'INVALID_SESSION_ID' },
  { kind: 'headers', headers: { 'X-VaultAPI-ResponseDelay': '20' } },
]

/** Lets upstreams fail, and be well again, until the load ends. Nothing is left of it then. */
export async function makeWeather(stage: Stage): Promise<void> {
  const { vault, feldera } = stage.sandbox
  while (!stage.isEnding()) {
    await stage.pause(clearMs)
    await shower(stage)
    await stage.pause(clearMs)
    await outage(stage, oneOf<SandboxVault | SandboxFeldera>([vault, feldera]))
  }
  vault.faults.clear()
  feldera.faults.clear()
}

/** One call fails now and then, each in another way. */
async function shower(stage: Stage): Promise<void> {
  const { vault, feldera } = stage.sandbox
  const untilMs = performance.now() + showersMs
  while (performance.now() < untilMs && !stage.isEnding()) {
    vault.faults.add({ times: 1, answer: oneOf(vaultFaults) })
    if (Math.random() < 0.2) feldera.faults.add({ times: 1, answer: oneOf(faults) })
    await stage.pause(betweenDropsMs)
  }
  vault.faults.clear()
  feldera.faults.clear()
}

/** Nothing goes any more. */
async function outage(stage: Stage, { faults: list }: SandboxVault | SandboxFeldera): Promise<void> {
  const fault = list.add({ answer: oneOf<Fault>([{ kind: 'reset' }, { kind: 'status', status: 503 }]) })
  await stage.pause(outageMs)
  fault.remove()
}
