import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { type BoardStage, startBoardStage } from '../support/board.ts'
import { browserMissing } from '../support/browser.ts'

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

  it('a profile is collected, followed, and then there to be looked at and downloaded', async () => {
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
    const viewer = page.getByRole('link', { name: 'Open in Firefox Profiler' })
    assert.match((await viewer.getAttribute('href')) ?? '', /^https:\/\/profiler\.firefox\.com\//)
    const downloaded = page.waitForEvent('download')
    await page.getByRole('link', { name: 'Download' }).click()
    assert.match((await downloaded).suggestedFilename(), /\.gz$/)
    hurried.remove()
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
