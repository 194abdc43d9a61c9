import assert from 'node:assert/strict'
import { after, before, beforeEach, describe, it } from 'node:test'
import { type Sandbox, startSandbox } from '../../src/sandbox/sandbox.ts'
import { type Gateway, startGateway } from '../support/gateway.ts'
import { request } from '../support/graphql.ts'
import { ada, openBrowser, signedIn, signInDocument } from '../support/sign-in.ts'
import { subscribe } from '../support/websocket.ts'

const whoAmI = '{ viewer { userId vaultId expiresAt } }'
const sam = { username: 'sam', password: 'sandbox' }
const robin = { username: 'robin@sandbox.example', password: 'a password of 2 words' }
/** The session of one test. No other text has it by chance. */
const oddSession = 'session-that-no-header-can-carry'
const codesOf = ({ errors }: { errors: readonly { extensions: Record<string, unknown> }[] }) =>
  errors.map(({ extensions }) => extensions['code'])

describe('signing in', () => {
  let sandbox: Sandbox
  let gateway: Gateway

  before(async () => {
    sandbox = await startSandbox({ scene: 'empty' })
    const { vault } = sandbox
    vault.addUser({ id: 7, sessionId: 'seven', ...robin })
    vault.addUser({ id: 8, sessionId: 'eight', username: 'locked', signIn: 'locked out' })
    vault.addUser({ id: 9, sessionId: 'nine', username: 'old', signIn: 'password change required' })
    vault.addUser({ id: 10, sessionId: 'ten', username: 'stranger', signIn: 'no access to this Vault' })
    vault.addUser({ id: 11, sessionId: 'eleven', ...sam })
    gateway = await startGateway({ sandbox, env: { LOG_LEVEL: 'trace', UPSTREAM_TIMEOUT_MS: '2000' } })
  })
  after(async () => {
    await gateway?.stop()
    await sandbox?.stop()
  })
  beforeEach(() => {
    sandbox.vault.calls.clear()
    sandbox.vault.faults.clear()
  })

  const tryToSignIn = (input: Readonly<Record<string, string>>) =>
    openBrowser(gateway).ask(signInDocument, { variables: { input } })

  it('hands the browser a cookie that no script and no other host gets, and tells who is signed in', async () => {
    const { data, errors, setCookie = '' } = await tryToSignIn(ada)
    assert.deepEqual(errors, [])
    const [, ...attributes] = setCookie.split('; ')
    assert.match(setCookie, /^__Host-vaultline=[\w.-]+; /)
    assert.deepEqual(attributes.toSorted(), [
      'HttpOnly',
      'Max-Age=172800',
      'Path=/',
      'SameSite=Strict',
      'Secure',
    ])
    const { signIn } = data as { signIn: { viewer: Record<string, string> } }
    assert.equal(signIn.viewer['userId'], '1001')
    assert.equal(signIn.viewer['vaultId'], '2026')
    const leftMs = Date.parse(signIn.viewer['expiresAt'] ?? '') - Date.now()
    assert.ok(leftMs > 47.9 * 3_600_000 && leftMs <= 48 * 3_600_000)
  })

  it('asks Vault once, for this Vault, and what follows goes there with the session', async () => {
    const browser = await signedIn(gateway, robin)
    const [auth, ...others] = sandbox.vault.calls.all()
    assert.deepEqual(others, [])
    assert.equal(auth?.route, 'auth')
    assert.deepEqual(Object.fromEntries(auth.form ?? []), {
      ...robin,
      vaultDNS: new URL(sandbox.vault.url).host,
    })
    const { data } = await browser.ask(whoAmI)
    assert.equal((data as { viewer: { userId: string } }).viewer.userId, '7')
    assert.match(sandbox.vault.calls.all()[1]?.headers.authorization ?? '', /^[0-9A-F]{128}$/)
  })

  it('keeps two users apart who are signed in at once', async () => {
    const id = sandbox.vault.addUploadSession({ owner: 7, path: '/u7/of-robin.csv', sizeBytes: 1 })
    sandbox.vault.addUploadSession({ owner: 1001, path: '/u1001/of-ada.csv', sizeBytes: 1 })
    const [first, second] = await Promise.all([signedIn(gateway, ada), signedIn(gateway, robin)])
    const seen = await Promise.all(
      [first, second].map((browser) => browser.ask('{ uploadSessions { name } }')),
    )
    assert.deepEqual(
      seen.map(({ data }) => (data as { uploadSessions: unknown[] }).uploadSessions.length),
      [2, 1],
    )
    sandbox.vault.removeUploadSession(id)
  })

  for (const [what, input, code, words] of [
    ['a wrong password', { ...ada, password: 'guess' }, 'USERNAME_OR_PASSWORD_INCORRECT', /Check both/],
    ['an unknown name', { ...ada, username: 'nobody' }, 'USERNAME_OR_PASSWORD_INCORRECT', /Check both/],
    ['a user who is locked out', { ...ada, username: 'locked' }, 'USER_LOCKED_OUT', /unlock/],
    [
      'a password that has expired',
      { ...ada, username: 'old' },
      'PASSWORD_CHANGE_REQUIRED',
      /Change the password/,
    ],
    ['an empty name', { ...ada, username: ' ' }, 'BAD_USER_INPUT', /`username`/],
    ['an empty password', { ...ada, password: '' }, 'BAD_USER_INPUT', /`password`/],
    ['an endless password', { ...ada, password: 'x'.repeat(513) }, 'BAD_USER_INPUT', /512/],
  ] as const) {
    it(`${what} is ${code}, sets no cookie and is tried once at most`, async () => {
      const answer = await tryToSignIn(input)
      assert.deepEqual(codesOf(answer), [code])
      assert.match(answer.errors[0]?.message ?? '', words)
      assert.equal(answer.setCookie, undefined)
      assert.ok(sandbox.vault.calls.all().length <= 1)
    })
  }

  it('a user whom Vault lets into another Vault instead is refused, and that session is ended', async () => {
    const answer = await tryToSignIn({ username: 'stranger', password: 'sandbox' })
    assert.deepEqual(codesOf(answer), ['FORBIDDEN'])
    assert.match(answer.errors[0]?.message ?? '', /no access to the Vault at 127\.0\.0\.1/)
    assert.equal(answer.setCookie, undefined)
    assert.deepEqual(
      sandbox.vault.calls.all().map(({ route }) => route),
      ['auth', 'session-end'],
    )
  })

  it("Vault's own limit of attempts comes back with the time to wait", async () => {
    sandbox.vault.authBurstLimit = 0
    const answer = await tryToSignIn(ada)
    sandbox.vault.authBurstLimit = 20
    assert.deepEqual(codesOf(answer), ['UPSTREAM_RATE_LIMITED'])
    assert.equal(answer.errors[0]?.extensions['retryAfter'], 60)
  })

  for (const [what, fault] of [
    ['resets the connection', { kind: 'reset' }],
    ['answers HTTP 503', { kind: 'status', status: 503 }],
    ['fails', { kind: 'exception', message: 'no words with sandbox in them' }],
  ] as const) {
    it(`where Vault ${what}, nobody is signed in and the attempt is not sent again`, async () => {
      sandbox.vault.faults.add({ route: 'auth', answer: fault })
      const answer = await tryToSignIn(ada)
      assert.deepEqual(codesOf(answer), ['UPSTREAM_UNAVAILABLE'])
      assert.match(answer.errors[0]?.message ?? '', /Nobody was signed in/)
      assert.equal(sandbox.vault.calls.count('auth'), 1)
    })
  }

  it('an answer without a session is an invalid response that names the field', async () => {
    sandbox.vault.faults.add({
      route: 'auth',
      answer: { kind: 'json', body: { responseStatus: 'SUCCESS', userId: 7, vaultId: 1, vaultIds: [] } },
    })
    const answer = await tryToSignIn(ada)
    assert.deepEqual(codesOf(answer), ['UPSTREAM_INVALID_RESPONSE'])
    assert.match(answer.errors[0]?.message ?? '', /`sessionId`/)
  })

  it('a session that no header can carry is an invalid response, and goes nowhere', async () => {
    const vaultIds = [{ id: 1, url: sandbox.vault.url }]
    const body = {
      responseStatus: 'SUCCESS',
      userId: 7,
      vaultId: 1,
      vaultIds,
      sessionId: `${oddSession}\r\n`,
    }
    sandbox.vault.faults.add({ route: 'auth', answer: { kind: 'json', body } })
    const answer = await tryToSignIn(sam)
    assert.deepEqual(codesOf(answer), ['UPSTREAM_INVALID_RESPONSE'])
    assert.equal(answer.setCookie, undefined)
    assert.equal(JSON.stringify(answer).includes(oddSession), false)
  })

  it('a password that ends in a space leaves the words of Vault as they are', async () => {
    const answer = await tryToSignIn({ ...sam, password: 'guess ' })
    assert.match(answer.errors[0]?.message ?? '', /Authentication failed for user/)
  })

  it('a password that Vault repeats in its refusal is taken out', async () => {
    const message = `Not with "${robin.password}".`
    sandbox.vault.faults.add({
      route: 'auth',
      times: 1,
      answer: { kind: 'failure', type: 'USERNAME_OR_PASSWORD_INCORRECT', message },
    })
    const answer = await tryToSignIn(robin)
    assert.doesNotMatch(JSON.stringify(answer), /2 words/)
    assert.match(answer.errors[0]?.message ?? '', /Not with "…"/)
  })

  it('works by POST alone: over a WebSocket no cookie can be set, and Vault is not asked', async () => {
    await using operation = subscribe(gateway, signInDocument, { variables: { input: ada } })
    const { errors } = await operation.next()
    assert.deepEqual(
      errors.map(({ extensions }) => extensions?.['code']),
      ['BAD_REQUEST'],
    )
    assert.deepEqual(sandbox.vault.calls.all(), [])
  })

  it('a session whose browser has left meanwhile is ended', async () => {
    const held = sandbox.vault.faults.add({ route: 'auth', answer: { kind: 'hold' } })
    const leaving = new AbortController()
    const answer = request(gateway, signInDocument, { variables: { input: sam }, signal: leaving.signal })
    await sandbox.vault.calls.next('auth')
    leaving.abort()
    await assert.rejects(answer)
    // The gateway knows it when it answers something that was sent later.
    await openBrowser(gateway).ask(whoAmI)
    const ended = sandbox.vault.calls.next('session-end')
    held.release()
    assert.match((await ended).headers.authorization ?? '', /^[0-9A-F]{128}$/)
  })

  it('signing in anew ends the session before', async () => {
    const browser = await signedIn(gateway, robin)
    await browser.ask('{ uploadSessions { id } }')
    const before = sandbox.vault.calls.all().at(-1)?.headers.authorization
    await browser.ask(signInDocument, { variables: { input: ada } })
    const end = sandbox.vault.calls.all().find(({ route }) => route === 'session-end')
    assert.equal(end?.headers.authorization, before)
    const { data } = await browser.ask(whoAmI)
    assert.equal((data as { viewer: { userId: string } }).viewer.userId, '1001')
  })

  it('signing in twice and out in one document leaves no session behind', async () => {
    const { data, errors, setCookie } = await openBrowser(gateway).ask(
      `mutation ($input: SignInInput!) {
        first: signIn(input: $input) { viewer { userId } }
        second: signIn(input: $input) { viewer { userId } }
        signOut { userId }
      }`,
      { variables: { input: sam } },
    )
    assert.deepEqual(errors, [])
    assert.deepEqual((data as Record<string, unknown>)['signOut'], { userId: '11' })
    assert.match(setCookie ?? '', /Max-Age=0/)
    assert.deepEqual(
      sandbox.vault.calls.all().map(({ route }) => route),
      ['auth', 'auth', 'session-end', 'session-end'],
    )
  })

  it('who the viewer is, is asked of Vault once, however often a document asks', async () => {
    const { data } = await openBrowser(gateway).ask('{ a: viewer { userId } b: viewer { vaultId } }', {
      headers: { authorization: 'seven' },
    })
    assert.deepEqual(data, { a: { userId: '7' }, b: { vaultId: '2026' } })
    assert.equal(sandbox.vault.calls.count('current-user'), 1)
  })

  it('nobody is the viewer without a session, nor with one that Vault has ended', async () => {
    const browser = await signedIn(gateway, robin)
    await browser.ask('{ uploadSessions { id } }')
    sandbox.vault.endSession(sandbox.vault.calls.all().at(-1)?.headers.authorization ?? '')
    const answers = [await openBrowser(gateway).ask(whoAmI), await browser.ask(whoAmI)]
    for (const { data, errors } of answers)
      assert.deepEqual({ data, errors }, { data: { viewer: null }, errors: [] })
  })

  it('who sends a session in a header is the viewer, without an end that the gateway knows', async () => {
    const { data } = await openBrowser(gateway).ask(whoAmI, { headers: { authorization: 'seven' } })
    assert.deepEqual(data, { viewer: { userId: '7', vaultId: '2026', expiresAt: null } })
  })

  it('that Vault cannot tell who it is, is an error and not nobody', async () => {
    sandbox.vault.faults.add({
      route: 'current-user',
      answer: { kind: 'failure', type: 'INSUFFICIENT_ACCESS' },
    })
    const answer = await openBrowser(gateway).ask(whoAmI, { headers: { authorization: 'seven' } })
    assert.deepEqual(codesOf(answer), ['FORBIDDEN'])
  })

  it('leaves no password, no session and no cookie in the log', async () => {
    const browser = await signedIn(gateway, robin)
    await browser.ask('{ uploadSessions { id } }')
    await tryToSignIn({ ...robin, password: 'a wrong password of mine' })
    const session = sandbox.vault.calls.all().find(({ route }) => route === 'upload-sessions')
      ?.headers.authorization
    assert.match(session ?? '', /^[0-9A-F]{128}$/)
    const cookie = browser.headers()['cookie']?.split('=')[1] ?? ''
    await gateway.stop()
    await gateway.logged(({ msg }) => msg === 'answered')
    for (const secret of [robin.password, 'a wrong password of mine', session ?? '', cookie, oddSession]) {
      assert.equal(gateway.stderr().includes(secret), false)
    }
  })
})

describe('attempts to sign in', () => {
  let sandbox: Sandbox
  before(async () => {
    sandbox = await startSandbox({ scene: 'empty' })
  })
  after(() => sandbox?.stop())
  beforeEach(() => sandbox.vault.calls.clear())

  const guess = (gateway: Gateway, username: string, headers = {}) =>
    openBrowser(gateway).ask(signInDocument, {
      variables: { input: { username, password: 'guess' } },
      headers,
    })

  it('of one user are passed on ten times a minute, in whatever case the name is written', async () => {
    await using gateway = await startGateway({ sandbox })
    for (let count = 0; count < 10; count += 1) {
      const name = count % 2 === 0 ? ada.username : ada.username.toUpperCase()
      assert.deepEqual(codesOf(await guess(gateway, name)), ['USERNAME_OR_PASSWORD_INCORRECT'])
    }
    const answer = await guess(gateway, ` ${ada.username}`)
    assert.deepEqual(codesOf(answer), ['RATE_LIMITED'])
    const retryAfter = Number(answer.errors[0]?.extensions['retryAfter'])
    assert.ok(retryAfter >= 1 && retryAfter <= 60)
    assert.equal(sandbox.vault.calls.count('auth'), 10)
    assert.deepEqual(codesOf(await guess(gateway, 'another')), ['USERNAME_OR_PASSWORD_INCORRECT'])
  })

  it('from one address are passed on thirty times a minute, also as aliases of one mutation', async () => {
    await using gateway = await startGateway({ sandbox })
    const fields = Array.from(
      { length: 31 },
      (_, index) =>
        `a${index}: signIn(input: { username: "user${index}", password: "x" }) { viewer { userId } }`,
    )
    const answer = await openBrowser(gateway).ask(`mutation { ${fields.join(' ')} }`)
    assert.equal(codesOf(answer).at(-1), 'RATE_LIMITED')
    assert.equal(sandbox.vault.calls.count('auth'), 30)
  })

  it('behind a proxy that is trusted are counted for the clients, else for the proxy', async () => {
    for (const [trusted, passedOn] of [
      ['127.0.0.0/8', 60],
      ['10.0.0.0/8', 30],
    ] as const) {
      sandbox.vault.calls.clear()
      await using gateway = await startGateway({ sandbox, env: { TRUSTED_PROXIES: trusted } })
      for (let index = 0; index < 60; index += 1) {
        // The two halves of one IPv6 network count as one.
        const from = index < 30 ? '192.0.2.7' : `2001:db8:1:1::${index}`
        await guess(gateway, `user${index}`, { 'x-forwarded-for': from })
      }
      assert.equal(sandbox.vault.calls.count('auth'), passedOn)
    }
  })
})

describe('signing in, where there is nothing to sign in to', () => {
  it('the sandbox has a demo user for who has no cookie, and others to sign in as', async () => {
    await using gateway = await startGateway()
    const { data } = await openBrowser(gateway).ask(whoAmI)
    assert.deepEqual(data, { viewer: { userId: '1001', vaultId: '2026', expiresAt: null } })
    const browser = await signedIn(gateway, { username: 'robin@sandbox.example', password: 'sandbox' })
    const answer = await browser.ask('{ viewer { userId } }')
    assert.deepEqual(answer.data, { viewer: { userId: '1002' } })
  })

  it('without Vault the fields say that it is not configured', async () => {
    const sandbox = await startSandbox({ scene: 'empty' })
    await using gateway = await startGateway({ env: { FELDERA_URL: sandbox.feldera.url } })
    const browser = openBrowser(gateway)
    const answers = [
      await browser.ask(whoAmI),
      await browser.ask(signInDocument, { variables: { input: ada } }),
    ]
    assert.deepEqual(answers.flatMap(codesOf), ['UPSTREAM_NOT_CONFIGURED', 'UPSTREAM_NOT_CONFIGURED'])
    await sandbox.stop()
  })
})
