import assert from 'node:assert/strict'
import { createServer } from 'node:http'
import { after, before, beforeEach, describe, it } from 'node:test'
import { type Sandbox, startSandbox } from '../../src/sandbox/sandbox.ts'
import { browserMissing, collectFaults, startBrowser } from '../support/browser.ts'
import { download } from '../support/download.ts'
import { type Gateway, startGateway } from '../support/gateway.ts'
import { type DescribedProfile, profileFile } from '../support/processed-profile.ts'
import { lookAtProfile } from '../support/samply-profile-query.ts'

const headers = { 'feldera-authorization': 'Bearer apikey:one' }
const path = '/samply-profiles/orders/flame-graph.svg'

/** Names that would do something, if they were anything but text. */
const evil = {
  name: '</title><script>document.title = "run"</script>&amp;]]>\u0007\ud800<core::iter::Map<I, F> as Iterator>::next',
  library: '"><image href="https://evil.example/x.png"/>',
}
const main = { name: 'main', library: 'pipeline' }
const profile: DescribedProfile = {
  product: '<b>orders</b>',
  threads: [
    {
      name: 'orders',
      samples: [
        { stack: [main, evil], weight: 90 },
        { stack: [main], weight: 10 },
      ],
    },
    { name: 'worker', samples: [{ stack: [{ name: 'a_function_of_the_worker' }], weight: 100 }] },
  ],
}

describe('the flame graph as a picture', () => {
  let sandbox: Sandbox
  let gateway: Gateway
  let link: string

  before(async () => {
    sandbox = await startSandbox({ scene: 'empty' })
    gateway = await startGateway({ sandbox })
    sandbox.feldera.addPipeline({ name: 'orders', profile: profileFile(profile) })
    sandbox.feldera.addPipeline({ name: 'none', state: 'never-profiled' })
    sandbox.feldera.addPipeline({ name: 'idle', profile: profileFile({ threads: [] }) })
    const fields = '... on SamplyProfile { flameGraphUrl downloadUrl }'
    const { data } = await lookAtProfile(gateway, { pipelineName: 'orders' }, { headers, fields })
    link = String(data.samplyProfile?.['flameGraphUrl'])
  })
  after(async () => {
    await gateway?.stop()
    await sandbox?.stop()
  })
  beforeEach(() => sandbox.feldera.calls.clear())

  const draw = (query = '', name = 'orders') =>
    download(gateway, path.replace('orders', name) + query, { headers })

  it('is an SVG for those who may download the profile', async () => {
    const { status, headers: sent, body, isWhole } = await draw()
    assert.deepEqual([status, isWhole], [200, true])
    assert.equal(sent['content-type'], 'image/svg+xml; charset=utf-8')
    assert.equal(sent['content-disposition'], 'inline; filename="orders-0.flame-graph.svg"')
    assert.match(String(body), /&lt;b&gt;orders&lt;\/b&gt;: 200 samples/)
    assert.match(String(body), /a_function_of_the_worker\n50 % of all samples, 100; 100 of them in itself/)
  })

  it('may run nothing and load nothing, and only by its link be shown by other pages', async () => {
    const byHeader = await draw()
    const byLink = await download(gateway, link)
    for (const { headers: sent } of [byHeader, byLink]) {
      assert.equal(sent['content-security-policy'], "default-src 'none'; sandbox")
      assert.equal(sent['x-content-type-options'], 'nosniff')
    }
    assert.equal(byHeader.headers['cross-origin-resource-policy'], 'same-origin')
    assert.equal(byLink.headers['cross-origin-resource-policy'], 'cross-origin')
  })

  it('shows names as text, whatever they are', async () => {
    const svg = String((await draw()).body)
    assert.doesNotMatch(svg, /<script|<image|<b>/)
    assert.ok(!svg.includes('\u0007') && svg.isWellFormed())
    assert.match(svg, /&lt;\/title&gt;&lt;script&gt;/)
  })

  it('takes the arguments of the graph, behind a link too', async () => {
    const ofWorker = String(
      (await download(gateway, `${link}&thread=worker&minShare=0.5&inverted=true`)).body,
    )
    assert.match(ofWorker, /100 samples of 200, thread worker.*callers below/)
    assert.doesNotMatch(ofWorker, />main/)
    assert.doesNotMatch(String((await draw('?minShare=0.5')).body), /document\.title/)
  })

  const refused: readonly (readonly [string, RegExp])[] = [
    ['?ordinal=-1', /`ordinal` is a whole number/],
    ['?thread=nobody', /`thread` is “nobody”/],
    ['?thread=a&thread=b', /`thread` is the name of a thread, and stands once/],
    ['?minShare=2', /`minShare` is 2; it must be from 0 to 1/],
    ['?minShare=some', /`minShare` is a number/],
    ['?inverted=yes', /`inverted` is true or false/],
  ]
  for (const [query, message] of refused) {
    it(`refuses ${query}`, async () => {
      const { status, code, body } = await draw(query)
      assert.deepEqual([status, code], [400, 'BAD_USER_INPUT'])
      assert.match(String(body), message)
    })
  }

  it('is not there where there is no profile, and empty where nothing was sampled', async () => {
    const { status, code } = await draw('', 'none')
    assert.deepEqual([status, code], [404, 'NOT_FOUND'])
    assert.match(String((await draw('', 'idle')).body), /No samples\./)
  })

  it('is opened by its own link alone, and by no other one', async () => {
    const { data } = await lookAtProfile(gateway, { pipelineName: 'orders' }, { headers })
    const token = new URL(String(data.samplyProfile?.['downloadUrl'])).searchParams.get('token')
    const own = new URL(link).searchParams.get('token')
    sandbox.feldera.calls.clear()
    for (const address of [
      `${path}?ordinal=0&token=${token}`,
      `${path}?ordinal=1&token=${own}`,
      `${path.replace('orders', 'idle')}?ordinal=0&token=${own}`,
      `/samply-profiles/orders?ordinal=0&token=${own}`,
    ]) {
      const { status, code } = await download(gateway, address)
      assert.deepEqual([status, code], [401, 'UNAUTHENTICATED'], address)
    }
    assert.equal(sandbox.feldera.calls.count(), 0)
    assert.equal((await download(gateway, path)).status, 401)
  })

  it('is drawn by a browser, opened or as an <img> of another page', { skip: browserMissing }, async (t) => {
    const page = `<!doctype html><title>wiki</title><link rel="icon" href="data:,"><img src="${link.replaceAll('&', '&amp;')}">`
    const wiki = createServer((_request, response) => {
      response.setHeader('content-type', 'text/html').end(page)
    })
    await new Promise<void>((resolve) => wiki.listen(0, '127.0.0.1', resolve))
    const browser = await startBrowser()
    t.after(async () => {
      await browser.close()
      wiki.close()
      wiki.closeAllConnections()
    })
    const address = wiki.address()
    const tab = await browser.newPage({ viewport: { width: 1240, height: 300 } })
    await tab.goto(`http://localhost:${typeof address === 'object' ? address?.port : ''}/`)
    assert.equal(await tab.evaluate('document.images[0].naturalWidth'), 1200)

    const opened = await browser.newPage({ viewport: { width: 1240, height: 300 } })
    const faults = collectFaults(opened, new URL(gateway.url).origin)
    await opened.goto(link)
    const texts = await opened.locator('text').allTextContents()
    assert.ok(texts.includes('a_function_of_the_worker'), texts.join('\n'))
    assert.deepEqual(faults, [])
    // Every text ends within its box.
    const overhang =
      await opened.evaluate(`Math.max(...[...document.querySelectorAll('svg svg text')].map((text) =>
      text.getBBox().x + text.getBBox().width - text.parentNode.width.baseVal.value))`)
    assert.ok(Number(overhang) <= 0, `${overhang} px`)
  })
})
