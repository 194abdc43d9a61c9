import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { createAnalysisViews } from '../../src/samply-profiles/analysis-views.ts'
import { createWorkerPool } from '../../src/workers/pool.ts'
import { analysisOf } from '../support/analysed.ts'
import { createFakeClock } from '../support/fake-clock.ts'

const samples = Array.from({ length: 1000 }, (_, index) => ({ stack: [{ name: `f${index}` }] }))
const analysis = {
  pipelineName: 'orders',
  ordinal: 0,
  ...analysisOf({ threads: [{ name: 'main', samples }] }),
}
const view = { minShare: 0, maxDepth: 1, isInverted: false }

describe('what one operation asks of analyses', () => {
  it('goes into its answer 250 rows at a time, with turns of the event loop between', async (t) => {
    const workers = createWorkerPool(createFakeClock())
    t.after(() => workers.stop())
    const views = createAnalysisViews(workers, new AbortController().signal)
    const rows = await views.flameGraph(analysis, undefined, view)
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
    assert.equal(
      rows.findIndex((row) => row instanceof Promise),
      250,
    )
    // The first turn for a promise is taken before the count begins.
    const sizes = [...new Set(turns)].map((one) => turns.filter((other) => other === one).length)
    assert.deepEqual(sizes, [500, 250, 250])
  })

  it('is bounded over all its fields', async (t) => {
    const workers = createWorkerPool(createFakeClock())
    t.after(() => workers.stop())
    const views = createAnalysisViews(workers, new AbortController().signal)
    for (let field = 0; field < 20; field += 1) await views.flameGraph(analysis, undefined, view)
    assert.throws(() => views.threads(analysis), { code: 'BAD_USER_INPUT', message: /more than 20000/ })
    await assert.rejects(views.hotFunctions(analysis, undefined, { first: 1, by: 'SELF' }), {
      code: 'BAD_USER_INPUT',
    })
  })
})
