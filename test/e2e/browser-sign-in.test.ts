import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { after, before, describe, it } from 'node:test'
import type { Browser, Page } from 'playwright-core'
import { type Sandbox, startSandbox } from '../../src/sandbox/sandbox.ts'
import { browserMissing, startBrowser } from '../support/browser.ts'
import { type Gateway, startGateway } from '../support/gateway.ts'
import { type ScriptedUpstream, startScriptedUpstream } from '../support/scripted-upstream.ts'
import { ada } from '../support/sign-in.ts'

const [, sessionScript = ''] =
  /^```js\n(.*?)^```$/ms.exec(readFileSync(new URL('../../docs/signing-in.md', import.meta.url), 'utf8')) ??
  []

/** The page of a screen, with the script of docs/signing-in.md; and what a page of another site may try. */
const pageOf = (gatewayUrl: string) => `<!doctype html><title>A screen</title><script type="module">
import * as session from './session.js'
Object.assign(globalThis, session)
globalThis.force = (query) => fetch('${gatewayUrl}/graphql', {
  method: 'POST', mode: 'no-cors', credentials: 'include', body: JSON.stringify({ query }),
})
globalThis.look = (query) => fetch('${gatewayUrl}/graphql?query=' + query, { mode: 'no-cors', credentials: 'include' })
globalThis.follow = (query) => new Promise((resolve) => {
  const socket = new WebSocket('${gatewayUrl.replace('http', 'ws')}/graphql', 'graphql-transport-ws')
  socket.onopen = () => socket.send('{"type":"connection_init"}')
  socket.onclose = () => resolve('closed')
  socket.onmessage = ({ data }) => {
    if (!data.includes('connection_ack')) resolve(data)
    else socket.send(JSON.stringify({ id: '1', type: 'subscribe', payload: { query } }))
  }
})</script>`

const oneJob = 'subscription { jobUpdated(id: 5) { job { status } } }'

describe('signing in with a browser', { skip: browserMissing }, () => {
  let sandbox: Sandbox
  let screens: ScriptedUpstream
  let gateway: Gateway
  let browser: Browser

  before(async () => {
    sandbox = await startSandbox({ scene: 'empty' })
    sandbox.vault.addJob({ id: 5, status: 'RUNNING' })
    screens = await startScriptedUpstream(({ url }, response) => {
      const configuration = `export const gatewayUrl = '${gateway.url}'`
      const scripts = new Map([
        ['/session.js', sessionScript],
        ['/configuration.js', configuration],
      ])
      const script = scripts.get(url ?? '')
      const type = script === undefined ? 'text/html' : 'text/javascript'
      return response.writeHead(200, { 'content-type': type }).end(script ?? pageOf(gateway.url))
    })
    gateway = await startGateway({ sandbox, env: { ALLOWED_ORIGINS: screens.url } })
    browser = await startBrowser()
  })
  after(async () => {
    await browser?.close()
    await gateway?.stop()
    await screens?.[Symbol.asyncDispose]()
    await sandbox?.stop()
  })

  const call = (page: Page, name: string, ...given: readonly unknown[]) =>
    page.evaluate<unknown>(`${name}(...${JSON.stringify(given)})`)
  const signIn = (page: Page) => call(page, 'signIn', ada.username, ada.password)
  const viewer = (page: Page) => page.evaluate<unknown>('viewer().then((user) => user?.userId)')

  it('Chromium takes the cookie, hides it from scripts, and sends it with requests and sockets until signOut', async () => {
    const page = await browser.newPage()
    await page.goto(screens.url)
    assert.equal(await viewer(page), undefined)
    await assert.rejects(call(page, 'signIn', ada.username, 'guess'), /Check both/)
    assert.deepEqual(await signIn(page), { signIn: { viewer: { userId: '1001' } } })
    assert.equal(await page.evaluate('document.cookie'), '')
    const [cookie] = await page.context().cookies(gateway.url)
    assert.equal(cookie?.name, '__Host-vaultline')
    assert.deepEqual([cookie?.httpOnly, cookie?.secure, cookie?.sameSite], [true, true, 'Strict'])
    await page.reload()
    assert.equal(await viewer(page), '1001')
    assert.match(String(await call(page, 'follow', oneJob)), /RUNNING/)
    await call(page, 'signOut')
    assert.deepEqual(await page.context().cookies(gateway.url), [])
    assert.equal(await viewer(page), undefined)
    await page.close()
  })

  it('a page of another site has no use of the cookie', async () => {
    const context = await browser.newContext()
    const own = await context.newPage()
    await own.goto(screens.url)
    await signIn(own)
    const attacker = await context.newPage()
    // The same machine by another name, which is another site to a browser.
    await attacker.goto(screens.url.replace('127.0.0.1', 'localhost'))
    sandbox.vault.calls.clear()
    const write = 'mutation { startJob(id: 5) { job { id } } }'
    await assert.rejects(call(attacker, 'ask', write))
    // These two are sent. Their answers are kept from the page, and they were refused.
    await assert.rejects(call(attacker, 'force', write))
    await assert.rejects(call(attacker, 'look', '{uploadSessions{name}}'))
    assert.equal(await call(attacker, 'follow', oneJob), 'closed')
    assert.deepEqual(sandbox.vault.calls.all(), [])
    assert.equal(await viewer(own), '1001')
    await context.close()
  })
})
