import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { describe, it } from 'node:test'
import { buildSchema, OperationTypeNode } from 'graphql'
import { orTimeout, systemClock } from '../../src/core/time.ts'
import { type Sandbox, showcase, startSandbox } from '../../src/sandbox/sandbox.ts'
import { mutatedAnswer } from '../support/fuzz/answer-mutations.ts'
import { type Chance, createChance } from '../support/fuzz/chance.ts'
import { askByHttp, type FuzzSocket, openFuzzSocket, type Told } from '../support/fuzz/fuzz-transports.ts'
import {
  assertUnharmed,
  emptied,
  type FuzzedGateway,
  faultText,
  isAlive,
  startFuzzedGateway,
} from '../support/fuzz/fuzzed-gateway.ts'
import { showcaseValues } from '../support/fuzz/known-values.ts'
import { type Mutation, startMutatingProxy } from '../support/fuzz/mutating-proxy.ts'
import type { SentOperation } from '../support/fuzz/near-misses.ts'
import { generateOperation } from '../support/fuzz/operation-generator.ts'
import { fileFaults, toldFaults } from '../support/fuzz/told-faults.ts'

/** How many answers are changed. `SEED=…` has all of a run again; what is changed follows from it, call by call of each user. */
const answers = Number(process.env['ANSWERS'] ?? 1000)
const seed = Number(process.env['SEED'] ?? 20_261_125)

/** Users, each of whom does one thing after another. */
const lanes = 32

const upstreamTimeoutMs = 1000
const maxDurationMs = 20_000

/** A service that nobody has called for so long is left alone, and this call is a probe, which has to go well. In milliseconds. */
const probePauseMs = 1000

const schema = buildSchema(readFileSync(new URL('../../schema.graphql', import.meta.url), 'utf8'))

/** One user, and what becomes of the answers to its calls. */
interface Lane {
  readonly name: string
  readonly authorization: string
  readonly felderaAuthorization: string
  readonly chance: Chance
  /** What was changed for the present operation. */
  changes: string[]
  isChanged: boolean
}

interface Tally {
  changed: number
  readonly faults: string[]
  readonly counts: Map<string, number>
}

const newLane = (number: number): Lane => ({
  name: `lane ${number}`,
  authorization: `session-of-lane-${number}-b71c`,
  felderaAuthorization: `Bearer key-of-lane-${number}-2d0e`,
  chance: createChance(seed, 'lane', number),
  changes: [],
  isChanged: true,
})

/**
 * Changes about half of the answers. No two in a row are such that the gateway takes its upstream for broken: it would leave it
 * alone after some of them, and nothing would be changed any more.
 */
function mutationFor(laneList: readonly Lane[], tally: Tally): Mutation {
  let hasFailed = false
  let calledAtMs = 0
  return (reply, { method, path, authorization }) => {
    const isProbe = performance.now() - calledAtMs > probePauseMs
    calledAtMs = performance.now()
    const lane = laneList.find((one) => [one.authorization, one.felderaAuthorization].includes(authorization))
    const mutated =
      lane?.isChanged === true && !isProbe && lane.chance.of(0.7)
        ? mutatedAnswer(reply, lane.chance, { maySilence: true })
        : undefined
    const isFailure = mutated?.kind === 'bytes' || (mutated?.reply.status ?? 0) >= 500
    if (mutated === undefined || (isFailure && hasFailed)) {
      hasFailed = false
      return undefined
    }
    hasFailed = isFailure
    tally.changed += 1
    lane?.changes.push(`${method} ${path}: ${mutated.what}`)
    return mutated
  }
}

/** One thing that a user does. */
interface Deed {
  readonly what: string
  readonly sent: SentOperation | undefined
  run(): Promise<Told>
}

const files = [
  `/samply-profiles/${showcase.profiledPipelineName}`,
  `/samply-profiles/${showcase.profiledPipelineName}/flame-graph.svg`,
  `/samply-profiles/${showcase.failedPipelineName}`,
  `/profiling-sessions/${showcase.profilingSessionName}/results`,
  `/profiling-sessions/nothing__c/results`,
]

/** What reads the files behind it, which generated operations seldom do. */
const deepReads = [
  `{ samplyProfile(pipelineName: "${showcase.profiledPipelineName}") { ... on SamplyProfile { size sha256 analysis { product durationMs sampleCount threads { name sampleCount } hotFunctions(first: 5) { name library selfShare } flameGraph(maxDepth: 4) { name depth parent start } } } } }`,
  `{ profilingSession(name: "${showcase.profilingSessionName}") { name status resultsUrl results(first: 3) { totalCount nodes { id timestamp userName cpuTimeNs } } resultsSummary { requestCount totals { cpuTimeNs } cpuTimeHistogram { from to count } } } }`,
  `{ activeJobs(first: 5) { totalCount pageInfo { endCursor } nodes { id status title links { rel href } progress { status size } tasks(first: 3) { totalCount nodes { id state } } } } completedJobs(first: 5) { totalCount nodes { id status runEndDate } } }`,
  `{ uploadSessions { id path size uploaded progress uploadedParts parts(first: 3) { totalCount nodes { partNumber size contentMd5 } } } viewer { userId vaultId expiresAt } profilingSessions { id name label status expirationDate } }`,
  `{ pipelines { name status canProfile samplyProfile { __typename ... on SamplyProfile { id } ... on SamplyProfileUnavailable { reason message } } } jobs(ids: ["45000", "45001", "45002", "1", "44999"]) { id method createdDate } }`,
]

function deedOf(gateway: FuzzedGateway, socket: FuzzSocket, lane: Lane): Deed {
  const { chance, authorization, felderaAuthorization } = lane
  const headers = { authorization, 'feldera-authorization': felderaAuthorization }
  const way = chance.next()
  if (way < 0.08) {
    const file = chance.pick(files)
    return { what: `GET ${file}`, sent: undefined, run: () => download(gateway, file, headers) }
  }
  if (way < 0.12)
    return { what: 'PUT a part', sent: undefined, run: () => uploadPart(gateway, headers, chance) }
  if (way < 0.35) {
    const sent = { query: chance.pick(deepReads), variables: {} }
    return { what: 'a deep read', sent, run: () => askByHttp(gateway, sent, { method: 'POST', headers }) }
  }
  const types = [OperationTypeNode.QUERY, OperationTypeNode.QUERY, OperationTypeNode.MUTATION]
  if (way < 0.45) types.splice(0, 3, OperationTypeNode.SUBSCRIPTION)
  const sent = generateOperation({ schema, values: showcaseValues, types }, chance)
  const listening = { maxAnswers: 2, forMs: sent.type === 'subscription' ? 150 : maxDurationMs }
  return {
    what: `${sent.type}`,
    sent,
    run: () =>
      way < 0.6 ? socket.ask(sent, listening) : askByHttp(gateway, sent, { method: 'POST', headers }),
  }
}

type Headers = Readonly<Record<string, string>>

async function download({ url }: FuzzedGateway, path: string, headers: Headers): Promise<Told> {
  // What breaks off before its first byte leaves no answer at all: headers go with that byte.
  const response = await fetch(url + path, { headers, redirect: 'manual' }).catch((error: unknown) => {
    if (error instanceof Error && String(error.cause).includes('other side closed')) return undefined
    throw error
  })
  return response === undefined ? brokenOff : toldOfFile(response)
}

const brokenOff: Told = { status: 200, answers: [], text: '', isOver: false }

async function uploadPart({ url }: FuzzedGateway, headers: Headers, chance: Chance): Promise<Told> {
  const body = Buffer.alloc(chance.pick([1, 1000, 70_000]), 'x')
  const part = chance.pick([1, 2, 7])
  return toldOfFile(
    await fetch(`${url}/upload-sessions/${showcase.uploadSessionId}/parts/${part}`, {
      method: 'PUT',
      headers,
      body,
    }),
  )
}

/** A file that breaks off has its status already. */
async function toldOfFile(response: Response): Promise<Told> {
  const text = await response.text().catch((error: unknown) => `broke off: ${String(error)}`)
  return { status: response.status, answers: [], text, isOver: true }
}

async function playLane(gateway: FuzzedGateway, lane: Lane, tally: Tally, until: number): Promise<void> {
  const { authorization, felderaAuthorization } = lane
  const secrets = [authorization, felderaAuthorization.replace('Bearer ', '')]
  await using socket = await openFuzzSocket(gateway, { authorization, felderaAuthorization })
  while (tally.changed < until && isAlive(gateway)) {
    lane.changes = []
    const deed = deedOf(gateway, socket, lane)
    const beganAtMs = performance.now()
    const found: string[] = []
    try {
      const told = await orTimeout(deed.run(), systemClock, 2 * maxDurationMs)
      found.push(
        ...(deed.sent === undefined
          ? fileFaults(told, secrets)
          : toldFaults({ schema, sent: deed.sent, told, secrets })),
      )
      const key = `${deed.what.split(' ')[0]} ${told.status ?? ''}`
      tally.counts.set(key, (tally.counts.get(key) ?? 0) + 1)
    } catch (error) {
      found.push(String(error instanceof Error ? (error.cause ?? error) : error))
    }
    const durationMs = performance.now() - beganAtMs
    if (durationMs > maxDurationMs) found.push(`it took ${Math.round(durationMs)} ms`)
    if (found.length === 0) continue
    const { query, variables } = deed.sent ?? {}
    tally.faults.push(
      faultText([
        `SEED=${seed}, ${lane.name}: ${deed.what}`,
        ...found,
        ...lane.changes,
        query,
        JSON.stringify(variables),
      ]),
    )
  }
}

function addUsers({ vault }: Sandbox, laneList: readonly Lane[]): void {
  for (const [index, { authorization: sessionId }] of laneList.entries()) {
    vault.addUser({ id: 5000 + index, sessionId, admin: true })
  }
}

describe('a gateway whose upstreams answer all kinds of things', () => {
  it('tells each fault with a code and the form of the specification, masks nothing, and holds nothing afterwards', {
    timeout: 600_000,
  }, async (t) => {
    const sandbox = await startSandbox({ jobStatusWindowMs: 20 })
    t.after(() => sandbox.stop())
    const laneList = Array.from({ length: lanes }, (_, number) => newLane(number))
    const tally: Tally = { changed: 0, faults: [], counts: new Map() }
    addUsers(sandbox, laneList)
    await using vault = await startMutatingProxy(sandbox.vault, mutationFor(laneList, tally))
    await using feldera = await startMutatingProxy(sandbox.feldera, mutationFor(laneList, tally))
    await using gateway = await startFuzzedGateway({
      env: {
        VAULT_URL: vault.url,
        FELDERA_URL: feldera.url,
        UPSTREAM_TIMEOUT_MS: String(upstreamTimeoutMs),
        POLL_INTERVAL_MS: '50',
        JOB_STATUS_WINDOW_MS: '20',
      },
    })
    const play = async (until: number) => {
      await Promise.all(laneList.map((lane) => playLane(gateway, lane, tally, until)))
      assert.ok(
        isAlive(gateway),
        `the gateway has ended: ${gateway.stderr()}\n${laneList.map(({ changes }) => changes.join('\n')).join('\n')}`,
      )
      for (const lane of laneList) lane.isChanged = false
      await emptied(gateway, maxDurationMs)
      for (const lane of laneList) lane.isChanged = true
      return gateway.measure()
    }
    const early = await play(answers / 10)
    const late = await play(answers)

    const grownBytes = await assertUnharmed(gateway, { faults: tally.faults, early, late }, maxDurationMs)
    t.diagnostic(
      JSON.stringify({ changed: tally.changed, counts: Object.fromEntries(tally.counts), grownBytes }),
    )
  })
})
