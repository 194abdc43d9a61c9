import assert from 'node:assert/strict'
import { after, before, beforeEach, describe, it } from 'node:test'
import { type Sandbox, startSandbox } from '../../src/sandbox/sandbox.ts'
import { type Gateway, startGateway } from '../support/gateway.ts'
import { openSocket, type SubscribeOptions, SubscriptionEnded, subscribe } from '../support/websocket.ts'

const vaultQuery = '{ uploadSessions { id } }'
const felderaQuery = '{ samplyProfile(pipelineName: "orders") { __typename } }'
const screens = 'https://screens.example.com'
const forbidden = 4403

describe('who asks over WebSocket', () => {
  let sandbox: Sandbox
  let gateway: Gateway

  before(async () => {
    sandbox = await startSandbox({ scene: 'empty' })
    for (const sessionId of ['seven', 'eight']) sandbox.vault.addUser({ id: 7, sessionId })
    sandbox.feldera.addPipeline({ name: 'orders', profile: Buffer.from('gzip') })
    gateway = await startGateway({ sandbox, env: { LOG_LEVEL: 'trace', ALLOWED_ORIGINS: screens } })
  })
  after(async () => {
    await gateway?.stop()
    await sandbox?.stop()
  })
  beforeEach(() => {
    sandbox.vault.calls.clear()
    sandbox.feldera.calls.clear()
  })

  /** The credentials with which the upstreams were asked, and the codes of the errors. */
  async function asked(options: SubscribeOptions) {
    const codes: unknown[] = []
    for (const query of [vaultQuery, felderaQuery]) {
      await using operation = subscribe(gateway, query, options)
      const { errors } = await operation.next()
      codes.push(...errors.map(({ extensions }) => extensions?.['code']))
      assert.ok(await operation.completes())
    }
    const [vault, feldera] = [sandbox.vault, sandbox.feldera].map(({ calls }) =>
      calls.all().map(({ headers }) => headers.authorization),
    )
    return { vault, feldera, codes }
  }

  it('the connectionParams say it', async () => {
    const connectionParams = {
      authorization: 'seven',
      felderaAuthorization: 'Bearer one',
      other: { of: 'mine' },
    }
    assert.deepEqual(await asked({ connectionParams }), {
      vault: ['seven'],
      feldera: ['Bearer one'],
      codes: [],
    })
  })

  it('the headers of the upgrade say it', async () => {
    const headers = { authorization: 'Bearer seven', 'feldera-authorization': 'Bearer one' }
    assert.deepEqual(await asked({ headers }), {
      vault: ['Bearer seven'],
      feldera: ['Bearer one'],
      codes: [],
    })
  })

  it('the connectionParams count before the headers, each for itself', async () => {
    const headers = { authorization: 'seven', 'feldera-authorization': 'Bearer one' }
    const ofVault = await asked({ headers, connectionParams: { authorization: 'eight' } })
    assert.deepEqual(ofVault, { vault: ['eight'], feldera: ['Bearer one'], codes: [] })
    sandbox.vault.calls.clear()
    sandbox.feldera.calls.clear()
    const ofFeldera = await asked({
      headers,
      connectionParams: { felderaAuthorization: 'Bearer two', authorization: '' },
    })
    assert.deepEqual(ofFeldera, { vault: ['seven'], feldera: ['Bearer two'], codes: [] })
  })

  it('nobody says it: every operation is UNAUTHENTICATED, and no upstream hears of it', async () => {
    for (const connectionParams of [{}, { authorization: null, felderaAuthorization: '' }]) {
      const codes = ['UNAUTHENTICATED', 'UNAUTHENTICATED']
      assert.deepEqual(await asked({ connectionParams }), { vault: [], feldera: [], codes })
    }
  })

  it('an authorization alone opens both, on the word of Vault, but not the other way round', async () => {
    const ofVault = await asked({ connectionParams: { authorization: 'seven' } })
    assert.deepEqual(ofVault, { vault: ['seven', 'seven'], feldera: [undefined], codes: [] })
    sandbox.vault.calls.clear()
    sandbox.feldera.calls.clear()
    const ofFeldera = await asked({ connectionParams: { felderaAuthorization: 'Bearer one' } })
    assert.deepEqual(ofFeldera, { vault: [], feldera: ['Bearer one'], codes: ['UNAUTHENTICATED'] })
  })

  it('a subscription without a credential ends with UNAUTHENTICATED, and asks nobody', async () => {
    await using operation = subscribe(gateway, 'subscription { jobUpdated(id: 1) { observedAt } }')
    const { data, errors } = await operation.next()
    assert.equal(data ?? null, null)
    assert.deepEqual(
      errors.map(({ extensions }) => extensions?.['code']),
      ['UNAUTHENTICATED'],
    )
    assert.ok(await operation.completes())
    assert.equal(sandbox.vault.calls.count(), 0)
  })

  const impossible: readonly (readonly [string, SubscribeOptions])[] = [
    ['a number', { connectionParams: { authorization: 7 } }],
    ['a list', { connectionParams: { felderaAuthorization: ['secret-one'] } }],
    ['an object', { connectionParams: { authorization: { is: 'secret-one' } } }],
    ['a line break', { connectionParams: { authorization: 'secret-one\r\nX-Other: 1' } }],
    ['a line feed at its end', { connectionParams: { felderaAuthorization: 'secret-one\n' } }],
    ['a zero byte', { connectionParams: { authorization: 'secret-one\0' } }],
    ['letters beyond ASCII', { connectionParams: { authorization: 'secret-öne' } }],
    ['8193 letters', { connectionParams: { authorization: 's'.repeat(8193) } }],
    ['8193 letters in a header', { headers: { 'feldera-authorization': 's'.repeat(8193) } }],
    ['letters beyond ASCII in a header', { headers: { authorization: 'secret-\u00f6ne' } }],
  ]
  for (const [name, options] of impossible) {
    it(`${name} cannot be a credential: the connection is closed with 4403, which says why and repeats nothing`, async () => {
      await using operation = subscribe(gateway, vaultQuery, options)
      await assert.rejects(operation.next(), SubscriptionEnded)
      const { code, reason } = await operation.closed
      assert.equal(code, forbidden)
      assert.match(reason, /uthorization/)
      assert.doesNotMatch(reason, /secret|sss/)
      assert.equal(sandbox.vault.calls.count() + sandbox.feldera.calls.count(), 0)
    })
  }

  for (const payload of [7, 'seven', ['seven']]) {
    it(`connectionParams that are ${JSON.stringify(payload)} close the connection`, async () => {
      await using connection = await openSocket(gateway)
      connection.send({ type: 'connection_init', payload })
      const { code } = await connection.closed
      assert.ok([4400, forbidden].includes(code), String(code))
    })
  }

  it('two sockets with different credentials know nothing of each other', async () => {
    const jobs = ['seven', 'eight'].map((sessionId, index) => {
      sandbox.vault.addUser({ id: 70 + index, sessionId })
      return { sessionId, id: sandbox.vault.addJob({ status: 'RUNNING', visibleTo: [70 + index] }).id }
    })
    const seen = await Promise.all(
      jobs.map(async ({ sessionId: authorization }) => {
        await using operation = subscribe(gateway, '{ activeJobs { nodes { id } } }', {
          connectionParams: { authorization },
        })
        return (await operation.next()).data
      }),
    )
    assert.deepEqual(
      seen,
      jobs.map(({ id }) => ({ activeJobs: { nodes: [{ id: String(id) }] } })),
    )
  })

  it('a page of the same origin, of ALLOWED_ORIGINS, and a program without one may connect', async () => {
    for (const headers of [{ origin: gateway.url }, { origin: screens }, {}]) {
      await using connection = await openSocket(gateway, { headers })
      connection.send({ type: 'connection_init' })
      assert.deepEqual(await connection.next(), { type: 'connection_ack' })
    }
  })

  for (const origin of [
    'https://evil.example',
    'null',
    'http://127.0.0.1:1',
    `${screens}.evil.example`,
    screens.replace('https', 'http'),
    'https://profiler.firefox.com',
    'not an address',
  ]) {
    it(`a page of the origin “${origin}” is refused with 403, whatever it brings`, async () => {
      await assert.rejects(openSocket(gateway, { headers: { origin, authorization: 'seven' } }), /\b403$/)
      assert.equal(sandbox.vault.calls.count(), 0)
    })
  }

  it('leaves no credential in the log, at its most talkative', async () => {
    await gateway.stop()
    await gateway.logged(({ msg }) => msg === 'stopping')
    assert.doesNotMatch(gateway.stderr(), /seven|Bearer|secret|ssss/)
  })
})
