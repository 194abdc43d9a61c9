import assert from 'node:assert/strict'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { gzipSync } from 'node:zlib'
import Fastify from 'fastify'
import { type GraphiqlOptions, graphiql } from '../../src/server/graphiql.ts'

const manifest = {
  script: 'main-1.js',
  styles: 'main-1.css',
  icon: 'favicon-1.svg',
  workers: { editor: 'editor.worker-1.js', json: 'json.worker-1.js', graphql: 'graphql.worker-1.js' },
}

describe('the page of GraphiQL', () => {
  let bundleDirectory: string

  before(async () => {
    bundleDirectory = await mkdtemp(join(tmpdir(), 'graphiql-'))
    await mkdir(join(bundleDirectory, 'assets'))
    await writeFile(join(bundleDirectory, 'manifest.json'), JSON.stringify(manifest))
    await writeFile(join(bundleDirectory, 'assets/main-1.js'), 'script()')
    await writeFile(join(bundleDirectory, 'assets/main-1.js.gz'), gzipSync('script()'))
  })

  after(() => rm(bundleDirectory, { recursive: true }))

  async function served(options: Partial<GraphiqlOptions> = {}) {
    const { assets, sendPage } = graphiql({ sandbox: true, tabs: [], bundleDirectory, ...options })
    const app = Fastify()
    await app.register(assets)
    app.get('/graphql', (_request, reply) => sendPage(reply))
    return app
  }

  test('may load from its own origin alone, and runs no script of its own', async () => {
    const { headers, payload } = await (await served()).inject('/graphql')
    const policy = String(headers['content-security-policy'])
    assert.match(policy, /default-src 'none'; script-src 'self';/)
    assert.doesNotMatch(policy, /https?:|wss?:|unsafe-eval/)
    assert.match(policy, /frame-ancestors 'none'/)
    assert.equal(headers['referrer-policy'], 'no-referrer')
    assert.doesNotMatch(payload, /<script(?![^>]*(?: src=| type="application\/json"))/)
  })

  test('a tab that holds the end of a script element does not end it', async () => {
    const query = '# </script><script>alert(1)</script> <!--'
    const { payload } = await (await served({ tabs: [{ query }] })).inject('/graphql')
    const [, config = ''] = /id="graphiql-config">(.*)<\/script>/.exec(payload) ?? []
    assert.doesNotMatch(config, /</)
    assert.equal(JSON.parse(config).tabs[0].query, query)
  })

  test('speaks of the sandbox only on the sandbox', async () => {
    assert.match((await (await served()).inject('/graphql')).payload, /made up by this process/)
    assert.doesNotMatch((await (await served({ sandbox: false })).inject('/graphql')).payload, /made up/)
  })

  test('a bundle that was never built is said, with the way to build it, and nothing else breaks', async () => {
    const app = await served({ bundleDirectory: join(bundleDirectory, 'nowhere') })
    const { statusCode, headers, payload } = await app.inject('/graphql')
    assert.equal(statusCode, 503)
    assert.match(String(headers['content-type']), /^text\/html/)
    assert.match(payload, /npm run build/)
    assert.equal((await app.inject('/graphiql/main-1.js')).statusCode, 404)
  })

  test('its files are kept for a year, sent as gzip, and confined: a worker obeys their policy', async () => {
    const app = await served()
    const file = { url: '/graphiql/main-1.js', headers: { 'accept-encoding': 'gzip' } }
    const { headers } = await app.inject(file)
    assert.equal(headers['cache-control'], 'public, max-age=31536000, immutable')
    assert.equal(headers['content-encoding'], 'gzip')
    assert.match(String(headers['content-security-policy']), /^default-src 'none'; script-src 'self'/)
    assert.equal((await app.inject('/graphiql/manifest.json')).statusCode, 404)
    assert.notEqual((await app.inject('/graphiql/..%2Fmanifest.json')).statusCode, 200)
  })
})
