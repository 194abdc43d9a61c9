import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { after, before, describe, it } from 'node:test'
import { fileURLToPath } from 'node:url'
import type { Page } from 'playwright-core'
import { showcase } from '../../src/sandbox/sandbox.ts'
import { type BoardStage, startBoardStage } from '../support/board.ts'
import { browserMissing } from '../support/browser.ts'
import { profileFile } from '../support/processed-profile.ts'

const axeSource = readFileSync(fileURLToPath(import.meta.resolve('axe-core/axe.min.js')), 'utf8')

/** Each screen, and something that is there once it shows its data. */
const screens: readonly (readonly [name: string, route: string, sign: string])[] = [
  ['jobs', '#/jobs', 'Export documents: quarterly binder'],
  ['uploads', '#/uploads', 'archive-2019.tar'],
  ['profiling', '#/profiling', 'Before the 26R1 release'],
  ['results', `#/profiling/${showcase.profilingSessionName}`, 'Show more'],
  ['pipelines', '#/pipelines', 'Joins orders with customers and products'],
  ['profile', `#/pipelines/${showcase.profiledPipelineName}`, 'dbsp::trace'],
]

describe('the board for everybody', { skip: browserMissing, timeout: 300_000 }, () => {
  let stage: BoardStage

  before(async () => {
    stage = await startBoardStage({ scene: 'showcase', env: { POLL_INTERVAL_MS: '1000' } })
  })
  after(() => stage?.[Symbol.asyncDispose]())

  for (const [name, route, sign] of screens) {
    it(`${name}: axe finds nothing, in light and in dark, and nothing comes from elsewhere`, async () => {
      for (const colorScheme of ['light', 'dark'] as const) {
        await using board = await stage.open({ route, colorScheme })
        await board.page.getByText(sign).first().waitFor()
        assert.deepEqual(await axeViolations(board.page), [], colorScheme)
        await board.picture(`${name}-${colorScheme}`)
        assert.deepEqual(board.faults, [])
      }
    })

    it(`${name}: fits a phone of 360 pixels, and axe finds nothing there`, async () => {
      await using board = await stage.open({ route, width: 360, height: 740 })
      await board.page.getByText(sign).first().waitFor()
      assert.equal(await sidewaysScroll(board.page), 0)
      assert.deepEqual(await axeViolations(board.page), [])
      await board.picture(`${name}-phone`)
    })
  }

  it('names as long as they may be fit a phone, and are text whatever they are', async () => {
    const { feldera, vault } = stage.sandbox
    const long = `<img src="x">${'x'.repeat(1500)}`
    const samples = [{ stack: [{ name: long, library: long }] }]
    const name = 'p'.repeat(100)
    const profile = profileFile({ threads: [{ name: long, processName: long, samples }] })
    feldera.addPipeline({ name, description: long, profile })
    vault.addProfilingSession({ name: 'long__c', label: 'L'.repeat(255), description: long })
    vault.setProfilingSessionStatus('long__c', 'complete__sys')
    const longScreens = [
      ['#/pipelines', long],
      [`#/pipelines/${name}`, 'As a picture'],
      ['#/profiling', long],
      ['#/profiling/long__c', 'Show more'],
    ] as const
    for (const [route, sign] of longScreens) {
      await using board = await stage.open({ route, width: 360, height: 740 })
      await board.page.getByText(sign).first().waitFor()
      if (route.endsWith('p')) await board.page.locator('table.hot').waitFor()
      assert.equal(await sidewaysScroll(board.page), 0, route)
      assert.deepEqual(board.faults, [])
    }
    feldera.removePipeline(name)
    vault.removeProfilingSession('long__c')
  })

  it('the form to sign in: axe finds nothing, and it fits a phone', async () => {
    for (const width of [1280, 360]) {
      await using board = await stage.open({ authorization: null, width })
      await board.page.getByRole('heading', { name: 'Sign in' }).waitFor()
      assert.deepEqual(await axeViolations(board.page), [])
      assert.equal(await sidewaysScroll(board.page), 0)
      await board.picture(`sign-in-${width}`)
    }
  })

  it('with the keyboard alone: a job is opened and started, a screen turned to, a question answered', async () => {
    await using board = await stage.open()
    const { page } = board
    await page.getByRole('button', { name: 'Nightly product export', exact: true }).waitFor()
    await tabTo(page, 'Skip to the content')
    await page.keyboard.press('Enter')
    await tabTo(page, 'Nightly product export')
    await page.keyboard.press('Enter')
    await page.getByText('Vault tells no tasks of this job.').waitFor()
    await tabTo(page, 'Start now: Nightly product export')
    await page.keyboard.press('Enter')
    await page.getByRole('row').filter({ hasText: 'Nightly product export' }).getByText('Queued').waitFor()

    await page.evaluate("document.querySelector('.skip-link').focus()")
    await tabTo(page, 'Uploads')
    await page.keyboard.press('Enter')
    const heading = page.getByRole('heading', { name: 'Uploads' })
    await heading.waitFor()
    assert.equal(await page.evaluate('document.activeElement.textContent'), 'Uploads')
    assert.equal(await page.evaluate('document.activeElement.localName'), 'h1')
    await tabTo(page, 'Choose files')
    await tabTo(page, 'Abort the upload of archive-2019.tar')
    await page.keyboard.press('Enter')
    await page.getByRole('dialog').waitFor()
    await page.keyboard.press('Escape')
    assert.equal(await focusedName(page), 'Abort the upload of archive-2019.tar')
    assert.deepEqual(board.faults, [])
  })

  it('who wants no motion sees none', async () => {
    await using board = await stage.open()
    await board.page.locator('.status-running').first().waitFor()
    const moving = () => board.page.evaluate<number>('document.getAnimations().length')
    assert.ok((await moving()) > 0)
    await board.page.emulateMedia({ reducedMotion: 'reduce' })
    assert.equal(await moving(), 0)
  })

  it('a screen whose files are there no more says so, and the others go on', async () => {
    await using board = await stage.open()
    const { page } = board
    await page.route(/uploads-screen/, (route) => route.abort())
    await page.getByRole('link', { name: 'Uploads' }).click()
    await page.getByRole('alert').getByText('This screen could not be shown').waitFor()
    await page.getByRole('link', { name: 'Pipelines' }).click()
    await page.getByText('Joins orders with customers').waitFor()
  })

  it('each screen has a title of its own', async () => {
    await using board = await stage.open()
    const { page } = board
    for (const title of ['Uploads', 'Profiling sessions', 'Pipelines', 'Jobs']) {
      await page.getByRole('link', { name: title.split(' ')[0] ?? '', exact: true }).click()
      await page.getByRole('heading', { level: 1, name: title }).waitFor()
      assert.equal(await page.title(), `${title} · Vaultline`)
    }
    assert.deepEqual(board.faults, [])
  })

  it('the page may load from its own origin alone, run nothing of its own text, and be framed by nobody', async () => {
    const { headers } = await fetch(`${stage.gateway.url}/board`)
    const policy = headers.get('content-security-policy') ?? ''
    assert.match(policy, /default-src 'none'; script-src 'self'; style-src 'self'/)
    assert.doesNotMatch(policy, /unsafe|https?:|wss?:|data:|\*/)
    assert.match(policy, /frame-ancestors 'none'/)
    assert.equal(headers.get('cache-control'), 'no-store')
  })
})

/** What axe objects to, as `rule: element`. */
async function axeViolations(page: Page): Promise<readonly string[]> {
  await page.evaluate(axeSource)
  return page.evaluate<readonly string[]>(`axe.run().then(({ violations }) =>
    violations.flatMap(({ id, nodes }) => nodes.map(({ target, failureSummary }) => id + ': ' + target + ' ' + failureSummary)))`)
}

function sidewaysScroll(page: Page): Promise<number> {
  return page.evaluate<number>('document.documentElement.scrollWidth - innerWidth')
}

/** Presses Tab until the focus is at something of this name, and can be seen. */
async function tabTo(page: Page, name: string): Promise<void> {
  for (let presses = 0; presses < 80; presses += 1) {
    await page.keyboard.press('Tab')
    if ((await focusedName(page)) !== name) continue
    assert.ok(await hasVisibleFocus(page), `${name}: the focus is not visible`)
    return
  }
  assert.fail(`Tab does not lead to ${name}`)
}

function focusedName(page: Page): Promise<string> {
  return page.evaluate<string>(`(() => {
    const { activeElement: one } = document
    return one.getAttribute('aria-label') ?? one.labels?.[0]?.textContent ?? one.textContent
  })()`)
}

/** The outline may be that of a label around the control. */
function hasVisibleFocus(page: Page): Promise<boolean> {
  return page.evaluate<boolean>(`(() => {
    const { activeElement: one } = document
    return [one, one.closest('label')].some((each) => each && getComputedStyle(each).outlineStyle === 'solid')
  })()`)
}
