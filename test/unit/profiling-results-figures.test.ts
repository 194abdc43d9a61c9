import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import type { ProfilingResult } from '../../src/profiling-sessions/model.ts'
import { histogramOf } from '../../src/profiling-sessions/results/histogram.ts'
import { largestFirst } from '../../src/profiling-sessions/results/order.ts'
import type { ReadResults } from '../../src/profiling-sessions/results/read-results.ts'
import { percentiles } from '../../src/profiling-sessions/results/summary.ts'
import { resultAt, sharedNumbers } from '../../src/profiling-sessions/results/table.ts'
import { documentedHeader, readZip, zipOf } from '../support/profiling-results.ts'

/** A number of a cost that is there often enough twice, or not at all. */
const cost = (max: number) =>
  fc.oneof(fc.integer({ min: 0, max: 3 }), fc.integer({ min: 0, max }), fc.constant(null))

const session = fc.array(
  fc.record({
    timestamp: fc.oneof(
      fc.integer({ min: 0, max: 5_000 }).map((ms) => new Date(Date.UTC(2026, 0, 15) + ms).toISOString()),
      fc.constantFrom('2026-01-15T01:00:00.001+01:00', '2026-01-14T23:00:00-01:00', 'yesterday', ''),
    ),
    user: fc.constantFrom('1', '2', '3', ''),
    name: fc.string(),
    count: cost(20),
    cpu: cost(2 ** 40),
    elapsed: fc.oneof(cost(1_000_000), fc.constant(0.5)),
    memory: cost(2 ** 45),
  }),
  { maxLength: 60 },
)

type Row = (typeof session extends fc.Arbitrary<infer Rows> ? Rows : never)[number]

const quotedCell = (text: string) => `"${text.replaceAll('"', '""')}"`

function csvOf(rows: readonly Row[]): string {
  const lines = rows.map(({ timestamp, user, name, count, cpu, elapsed, memory }, index) =>
    [timestamp, user, quotedCell(name), 'e', `r-${index}`, count, cpu, elapsed, memory].join(','),
  )
  return [documentedHeader, ...lines].join('\n')
}

const inOrder = (
  { table }: ReadResults,
  order: keyof ReadResults['table']['orders'],
): readonly ProfilingResult[] => [...table.orders[order]].map((row) => resultAt(table, row, { id: 's' }))

/** Sorts the plain way: what is missing behind the rest, and equal ones as they were. */
function sortedBy(rows: readonly Row[], key: (row: Row) => number | null, sign: 1 | -1): readonly string[] {
  const numbered = rows.map((row, index) => ({ value: key(row), id: `r-${index}` }))
  const there = numbered.filter(({ value }) => value !== null)
  const sorted = there.toSorted((one, other) => sign * (Number(one.value) - Number(other.value)))
  return [...sorted, ...numbered.filter(({ value }) => value === null)].map(({ id }) => id)
}

const timeOfRow = ({ timestamp }: Row) => (timestamp.includes('T') ? Date.parse(timestamp) : null)

const sum = (values: readonly (number | null)[]) =>
  values.reduce<number>((total, value) => total + (value ?? 0), 0)

/** The smallest value that at least so many of a hundred values do not exceed, found by trying each. */
function percentileOf(values: readonly number[], percent: number): number {
  const candidates = values.filter(
    (candidate) => values.filter((value) => value <= candidate).length * 100 >= percent * values.length,
  )
  return Math.min(...candidates)
}

function percentilesOf(values: readonly (number | null)[]) {
  const there = values.filter((value) => value !== null)
  if (there.length === 0) return null
  return { p50: percentileOf(there, 50), p95: percentileOf(there, 95), p99: percentileOf(there, 99) }
}

describe('results of a profiling session, whatever stands in them', () => {
  it('come in each order as a plain stable sort gives it', async () => {
    await fc.assert(
      fc.asyncProperty(session, async (rows) => {
        const read = await readZip(zipOf(csvOf(rows)))
        const ids = (order: keyof ReadResults['table']['orders']) =>
          inOrder(read, order).map(({ sdkRequestId }) => sdkRequestId)
        assert.deepEqual(
          ids('CPU_TIME'),
          sortedBy(rows, ({ cpu }) => cpu, -1),
        )
        assert.deepEqual(
          ids('ELAPSED_TIME'),
          sortedBy(rows, ({ elapsed }) => elapsed, -1),
        )
        assert.deepEqual(
          ids('MEMORY'),
          sortedBy(rows, ({ memory }) => memory, -1),
        )
        assert.deepEqual(ids('TIMESTAMP'), sortedBy(rows, timeOfRow, 1))
      }),
    )
  })

  it('are read cell by cell as they were written', async () => {
    await fc.assert(
      fc.asyncProperty(session, async (rows) => {
        const { table } = await readZip(zipOf(csvOf(rows)))
        for (const [index, row] of rows.entries()) {
          const { userId, userName, sdkCount, cpuTimeNs, elapsedTimeMs, grossMemoryBytes, rawTimestamp } =
            resultAt(table, index, { id: 's' })
          assert.deepEqual(
            [userId ?? '', userName ?? '', rawTimestamp ?? ''],
            [row.user, row.name, row.timestamp],
          )
          assert.deepEqual(
            [sdkCount, cpuTimeNs, elapsedTimeMs, grossMemoryBytes],
            [row.count, row.cpu, row.elapsed, row.memory],
          )
        }
      }),
    )
  })

  it('come to what a plain count, sum and ranking gives', async () => {
    await fc.assert(
      fc.asyncProperty(session, async (rows) => {
        const read = await readZip(zipOf(csvOf(rows)))
        const { mostExpensive, cpuTimeHistogram, elapsedTimeHistogram, grossMemoryHistogram, ...figures } =
          read.figures
        assert.deepEqual(figures, {
          requestCount: rows.length,
          userCount: new Set(rows.flatMap(({ user }) => user || [])).size,
          totals: {
            sdkCount: sum(rows.map(({ count }) => count)),
            cpuTimeNs: sum(rows.map(({ cpu }) => cpu)),
            elapsedTimeMs: sum(rows.map(({ elapsed }) => elapsed)),
            grossMemoryBytes: sum(rows.map(({ memory }) => memory)),
          },
          cpuTimeNs: percentilesOf(rows.map(({ cpu }) => cpu)),
          elapsedTimeMs: percentilesOf(rows.map(({ elapsed }) => elapsed)),
        })
        const histogram = (column: readonly (number | null)[]) =>
          histogramOf(sharedNumbers(column.map((value) => value ?? Number.NaN)))
        assert.deepEqual(cpuTimeHistogram, histogram(rows.map(({ cpu }) => cpu)))
        assert.deepEqual(elapsedTimeHistogram, histogram(rows.map(({ elapsed }) => elapsed)))
        assert.deepEqual(grossMemoryHistogram, histogram(rows.map(({ memory }) => memory)))
        const expensive = sortedBy(rows, ({ cpu }) => cpu, -1).slice(
          0,
          rows.filter(({ cpu }) => cpu !== null).length,
        )
        assert.deepEqual(
          mostExpensive.map((row) => `r-${row}`),
          expensive.slice(0, 10),
        )
      }),
    )
  })
})

describe('percentiles', () => {
  const of = (...values: readonly number[]) => {
    const column = sharedNumbers(values)
    return percentiles(column, largestFirst(column))
  }

  it('are by the nearest rank: each is a value that is there', () => {
    assert.deepEqual(of(7), { p50: 7, p95: 7, p99: 7 })
    assert.deepEqual(of(1, 2), { p50: 1, p95: 2, p99: 2 })
    assert.deepEqual(of(15, 20, 35, 40, 50), { p50: 35, p95: 50, p99: 50 })
    assert.deepEqual(of(...Array.from({ length: 100 }, (_, index) => index + 1)), {
      p50: 50,
      p95: 95,
      p99: 99,
    })
    assert.deepEqual(of(...Array.from({ length: 200 }, (_, index) => 200 - index)), {
      p50: 100,
      p95: 190,
      p99: 198,
    })
  })

  it('pass over what is missing, and there are none of nothing', () => {
    assert.deepEqual(of(Number.NaN, 3, Number.NaN), { p50: 3, p95: 3, p99: 3 })
    assert.equal(of(Number.NaN), null)
    assert.equal(of(), null)
  })
})

describe('the histogram of a column', () => {
  const binsOf = (values: readonly number[]) => histogramOf(sharedNumbers(values))

  it('has bins at 1, 2 and 5 times a power of ten, from the smallest value to the largest', () => {
    assert.deepEqual(binsOf([3, 60, 4, 12]), [
      { from: 2, to: 5, count: 2 },
      { from: 5, to: 10, count: 0 },
      { from: 10, to: 20, count: 1 },
      { from: 20, to: 50, count: 0 },
      { from: 50, to: 100, count: 1 },
    ])
  })

  it('puts a bound into the bin that begins with it', () => {
    assert.deepEqual(binsOf([10]), [{ from: 10, to: 20, count: 1 }])
  })

  it('has a bin for what cost nothing, where there is such a thing', () => {
    assert.deepEqual(binsOf([0, 0, 7]), [
      { from: 0, to: 5, count: 2 },
      { from: 5, to: 10, count: 1 },
    ])
    assert.deepEqual(binsOf([0]), [{ from: 0, to: 1, count: 1 }])
  })

  it('is empty where no row has a value', () => {
    assert.deepEqual(binsOf([]), [])
    assert.deepEqual(binsOf([Number.NaN]), [])
  })

  it('counts each value once, in the bin that it lies in, and leaves no gap', () => {
    const value = fc.oneof(
      fc.constant(0),
      fc.double({ min: 1e-3, max: Number.MAX_SAFE_INTEGER, noNaN: true }),
    )
    fc.assert(
      fc.property(fc.array(value), (values) => {
        const bins = binsOf(values)
        for (const [index, { from, to, count }] of bins.entries()) {
          assert.equal(count, values.filter((one) => one >= from && one < to).length)
          if (index > 0) assert.equal(from, bins[index - 1]?.to)
        }
        assert.equal(
          bins.reduce((sum, { count }) => sum + count, 0),
          values.length,
        )
      }),
    )
  })
})
