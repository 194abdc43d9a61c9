import assert from 'node:assert/strict'
import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import {
  chmodSync,
  copyFileSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
} from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { basename, join, relative } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { startSandbox } from '../../src/sandbox/sandbox.ts'
import { type CopyStep, dockerStages } from '../support/dockerfile.ts'
import { data } from '../support/graphql.ts'

const root = join(import.meta.dirname, '../..')
const stages = dockerStages()
const [bundler, image] = stages

/** The user `nobody` of Debian. Who does not run the tests as root is nobody special already. */
const unprivileged = process.getuid?.() === 0 ? { uid: 65_534, gid: 65_534 } : {}

describe('the image, its steps taken without Docker', { timeout: 120_000 }, () => {
  let folder: string
  let app: string
  /** All that the container's processes see of this one's environment. */
  let environment: Record<string, string>

  before(() => {
    assert.ok(image)
    folder = mkdtempSync(join(tmpdir(), 'vaultline-image-'))
    chmodSync(folder, 0o755)
    app = join(folder, 'app')
    mkdirSync(join(folder, 'bin'))
    copyFileSync(process.execPath, join(folder, 'bin/node'))
    environment = { PATH: join(folder, 'bin'), ...image.environment }
    const bundled = join(folder, 'graphiql')
    copyAll(bundler?.copies, bundled)
    // What `npm ci` brings, this folder has already.
    symlinkSync(join(root, 'node_modules'), join(bundled, 'node_modules'))
    assert.deepEqual(bundler?.runs.slice(1), ['node scripts/build-pages.ts'])
    run('node scripts/build-pages.ts', bundled, { env: environment })

    copyAll(image.copies, app, bundled)
    const [install, ...others] = image.runs
    assert.deepEqual(others, [])
    // The second half empties npm's cache, which here is that of whoever runs the tests.
    const [command = '', second] = install?.split(' && ') ?? []
    assert.equal(second, 'npm cache clean --force')
    run(command, app, {
      env: { ...process.env, npm_config_prefer_offline: 'true', npm_config_loglevel: 'error' },
    })
  })
  after(() => rmSync(folder, { recursive: true, force: true }))

  const start = ([command = '', ...parameters]: readonly string[], settings: Record<string, string>) =>
    spawn(command, parameters, {
      cwd: app,
      env: { ...environment, ...settings },
      stdio: ['ignore', 'pipe', 'pipe'],
      ...unprivileged,
    })

  it('is made of what .dockerignore lets through', () => {
    const allowed = readFileSync(join(root, '.dockerignore'), 'utf8')
      .split('\n')
      .flatMap((line) => (line.startsWith('!') ? line.slice(1) : []))
    const copied = stages.flatMap(({ copies }) => copies).filter(({ stage }) => stage === undefined)
    assert.deepEqual(new Set(copied.flatMap(({ sources }) => sources)), new Set(allowed))
  })

  it('serves the graph and GraphiQL without privileges, is healthy, and stops when it is told to', async () => {
    assert.equal(image?.user, 'node')
    const sandbox = await startSandbox({ scene: 'empty' })
    const port = await freePort()
    const settings = { PORT: String(port), VAULT_URL: sandbox.vault.url, LOG_LEVEL: 'silent' }
    const gateway = start(image.command, settings)
    try {
      await once(gateway.stdout, 'data')
      const url = `http://127.0.0.1:${port}`
      assert.deepEqual(await data({ url }, '{ __typename }'), { __typename: 'Query' })
      const page = await fetch(`${url}/graphql`, { headers: { accept: 'text/html' } })
      assert.equal(page.status, 200)
      assert.equal((await fetch(`${url}/board`)).status, 200)
      assert.deepEqual(await once(start(image.healthCheck, settings), 'exit'), [0, null])
      gateway.kill('SIGTERM')
      assert.deepEqual(await once(gateway, 'exit'), [0, null])
      assert.deepEqual(await once(start(image.healthCheck, settings), 'exit'), [1, null])
    } finally {
      gateway.kill('SIGKILL')
      await sandbox.stop()
    }
  })

  it('refuses to start on made-up data', async () => {
    const gateway = start(image?.command ?? [], {})
    assert.deepEqual(await once(gateway, 'exit'), [1, null])
  })
})

/** Takes the `COPY` steps of a stage, from the project or, where they name a stage, from what that one left. */
function copyAll(copies: readonly CopyStep[] = [], folder: string, stageFolder = ''): void {
  for (const { stage, sources, target } of copies) {
    for (const source of sources) {
      const from = stage === undefined ? join(root, source) : join(stageFolder, relative('/app', source))
      const to = target.endsWith('/') ? join(target, basename(source)) : target
      cpSync(from, join(folder, to), { recursive: true })
    }
  }
}

function run(command: string, cwd: string, { env }: { readonly env: NodeJS.ProcessEnv }): void {
  execFileSync('/bin/sh', ['-c', command], { cwd, env, stdio: ['ignore', 'ignore', 'inherit'] })
}

/** A port that was free a moment ago: the health check has to know it beforehand. */
async function freePort(): Promise<number> {
  const server = createServer().listen(0)
  await once(server, 'listening')
  const address = server.address()
  server.close()
  await once(server, 'close')
  return typeof address === 'object' && address !== null ? address.port : 0
}
