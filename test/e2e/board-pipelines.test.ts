import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { gzipSync } from 'node:zlib'
import type { Page } from 'playwright-core'
import { type BoardStage, startBoardStage } from '../support/board.ts'
import { browserMissing } from '../support/browser.ts'
import { profileFile } from '../support/processed-profile.ts'

describe('the pipelines of the board', { skip: browserMissing, timeout: 120_000 }, () => {
  let stage: BoardStage

  before(async () => {
    stage = await startBoardStage()
    const { feldera } = stage.sandbox
    feldera.addPipeline({
      name: 'orders',
      description: 'Joins orders with customers',
      state: 'never-profiled',
      collectionsEnd: 'by-hand',
    })
    feldera.addPipeline({ name: 'billing', state: 'stopped' })
    feldera.addPipeline({ name: 'inventory', state: 'failed', failureDetails: 'perf_event_open failed' })
  })
  after(() => stage?.[Symbol.asyncDispose]())

  it('a profile is collected, followed, and then shows its hottest function and can be downloaded', async () => {
    const { feldera } = stage.sandbox
    // The gateway looks again when Feldera says that it is worth it.
    const hurried = feldera.faults.add({
      route: 'samply-profile-get',
      answer: { kind: 'headers', headers: { 'Retry-After': '1' } },
    })
    await using board = await stage.open({ route: '#/pipelines' })
    const { page } = board
    await page.getByText('Joins orders with customers').waitFor()
    await page.getByRole('link', { name: 'orders' }).click()
    await page.getByText('No profile yet').waitFor()
    await page.getByLabel('Sample for').selectOption('1 minute')
    await page.getByRole('button', { name: 'Collect a profile' }).click()
    await page.getByText(/^About \d+ s to go\.$/).waitFor()
    await page.getByRole('progressbar', { name: 'Collection' }).waitFor()
    feldera.finishCollection('orders')
    const hottest = page.getByRole('region', { name: 'Hottest functions' }).getByRole('row').nth(1)
    assert.match(await hottest.innerText(), /^futex_wait/)
    const viewer = page.getByRole('link', { name: 'Open in Firefox Profiler' })
    assert.match((await viewer.getAttribute('href')) ?? '', /^https:\/\/profiler\.firefox\.com\//)
    const downloaded = page.waitForEvent('download')
    await page.getByRole('link', { name: 'Download' }).click()
    assert.match((await downloaded).suggestedFilename(), /\.gz$/)
    hurried.remove()
    assert.deepEqual(board.faults, [])
  })

  it('the flame graph is walked through and zoomed with the keyboard alone, and searched', async () => {
    stage.sandbox.feldera.addPipeline({ name: 'invoices' })
    await using board = await stage.open({ route: '#/pipelines/invoices' })
    const { page } = board
    const graph = page.getByRole('tree', { name: 'Flame graph' })
    const boxes = graph.getByRole('treeitem')
    const boxCount = async () => boxes.count()
    await boxes.first().waitFor()
    const countOfAll = await boxCount()
    await page.getByRole('searchbox', { name: 'Search functions' }).focus()
    await page.keyboard.press('Tab')
    assert.equal(await focusedName(page), await boxes.first().getAttribute('aria-label'))
    await page.keyboard.press('ArrowDown')
    await page.keyboard.press('ArrowDown')
    const inner = await focusedName(page)
    assert.match(inner, /: \d+\.\d+%, itself \d/)
    await page.keyboard.press('Enter')
    await graph.locator('[aria-selected="true"]').waitFor()
    assert.equal(await graph.locator('[aria-selected="true"]').getAttribute('aria-label'), inner)
    assert.equal(await focusedName(page), inner)
    assert.notEqual(await boxCount(), countOfAll)
    await page.getByRole('button', { name: 'Show all' }).press('Enter')
    assert.equal(await focusedName(page), inner)
    await page.keyboard.press('Enter')
    await page.keyboard.press('Escape')
    assert.equal(await boxCount(), countOfAll)
    await page.keyboard.press('Home')
    assert.equal(await focusedName(page), await boxes.first().getAttribute('aria-label'))

    await page.getByRole('searchbox', { name: 'Search functions' }).fill('FUTEX_WAIT')
    await page.getByText(/^1 function, 6\d\.\d% of what is drawn$/).waitFor()
    assert.ok((await graph.locator('.flame-match').count()) > 1)
    await board.picture('flame-graph')
    assert.deepEqual(board.faults, [])
  })

  it('the focus stays in the flame graph when the box that had it is too narrow to be drawn', async () => {
    const [outer, middle, narrow] = [{ name: 'outer' }, { name: 'middle' }, { name: 'narrow' }]
    const samples = [
      { stack: [outer], weight: 99_700 },
      { stack: [outer, middle], weight: 190 },
      { stack: [outer, middle, narrow], weight: 110 },
    ]
    const profile = profileFile({ threads: [{ name: 'main', samples }] })
    stage.sandbox.feldera.addPipeline({ name: 'narrow', profile })
    await using board = await stage.open({ route: '#/pipelines/narrow' })
    const { page } = board
    await page.getByRole('treeitem', { name: /^middle/ }).press('Enter')
    await page.getByRole('treeitem', { name: /^narrow/ }).press('Escape')
    assert.equal(await page.getByRole('treeitem', { name: /^narrow/ }).count(), 0)
    assert.match(await focusedName(page), /^middle/)
    assert.deepEqual(board.faults, [])
  })

  it('one thread is looked at by itself, and the graph from its other end', async () => {
    stage.sandbox.feldera.addPipeline({ name: 'returns' })
    await using board = await stage.open({ route: '#/pipelines/returns' })
    const { page } = board
    const firstBox = page.getByRole('tree').getByRole('treeitem').first()
    await firstBox.waitFor()
    const outermost = await firstBox.getAttribute('aria-label')
    await page.getByLabel('Callers below').check()
    await page.getByRole('treeitem', { name: /^futex_wait: 6/ }).waitFor()
    assert.notEqual(await firstBox.getAttribute('aria-label'), outermost)
    const threads = page.getByLabel('Threads')
    await threads.selectOption({ index: 1 })
    assert.deepEqual(board.faults, [])
  })

  it('a profile that cannot be read says why, and can still be downloaded', async () => {
    const { feldera } = stage.sandbox
    feldera.addPipeline({ name: 'broken', profile: gzipSync('{"meta": {"version": 7}}') })
    await using board = await stage.open({ route: '#/pipelines/broken' })
    await board.page.getByRole('alert').getByText('UPSTREAM_INVALID_RESPONSE').waitFor()
    await board.page.getByRole('link', { name: 'Download' }).waitFor()
    assert.deepEqual(board.faults, [])
  })

  it('a pipeline that does not run says so, and offers no collection', async () => {
    await using board = await stage.open({ route: '#/pipelines/billing' })
    await board.page.getByText('The pipeline does not run').waitFor()
    await board.page.getByText('A pipeline has to run to be profiled.').waitFor()
    assert.ok(await board.page.getByRole('button', { name: 'Collect a profile' }).isDisabled())
    assert.deepEqual(board.faults, [])
  })

  it('a collection that failed is shown with what Feldera says', async () => {
    await using board = await stage.open({ route: '#/pipelines/inventory' })
    await board.page.getByText('The last collection failed').waitFor()
    await board.page.getByText(/perf_event_open failed/).waitFor()
    assert.deepEqual(board.faults, [])
  })

  it('a pipeline that there is not says so', async () => {
    await using board = await stage.open({ route: '#/pipelines/nowhere' })
    await board.page.getByText('There is no such pipeline').waitFor()
    assert.deepEqual(board.faults, [])
  })

  it('where Feldera refuses, its list shows why, with the time to wait, and can be asked again', async () => {
    const { feldera } = stage.sandbox
    const fault = feldera.faults.add({
      route: 'pipelines',
      answer: { kind: 'status', status: 429, headers: { 'Retry-After': '1' } },
    })
    await using board = await stage.open({ route: '#/pipelines' })
    const alert = board.page.getByRole('alert')
    await alert.getByText('UPSTREAM_RATE_LIMITED').waitFor()
    fault.remove()
    await alert.getByRole('button', { name: 'Try again', exact: true }).click()
    await board.page.getByRole('link', { name: 'orders' }).waitFor()
    assert.deepEqual(board.faults, [])
  })
})

function focusedName(page: Page): Promise<string> {
  return page.evaluate<string>("document.activeElement.getAttribute('aria-label')")
}
