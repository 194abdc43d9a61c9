import assert from 'node:assert/strict'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { gzipSync } from 'node:zlib'
import Fastify from 'fastify'
import { addBoard } from '../../src/server/board.ts'

const manifest = {
  script: 'board-1.js',
  styles: 'board-1.css',
  icon: 'favicon-1.svg',
  preloads: [
    { file: 'shared-1.js', as: 'script' },
    { file: 'letters-1.woff2', as: 'font' },
  ],
}

describe('the page of the board', () => {
  let bundleDirectory: string

  before(async () => {
    bundleDirectory = await mkdtemp(join(tmpdir(), 'board-'))
    await mkdir(join(bundleDirectory, 'assets'))
    await writeFile(join(bundleDirectory, 'manifest.json'), JSON.stringify(manifest))
    await writeFile(join(bundleDirectory, 'assets/board-1.js'), 'script()')
    await writeFile(join(bundleDirectory, 'assets/board-1.js.gz'), gzipSync('script()'))
  })
  after(() => rm(bundleDirectory, { recursive: true }))

  async function served(options: Partial<Parameters<typeof addBoard>[1]> = {}) {
    const app = Fastify()
    await addBoard(app, { sandbox: true, hasVault: true, bundleDirectory, ...options })
    return app
  }

  it('names its files relative to itself, so that it works under a path of a proxy', async () => {
    const { payload } = await (await served()).inject('/board')
    const addresses = [...payload.matchAll(/(?:href|src)="([^"]*)"/g)].map(([, address]) => address)
    assert.deepEqual(addresses, [
      'board/favicon-1.svg',
      'board/shared-1.js',
      'board/letters-1.woff2',
      'board/board-1.css',
      'board/board-1.js',
    ])
  })

  it('is told what its script has to know, and holds no script of its own', async () => {
    const { payload, headers } = await (await served({ sandbox: false })).inject('/board')
    const [, config = ''] = /id="board-config">(.*)<\/script>/.exec(payload) ?? []
    assert.deepEqual(JSON.parse(config), { sandbox: false, hasVault: true })
    assert.doesNotMatch(payload, /<script(?![^>]*(?: src=| type="application\/json"))|<style| style=/)
    assert.match(String(headers['content-security-policy']), /trusted-types 'none'/)
    assert.equal(headers['referrer-policy'], 'no-referrer')
  })

  it('leads to itself from the address with a slash', async () => {
    const { statusCode, headers } = await (await served()).inject('/board/')
    assert.deepEqual([statusCode, headers.location], [302, '../board'])
  })

  it('files are sent as gzip to whoever takes it, and may be kept for a year', async () => {
    const { headers, rawPayload } = await (await served()).inject({
      url: '/board/board-1.js',
      headers: { 'accept-encoding': 'gzip' },
    })
    assert.deepEqual(rawPayload, gzipSync('script()'))
    assert.match(String(headers['cache-control']), /max-age=31536000, immutable/)
    assert.match(String(headers['content-security-policy']), /default-src 'none'/)
  })

  it('says how to build it where it was not built', async () => {
    const app = await served({ bundleDirectory: join(bundleDirectory, 'nowhere') })
    const { statusCode, payload } = await app.inject('/board')
    assert.equal(statusCode, 503)
    assert.match(payload, /npm run build/)
  })
})
