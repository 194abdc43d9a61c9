import assert from 'node:assert/strict'
import { type ChildProcessByStdio, execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import {
  chmodSync,
  copyFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join, relative } from 'node:path'
import type { Readable } from 'node:stream'
import { text } from 'node:stream/consumers'
import { after, before, describe, it } from 'node:test'
import { type Sandbox, startSandbox } from '../../src/sandbox/sandbox.ts'
import { composeFile } from '../support/compose-file.ts'
import { type CopyStep, dockerStages } from '../support/dockerfile.ts'
import { freePort } from '../support/free-port.ts'
import { data } from '../support/graphql.ts'

const root = join(import.meta.dirname, '../..')
const stages = dockerStages()
const [pages, dependencies, image] = stages

const isRoot = process.getuid?.() === 0

/** The image's user. Who does not run the tests as root is nobody special already. */
const unprivileged = () => {
  const [uid, gid] = (image?.user ?? '').split(':').map(Number)
  assert.ok(uid !== undefined && gid !== undefined && uid > 0 && gid > 0, 'USER is a number, and not root')
  return isRoot ? { uid, gid } : {}
}

/** Node then refuses to write to any file, as a read-only root file system would. */
const readOnly = ['--permission', '--allow-fs-read=*', '--allow-worker', '--no-warnings']

describe('the image, its steps taken without Docker', { timeout: 300_000 }, () => {
  let folder: string
  let app: string
  let sandbox: Sandbox
  /** All that the container's processes see of this one's environment. */
  let environment: Record<string, string>

  before(async () => {
    assert.deepEqual(
      stages.map(({ name }) => name),
      ['pages', 'dependencies', undefined],
    )
    assert.ok(image)
    sandbox = await startSandbox({ scene: 'empty' })
    folder = mkdtempSync(join(tmpdir(), 'vaultline-image-'))
    chmodSync(folder, 0o755)
    app = join(folder, 'app')
    mkdirSync(join(folder, 'bin'))
    copyFileSync(process.execPath, join(folder, 'bin/node'))
    environment = { PATH: join(folder, 'bin'), ...image.environment }

    copyAll(pages?.copies, join(folder, 'pages'))
    // What `npm ci` brings, this folder has already.
    symlinkSync(join(root, 'node_modules'), join(folder, 'pages/node_modules'))
    assert.deepEqual(pages?.runs.slice(1), ['node scripts/build-pages.ts'])
    run('node scripts/build-pages.ts', join(folder, 'pages'), environment)

    copyAll(dependencies?.copies, join(folder, 'dependencies'))
    const npmSettings = { npm_config_prefer_offline: 'true', npm_config_loglevel: 'error' }
    for (const command of dependencies?.runs ?? []) {
      run(command, join(folder, 'dependencies'), { ...process.env, ...npmSettings })
    }
    copyAll(image.copies, app, folder)
    assert.deepEqual(image.runs, [])
  })
  after(async () => {
    await sandbox?.stop()
    rmSync(folder, { recursive: true, force: true })
  })

  const start = (
    [command = '', ...parameters]: readonly string[] = [],
    settings: Record<string, string> = {},
  ): ChildProcessByStdio<null, Readable, Readable> =>
    spawn(command, parameters, {
      cwd: app,
      env: { ...environment, ...settings },
      stdio: ['ignore', 'pipe', 'pipe'],
      ...unprivileged(),
    })
  const settingsOf = async () => ({
    PORT: String(await freePort()),
    VAULT_URL: sandbox.vault.url,
    LOG_LEVEL: 'silent',
  })
  const exitOf = async (parameters: readonly string[] = [], settings: Record<string, string> = {}) => {
    const [code] = await once(start(parameters, settings), 'exit')
    return code
  }

  it('is made of what .dockerignore lets through', () => {
    const allowed = readFileSync(join(root, '.dockerignore'), 'utf8')
      .split('\n')
      .flatMap((line) => (line.startsWith('!') ? line.slice(1) : []))
    const copied = stages.flatMap(({ copies }) => copies).filter(({ stage }) => stage === undefined)
    assert.deepEqual(new Set(copied.flatMap(({ sources }) => sources)), new Set(allowed))
  })

  it("has no development dependencies, and neither npm's files nor what pages are made of", () => {
    for (const there of ['node_modules/fastify', 'dist/graphiql', 'dist/board', 'package.json']) {
      assert.ok(existsSync(join(app, there)), there)
    }
    for (const absent of ['node_modules/typescript', 'node_modules/vite', 'web', 'scripts', '.npmrc']) {
      assert.ok(!existsSync(join(app, absent)), absent)
    }
  })

  it('is nothing that its user can write to', {
    skip: !isRoot && 'who runs the tests owns the files',
  }, async () => {
    for (const place of ['.', 'src', 'dist', 'node_modules']) {
      const writing = start(['node', '-e', `fs.writeFileSync('${place}/written', '')`])
      const told = text(writing.stderr)
      assert.deepEqual(await once(writing, 'exit'), [1, null])
      assert.match(await told, /EACCES/)
    }
  })

  it('serves the graph and its pages without privileges and without a file to write to', async () => {
    const settings = await settingsOf()
    const [node = '', ...parameters] = image?.command ?? []
    const gateway = start([node, ...readOnly, ...parameters], settings)
    const complaints = text(gateway.stderr)
    try {
      await once(gateway.stdout, 'data')
      const url = `http://127.0.0.1:${settings.PORT}`
      assert.deepEqual(await data({ url }, '{ __typename }'), { __typename: 'Query' })
      for (const path of ['/graphql', '/board']) {
        assert.equal((await fetch(`${url}${path}`, { headers: { accept: 'text/html' } })).status, 200)
      }
    } finally {
      gateway.kill('SIGTERM')
    }
    assert.deepEqual(await once(gateway, 'exit'), [0, null])
    assert.equal(await complaints, '')
  })

  it('is healthy while it serves, lets a query end when it is told to stop, and is not healthy then', async () => {
    const settings = await settingsOf()
    assert.equal(await exitOf(image?.healthCheck, settings), 1)
    const gateway = start(image?.command, settings)
    try {
      await once(gateway.stdout, 'data')
      assert.equal(await exitOf(image?.healthCheck, settings), 0)
      const held = sandbox.vault.faults.add({ route: 'job-monitors', answer: { kind: 'hold' } })
      const arrived = sandbox.vault.calls.next('job-monitors')
      const url = `http://127.0.0.1:${settings.PORT}`
      const answer = data({ url }, '{ activeJobs { totalCount } }', {
        headers: { authorization: sandbox.vault.demoSessionId },
      })
      await arrived
      const exited = once(gateway, 'exit')
      gateway.kill('SIGTERM')
      held.release()
      assert.deepEqual(await answer, { activeJobs: { totalCount: 0 } })
      assert.deepEqual(await exited, [0, null])
      assert.equal(await exitOf(image?.healthCheck, settings), 1)
    } finally {
      gateway.kill('SIGKILL')
    }
  })

  it('refuses to start on made-up data', async () => {
    assert.equal(await exitOf(image?.command), 1)
  })

  it('has the sandbox, for which the compose file starts it with another command', async () => {
    const given = composeFile().services['sandbox']?.command ?? []
    const places: Readonly<Record<string, string>> = {
      '--host=0.0.0.0': '--host=127.0.0.1',
      '--vault-port=8081': '--vault-port=0',
      '--feldera-port=8082': '--feldera-port=0',
    }
    const [node = '', ...parameters] = given.map((one) => places[one] ?? one)
    const service = start([node, ...readOnly, ...parameters])
    await once(service.stdout, 'data')
    service.kill('SIGTERM')
    assert.deepEqual(await once(service, 'exit'), [0, null])
  })
})

/** Takes the `COPY` steps of a stage, from the project or, where they name a stage, from what that one left in its folder. */
function copyAll(copies: readonly CopyStep[] = [], folder: string, stagesFolder = ''): void {
  for (const { stage, sources, target } of copies) {
    for (const source of sources) {
      const from =
        stage === undefined ? join(root, source) : join(stagesFolder, stage, relative('/app', source))
      const to = sources.length > 1 || target.endsWith('/') ? join(target, basename(source)) : target
      cpSync(from, join(folder, to), { recursive: true, verbatimSymlinks: true })
    }
  }
}

function run(command: string, cwd: string, env: NodeJS.ProcessEnv): void {
  execFileSync('/bin/sh', ['-c', command], { cwd, env, stdio: ['ignore', 'ignore', 'inherit'] })
}
