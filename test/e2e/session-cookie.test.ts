import assert from 'node:assert/strict'
import { after, before, beforeEach, describe, it } from 'node:test'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { z } from 'zod'
import { type Sandbox, startSandbox } from '../../src/sandbox/sandbox.ts'
import { download } from '../support/download.ts'
import { eventStreamUrl, postForStream } from '../support/event-stream.ts'
import { type Gateway, startGateway } from '../support/gateway.ts'
import { scrapeUntil } from '../support/metrics.ts'
import { openRaw } from '../support/raw-connection.ts'
import { type FakeBrowser, openBrowser, signedIn } from '../support/sign-in.ts'
import { openSocket, SubscriptionEnded, subscribe } from '../support/websocket.ts'

const screens = 'https://screens.example.com'
const robin = { username: 'robin@sandbox.example', password: 'sandbox' }
const uploads = '{ uploadSessions { name } }'
const asJson = { 'content-type': 'application/json' }
const oneJob = (id: number) => `subscription { jobUpdated(id: ${id}) { job { status } } }`

const codesOf = ({ errors }: { errors: readonly { extensions?: Record<string, unknown> }[] }) =>
  errors.map(({ extensions }) => extensions?.['code'])

const errorsIn = async (response: Response) =>
  z
    .object({
      errors: z.array(z.object({ message: z.string(), extensions: z.record(z.string(), z.unknown()) })),
    })
    .parse(await response.json())

describe('the cookie of a sign-in', () => {
  let sandbox: Sandbox
  let gateway: Gateway
  let browser: FakeBrowser

  before(async () => {
    sandbox = await startSandbox({ scene: 'empty' })
    sandbox.vault.addUser({ id: 7, sessionId: 'seven', ...robin })
    sandbox.vault.addUploadSession({ owner: 7, path: '/u7/of-robin.csv', sizeBytes: 1 })
    sandbox.feldera.addPipeline({ name: 'orders', profile: Buffer.from('gzip') })
    gateway = await startGateway({ sandbox, env: { ALLOWED_ORIGINS: screens, POLL_INTERVAL_MS: '50' } })
    browser = await signedIn(gateway, robin)
  })
  after(async () => {
    await gateway?.stop()
    await sandbox?.stop()
  })
  beforeEach(() => sandbox.vault.calls.clear())

  const cookieOnly = () => ({ cookie: browser.headers()['cookie'] ?? '' })

  /** Sends what a page of some site can make a browser send, the cookie along with it. */
  const send = (headers: Record<string, string>, init: RequestInit = {}, path = '/graphql') =>
    fetch(gateway.url + path, { method: 'POST', ...init, headers: { ...cookieOnly(), ...headers } })
  const byGet = `/graphql?${new URLSearchParams({ query: uploads })}`

  it('leaves nobody subscribed who has gone before it was opened', async () => {
    const { id } = sandbox.vault.addJob({ status: 'RUNNING' })
    const { host } = new URL(gateway.url)
    const path = `/graphql/stream?${new URLSearchParams({ query: oneJob(id) })}`
    const lines = [
      `GET ${path} HTTP/1.1`,
      `host: ${host}`,
      'accept: text/event-stream',
      `origin: ${gateway.url}`,
    ]
    const request = [...lines, `cookie: ${cookieOnly().cookie}`, '', ''].join('\r\n')
    for (let count = 0; count < 200; count += 1) {
      using connection = await openRaw(gateway)
      connection.write(request)
      await nextTurn()
    }
    assert.deepEqual((await browser.ask(uploads)).errors, [])
    await scrapeUntil(gateway, ({ sum }) => sum('vaultline_subscribers') === 0)
  })

  it('counts from pages of the gateway and of allowed origins', async () => {
    for (const origin of [gateway.url, screens]) {
      const { errors } = await browser.ask(uploads, { headers: { origin } })
      assert.deepEqual(errors, [])
    }
    const allowed = await send({ ...asJson, origin: screens }, { body: JSON.stringify({ query: uploads }) })
    assert.equal(allowed.headers.get('access-control-allow-credentials'), 'true')
    assert.equal(allowed.headers.get('access-control-allow-origin'), screens)
  })

  it('counts in a GET of a page of the gateway, which sends no Origin, and nobody keeps the answer', async () => {
    const response = await send({ 'sec-fetch-site': 'same-origin' }, { method: 'GET' }, byGet)
    assert.equal(response.headers.get('cache-control'), 'no-store')
    assert.deepEqual(await response.json(), { data: { uploadSessions: [{ name: 'of-robin.csv' }] } })
  })

  it('of a session that signs out: a query is not joined to one that began before, who ever sends the session', async () => {
    const leaving = await signedIn(gateway, robin)
    await leaving.ask(uploads)
    const authorization = sandbox.vault.calls.of('upload-sessions').at(-1)?.headers.authorization ?? ''
    const asProgram = { ...asJson, authorization }
    const body = JSON.stringify({ query: uploads })
    const program = () => fetch(`${gateway.url}/graphql`, { method: 'POST', headers: asProgram, body })
    const held = sandbox.vault.faults.add({ route: 'upload-sessions', answer: { kind: 'hold' }, times: 1 })
    const begun = sandbox.vault.calls.next('upload-sessions')
    const before = program()
    await begun
    const unended = sandbox.vault.faults.add({ route: 'session-end', answer: { kind: 'hold' }, times: 1 })
    const ending = sandbox.vault.calls.next('session-end')
    const signingOut = leaving.ask('mutation { signOut { userId } }')
    await ending
    assert.deepEqual(codesOf(await errorsIn(await program())), ['UNAUTHENTICATED'])
    unended.release()
    held.release()
    await Promise.all([signingOut, before])
  })

  for (const [what, headers] of [
    ['no page at all', {}],
    ['a page of another site', { origin: 'https://evil.example' }],
    ['a page that hides where it is from', { origin: 'null' }],
    ['another port of this host', { origin: 'http://127.0.0.1:1' }],
    ['an allowed name behind a longer one', { origin: `${screens}.evil.example` }],
  ] as const) {
    it(`does not count from ${what}, and Vault hears nothing`, async () => {
      const body = JSON.stringify({ query: uploads })
      const answer = await errorsIn(await send({ ...asJson, ...headers }, { body }))
      assert.deepEqual(codesOf(answer), ['UNAUTHENTICATED'])
      assert.match(answer.errors[0]?.message ?? '', /counts only from pages/)
      assert.deepEqual(sandbox.vault.calls.all(), [])
    })
  }

  it('does not count from a page of this host by HTTP, where PUBLIC_URL says HTTPS', async () => {
    const { host } = new URL(gateway.url)
    await using behindProxy = await startGateway({
      sandbox,
      env: { PORT: '0', PUBLIC_URL: `https://${host}`, GATEWAY_SECRET: 'a secret of this test' },
    })
    const page = await signedIn(behindProxy)
    // As the proxy hands it on: with the host that the browser knows.
    const from = (origin: string) => openSocket(behindProxy, { headers: { ...page.headers(), host, origin } })
    await using own = await from(`https://${host}`)
    own.send({ type: 'connection_init' })
    assert.deepEqual(await own.next(), { type: 'connection_ack' })
    await assert.rejects(from(`http://${host}`), /403/)
  })

  it('does not count in a GET that another site makes a browser send', async () => {
    for (const site of ['cross-site', 'same-site', 'none']) {
      const response = await send({ 'sec-fetch-site': site }, { method: 'GET' }, byGet)
      assert.notDeepEqual(codesOf(await errorsIn(response)), [])
    }
    assert.deepEqual(sandbox.vault.calls.all(), [])
  })

  it('a form of another site cannot write with it, whatever the form is called', async () => {
    const body = JSON.stringify({ query: 'mutation { startJob(id: 1) { job { id } } }' })
    for (const type of [
      'text/plain',
      'application/x-www-form-urlencoded',
      'multipart/form-data; boundary=x',
    ]) {
      for (const origin of [gateway.url, 'https://evil.example']) {
        const response = await send({ 'content-type': type, origin }, { body })
        assert.ok(response.status >= 400, `${type} ${response.status}`)
      }
    }
    // A page may send bytes of no type, and is not asked about them either.
    const untyped = await send({ origin: gateway.url }, { body: new Blob([body]) })
    assert.ok(untyped.status >= 400)
    assert.deepEqual(sandbox.vault.calls.all(), [])
  })

  it('counts less than a header', async () => {
    await browser.ask(uploads, { headers: { authorization: 'sandbox-demo' } })
    assert.deepEqual(
      sandbox.vault.calls.all().map(({ headers }) => headers.authorization),
      ['sandbox-demo'],
    )
  })

  it('beside a Feldera-Authorization it still opens Vault', async () => {
    sandbox.feldera.calls.clear()
    const query = '{ uploadSessions { name } samplyProfile(pipelineName: "orders") { __typename } }'
    const headers = { 'feldera-authorization': 'Bearer own' }
    assert.deepEqual((await browser.ask(query, { headers })).errors, [])
    assert.equal(sandbox.feldera.calls.all()[0]?.headers.authorization, 'Bearer own')
  })

  it('opens Feldera on the word of Vault', async () => {
    const { data } = await browser.ask('{ pipelines { name } }')
    assert.deepEqual(data, { pipelines: [{ name: 'orders' }] })
  })

  it('opens a WebSocket of an allowed page, and connectionParams win', async () => {
    const { id } = sandbox.vault.addJob({ status: 'RUNNING' })
    await using own = subscribe(gateway, oneJob(id), { headers: browser.headers() })
    assert.deepEqual((await own.next()).data, { jobUpdated: { job: { status: 'RUNNING' } } })
    sandbox.vault.calls.clear()
    await using other = subscribe(gateway, uploads, {
      headers: browser.headers(),
      connectionParams: { authorization: 'sandbox-demo' },
    })
    await other.next()
    assert.equal(
      sandbox.vault.calls.all().find(({ route }) => route === 'upload-sessions')?.headers.authorization,
      'sandbox-demo',
    )
  })

  it('a page of another site opens no WebSocket with it', async () => {
    await assert.rejects(
      openSocket(gateway, { headers: { ...cookieOnly(), origin: 'https://evil.example' } }),
    )
    await using operation = subscribe(gateway, uploads, { headers: cookieOnly() })
    assert.deepEqual(codesOf(await operation.next()), ['UNAUTHENTICATED'])
    assert.deepEqual(sandbox.vault.calls.all(), [])
  })

  it('counts in the sandbox more than that who brings nothing is the demo user', async () => {
    await using demo = await startGateway()
    const stale = { cookie: '__Host-vaultline=of-another-day' }
    const foreign = { ...cookieOnly(), origin: 'https://evil.example' }
    for (const headers of [stale, foreign]) {
      const query = '{ uploadSessions { id } pipelines { name } }'
      const answer = await openBrowser(demo).ask(query, { headers })
      assert.deepEqual(codesOf(answer), ['UNAUTHENTICATED', 'UNAUTHENTICATED'])
    }
  })

  it('opens a stream of events', async () => {
    const response = await postForStream(
      gateway,
      { query: uploads },
      { ...browser.headers(), authorization: '' },
    )
    assert.match(await response.text(), /of-robin\.csv/)
  })

  it('opens files, by links of a page of the gateway', async () => {
    const headers = { ...cookieOnly(), 'sec-fetch-site': 'same-origin' }
    const file = await download(gateway, '/samply-profiles/orders', { headers })
    assert.equal(file.body.toString(), 'gzip')
    const refused = await download(gateway, '/samply-profiles/orders', { headers: cookieOnly() })
    assert.deepEqual([refused.status, refused.code], [401, 'UNAUTHENTICATED'])
  })

  it('sends parts of a file', async () => {
    const id = sandbox.vault.addUploadSession({ owner: 7, path: '/u7/new.csv', sizeBytes: 3 })
    const response = await send(
      { origin: gateway.url, 'content-type': 'application/octet-stream' },
      { method: 'PUT', body: 'abc' },
      `/upload-sessions/${id}/parts/1`,
    )
    assert.equal(response.status, 200)
  })

  it('which was altered is refused and taken away', async () => {
    // Not its last letter: of that not all bits count.
    const altered = cookieOnly().cookie.replace(/[^.]+$/, (tag) => [...tag].toReversed().join(''))
    const page = openBrowser(gateway)
    const answer = await page.ask(uploads, { headers: { cookie: altered } })
    assert.deepEqual(codesOf(answer), ['UNAUTHENTICATED'])
    assert.match(answer.errors[0]?.message ?? '', /Sign in again/)
    assert.match(answer.setCookie ?? '', /^__Host-vaultline=; .*Max-Age=0/)
  })

  it('a token of a link is no cookie', async () => {
    const query = '{ samplyProfile(pipelineName: "orders") { ... on SamplyProfile { downloadUrl } } }'
    const { data } = await browser.ask(query)
    const [, token = ''] = /token=([^"]+)/.exec(JSON.stringify(data)) ?? []
    assert.ok(token.length > 100)
    const answer = await browser.ask(uploads, { headers: { cookie: `__Host-vaultline=${token}` } })
    assert.deepEqual(codesOf(answer), ['UNAUTHENTICATED'])
  })
})

describe('signing out', () => {
  let sandbox: Sandbox
  let gateway: Gateway

  before(async () => {
    sandbox = await startSandbox({ scene: 'empty' })
    sandbox.vault.addUser({ id: 7, sessionId: 'seven', ...robin })
    sandbox.feldera.addPipeline({ name: 'orders', profile: Buffer.from('gzip') })
    gateway = await startGateway({ sandbox, env: { POLL_INTERVAL_MS: '3600000' } })
  })
  after(async () => {
    await gateway?.stop()
    await sandbox?.stop()
  })
  beforeEach(() => {
    sandbox.vault.calls.clear()
    sandbox.vault.faults.clear()
  })

  const signOut = 'mutation { signOut { userId } }'

  it('ends the session at Vault, and takes the cookie away', async () => {
    const browser = await signedIn(gateway)
    await browser.ask(uploads)
    const session = sandbox.vault.calls.all().at(-1)?.headers.authorization
    const { data, setCookie } = await browser.ask(signOut)
    assert.deepEqual(data, { signOut: { userId: '1001' } })
    assert.match(setCookie ?? '', /Max-Age=0/)
    const ended = sandbox.vault.calls.all().at(-1)
    assert.deepEqual([ended?.route, ended?.headers.authorization], ['session-end', session])
  })

  it('a cookie that is played again afterwards opens nothing, not even what is remembered', async () => {
    const { id } = sandbox.vault.addJob({ status: 'SUCCESS' })
    const browser = await signedIn(gateway)
    const query = `{ job(id: ${id}) { status } pipelines { name } }`
    assert.deepEqual((await browser.ask(query)).errors, [])
    const link = JSON.stringify(
      (
        await browser.ask(
          '{ samplyProfile(pipelineName: "orders") { ... on SamplyProfile { downloadUrl } } }',
        )
      ).data,
    ).match(/http[^"]+/)?.[0]
    const { cookie = '' } = browser.headers()
    await browser.ask(signOut)
    sandbox.vault.calls.clear()
    sandbox.feldera.calls.clear()
    const replayed = await openBrowser(gateway).ask(query, { headers: { cookie } })
    assert.deepEqual(codesOf(replayed), ['UNAUTHENTICATED', 'UNAUTHENTICATED'])
    assert.equal((await download(gateway, link ?? '')).status, 401)
    assert.deepEqual([...sandbox.vault.calls.all(), ...sandbox.feldera.calls.all()], [])
  })

  it('a cookie that is played again is refused on every route', async () => {
    const id = sandbox.vault.addUploadSession({ owner: 1001, path: '/u1001/new.csv', sizeBytes: 3 })
    const browser = await signedIn(gateway, robin)
    const headers = browser.headers()
    await browser.ask(signOut)
    sandbox.vault.calls.clear()
    sandbox.feldera.calls.clear()
    const send = async (path: string, init: RequestInit, more = {}) => {
      const response = await fetch(gateway.url + path, { ...init, headers: { ...headers, ...more } })
      return response.text()
    }
    const search = new URLSearchParams({ query: uploads })
    const post = { method: 'POST', body: JSON.stringify({ query: oneJob(1) }) }
    await using operation = subscribe(gateway, oneJob(1), { headers })
    const texts = [
      await send(`/graphql?${search}`, {}),
      await send(`/graphql/stream?${search}`, {}),
      await send('/graphql/stream', post, asJson),
      await send('/samply-profiles/orders', {}),
      await send(`/upload-sessions/${id}/parts/1`, { method: 'PUT', body: 'abc' }),
    ]
    for (const text of texts) assert.match(text, /signed out.*"UNAUTHENTICATED"/)
    assert.deepEqual(codesOf(await operation.next()), ['UNAUTHENTICATED'])
    assert.deepEqual([...sandbox.vault.calls.all(), ...sandbox.feldera.calls.all()], [])
  })

  it('ends what the browser follows, over WebSocket and as events', async () => {
    const { id } = sandbox.vault.addJob({ status: 'RUNNING' })
    const browser = await signedIn(gateway)
    await using operation = subscribe(gateway, oneJob(id), { headers: browser.headers() })
    await operation.next()
    const stream = await fetch(eventStreamUrl(gateway), {
      method: 'POST',
      headers: { ...browser.headers(), ...asJson, accept: 'text/event-stream' },
      body: JSON.stringify({ query: oneJob(id) }),
    })
    await browser.ask(signOut)
    await assert.rejects(operation.next(), SubscriptionEnded)
    assert.equal((await operation.closed).code, 4401)
    // Without `complete`, by which its client knows that something has happened.
    const events = await stream.text()
    assert.match(events, /RUNNING/)
    assert.doesNotMatch(events, /event: complete/)
  })

  it('leaves a second browser of the same user signed in', async () => {
    const [first, second] = [await signedIn(gateway), await signedIn(gateway)]
    await first.ask(signOut)
    assert.deepEqual((await second.ask(uploads)).errors, [])
  })

  it('where Vault has ended the session already, it is done', async () => {
    const browser = await signedIn(gateway)
    sandbox.vault.faults.add({
      route: 'session-end',
      answer: { kind: 'failure', type: 'INVALID_SESSION_ID' },
    })
    const { data, errors } = await browser.ask(signOut)
    assert.deepEqual([data, errors], [{ signOut: { userId: '1001' } }, []])
  })

  it('where Vault does not answer, the browser is signed out all the same, and told', async () => {
    const browser = await signedIn(gateway)
    const { cookie = '' } = browser.headers()
    sandbox.vault.faults.add({ route: 'session-end', answer: { kind: 'reset' } })
    const answer = await browser.ask(signOut)
    assert.deepEqual(codesOf(answer), ['UPSTREAM_UNAVAILABLE'])
    assert.match(answer.errors[0]?.message ?? '', /^The browser is signed out, but Vault did not confirm it/)
    assert.match(answer.setCookie ?? '', /Max-Age=0/)
    assert.equal(sandbox.vault.calls.count('session-end'), 1)
    const replayed = await openBrowser(gateway).ask(uploads, { headers: { cookie } })
    assert.deepEqual(codesOf(replayed), ['UNAUTHENTICATED'])
  })

  it('does nothing for who is not signed in by cookie, and nothing to a cookie that does not count', async () => {
    const page = await signedIn(gateway, robin)
    sandbox.vault.calls.clear()
    const foreign = { origin: 'https://evil.example' }
    for (const headers of [{ cookie: '' }, foreign, { authorization: 'sandbox-demo' }]) {
      const { data, errors, setCookie } = await page.ask(signOut, { headers })
      assert.deepEqual([data, errors, setCookie], [{ signOut: { userId: null } }, [], undefined])
    }
    assert.deepEqual(sandbox.vault.calls.all(), [])
  })

  it('closes a WebSocket that was opened before and says only now who it is', async () => {
    const browser = await signedIn(gateway, robin)
    await using connection = await openSocket(gateway, { headers: browser.headers() })
    await browser.ask(signOut)
    connection.send({ type: 'connection_init' })
    assert.equal((await connection.closed).code, 4401)
  })

  it('works by POST alone', async () => {
    const browser = await signedIn(gateway)
    await using operation = subscribe(gateway, signOut, { headers: browser.headers() })
    assert.deepEqual(codesOf(await operation.next()), ['BAD_REQUEST'])
    assert.equal(sandbox.vault.calls.count('session-end'), 0)
  })
})

describe('the session behind the cookie', () => {
  let sandbox: Sandbox
  before(async () => {
    sandbox = await startSandbox({ scene: 'empty' })
  })
  after(() => sandbox?.stop())
  beforeEach(() => sandbox.vault.calls.clear())

  it('is kept alive while the browser has a connection open, and no longer', async () => {
    const env = { SESSION_KEEP_ALIVE_MS: '30', POLL_INTERVAL_MS: '3600000' }
    await using gateway = await startGateway({ sandbox, env })
    const { id } = sandbox.vault.addJob({ status: 'RUNNING' })
    const browser = await signedIn(gateway)
    const operation = subscribe(gateway, oneJob(id), { headers: browser.headers() })
    await operation.next()
    for (let count = 0; count < 3; count += 1) {
      const call = await sandbox.vault.calls.next('keep-alive')
      assert.match(call.headers.authorization ?? '', /^[0-9A-F]{128}$/)
    }
    await operation.leave()
    await operation.closed
    sandbox.vault.calls.clear()
    // Another session is kept alive meanwhile: when it was, three times over, this one would have been, too.
    await using other = subscribe(gateway, oneJob(id), { headers: (await signedIn(gateway)).headers() })
    await other.next()
    const kept = new Set<string | undefined>()
    for (let count = 0; count < 3; count += 1) {
      kept.add((await sandbox.vault.calls.next('keep-alive')).headers.authorization)
    }
    assert.equal(kept.size, 1)
  })

  it('is kept alive by requests, once in the interval', async () => {
    await using gateway = await startGateway({ sandbox, env: { SESSION_KEEP_ALIVE_MS: '3600000' } })
    const browser = await signedIn(gateway)
    for (let count = 0; count < 5; count += 1) await browser.ask(uploads)
    assert.equal(sandbox.vault.calls.count('keep-alive'), 0)
    // A gateway that has started meanwhile does not know when the session was kept alive last.
    const env = { GATEWAY_SECRET: 'the same secret in both' }
    await using one = await startGateway({ sandbox, env })
    const page = await signedIn(one)
    await one.stop()
    await using two = await startGateway({ sandbox, env: { ...env, PORT: new URL(one.url).port } })
    for (let count = 0; count < 5; count += 1) assert.deepEqual((await page.ask(uploads)).errors, [])
    assert.ok(two.url === one.url)
    assert.equal(sandbox.vault.calls.count('keep-alive'), 1)
  })

  it('goes on through a change of the secret as long as the old one is listed, and ends with it', async () => {
    const [older, newer] = ['the secret of last year', 'the secret of this year']
    await using first = await startGateway({ sandbox, env: { GATEWAY_SECRET: older } })
    const { cookie = '' } = (await signedIn(first)).headers()
    await using rotated = await startGateway({ sandbox, env: { GATEWAY_SECRET: `${newer},${older}` } })
    const withOld = await openBrowser(rotated).ask(uploads, { headers: { cookie } })
    assert.deepEqual(withOld.errors, [])
    const { cookie: fresh = '' } = (await signedIn(rotated)).headers()
    await using later = await startGateway({ sandbox, env: { GATEWAY_SECRET: newer } })
    assert.deepEqual((await openBrowser(later).ask(uploads, { headers: { cookie: fresh } })).errors, [])
    const answer = await openBrowser(later).ask(uploads, { headers: { cookie } })
    assert.deepEqual(codesOf(answer), ['UNAUTHENTICATED'])
  })

  it('is not sent to another Vault, though the secret is the same', async () => {
    const env = { GATEWAY_SECRET: 'the same secret in both' }
    const other = await startSandbox({ scene: 'empty' })
    await using first = await startGateway({ sandbox, env })
    await using second = await startGateway({ sandbox: other, env })
    const { cookie = '' } = (await signedIn(first)).headers()
    const answer = await openBrowser(second).ask(uploads, { headers: { cookie } })
    assert.deepEqual(codesOf(answer), ['UNAUTHENTICATED'])
    assert.deepEqual(other.vault.calls.all(), [])
    await other.stop()
  })
})
