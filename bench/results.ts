/**
 * What reading the results of a profiling session takes: seconds, memory, and how long the main thread is held up by it.
 * See README.md.
 */
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { parseArgs } from 'node:util'
import { accessWith } from '../src/core/identity.ts'
import { systemClock } from '../src/core/time.ts'
import type { ProfilingSession } from '../src/profiling-sessions/model.ts'
import { resultPage, resultPageRequest, resultsSummary } from '../src/profiling-sessions/results/page.ts'
import { createResultsReader } from '../src/profiling-sessions/results/results-reader.ts'
import { sizeOf } from '../src/profiling-sessions/results/table.ts'
import { createProfilerResults } from '../src/sandbox/vault/profiler-results.ts'
import { createWorkerPool } from '../src/workers/pool.ts'
import { report, shown } from './support/report.ts'
import { median } from './support/statistics.ts'

const { values: options } = parseArgs({
  options: {
    rounds: { type: 'string', default: '5' },
    write: { type: 'boolean', default: false },
  },
})

const megabyte = 1024 * 1024

/** What a socket hands over at a time, in bytes. */
const chunkBytes = 64 * 1024

const session: ProfilingSession = {
  ...{ id: '0LS000000003001', name: 'baseline__c', label: 'Baseline', description: null, userId: null },
  ...{ status: 'COMPLETE', rawStatus: 'complete__sys', expirationDate: null },
  ...{ createdDate: '2026-01-15T12:00:00.000Z', observedAt: '2026-01-15T12:00:00.000Z' },
}

interface Reading {
  readonly tookMs: number
  /** The longest time in which the main thread did nothing else. */
  readonly longestBlockMs: number
  readonly keptBytes: number
}

/** Reads a ZIP, and makes a page of 200 and the summary, as two fields of an operation do. */
async function readOnce(zip: Uint8Array): Promise<Reading> {
  const workers = createWorkerPool(systemClock)
  const read = createResultsReader(workers, async () => ({
    contentType: 'application/zip',
    fileName: 'baseline__c.zip',
    stream: ReadableStream.from(inChunks(zip)),
  }))
  const delay = monitorEventLoopDelay({ resolution: 1 })
  delay.enable()
  const beganAtMs = performance.now()
  const results = await read(accessWith('bench'), session.name, new AbortController().signal)
  const page = resultPage(results, resultPageRequest(session, { first: 200, orderBy: 'CPU_TIME' }), session)
  JSON.stringify([page, resultsSummary(results, session)])
  const tookMs = performance.now() - beganAtMs
  const longestBlockMs = await longestBlock(delay)
  await workers.stop()
  return { tookMs, longestBlockMs, keptBytes: sizeOf(results.table) }
}

function* inChunks(zip: Uint8Array): Generator<Uint8Array> {
  for (let begin = 0; begin < zip.length; begin += chunkBytes) yield zip.subarray(begin, begin + chunkBytes)
}

/** What blocks in the last turn shows only once the timer behind the histogram has run again. */
async function longestBlock(delay: ReturnType<typeof monitorEventLoopDelay>): Promise<number> {
  await new Promise((resolve) => setTimeout(resolve, 20))
  delay.disable()
  return delay.max / 1e6
}

async function rowOf(requestCount: number): Promise<readonly string[]> {
  const zip = createProfilerResults({ sessionName: session.name, createdMs: Date.now(), requestCount })
  const peakBeforeBytes = process.resourceUsage().maxRSS * 1024
  const readings: Reading[] = []
  for (let round = 0; round < Number(options.rounds); round += 1) readings.push(await readOnce(zip))
  const peakBytes = process.resourceUsage().maxRSS * 1024
  return [
    shown(requestCount),
    shown(zip.length / megabyte, 2),
    shown(median(readings.map(({ tookMs }) => tookMs)) / 1000, 2),
    shown(Math.max(...readings.map(({ longestBlockMs }) => longestBlockMs)), 1),
    shown((peakBytes - peakBeforeBytes) / megabyte),
    shown((readings[0]?.keptBytes ?? 0) / megabyte, 1),
  ]
}

// A first reading loads what the others find loaded.
await readOnce(createProfilerResults({ sessionName: 'first', createdMs: Date.now(), requestCount: 1 }))
const rows: (readonly string[])[] = []
for (const requestCount of [1_000, 10_000, 100_000]) rows.push(await rowOf(requestCount))
const columns = ['rows', 'MB of ZIP', 'median s', 'longest block ms', 'more memory MB', 'kept MB']
report('results', { table: { columns, rows } }, options.write)
