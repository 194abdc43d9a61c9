import assert from 'node:assert/strict'
import { after, afterEach, before, beforeEach, describe, it } from 'node:test'
import { type Sandbox, startSandbox } from '../../src/sandbox/sandbox.ts'
import { download } from '../support/download.ts'
import { type Gateway, startGateway } from '../support/gateway.ts'
import { codesOf, request } from '../support/graphql.ts'
import { lookAtProfile, startProfile } from '../support/samply-profile-query.ts'
import { subscribe } from '../support/websocket.ts'

const apiKey = 'apikey:the-gateways-own'
const withKey = `Bearer ${apiKey}`
const felderaField = '{ samplyProfile(pipelineName: "orders") { __typename } }'
const followed = `subscription ($name: String!) {
  samplyProfileUpdated(pipelineName: $name) { __typename ... on SamplyProfileUnavailable { reason } } }`

let sandbox: Sandbox
let lastUserId = 100

before(async () => {
  sandbox = await startSandbox({ scene: 'empty' })
})
after(() => sandbox.stop())
beforeEach(() => {
  sandbox.feldera.addPipeline({ name: 'orders', collectionsEnd: 'by-hand', profile: Buffer.from('gzip') })
  sandbox.vault.calls.clear()
  sandbox.feldera.calls.clear()
})
afterEach(() => {
  sandbox.vault.faults.clear()
  sandbox.feldera.faults.clear()
  sandbox.feldera.requireAuthorization(undefined)
})

/** A session of which no gateway knows anything. */
function newSession(): string {
  lastUserId += 1
  const sessionId = `session-${lastUserId}`
  sandbox.vault.addUser({ id: lastUserId, sessionId })
  return sessionId
}

const confirmations = () => sandbox.vault.calls.of('current-user')
/** The credentials with which Feldera was asked, in turn. */
const sent = () => sandbox.feldera.calls.all().map(({ headers }) => headers.authorization)

for (const [title, env, expected] of [
  ['with FELDERA_API_KEY', { FELDERA_API_KEY: apiKey }, withKey],
  ['without a key', {}, undefined],
] as const) {
  describe(`who may reach Feldera, where Vault is configured, ${title}`, () => {
    let gateway: Gateway
    before(async () => {
      gateway = await startGateway({ sandbox, env: { ...env, LOG_LEVEL: 'trace', POLL_INTERVAL_MS: '20' } })
    })
    after(() => gateway?.stop())

    const ask = (headers: Record<string, string>, query = felderaField) =>
      request(gateway, query, { headers })

    it('a caller whose session Vault confirms: with the key if there is one, and never with its session', async () => {
      const authorization = newSession()
      const answer = await ask({ authorization })
      assert.deepEqual([answer.errors, answer.data], [[], { samplyProfile: { __typename: 'SamplyProfile' } }])
      assert.deepEqual(sent(), [expected])
      assert.deepEqual(
        confirmations().map(({ method, path, headers }) => [method, path, headers.authorization]),
        [['GET', '/api/v26.1/objects/users/me', authorization]],
      )
      assert.equal(sandbox.vault.calls.count(), 1)
    })

    it('so does a mutation', async () => {
      sandbox.feldera.addPipeline({ name: 'orders', state: 'never-profiled' })
      const { data, errors } = await startProfile(
        gateway,
        { pipelineName: 'orders' },
        { headers: { authorization: newSession() } },
      )
      assert.deepEqual(errors, [])
      assert.equal(data.startSamplyProfile?.profile?.__typename, 'SamplyProfileInProgress')
      assert.deepEqual(sent(), [expected])
    })

    it('not a caller whose session Vault refuses, for reads, writes, lists and downloads', async () => {
      const headers = { authorization: 'nobody' }
      const answers = [
        await ask(headers),
        await ask(headers, '{ pipelines { name } }'),
        await startProfile(gateway, { pipelineName: 'orders' }, { headers }),
      ]
      assert.deepEqual(answers.map(codesOf), [['UNAUTHENTICATED'], ['UNAUTHENTICATED'], ['UNAUTHENTICATED']])
      assert.match(JSON.stringify(answers[0]?.errors), /"service":"vault"/)
      const file = await download(gateway, '/samply-profiles/orders', { headers })
      assert.deepEqual([file.status, file.code], [401, 'UNAUTHENTICATED'])
      assert.deepEqual(sent(), [])
    })

    it('a refusal is not remembered: once Vault knows the session, Feldera is asked', async () => {
      const authorization = newSession()
      sandbox.vault.endSession(authorization)
      assert.deepEqual(codesOf(await ask({ authorization })), ['UNAUTHENTICATED'])
      sandbox.vault.addUser({ id: 90, sessionId: authorization })
      assert.deepEqual(codesOf(await ask({ authorization })), [])
    })

    it('not a caller without any credential, and nobody hears of it', async () => {
      const answer = await ask({}, `{ pipelines { name } ${felderaField.slice(1, -1)} }`)
      assert.deepEqual(codesOf(answer), ['UNAUTHENTICATED', 'UNAUTHENTICATED'])
      assert.match(answer.errors[0]?.message ?? '', /`Authorization`.*`Feldera-Authorization`/)
      const file = await download(gateway, '/samply-profiles/orders')
      assert.deepEqual([file.status, file.code], [401, 'UNAUTHENTICATED'])
      assert.deepEqual([sent(), sandbox.vault.calls.count()], [[], 0])
    })

    it('a caller with a credential of its own, which wins, and Vault is not asked', async () => {
      const own = 'Bearer apikey:own'
      for (const authorization of [newSession(), 'nobody', undefined]) {
        sandbox.feldera.calls.clear()
        const answer = await ask({
          'feldera-authorization': own,
          ...(authorization === undefined ? {} : { authorization }),
        })
        assert.deepEqual([answer.errors, sent()], [[], [own]])
      }
      assert.equal(sandbox.vault.calls.count(), 0)
    })

    it('nobody while Vault does not answer, and that is no refusal', async () => {
      for (const [answer, code] of [
        [{ kind: 'reset' }, 'UPSTREAM_UNAVAILABLE'],
        [{ kind: 'status', status: 503 }, 'UPSTREAM_UNAVAILABLE'],
        [
          { kind: 'failure', type: 'API_LIMIT_EXCEEDED', message: 'Too many calls.' },
          'UPSTREAM_RATE_LIMITED',
        ],
      ] as const) {
        const fault = sandbox.vault.faults.add({ route: 'current-user', answer })
        const headers = { authorization: newSession() }
        assert.deepEqual(codesOf(await ask(headers)), [code])
        fault.remove()
        assert.deepEqual(codesOf(await ask(headers)), [])
      }
      assert.equal(sent().length, 3)
    })

    it('Vault is asked once a minute for each credential, however much is asked at the same time', async () => {
      const one = { authorization: newSession() }
      const other = { authorization: newSession() }
      const fields = ['a', 'b', 'c'].map((alias) => `${alias}: ${felderaField.slice(2, -2)}`).join(' ')
      const answers = await Promise.all(
        [one, other, one, other, one].map((headers) => ask(headers, `{ ${fields} pipelines { name } }`)),
      )
      assert.deepEqual(answers.flatMap(codesOf), [])
      await ask(one)
      await download(gateway, '/samply-profiles/orders', { headers: one })
      assert.deepEqual(
        confirmations()
          .map(({ headers }) => headers.authorization)
          .toSorted(),
        [one.authorization, other.authorization],
      )
    })

    it('two users share nothing: the session of one that ends is not carried by the other', async () => {
      const [ann, bob] = [newSession(), newSession()]
      sandbox.feldera.addPipeline({ name: 'orders', state: 'never-profiled' })
      const follow = (authorization: string) =>
        subscribe(gateway, followed, {
          variables: { name: 'orders' },
          connectionParams: { authorization },
        })
      await using ofAnn = follow(ann)
      await ofAnn.next()
      sandbox.vault.endSession(bob)
      await using ofBob = follow(bob)
      assert.deepEqual(codesOf(await ofBob.next()), ['UNAUTHENTICATED'])
      assert.ok(await ofBob.completes())
      await using alsoOfAnn = follow(ann)
      assert.deepEqual((await alsoOfAnn.next()).data, {
        samplyProfileUpdated: { __typename: 'SamplyProfileUnavailable', reason: 'NOT_COLLECTED' },
      })
      assert.deepEqual(new Set(sent()), new Set([expected]))
    })

    it('a file is streamed to whom Vault confirms, by header as by token', async () => {
      const authorization = newSession()
      const headers = { authorization }
      const file = await download(gateway, '/samply-profiles/orders', { headers })
      assert.deepEqual([file.status, String(file.body)], [200, 'gzip'])
      const { data } = await lookAtProfile(gateway, { pipelineName: 'orders' }, { headers })
      const byToken = await download(gateway, String(data.samplyProfile?.['downloadUrl']))
      assert.deepEqual([byToken.status, String(byToken.body)], [200, 'gzip'])
      assert.deepEqual(new Set(sent()), new Set([expected]))
    })

    it('leaves neither key nor session in the log, at its most talkative', async () => {
      await ask({ authorization: newSession() })
      sandbox.feldera.faults.add({ answer: { kind: 'reset' } })
      await ask({ authorization: newSession() })
      await gateway.stop()
      await gateway.logged(({ msg }) => msg === 'answered')
      assert.doesNotMatch(gateway.stderr() + gateway.stdout(), /the-gateways-own|session-1/)
    })
  })
}

describe('a link of a Vault user to a profile', () => {
  it('carries the session and not the key, and is worth nothing once Vault refuses the session', async () => {
    const env = { FELDERA_API_KEY: apiKey, GATEWAY_SECRET: 'the same for all replicas' }
    await using first = await startGateway({ sandbox, env })
    const authorization = newSession()
    const { data } = await lookAtProfile(
      first,
      { pipelineName: 'orders' },
      { headers: { authorization }, fields: '... on SamplyProfile { downloadUrl viewerUrl }' },
    )
    const downloadUrl = String(data.samplyProfile?.['downloadUrl'])

    // A replica that has another key, or none, uses what it has: the link brought none along.
    await using second = await startGateway({ sandbox, env: { ...env, FELDERA_API_KEY: 'apikey:new' } })
    sandbox.feldera.calls.clear()
    assert.equal((await download(second, downloadUrl)).status, 200)
    assert.deepEqual(sent(), ['Bearer apikey:new'])

    await using third = await startGateway({ sandbox, env })
    sandbox.vault.endSession(authorization)
    sandbox.feldera.calls.clear()
    const refused = await download(third, downloadUrl)
    assert.deepEqual([refused.status, refused.code, sent()], [401, 'UNAUTHENTICATED', []])
  })

  it('is not replaced by the header of another who opens it', async () => {
    await using gateway = await startGateway({ sandbox, env: { FELDERA_API_KEY: apiKey } })
    const { data } = await lookAtProfile(
      gateway,
      { pipelineName: 'orders' },
      { headers: { authorization: newSession() } },
    )
    const headers = { authorization: 'nobody', 'feldera-authorization': 'Bearer nobody' }
    const answer = await download(gateway, String(data.samplyProfile?.['downloadUrl']), { headers })
    assert.equal(answer.status, 200)
    assert.deepEqual(sent(), [withKey, withKey])
  })
})

describe('what a Vault user is told of the key', () => {
  let gateway: Gateway
  before(async () => {
    gateway = await startGateway({ sandbox, env: { FELDERA_API_KEY: apiKey, LOG_LEVEL: 'trace' } })
  })
  after(() => gateway?.stop())

  it('nothing, also where Feldera repeats it in a refusal', async () => {
    for (const words of [`No ${withKey}!`, `No ${apiKey}!`]) {
      for (const [status, body] of [
        [200, { message: words, error_code: 'Odd', details: null }],
        [400, { message: words, error_code: 'Odd', details: null }],
        [500, { message: 'Failed.', error_code: 'SamplyProfilingFailure', details: words }],
      ] as const) {
        const fault = sandbox.feldera.faults.add({
          answer: {
            kind: 'status',
            status,
            body: JSON.stringify(body),
            headers: { 'content-type': 'application/json' },
          },
        })
        const headers = { authorization: newSession() }
        const query =
          '{ samplyProfile(pipelineName: "orders") { ... on SamplyProfileUnavailable { message } } }'
        const answer = JSON.stringify(await request(gateway, query, { headers }))
        fault.remove()
        assert.match(answer, /No …!/)
        assert.doesNotMatch(answer, /the-gateways-own/)
      }
    }
  })

  it('that it is the operator who has to look, where Feldera does not take it', async () => {
    sandbox.feldera.requireAuthorization(['Bearer apikey:rotated'])
    const answer = await request(gateway, felderaField, { headers: { authorization: newSession() } })
    assert.deepEqual(codesOf(answer), ['UNAUTHENTICATED'])
    assert.match(answer.errors[0]?.message ?? '', /Your Vault session is good.*FELDERA_API_KEY/)
    assert.deepEqual(answer.errors[0]?.extensions?.['upstream'], {
      service: 'feldera',
      status: 401,
      type: 'AuthenticationFailed',
    })
  })

  it('nothing, and neither is who reads the log at its most talkative', async () => {
    await gateway.stop()
    await gateway.logged(({ msg }) => msg === 'an upstream failed')
    assert.doesNotMatch(gateway.stderr(), /the-gateways-own/)
  })
})

describe('who may reach Feldera elsewhere', () => {
  it('the demo user of the sandbox and the users of its Vault, but nobody whom its Vault does not know', async () => {
    await using gateway = await startGateway({ env: { FELDERA_API_KEY: apiKey } })
    const query = '{ pipelines { name } }'
    for (const [headers, codes] of [
      [{}, []],
      [{ authorization: 'sandbox-demo' }, []],
      [{ authorization: 'Bearer sandbox-demo' }, []],
      [{ authorization: 'nobody' }, ['UNAUTHENTICATED']],
      [{ authorization: 'nobody', 'feldera-authorization': 'Bearer any' }, []],
    ] as const) {
      assert.deepEqual(codesOf(await request(gateway, query, { headers })), codes, JSON.stringify(headers))
    }
    const { data } = await lookAtProfile(gateway, { pipelineName: 'orders-enrichment' })
    assert.equal((await download(gateway, String(data.samplyProfile?.['downloadUrl']))).status, 200)
    assert.match(gateway.stdout(), /FELDERA_API_KEY is set, but not used/)
  })

  it('where Feldera stands alone everybody, as without a gateway, and no Vault is asked', async () => {
    await using gateway = await startGateway({ env: { FELDERA_URL: sandbox.feldera.url } })
    for (const headers of [{}, { authorization: 'nobody' }, { 'feldera-authorization': 'Bearer own' }]) {
      assert.deepEqual(codesOf(await request(gateway, felderaField, { headers })), [])
    }
    const { data } = await lookAtProfile(
      gateway,
      { pipelineName: 'orders' },
      { headers: { authorization: 'x' } },
    )
    assert.equal((await download(gateway, String(data.samplyProfile?.['downloadUrl']))).status, 200)
    assert.deepEqual(sent(), [undefined, undefined, 'Bearer own', undefined, undefined])
    assert.equal(sandbox.vault.calls.count(), 0)
  })

  it('where Vault stands alone nobody', async () => {
    await using gateway = await startGateway({
      env: { VAULT_URL: sandbox.vault.url, FELDERA_API_KEY: apiKey },
    })
    const answer = await request(gateway, '{ pipelines { name } }', {
      headers: { authorization: newSession() },
    })
    assert.deepEqual(codesOf(answer), ['UPSTREAM_NOT_CONFIGURED'])
    assert.equal(sandbox.vault.calls.count(), 0)
    assert.match(gateway.stdout(), /FELDERA_API_KEY is set, but not used/)
  })
})
