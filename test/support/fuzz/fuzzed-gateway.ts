import assert from 'node:assert/strict'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { z } from 'zod'
import { maxOpenMs } from '../../../src/upstream/circuit.ts'
import { type Gateway, type GatewayOptions, startGateway } from '../gateway.ts'
import { codesOf, request } from '../graphql.ts'
import { heldGauges, type Scraped, scrape } from '../metrics.ts'

/** What a process holds when garbage has been collected. */
export interface Measured {
  readonly usedBytes: number
  /** Node's names of what keeps it alive, such as `Timeout`. */
  readonly handles: readonly string[]
}

/** A gateway whose memory can be looked at. */
export interface FuzzedGateway extends Gateway {
  measure(): Promise<Measured>
}

const measuredSchema = z.object({ usedBytes: z.number(), handles: z.array(z.string()) })

/** Starts a gateway that logs what it masks, and that gives up on upstreams soon. */
export async function startFuzzedGateway(options: GatewayOptions): Promise<FuzzedGateway> {
  const module = new URL('measured-process.ts', import.meta.url).href
  const gateway = await startGateway({
    ...options,
    env: { LOG_LEVEL: 'error', NODE_OPTIONS: `--expose-gc --import=${module}`, ...options.env },
  })
  const linesOf = () => gateway.stderr().match(/^measured .*$/gm) ?? []
  return {
    ...gateway,
    async measure() {
      const before = linesOf().length
      gateway.process.kill('SIGUSR2')
      while (linesOf().length === before) {
        if (!isAlive(gateway)) throw new Error(`the gateway has ended: ${gateway.stderr()}`)
        await nextTurn()
      }
      return measuredSchema.parse(JSON.parse(linesOf().at(-1)?.replace('measured ', '') ?? ''))
    },
  }
}

/** Whether the process runs. */
export const isAlive = ({ process: { exitCode, signalCode } }: Gateway) =>
  exitCode === null && signalCode === null

/** What is left of work that has ended, by what `/metrics` tells; empty: nothing. */
function leftovers(scraped: Scraped): readonly string[] {
  return scraped.samples
    .filter(({ name, value }) => heldGauges.includes(name) && value !== 0)
    .map(({ name, labels, value }) => `${name} ${JSON.stringify(labels)} is ${value}`)
}

/** Waits until nothing is left. Rejects with what is, where that takes longer. */
export async function emptied(gateway: Gateway, withinMs: number): Promise<void> {
  const deadlineMs = performance.now() + withinMs
  for (;;) {
    const left = leftovers(await scrape(gateway))
    if (left.length === 0) return
    if (performance.now() > deadlineMs) throw new Error(`after ${withinMs} ms: ${left.join(', ')}`)
  }
}

/** What a process has written on standard error that no process should: crashes, warnings, masked faults. */
export function complaints(gateway: Gateway): readonly string[] {
  return gateway
    .stderr()
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('measured '))
}

/** Asks until there is an answer: an upstream that has failed time and again is left alone for up to half a minute. */
async function answersAgain(gateway: Gateway, withinMs: number): Promise<void> {
  const deadlineMs = performance.now() + maxOpenMs + withinMs
  for (;;) {
    const headers = { authorization: 'sandbox-demo' }
    const { data, errors } = await request(gateway, '{ viewer { userId } }', { headers })
    if (performance.now() < deadlineMs && codesOf({ errors }).includes('UPSTREAM_UNAVAILABLE')) continue
    assert.deepEqual({ data, errors }, { data: { viewer: { userId: '1001' } }, errors: [] })
    return
  }
}

/** What a run has found, and what its gateway held after a tenth of it and at the end. */
export interface FuzzRun {
  /** A text for each operation that went wrong. */
  readonly faults: readonly string[]
  readonly early: Measured
  readonly late: Measured
}

/**
 * Asserts that nothing went wrong, that the gateway holds no more than it did early in the run, and that it answers and stops.
 *
 * @returns by how many bytes more it holds
 */
export async function assertUnharmed(
  gateway: FuzzedGateway,
  { faults, early, late }: FuzzRun,
  withinMs: number,
): Promise<number> {
  assert.deepEqual(faults.slice(0, 3), [], `${faults.length} operations with faults`)
  const grownBytes = late.usedBytes - early.usedBytes
  assert.ok(grownBytes < maxGrowthBytes, `holds ${grownBytes} bytes more than after a tenth`)
  await answersAgain(gateway, withinMs)
  assert.equal(await gateway.stop(), 0)
  assert.deepEqual(complaints(gateway), [])
  return grownBytes
}

/** How much more memory a gateway may hold at the end than after a tenth of the operations. */
const maxGrowthBytes = 24 * 1024 * 1024

/** The text of a fault: what repeats it, what was found, and what was sent. */
export const faultText = (lines: readonly (string | undefined)[]): string =>
  lines.filter((line) => line !== undefined).join('\n')
