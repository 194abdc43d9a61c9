import { setTimeout as sleep } from 'node:timers/promises'
import { request } from 'undici'
import type { Census, Counts } from '../support/census.ts'
import type { ServerProcess } from '../support/server-process.ts'

/** How long what ends by itself may take, in milliseconds: threads without work (30 s), the count of attempts to sign in (60 s). */
const patienceMs = 75_000

/** How often that is looked at, in milliseconds. */
const lookMs = 2000

/** What the gateway says is under way, by its own metrics. All of it has to be 0 where nobody asks anything. */
export type Gauges = Readonly<Record<(typeof gaugeNames)[number], number>>

const gaugeNames = [
  'subscribers',
  'watches',
  'followed_things',
  'upstream_calls_in_queue',
  'connections',
] as const

/** What there is of a gateway of which nobody wants anything. */
export interface QuietPoint {
  /** Since the load began, in minutes. */
  readonly atMinutes: number
  readonly gauges: Gauges
  readonly census: Census
  readonly residentBytes: number
  readonly sockets: number
}

/**
 * Waits until nothing is under way, and counts what is left.
 *
 * @param first the quiet point before the others. What there is more than then is waited for, as long as it may take to go
 *   by itself. Undefined: this is it, and that time is waited in any case.
 */
export async function takeQuietPoint(
  server: ServerProcess,
  httpUrl: string,
  atMinutes: number,
  first: QuietPoint | undefined,
): Promise<QuietPoint> {
  const beganAtMs = performance.now()
  for (;;) {
    const gauges = await readGauges(httpUrl)
    const residentBytes = await server.residentBytes()
    const census = await server.census()
    const point = { atMinutes, gauges, census, residentBytes, sockets: server.openSockets() }
    const waitedMs = performance.now() - beganAtMs
    if (waitedMs > patienceMs || (first !== undefined && isQuiet(point, first))) return point
    await sleep(lookMs)
  }
}

function isQuiet({ gauges, census, sockets }: QuietPoint, first: QuietPoint): boolean {
  return (
    Object.values(gauges).every((value) => value === 0) &&
    sockets <= first.sockets &&
    total(census.resources) <= total(first.census.resources) &&
    total(census.timers) <= total(first.census.timers)
  )
}

/** All of them. */
export const total = (counts: Counts) => Object.values(counts).reduce((sum, count) => sum + count, 0)

async function readGauges(httpUrl: string): Promise<Gauges> {
  const { body } = await request(`${httpUrl}/metrics`, { reset: true })
  const text = await body.text()
  const sum = (name: string) =>
    [...text.matchAll(new RegExp(`^vaultline_${name}(?:\\{.*\\})? (\\S+)$`, 'gm'))].reduce(
      (total, [, value]) => total + Number(value),
      0,
    )
  return {
    subscribers: sum('subscribers'),
    watches: sum('watches'),
    followed_things: sum('followed_things'),
    upstream_calls_in_queue: sum('upstream_calls_in_queue'),
    // The one that asks for the metrics does not count.
    connections: sum('connections') - 1,
  }
}
