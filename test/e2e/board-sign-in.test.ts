import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import type { Page } from 'playwright-core'
import { type BoardStage, startBoardStage } from '../support/board.ts'
import { browserMissing } from '../support/browser.ts'
import { ada } from '../support/sign-in.ts'

describe('signing in to the board', { skip: browserMissing, timeout: 120_000 }, () => {
  let stage: BoardStage

  before(async () => {
    stage = await startBoardStage()
    stage.sandbox.vault.addJob({ title: 'Lasting job', status: 'RUNNING' })
  })
  after(() => stage?.[Symbol.asyncDispose]())

  const openAsStranger = (route?: string) =>
    stage.open({ authorization: null, ...(route === undefined ? {} : { route }) })

  it('a stranger is asked to sign in, sees what is wrong, and then the screen that was asked for, live', async () => {
    await using board = await openAsStranger('#/profiling')
    const { page } = board
    await page.getByRole('heading', { name: 'Sign in' }).waitFor()
    assert.equal(await page.getByRole('navigation').count(), 0)
    await signIn(page, 'guess')
    await page.getByRole('alert').getByText('USERNAME_OR_PASSWORD_INCORRECT').waitFor()
    assert.equal(await page.getByLabel('Password').inputValue(), '')
    await signIn(page)
    await page.getByRole('heading', { name: 'Profiling sessions' }).waitFor()
    await page.getByRole('link', { name: 'Jobs' }).click()
    await page.getByText('Lasting job').waitFor()
    await page.reload()
    await page.getByText('Lasting job').waitFor()
    assert.deepEqual(board.faults, [])
  })

  it('signing out leads back to the form, and leaves nothing on the page', async () => {
    await using board = await openAsStranger()
    const { page } = board
    await signIn(page)
    await page.getByText('Lasting job').waitFor()
    await page.getByRole('button', { name: 'Sign out' }).click()
    await page.getByRole('heading', { name: 'Sign in' }).waitFor()
    assert.equal(await page.getByText('Lasting job').count(), 0)
    assert.deepEqual(await page.context().cookies(), [])
    assert.deepEqual(board.faults, [])
  })

  it('when Vault ends the session the form comes back and says so, and then all goes on', async () => {
    const { vault } = stage.sandbox
    await using board = await openAsStranger()
    const { page } = board
    vault.calls.clear()
    await signIn(page)
    await page.getByText('Lasting job').waitFor()
    vault.endSession(vault.calls.of('job-monitors').at(-1)?.headers.authorization ?? '')
    await page.getByRole('alert').getByText('Your session has ended').waitFor()
    await signIn(page)
    await page.getByText('Lasting job').waitFor()
    await page.getByRole('status', { name: 'Connection' }).getByText('Live').waitFor()
    assert.deepEqual(board.faults, [])
  })

  it('who comes through a proxy that signs people in is asked nothing, and has nothing to sign out of', async () => {
    await using board = await stage.open()
    await board.page.getByText('Lasting job').waitFor()
    assert.equal(await board.page.getByRole('button', { name: 'Sign out' }).count(), 0)
  })
})

describe('a board without Vault', { skip: browserMissing, timeout: 120_000 }, () => {
  it('asks nobody to sign in, and says on the screens of Vault that there is none', async () => {
    await using stage = await startBoardStage({ env: { VAULT_URL: '' } })
    stage.sandbox.feldera.addPipeline({ name: 'orders' })
    await using board = await stage.open({ authorization: null, route: '#/pipelines' })
    await board.page.getByRole('link', { name: 'orders' }).waitFor()
    await board.page.getByRole('link', { name: 'Jobs' }).click()
    await board.page.getByText('UPSTREAM_NOT_CONFIGURED').first().waitFor()
    assert.deepEqual(board.faults, [])
  })
})

async function signIn(page: Page, password = ada.password): Promise<void> {
  await page.getByLabel('User name').fill(ada.username)
  await page.getByLabel('Password').fill(password)
  await page.getByRole('button', { name: 'Sign in' }).click()
}
