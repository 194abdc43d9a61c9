import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import type { Page } from 'playwright-core'
import { type BoardStage, startBoardStage } from '../support/board.ts'
import { browserMissing } from '../support/browser.ts'

describe('the jobs of the board', { skip: browserMissing, timeout: 120_000 }, () => {
  let stage: BoardStage

  before(async () => {
    stage = await startBoardStage()
  })
  after(() => stage?.[Symbol.asyncDispose]())

  it('says so when Vault has nothing to do, and shows a job as soon as there is one', async () => {
    await using board = await stage.open()
    await board.page.getByText('Vault has nothing to do').waitFor()
    const { id } = stage.sandbox.vault.addJob({ title: 'Export of claims', status: 'SUCCESS' })
    const { id: activeId } = stage.sandbox.vault.addJob({ title: 'Import of claims', status: 'QUEUED' })
    await row(board.page, 'Import of claims', 'Queued').waitFor()
    stage.sandbox.vault.setJobStatus(activeId, 'CANCELLED')
    await row(board.page, 'Import of claims', 'Cancelled').waitFor()
    assert.notEqual(id, activeId)
    assert.deepEqual(board.faults, [])
  })

  it('a job is watched until it has finished, and moves to the finished ones', async () => {
    const { vault } = stage.sandbox
    const { id } = vault.addJob({ title: 'Nightly export', status: 'QUEUED' })
    await using board = await stage.open()
    const active = board.page.getByRole('region', { name: 'Active' })
    const recent = board.page.getByRole('region', { name: 'Recently finished' })
    await row(active, 'Nightly export', 'Queued').waitFor()
    vault.setJobStatus(id, 'RUNNING')
    await row(active, 'Nightly export', 'Running').waitFor()
    vault.setJobStatus(id, 'SUCCESS')
    await row(recent, 'Nightly export', 'Succeeded').waitFor()
    assert.equal(await row(active, 'Nightly export').count(), 0)
    await board.page
      .getByRole('status', { name: 'News' })
      .filter({ hasText: 'Nightly export: succeeded.' })
      .waitFor()
    assert.deepEqual(board.faults, [])
  })

  it('a row opens to the progress of its tasks, which moves', async () => {
    const { vault } = stage.sandbox
    const { id } = vault.addJob({
      title: 'SDK job: milestones',
      status: 'RUNNING',
      tasks: [{ state: 'RUNNING' }, { state: 'QUEUED' }],
    })
    await using board = await stage.open()
    await board.page.getByRole('button', { name: 'SDK job: milestones' }).click()
    const tasks = board.page.getByRole('list', { name: '2 tasks' })
    await tasks.getByText('1 queued').waitFor()
    vault.setJobTaskState(id, 'Task1', 'SUCCESS')
    await tasks.getByText('1 success').waitFor()
    vault.setJobStatus(id, 'SUCCESS')
    await row(board.page, 'SDK job: milestones', 'Succeeded').waitFor()
    assert.deepEqual(board.faults, [])
  })

  it('a scheduled job is started', async () => {
    const { vault } = stage.sandbox
    const { id } = vault.addJob({
      title: 'Weekly report',
      status: 'SCHEDULED',
      onceStarted: [{ afterMs: 0, status: 'RUNNING' }],
    })
    await using board = await stage.open()
    await board.page.getByRole('button', { name: 'Start now: Weekly report' }).click()
    await row(board.page, 'Weekly report', 'Running').waitFor()
    vault.setJobStatus(id, 'SUCCESS')
    assert.deepEqual(board.faults, [])
  })

  it('a refusal is shown in the row, with its code', async () => {
    const { vault } = stage.sandbox
    const { id } = vault.addJob({ title: 'Monthly report', status: 'SCHEDULED' })
    vault.faults.add({
      route: 'job-start',
      times: 1,
      answer: { kind: 'failure', type: 'OPERATION_NOT_ALLOWED', message: 'Not today.' },
    })
    await using board = await stage.open()
    await board.page.getByRole('button', { name: 'Start now: Monthly report' }).click()
    const alert = board.page.getByRole('alert')
    await alert.getByText('Not today.').waitFor()
    await alert.getByText('CONFLICT').waitFor()
    vault.setJobStatus(id, 'SUCCESS')
  })

  it('after a lost connection the board says so, connects again, and shows what is active then', async () => {
    const { vault } = stage.sandbox
    const { id: goneId } = vault.addJob({ title: 'Ends meanwhile', status: 'RUNNING' })
    await using board = await stage.open()
    await using cut = await stage.open()
    let isCut = false
    let cutNow = () => {}
    await cut.page.routeWebSocket('**/graphql', (socket) => {
      if (isCut) {
        socket.close({ code: 1012 })
        return
      }
      const server = socket.connectToServer()
      cutNow = () => {
        isCut = true
        server.close()
        socket.close({ code: 1012 })
      }
    })
    await cut.page.reload()
    await row(cut.page, 'Ends meanwhile', 'Running').waitFor()
    const connection = cut.page.getByRole('status', { name: 'Connection' })
    await connection.getByText('Live').waitFor()
    cutNow()
    await connection.getByText('Reconnecting').waitFor()
    vault.setJobStatus(goneId, 'SUCCESS')
    // The other page, which was not cut off, tells when the gateway knows.
    await row(board.page, 'Ends meanwhile', 'Succeeded').waitFor()
    isCut = false
    await connection.getByText('Live').waitFor()
    const active = cut.page.getByRole('region', { name: 'Active' })
    await active.getByText('Vault has nothing to do').waitFor()
  })
})

/** The row of a job, with a status if one is given. */
function row(within: Pick<Page, 'getByRole'>, title: string, status = '') {
  return within.getByRole('row').filter({ hasText: title }).filter({ hasText: status })
}
