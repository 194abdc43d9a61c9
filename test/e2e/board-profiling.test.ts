import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import type { Page } from 'playwright-core'
import { type BoardStage, startBoardStage } from '../support/board.ts'
import { browserMissing } from '../support/browser.ts'

describe('the profiling sessions of the board', { skip: browserMissing, timeout: 120_000 }, () => {
  let stage: BoardStage

  before(async () => {
    stage = await startBoardStage()
  })
  after(() => stage?.[Symbol.asyncDispose]())

  it('a session is recorded, ended, followed until its results are there, downloaded, and deleted', async () => {
    const { vault } = stage.sandbox
    await using board = await stage.open({ route: '#/profiling' })
    const { page } = board
    await page.getByText('No session yet').waitFor()
    await page.getByLabel('Label').fill('Checkout')
    await page.getByLabel('What it is for').fill('Slow since May')
    await page.getByLabel('Only of user').fill('1001')
    await page.getByRole('button', { name: 'Record' }).click()
    await session(page, 'Checkout').getByText('Recording').waitFor()
    await session(page, 'Checkout').getByText('Slow since May · user 1001').waitFor()
    assert.equal(await page.getByLabel('Label').inputValue(), '')

    await page.getByRole('button', { name: 'End Checkout' }).click()
    await session(page, 'Checkout').getByText('Preparing results').waitFor()
    vault.setProfilingSessionStatus('checkout__c', 'complete__sys')
    await session(page, 'Checkout').getByText('Complete').waitFor()

    await page.getByRole('link', { name: 'Checkout' }).click()
    const requests = page.getByRole('region', { name: 'Requests' })
    const costs = requests.locator('table.results tbody td:last-child')
    await costs.first().waitFor()
    const [most, ...others] = await costs.allInnerTexts()
    assert.match(most ?? '', /^\d+(\.\d)? (ms|s)$/)
    assert.equal(others.length, 24)
    await requests.getByRole('figure', { name: /^CPU time of all requests/ }).waitFor()
    await requests.getByText('Memory', { exact: true }).first().click()
    await requests.getByRole('figure', { name: /^Memory of all requests/ }).waitFor()
    await requests.getByRole('button', { name: 'Show more: 25 of' }).click()
    await requests.getByRole('button', { name: 'Show more: 50 of' }).waitFor()
    await board.picture('results')
    await page.getByRole('link', { name: 'All sessions' }).click()

    const downloaded = page.waitForEvent('download')
    await page.getByRole('button', { name: 'Download the results of Checkout' }).click()
    assert.match((await downloaded).suggestedFilename(), /checkout__c.*\.zip$/)

    await page.getByRole('button', { name: 'Delete Checkout' }).click()
    const dialog = page.getByRole('dialog', { name: 'Delete Checkout?' })
    await dialog.getByRole('button', { name: 'Delete it' }).click()
    await page.getByText('No session yet').waitFor()
    assert.equal(vault.calls.count('profiling-session-delete'), 1)
    assert.deepEqual(board.faults, [])
  })

  it('the histogram counts all requests, and a page that did not come is asked for again', async () => {
    const { vault } = stage.sandbox
    vault.addProfilingSession({ name: 'large__c', label: 'Large', status: 'complete__sys' })
    await using board = await stage.open({ route: '#/profiling/large__c' })
    const { page } = board
    const requests = page.getByRole('region', { name: 'Requests' })
    const rows = requests.locator('table.results tbody tr')
    await rows.first().waitFor()
    const counts = await requests.locator('.bar-count').allInnerTexts()
    const counted = counts.reduce((sum, count) => sum + Number(count), 0)
    const more = requests.getByRole('button', { name: /^Show more: \d+ of/ })
    assert.match(await more.innerText(), new RegExp(`of ${counted} are shown$`))
    assert.ok(counted > 200)

    const fault = vault.faults.add({ route: 'profiling-session', answer: { kind: 'status', status: 500 } })
    for (let step = 0; step < 8; step += 1) await more.click()
    await requests.getByRole('alert').waitFor()
    fault.remove()
    await requests.getByRole('button', { name: 'Try again' }).click()
    await rows.nth(200).waitFor()
    assert.equal(await requests.getByRole('alert').count(), 0)
    vault.removeProfilingSession('large__c')
  })

  it('a second active session is refused in the gateway’s words, and the form keeps what was written', async () => {
    const { vault } = stage.sandbox
    vault.addProfilingSession({ name: 'first__c', label: 'First' })
    await using board = await stage.open({ route: '#/profiling' })
    const { page } = board
    await page.getByLabel('Label').fill('Second')
    await page.getByLabel('Label').press('Enter')
    const alert = page.getByRole('form', { name: 'New profiling session' }).getByRole('alert')
    await alert.getByText(/first__c/).waitFor()
    await alert.getByText('CONFLICT').waitFor()
    assert.equal(await page.getByLabel('Label').inputValue(), 'Second')
    vault.removeProfilingSession('first__c')
    await page.getByText('No session yet').waitFor()
    assert.deepEqual(board.faults, [])
  })
})

function session(page: Page, label: string) {
  return page.getByRole('listitem').filter({ hasText: label })
}
