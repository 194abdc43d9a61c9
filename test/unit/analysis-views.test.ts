import assert from 'node:assert/strict'
import { afterEach, beforeEach, describe, it } from 'node:test'
import { type AnalysisViews, createAnalysisViews } from '../../src/samply-profiles/analysis-views.ts'
import { createWorkerPool, type WorkerPool } from '../../src/workers/pool.ts'
import { analysisOf } from '../support/analysed.ts'
import { createFakeClock } from '../support/fake-clock.ts'

const samples = Array.from({ length: 1000 }, (_, index) => ({ stack: [{ name: `f${index}` }] }))
const analysis = {
  pipelineName: 'orders',
  ordinal: 0,
  ...analysisOf({ threads: [{ name: 'main', samples }] }),
}
const view = { minShare: 0, maxDepth: 1, isInverted: false }

const withThreads = (count: number, name: string) => ({
  ...analysis,
  threads: Array.from({ length: count }, () => ({
    name,
    processName: undefined,
    sampleCount: 1,
    cpuTimeMs: undefined,
  })),
})

/** How many of the rows are there in each turn of the event loop in which there are any. */
async function rowsByTurn(rows: readonly unknown[]): Promise<readonly number[]> {
  const turns: number[] = []
  let turn = 0
  const pass = () => {
    turn += 1
    if (turns.length < rows.length) setImmediate(pass)
  }
  setImmediate(pass)
  await Promise.all(
    rows.map(async (row) => {
      await row
      turns.push(turn)
    }),
  )
  return [...new Set(turns)].map((one) => turns.filter((other) => other === one).length)
}

describe('what one operation asks of analyses', () => {
  let workers: WorkerPool
  let views: AnalysisViews

  beforeEach(() => {
    workers = createWorkerPool(createFakeClock())
    views = createAnalysisViews(workers, () => 'one', new AbortController().signal)
  })
  afterEach(() => workers.stop())

  it('goes into its answer 250 rows at a time, with turns of the event loop between', async () => {
    const rows = await views.flameGraph(analysis, undefined, view)
    // The first turn that is waited for is taken before the count begins.
    assert.deepEqual(await rowsByTurn(rows), [500, 250, 250])
  })

  it('goes into it 250 rows at a time also where several fields ask', async () => {
    const rows = [1, 2, 3].flatMap(() => views.threads(withThreads(500, 'main')))
    assert.deepEqual(await rowsByTurn(rows), [250, 250, 250, 250, 250, 250])
  })

  it('is bounded over all its fields', async () => {
    for (let field = 0; field < 10; field += 1) await views.flameGraph(analysis, undefined, view)
    assert.throws(() => views.threads(analysis), { code: 'BAD_USER_INPUT', message: /more than 10000/ })
    await assert.rejects(views.hotFunctions(analysis, undefined, { first: 1, by: 'SELF' }), {
      code: 'BAD_USER_INPUT',
    })
  })

  it('is bounded by the length of the names, too', () => {
    const name = 'x'.repeat(2000)
    views.threads(withThreads(4000, name))
    assert.throws(() => views.threads(withThreads(1, name)), {
      code: 'BAD_USER_INPUT',
      message: /8000000 characters/,
    })
  })
})
