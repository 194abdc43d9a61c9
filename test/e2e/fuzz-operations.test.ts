import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { describe, it } from 'node:test'
import { makeExecutableSchema } from '@graphql-tools/schema'
import { orTimeout, systemClock } from '../../src/core/time.ts'
import { scalars } from '../../src/graphql/scalars.ts'
import { type Sandbox, startSandbox } from '../../src/sandbox/sandbox.ts'
import { type Chance, createChance } from '../support/fuzz/chance.ts'
import {
  askByHttp,
  askByStream,
  type FuzzSocket,
  openFuzzSocket,
  sendBody,
  type Told,
} from '../support/fuzz/fuzz-transports.ts'
import {
  assertUnharmed,
  emptied,
  type FuzzedGateway,
  faultText,
  isAlive,
  startFuzzedGateway,
} from '../support/fuzz/fuzzed-gateway.ts'
import { showcaseValues } from '../support/fuzz/known-values.ts'
import { garbage, nearMiss, type SentOperation } from '../support/fuzz/near-misses.ts'
import { generateOperation } from '../support/fuzz/operation-generator.ts'
import { addRandomFaults } from '../support/fuzz/random-faults.ts'
import { isQuery, toldFaults } from '../support/fuzz/told-faults.ts'

/**
 * How many operations are sent. A failure prints the seed of its operation: `SEED=… OPERATIONS=1` sends it again, by itself;
 * what depends on faults that others met needs the seed of the run, which is `SEED` without `OPERATIONS`.
 */
const operations = Number(process.env['OPERATIONS'] ?? 1000)
const firstSeed = Number(process.env['SEED'] ?? 20_261_125)

/** Operations that are under way at the same time. */
const lanes = 24

/** After how many operations other faults are switched on. */
const operationsPerFaults = 40

const upstreamTimeoutMs = 400

/** The longest time that an operation may take: its upstream calls come one after another, and other work is done beside it. */
const maxDurationMs = 15_000

/** How long a subscription is listened to. */
const listening = { maxAnswers: 3, forMs: 150 }

const schema = makeExecutableSchema({
  typeDefs: readFileSync(new URL('../../schema.graphql', import.meta.url), 'utf8'),
  resolvers: [scalars],
})

const credentials = [
  'sandbox-demo',
  'sandbox-demo',
  'sandbox-demo',
  'Bearer sandbox-robin',
  'session-that-ended-7c1f',
]
const secrets = ['sandbox-demo', 'sandbox-robin', 'session-that-ended-7c1f', 'hunter2-hunter2']

/** What one operation is, and how it is sent. */
interface Planned {
  readonly kind: 'valid' | 'near miss' | 'garbage'
  readonly sent: SentOperation | undefined
  readonly by: string
  send(): Promise<Told>
}

function planned(gateway: FuzzedGateway, sockets: readonly FuzzSocket[], chance: Chance): Planned {
  const authorization = chance.pick(credentials)
  const headers = { authorization, 'feldera-authorization': 'Bearer feldera-key-9d2e' }
  if (chance.of(0.1)) {
    const body = garbage(chance)
    const path = chance.pick(['/graphql', '/graphql', '/graphql/stream'])
    const accept = path === '/graphql' ? '*/*' : 'text/event-stream'
    return {
      kind: 'garbage',
      sent: undefined,
      by: `a body for ${path}: ${typeof body === 'string' ? body.slice(0, 300) : Buffer.from(body).toString('base64')}`,
      send: () => sendBody({ url: gateway.url + path }, body, { ...headers, accept }),
    }
  }
  const operation = generateOperation({ schema, values: showcaseValues }, chance)
  const isValid = chance.of(0.67)
  const sent = isValid ? operation : nearMiss(operation, chance)
  const kind = isValid ? 'valid' : 'near miss'
  const way = chance.next()
  if (way < 0.3 || operation.type === 'subscription') {
    if (way < 0.15) {
      return {
        kind,
        sent,
        by: 'event stream',
        send: () => askByStream(gateway, sent, { headers, ...listening }),
      }
    }
    const socket = chance.pick(sockets)
    return {
      kind,
      sent,
      by: 'WebSocket',
      send: () => socket.ask(sent, { ...listening, forMs: waitOf(operation) }),
    }
  }
  const method = isQuery(operation) && chance.of(0.2) ? 'GET' : 'POST'
  const accept = chance.pick(['application/json', 'application/graphql-response+json', '*/*'])
  return {
    kind,
    sent,
    by: `${method}, accept ${accept}, as ${authorization}`,
    send: () => askByHttp(gateway, sent, { method, headers: { ...headers, accept } }),
  }
}

/** A query is waited for; a subscription need not have anything to say. */
const waitOf = ({ type }: { readonly type: string }) =>
  type === 'subscription' ? listening.forMs : maxDurationMs

interface Run {
  readonly faults: string[]
  readonly counts: Map<string, number>
}

/** Sends one operation, and looks at what came back. */
async function play(
  gateway: FuzzedGateway,
  sockets: readonly FuzzSocket[],
  seed: number,
  run: Run,
): Promise<void> {
  const plan = planned(gateway, sockets, createChance(seed))
  const beganAtMs = performance.now()
  const found: string[] = []
  try {
    const told = await orTimeout(plan.send(), systemClock, 2 * maxDurationMs)
    found.push(...toldFaults({ schema, sent: plan.sent, told, secrets }))
    count(run, plan, told)
  } catch (error) {
    found.push(String(error instanceof Error ? (error.cause ?? error) : error))
  }
  const durationMs = performance.now() - beganAtMs
  if (durationMs > maxDurationMs) found.push(`it took ${Math.round(durationMs)} ms`)
  if (found.length === 0) return
  const { query, operationName, variables } = plan.sent ?? {}
  run.faults.push(
    faultText([
      `SEED=${seed} OPERATIONS=1 (${plan.kind}, ${plan.by})`,
      ...found,
      query,
      operationName,
      JSON.stringify(variables),
    ]),
  )
}

function count({ counts }: Run, { kind }: Planned, { answers, status }: Told): void {
  const hasData = answers.some((answer) => typeof answer === 'object' && answer !== null && 'data' in answer)
  for (const key of [kind, `${kind}, ${hasData ? 'data' : 'no data'}`, `HTTP ${status ?? 'none'}`]) {
    counts.set(key, (counts.get(key) ?? 0) + 1)
  }
}

async function playAll(
  gateway: FuzzedGateway,
  sandbox: Sandbox,
  from: number,
  to: number,
  run: Run,
): Promise<void> {
  const params = credentials.map((authorization) => ({
    authorization,
    felderaAuthorization: 'Bearer feldera-key-9d2e',
  }))
  const sockets = await Promise.all(params.map((one) => openFuzzSocket(gateway, one)))
  let next = from
  const lane = async () => {
    while (next < to && isAlive(gateway)) {
      const seed = next
      next += 1
      if (seed % operationsPerFaults === 0) {
        sandbox.vault.faults.clear()
        sandbox.feldera.faults.clear()
        addRandomFaults(sandbox, createChance('faults', seed))
      }
      await play(gateway, sockets, seed, run)
    }
  }
  await Promise.all(Array.from({ length: lanes }, lane))
  assert.ok(
    isAlive(gateway),
    `the gateway has ended: ${gateway.stderr()}\n${run.faults.slice(0, 5).join('\n')}`,
  )
  sandbox.vault.faults.clear()
  sandbox.feldera.faults.clear()
  for (const socket of sockets) await socket[Symbol.asyncDispose]()
}

describe('a gateway that is sent operations of all kinds while its upstreams fail', () => {
  it('answers each in the form of the specification, masks nothing, and holds nothing afterwards', {
    timeout: 600_000,
  }, async (t) => {
    const sandbox = await startSandbox({ jobStatusWindowMs: 50 })
    t.after(() => sandbox.stop())
    await using gateway = await startFuzzedGateway({
      sandbox,
      env: {
        UPSTREAM_TIMEOUT_MS: String(upstreamTimeoutMs),
        POLL_INTERVAL_MS: '50',
        JOB_STATUS_WINDOW_MS: '50',
      },
    })
    const run: Run = { faults: [], counts: new Map() }
    const tenth = firstSeed + Math.ceil(operations / 10)
    await playAll(gateway, sandbox, firstSeed, tenth, run)
    await emptied(gateway, maxDurationMs)
    const early = await gateway.measure()
    await playAll(gateway, sandbox, tenth, firstSeed + operations, run)
    await emptied(gateway, maxDurationMs)
    const late = await gateway.measure()

    const grownBytes = await assertUnharmed(gateway, { faults: run.faults, early, late }, maxDurationMs)
    t.diagnostic(JSON.stringify({ counts: Object.fromEntries(run.counts), grownBytes, late }))
  })
})
