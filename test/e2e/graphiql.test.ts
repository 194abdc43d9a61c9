import assert from 'node:assert/strict'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import type { Browser, Page } from 'playwright-core'
import { buildGraphiql } from '../../scripts/build-graphiql.ts'
import { browserMissing, collectFaults, startBrowser } from '../support/browser.ts'
import { startGateway } from '../support/gateway.ts'
import { sendPart } from '../support/upload.ts'

const { SCREENSHOT_DIR = tmpdir() } = process.env
const limit = { timeout: 60_000 }
const tabNames = [
  'ActiveJobsWithTheirTasks',
  'JobUpdates',
  'UploadsAndProfilingSessions',
  'BeginUpload',
  'RecordProfilingSession',
  'MostExpensiveRequests',
  'PipelineCpuProfile',
  'WalkCompletedJobs',
  'SignIn',
]

describe('GraphiQL in a browser', { skip: browserMissing, timeout: 300_000 }, () => {
  let browser: Browser
  let gateway: Awaited<ReturnType<typeof startGateway>>

  before(async () => {
    await buildGraphiql()
    gateway = await startGateway()
    browser = await startBrowser()
  })

  after(async () => {
    await browser?.close()
    await gateway?.stop()
  })

  /** A page of a reader who was never here, with GraphiQL on it. */
  async function open(colorScheme: 'light' | 'dark' = 'light') {
    const page = await browser.newPage({ colorScheme, viewport: { width: 1280, height: 800 } })
    page.setDefaultTimeout(20_000)
    const faults = collectFaults(page, gateway.url)
    await page.goto(`${gateway.url}/graphql`)
    await page.locator('.graphiql-query-editor .view-line').first().waitFor()
    return { page, faults }
  }

  test('shows the sandbox banner and the default tabs, light and dark', limit, async () => {
    for (const colorScheme of ['light', 'dark'] as const) {
      const { page, faults } = await open(colorScheme)
      assert.equal(await page.title(), 'Vaultline')
      assert.deepEqual(await page.getByRole('tab').allInnerTexts(), tabNames)
      const banner = page.getByRole('complementary', { name: 'Sandbox' })
      assert.match((await banner.textContent()) ?? '', /the data is made up by this process/)
      assert.ok(await banner.isVisible())
      assert.equal(await page.getByRole('link', { name: 'Board' }).getAttribute('href'), 'board')
      await run(page)
      await result(page, /"totalCount":\s\d/)
      await page.screenshot({ path: join(SCREENSHOT_DIR, `graphiql-${colorScheme}.png`) })
      assert.deepEqual(faults, [])
      await page.close()
    }
  })

  test('every query tab answers with data and without errors', limit, async () => {
    const { page, faults } = await open()
    const others = ['JobUpdates', 'BeginUpload', 'RecordProfilingSession']
    for (const name of tabNames.filter((tab) => !others.includes(tab))) {
      await page.getByRole('tab', { name }).click()
      await run(page)
      assert.doesNotMatch(await result(page, /^\{\s*"/), /"errors"/, name)
    }
    assert.deepEqual(faults, [])
    await page.close()
  })

  test('the upload tab begins an upload, shows its progress, and commits it', limit, async () => {
    const { page, faults } = await open()
    await page.getByRole('tab', { name: 'BeginUpload' }).click()
    await run(page, 'UploadProgress')
    assert.doesNotMatch(await result(page, /"uploadSessionUpdated":\s\{/), /"errors"/)
    await page.getByRole('button', { name: /^Stop query/ }).click()

    await run(page, 'BeginUpload')
    const [, id = ''] = /"id":\s"([^"]+)"/.exec(await result(page, /"createUploadSession"/)) ?? []
    const part = await sendPart(gateway, Buffer.from('Hello'), { id })
    assert.equal(part.status, 200)
    await write(page, '.graphiql-editor-tool .graphiql-editor:not(.hidden)', JSON.stringify({ id }))
    await run(page, 'CommitUpload')
    assert.match(await result(page, /"commitUploadSession"/), /"status":\s"QUEUED"/)
    await page.screenshot({ path: join(SCREENSHOT_DIR, 'graphiql-upload.png') })
    assert.deepEqual(faults, [])
    await page.close()
  })

  test('the mutation tab records a session, or tells that another one is active', limit, async () => {
    const { page, faults } = await open()
    await page.getByRole('tab', { name: 'RecordProfilingSession' }).click()
    await run(page)
    await result(page, /"IN_PROGRESS"|"CONFLICT"/)
    assert.deepEqual(faults, [])
    await page.close()
  })

  test(
    'the subscription tab shows a first event, and its socket closes when it is stopped',
    limit,
    async () => {
      const { page, faults } = await open()
      await page.getByRole('tab', { name: 'JobUpdates' }).click()
      const opened = page.waitForEvent('websocket')
      await run(page)
      const socket = await opened
      assert.doesNotMatch(await result(page, /"jobUpdated":\s\{/), /"errors"/)
      await page.screenshot({ path: join(SCREENSHOT_DIR, 'graphiql-subscription.png') })
      const closed = socket.waitForEvent('close')
      await page.getByRole('button', { name: /^Stop query/ }).click()
      await closed
      assert.deepEqual(faults, [])
      await page.close()
    },
  )

  test('the editors know the schema: an unknown field is underlined', limit, async () => {
    const { page, faults } = await open()
    await write(page, '.graphiql-query-editor .graphiql-editor', '{ noSuchField }')
    await page.locator('.graphiql-query-editor .squiggly-error').waitFor()
    assert.deepEqual(faults, [])
    await page.close()
  })

  test(
    'a credential in the header editor reaches HTTP and WebSocket, follows to other tabs, and is not kept',
    limit,
    async () => {
      const { page } = await open()
      await page.getByRole('button', { name: 'Headers' }).click()
      const credentials = { Authorization: 'no-such-session', 'Feldera-Authorization': 'Bearer no-such-key' }
      await write(page, '.graphiql-editor-tool .graphiql-editor:not(.hidden)', JSON.stringify(credentials))

      const posted = page.waitForRequest((request) => request.method() === 'POST')
      await run(page)
      const headers = await (await posted).allHeaders()
      assert.equal(headers['authorization'], 'no-such-session')
      assert.equal(headers['feldera-authorization'], 'Bearer no-such-key')
      await result(page, /"errors":/)

      await page.getByRole('tab', { name: 'JobUpdates' }).click()
      const opened = firstMessage(page)
      await run(page)
      assert.deepEqual(await opened, {
        type: 'connection_init',
        payload: { authorization: 'no-such-session', felderaAuthorization: 'Bearer no-such-key' },
      })
      await result(page, /"message":\s"/)

      const kept: string = await page.evaluate('JSON.stringify({ ...localStorage })')
      assert.match(kept, /ActiveJobsWithTheirTasks/)
      assert.doesNotMatch(kept, /no-such/)
      await page.close()
    },
  )

  test('a password in variables or in a document signs in, and is not kept', limit, async () => {
    const { page } = await open()
    await page.getByRole('tab', { name: 'SignIn' }).click()
    await run(page)
    await result(page, /"userId":\s"1002"/)
    await write(
      page,
      '.graphiql-query-editor .graphiql-editor',
      'mutation SignIn { signIn(input: { username: "robin@sandbox.example", password: "guessed-once" }) { viewer { userId } } }',
    )
    await run(page)
    await result(page, /"USERNAME_OR_PASSWORD_INCORRECT"/)
    const kept: string = await page.evaluate('JSON.stringify({ ...localStorage })')
    assert.match(kept, /robin@sandbox\.example/)
    assert.doesNotMatch(kept, /guessed-once|"sandbox/)
    await page.close()
  })

  test('a changed header opens a new socket', limit, async () => {
    const { page } = await open()
    await page.getByRole('tab', { name: 'JobUpdates' }).click()
    await page.getByRole('button', { name: 'Headers' }).click()
    const sent: unknown[] = []
    for (const session of ['first', 'second']) {
      await write(
        page,
        '.graphiql-editor-tool .graphiql-editor:not(.hidden)',
        JSON.stringify({ authorization: session }),
      )
      const opened = firstMessage(page)
      await run(page)
      sent.push(await opened)
      await result(page, /"message":\s"/)
    }
    assert.deepEqual(sent, [
      { type: 'connection_init', payload: { authorization: 'first' } },
      { type: 'connection_init', payload: { authorization: 'second' } },
    ])
    await page.close()
  })

  test('a socket that the gateway closes shows why', limit, async () => {
    const { page } = await open()
    await page.routeWebSocket('**/graphql', (socket) => {
      socket.onMessage(() => socket.close({ code: 4403, reason: 'Too long' }))
    })
    await page.getByRole('tab', { name: 'JobUpdates' }).click()
    await run(page)
    const shown = await result(page, /"closeReason"/)
    assert.match(shown, /could never be sent on/)
    assert.match(shown, /"closeCode":\s4403/)
    await page.close()
  })
})

/** Presses the button that runs the tab's operation, and chooses this one where the tab has several. */
async function run(page: Page, operation?: string): Promise<void> {
  const button = page.getByRole('button', { name: /^Execute query/ })
  if (operation === undefined) return button.click()
  // The button has a menu once GraphiQL has read the tab.
  await button.and(page.locator('[aria-haspopup=menu]')).click()
  await page.getByRole('menuitem', { name: operation }).click()
}

/** What the page sends first on the next WebSocket that it opens. */
function firstMessage(page: Page): Promise<unknown> {
  return new Promise((resolve) => {
    page.once('websocket', (socket) => {
      socket.once('framesent', ({ payload }) => resolve(JSON.parse(payload.toString())))
    })
  })
}

/**
 * What the response pane shows, as soon as it matches. The pane wraps lines, and draws spaces as no-break ones:
 * expect `\s`.
 */
async function result(page: Page, expected: RegExp): Promise<string> {
  const pane = page.locator('.result-window .view-lines').filter({ hasText: expected })
  await pane.waitFor()
  return ((await pane.textContent()) ?? '').replaceAll(/\s+/g, ' ')
}

/** Replaces what an editor holds. */
async function write(page: Page, editor: string, text: string): Promise<void> {
  await page.locator(editor).click()
  await page.keyboard.press('Control+A')
  await page.keyboard.press('Backspace')
  await page.keyboard.insertText(text)
}
