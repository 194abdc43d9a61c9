import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Browser, Page } from 'playwright-core'
import { buildBoard } from '../../scripts/build-board.ts'
import { type Sandbox, startSandbox } from '../../src/sandbox/sandbox.ts'
import { collectFaults, startBrowser } from './browser.ts'
import { type Gateway, startGateway } from './gateway.ts'

const { SCREENSHOT_DIR = tmpdir() } = process.env

/** How a page of the board is opened. */
export interface BoardPageOptions {
  /** What stands behind `/board`, such as `#/uploads`. Default: nothing. */
  readonly route?: string
  readonly width?: number
  readonly height?: number
  readonly colorScheme?: 'light' | 'dark'
  /** The session that every request carries, as behind a proxy that signs people in. Null: none. Default: the demo user's. */
  readonly authorization?: string | null
}

/** A page with the board on it. */
export interface BoardPage extends AsyncDisposable {
  readonly page: Page
  /** What a faultless page has none of, up to now. */
  readonly faults: readonly string[]
  /** Leaves a picture in SCREENSHOT_DIR. */
  picture(name: string): Promise<void>
}

/** A sandbox, a gateway on it, and a browser. */
export interface BoardStage extends AsyncDisposable {
  readonly sandbox: Sandbox
  readonly gateway: Gateway
  open(options?: BoardPageOptions): Promise<BoardPage>
}

/** Builds the board as it is now, and starts what it takes to look at it. The gateway looks often. */
export async function startBoardStage({
  env = {},
  scene = 'empty',
}: {
  readonly env?: Readonly<Record<string, string>>
  readonly scene?: 'empty' | 'showcase'
} = {}): Promise<BoardStage> {
  await buildBoard()
  const sandbox = await startSandbox({ scene, jobStatusWindowMs: 0 })
  const gateway = await startGateway({
    sandbox,
    env: { POLL_INTERVAL_MS: '50', JOB_STATUS_WINDOW_MS: '10', ...env },
  })
  const browser = await startBrowser()
  return {
    sandbox,
    gateway,
    open: (options = {}) => openBoard(browser, gateway.url, options),
    async [Symbol.asyncDispose]() {
      await browser.close()
      await gateway.stop()
      await sandbox.stop()
    },
  }
}

async function openBoard(
  browser: Browser,
  url: string,
  { route = '', width = 1280, height = 860, colorScheme = 'light', authorization }: BoardPageOptions,
): Promise<BoardPage> {
  const session = authorization === undefined ? 'sandbox-demo' : authorization
  const context = await browser.newContext({
    viewport: { width, height },
    colorScheme,
    ...(session === null ? {} : { extraHTTPHeaders: { authorization: session } }),
  })
  const page = await context.newPage()
  page.setDefaultTimeout(20_000)
  const faults = collectFaults(page, url)
  await page.goto(`${url}/board${route}`)
  return {
    page,
    faults,
    async picture(name) {
      await page.screenshot({ path: join(SCREENSHOT_DIR, `board-${name}.png`) })
    },
    [Symbol.asyncDispose]: () => context.close(),
  }
}
