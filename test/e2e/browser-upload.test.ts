import assert from 'node:assert/strict'
import { createHash, randomBytes } from 'node:crypto'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import type { Browser, Page } from 'playwright-core'
import { type Sandbox, startSandbox } from '../../src/sandbox/sandbox.ts'
import { browserMissing, startBrowser } from '../support/browser.ts'
import { type Gateway, startGateway } from '../support/gateway.ts'
import { type ScriptedUpstream, startScriptedUpstream } from '../support/scripted-upstream.ts'

const documentation = new URL('../../docs/clients.md', import.meta.url)
const partSizeBytes = 5_242_880
const bytes = randomBytes(2.5 * partSizeBytes)
const digests = [0, 1, 2].map((index) =>
  createHash('md5')
    .update(bytes.subarray(index * partSizeBytes, (index + 1) * partSizeBytes))
    .digest('hex'),
)

describe('the upload of docs/clients.md in a browser', { skip: browserMissing, timeout: 120_000 }, () => {
  let browser: Browser
  let sandbox: Sandbox
  let gateway: Gateway
  let site: ScriptedUpstream
  let folder: string
  let script = ''

  before(async () => {
    const text = await readFile(documentation, 'utf8')
    const [, html = ''] = /^```html\n(.*?)^```$/ms.exec(text) ?? []
    script = /^```js\n(.*?)^```$/ms.exec(text)?.[1] ?? ''
    sandbox = await startSandbox({ scene: 'empty' })
    site = await startScriptedUpstream(({ url }, response) => {
      const file = files().get(url ?? '')
      if (file === undefined) return response.writeHead(204).end()
      return response.writeHead(200, { 'content-type': file.type }).end(file.body)
    })
    gateway = await startGateway({ sandbox, env: { ALLOWED_ORIGINS: site.url } })
    const configuration = `export const gatewayUrl = '${gateway.url}'\nexport const vaultSession = async () => 'sandbox-demo'`
    const files = () =>
      new Map([
        ['/', { type: 'text/html', body: html }],
        ['/upload.js', { type: 'text/javascript', body: script }],
        ['/configuration.js', { type: 'text/javascript', body: configuration }],
      ])
    folder = await mkdtemp(join(tmpdir(), 'upload-'))
    await writeFile(join(folder, 'products.bin'), bytes)
    browser = await startBrowser()
  })
  after(async () => {
    await browser?.close()
    await gateway?.stop()
    await site?.[Symbol.asyncDispose]()
    await sandbox?.stop()
    await rm(folder, { recursive: true, force: true })
  })

  const choose = (page: Page) => page.locator('input').setInputFiles(join(folder, 'products.bin'))
  const message = async (page: Page) => {
    await page.waitForFunction("document.querySelector('output').value !== ''")
    return page.locator('output').innerText()
  }

  it('takes less than forty lines', () => {
    assert.ok(script.split('\n').length <= 41, 'the last one is empty')
  })

  it('shows progress, goes on after a reload with what is missing, and tells the job', async () => {
    const page = await browser.newPage()
    await page.goto(site.url)
    sandbox.vault.faults.add({ route: 'upload-part', times: 1, answer: { kind: 'delay', delayMs: 0 } })
    const held = sandbox.vault.faults.add({ route: 'upload-part', answer: { kind: 'hold' } })
    const second = sandbox.vault.calls.next('upload-part', isPart('2'))
    await choose(page)
    await second
    const progress = () => page.locator('progress').getAttribute('value')
    assert.equal(await progress(), '0.4')
    await page.reload()
    await sandbox.vault.calls.aborted('upload-part')
    held.remove()

    await choose(page)
    assert.match(await message(page), /^Vault puts the file together in job \d+\.$/)
    assert.equal(await progress(), '1')
    assert.deepEqual(
      sandbox.vault.stagedFile('/imports/products.bin')?.map(({ md5 }) => md5),
      digests,
    )
    const sent = sandbox.vault.calls
      .of('upload-part')
      .map(({ headers }) => headers['x-vaultapi-filepartnumber'])
    assert.deepEqual(sent, ['1', '2', '2', '3'])
    assert.deepEqual(
      [sandbox.vault.calls.count('upload-create'), sandbox.vault.calls.count('upload-commit')],
      [1, 1],
    )
    await page.close()
  })

  it('tells a failure, and goes on when the file is chosen again', async () => {
    const page = await browser.newPage()
    await page.goto(site.url)
    sandbox.vault.calls.clear()
    sandbox.vault.faults.add({ route: 'upload-part', times: 1, answer: { kind: 'reset' } })
    await choose(page)
    assert.match(await message(page), /look before you try again/)
    await page.locator('input').setInputFiles([])
    await page.evaluate("document.querySelector('output').value = ''")
    await choose(page)
    assert.match(await message(page), /in job \d+/)
    assert.equal(sandbox.vault.calls.count('upload-create'), 1)
    await page.close()
  })
})

const isPart =
  (partNumber: string) =>
  ({ headers }: { readonly headers: Readonly<Record<string, unknown>> }) =>
    headers['x-vaultapi-filepartnumber'] === partNumber
