import assert from 'node:assert/strict'
import { after, before, beforeEach, describe, it } from 'node:test'
import { type Sandbox, startSandbox } from '../../src/sandbox/sandbox.ts'
import { download } from '../support/download.ts'
import { type Gateway, startGateway } from '../support/gateway.ts'
import { codesOf, request } from '../support/graphql.ts'
import { startProfile } from '../support/samply-profile-query.ts'

const vaultFields = '{ uploadSessions { id } profilingSessions { id } }'
const felderaField = '{ samplyProfile(pipelineName: "orders") { __typename } }'
const everything = `{ job(id: 1) { id } jobs(ids: [1]) { id } activeJobs { totalCount } completedJobs { totalCount }
  profilingSession(name: "x") { id } profilingSessions { id } uploadSession(id: "x") { id } uploadSessions { id }
  samplyProfile(pipelineName: "orders") { __typename } pipelines { name } }`

let sandbox: Sandbox

before(async () => {
  sandbox = await startSandbox({ scene: 'empty' })
  sandbox.vault.addUser({ id: 7, sessionId: 'seven' })
  sandbox.feldera.addPipeline({ name: 'orders', profile: Buffer.from('gzip') })
})
after(() => sandbox.stop())
beforeEach(() => {
  sandbox.vault.calls.clear()
  sandbox.feldera.calls.clear()
})

/** Every call that reached an upstream, with the credential on it. */
const calls = () => [...sandbox.vault.calls.all(), ...sandbox.feldera.calls.all()]
const sent = (service: 'vault' | 'feldera') =>
  new Set(sandbox[service].calls.all().map(({ headers }) => headers.authorization))

describe('who asks, where Vault and Feldera are configured', () => {
  let gateway: Gateway
  before(async () => {
    gateway = await startGateway({ sandbox, env: { LOG_LEVEL: 'trace' } })
  })
  after(() => gateway?.stop())

  const ask = (query: string, headers: Record<string, string> = {}) => request(gateway, query, { headers })

  it('a caller without credentials is UNAUTHENTICATED in every field, and no upstream hears of it', async () => {
    const answer = await ask(everything)
    assert.equal(answer.status, 200)
    assert.deepEqual(new Set(codesOf(answer)), new Set(['UNAUTHENTICATED']))
    assert.equal(answer.errors.length, 10)
    assert.deepEqual(calls(), [])
  })

  it('nor does it write: a start without credentials reaches nobody', async () => {
    const answers = [
      await ask('mutation { startJob(id: 1) { job { id } } }'),
      await startProfile(gateway, { pipelineName: 'orders' }),
    ]
    assert.deepEqual(answers.flatMap(codesOf), ['UNAUTHENTICATED', 'UNAUTHENTICATED'])
    assert.deepEqual(calls(), [])
  })

  it('an Authorization alone reaches Feldera on the word of Vault, and does not go there itself', async () => {
    const answer = await ask(felderaField, { authorization: 'seven' })
    assert.deepEqual(answer.data, { samplyProfile: { __typename: 'SamplyProfile' } })
    assert.deepEqual([...sent('vault'), ...sent('feldera')], ['seven', undefined])
  })

  it('a Feldera-Authorization alone is no credential for Vault', async () => {
    const answer = await ask(vaultFields, { 'feldera-authorization': 'Bearer apikey:one' })
    assert.deepEqual(codesOf(answer), ['UNAUTHENTICATED', 'UNAUTHENTICATED'])
    assert.deepEqual(calls(), [])
  })

  for (const authorization of ['seven', 'Bearer seven']) {
    it(`“${authorization}” goes to Vault just as it came, and never to Feldera`, async () => {
      const answer = await ask(`{ ${vaultFields.slice(1, -1)} ${felderaField.slice(1, -1)} }`, {
        authorization,
        'feldera-authorization': 'Bearer apikey:one',
        cookie: 'a=b',
        'x-api-key': 'c',
      })
      assert.deepEqual(answer.errors, [])
      assert.deepEqual(sent('vault'), new Set([authorization]))
      assert.deepEqual(sent('feldera'), new Set(['Bearer apikey:one']))
      for (const { headers } of calls()) {
        assert.deepEqual(
          Object.keys(headers).filter((name) => /cookie|key|feldera/.test(name)),
          [],
        )
      }
    })
  }

  it('a credential that an upstream does not take is UNAUTHENTICATED in its fields alone', async () => {
    const answer = await ask(`{ ${vaultFields.slice(1, -1)} ${felderaField.slice(1, -1)} }`, {
      authorization: 'nobody',
      'feldera-authorization': 'Bearer apikey:one',
    })
    assert.deepEqual(codesOf(answer), ['UNAUTHENTICATED', 'UNAUTHENTICATED'])
    assert.deepEqual(answer.data, {
      uploadSessions: null,
      profilingSessions: null,
      samplyProfile: { __typename: 'SamplyProfile' },
    })
  })

  it('what cannot be a credential is refused as a whole with 401, and repeated nowhere', async () => {
    for (const headers of [
      { authorization: 'x'.repeat(8193) },
      { authorization: 'caf\u00e9-secret' },
      { authorization: 'tab\tsecret' },
      { 'feldera-authorization': 'two  spaces-secret' },
    ]) {
      for (const path of ['/graphql?query={__typename}', '/samply-profiles/orders']) {
        const answer = await download(gateway, path, { headers })
        assert.deepEqual([answer.status, answer.code], [401, 'UNAUTHENTICATED'])
        assert.doesNotMatch(String(answer.body), /secret|xxxx/)
      }
    }
    assert.deepEqual(calls(), [])
  })

  it('the longest credential that is taken reaches its service whole', async () => {
    const authorization = `Bearer ${'y'.repeat(8185)}`
    await ask(felderaField, { 'feldera-authorization': authorization })
    assert.deepEqual(sent('feldera'), new Set([authorization]))
  })

  it('leaves no credential in the log, at its most talkative', async () => {
    sandbox.vault.faults.add({ answer: { kind: 'json', body: { responseStatus: 'SUCCESS', data: [7] } } })
    sandbox.feldera.faults.add({ answer: { kind: 'reset' } })
    await ask(everything, { authorization: 'vault-secret', 'feldera-authorization': 'Bearer feldera-secret' })
    sandbox.vault.faults.clear()
    sandbox.feldera.faults.clear()
    await gateway.stop()
    await gateway.logged(({ msg }) => msg === 'answered')
    assert.doesNotMatch(gateway.stderr() + gateway.stdout(), /vault-secret|feldera-secret/)
  })
})

describe('who asks, where Feldera stands alone', () => {
  let gateway: Gateway
  before(async () => {
    gateway = await startGateway({ env: { FELDERA_URL: sandbox.feldera.url } })
  })
  after(() => gateway?.stop())

  it('a call goes out bare, or with what the caller brought for Feldera, but never with more', async () => {
    for (const [headers, expected] of [
      [{}, undefined],
      [{ authorization: 'seven' }, undefined],
      [{ 'feldera-authorization': 'Bearer apikey:one' }, 'Bearer apikey:one'],
    ] as const) {
      sandbox.feldera.calls.clear()
      const answer = await request(gateway, felderaField, { headers })
      assert.deepEqual(answer.data, { samplyProfile: { __typename: 'SamplyProfile' } })
      assert.deepEqual(sent('feldera'), new Set([expected]))
    }
    assert.equal((await download(gateway, '/samply-profiles/orders')).status, 200)
  })

  it('fields of Vault are UPSTREAM_NOT_CONFIGURED and cost the others nothing', async () => {
    const answer = await request(gateway, everything, { headers: { authorization: 'seven' } })
    assert.deepEqual(new Set(codesOf(answer)), new Set(['UPSTREAM_NOT_CONFIGURED']))
    assert.equal(answer.errors.length, 8)
    assert.match(answer.errors[0]?.message ?? '', /VAULT_URL/)
    const file = await download(gateway, '/profiling-sessions/x/results', {
      headers: { authorization: 'seven' },
    })
    assert.deepEqual([file.status, file.code], [501, 'UPSTREAM_NOT_CONFIGURED'])
    assert.equal(sandbox.vault.calls.count(), 0)
  })

  it('a Feldera that wants a credential says so through the gateway', async () => {
    sandbox.feldera.requireAuthorization(['Bearer apikey:one'])
    const answer = await request(gateway, felderaField)
    sandbox.feldera.requireAuthorization(undefined)
    assert.deepEqual(codesOf(answer), ['UNAUTHENTICATED'])
  })
})

describe('who asks, where Vault stands alone', () => {
  it('fields of Feldera are UPSTREAM_NOT_CONFIGURED and cost the others nothing', async () => {
    await using gateway = await startGateway({ env: { VAULT_URL: sandbox.vault.url } })
    const headers = { authorization: 'seven', 'feldera-authorization': 'Bearer apikey:one' }
    const answer = await request(gateway, `{ uploadSessions { id } ${felderaField.slice(1, -1)} }`, {
      headers,
    })
    assert.deepEqual(codesOf(answer), ['UPSTREAM_NOT_CONFIGURED'])
    assert.deepEqual(answer.data, { uploadSessions: [], samplyProfile: null })
    const file = await download(gateway, '/samply-profiles/orders', { headers })
    assert.deepEqual([file.status, file.code], [501, 'UPSTREAM_NOT_CONFIGURED'])
    assert.equal(sandbox.feldera.calls.count(), 0)
  })
})

describe('who asks, in the sandbox', () => {
  it('a caller without credentials is the demo user; one with credentials is who they say', async () => {
    await using gateway = await startGateway()
    const bare = await request(gateway, vaultFields)
    assert.deepEqual(bare.errors, [])
    const wrong = await request(gateway, vaultFields, { headers: { authorization: 'nobody' } })
    assert.deepEqual(codesOf(wrong), ['UNAUTHENTICATED', 'UNAUTHENTICATED'])
  })
})
