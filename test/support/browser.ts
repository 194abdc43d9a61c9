import { existsSync } from 'node:fs'
import { type Browser, chromium, type Page } from 'playwright-core'

const { CHROMIUM_PATH, CI } = process.env

const usualPaths = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/usr/bin/google-chrome-stable',
]

const executablePath = [CHROMIUM_PATH, ...usualPaths].find((path) => path !== undefined && existsSync(path))

/**
 * Why tests that need a browser cannot run here, or `false` where they can: the `skip` option of their suite.
 * On CI they are not skipped: there {@link startBrowser} fails instead.
 */
export const browserMissing =
  executablePath === undefined && CI === undefined
    ? `NO BROWSER: set CHROMIUM_PATH, or install Chromium at ${usualPaths[0]}`
    : false

/**
 * Starts Chromium without a window and without its calls home. The caller closes it.
 *
 * @throws where none was found.
 */
export function startBrowser(): Promise<Browser> {
  if (executablePath === undefined)
    throw new Error(`No Chromium at CHROMIUM_PATH, nor at ${usualPaths.join(', ')}`)
  return chromium.launch({ executablePath, args: quietly })
}

const quietly = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]

/**
 * Collects, from now on, what a faultless page has none of: console errors (a violated Content-Security-Policy is
 * one), uncaught exceptions, answers from 400 up, and requests to any origin but `origin`.
 */
export function collectFaults(page: Page, origin: string): readonly string[] {
  const faults: string[] = []
  page.on('console', (message) => {
    if (message.type() === 'error') faults.push(`console: ${message.text()}`)
  })
  page.on('pageerror', (error) => faults.push(`exception: ${error.message}`))
  page.on('response', (response) => {
    if (response.status() >= 400) faults.push(`${response.status()}: ${response.url()}`)
  })
  page.on('request', (request) => {
    if (leaves(request.url(), origin)) faults.push(`elsewhere: ${request.url()}`)
  })
  page.on('websocket', (socket) => {
    if (leaves(socket.url().replace(/^ws/, 'http'), origin)) faults.push(`elsewhere: ${socket.url()}`)
  })
  return faults
}

function leaves(address: string, origin: string): boolean {
  return !address.startsWith('data:') && new URL(address).origin !== origin
}
