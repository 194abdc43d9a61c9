import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { describe, it } from 'node:test'
import { hasCode } from '../../src/core/errors.ts'
import { accessWith, type Credentials, isCredential, maxCredentialLength } from '../../src/core/identity.ts'
import { type AccessRules, createCallers } from '../../src/upstream/access.ts'

describe('the key of a caller', () => {
  it('is the same for the same credential, and another for any other', () => {
    const credentials = [undefined, 'a', 'A', 'Bearer a', 'a ', 'a'.repeat(64)]
    const keys = credentials.map((credential) => accessWith(credential).callerKey)
    assert.equal(new Set(keys).size, credentials.length)
    assert.deepEqual(
      credentials.map((credential) => accessWith(credential).callerKey),
      keys,
    )
  })

  it('cannot be found by hashing guesses, since the process keys it with a secret of its own', () => {
    const { callerKey } = accessWith('sandbox-demo')
    for (const encoding of ['base64url', 'base64', 'hex'] as const) {
      assert.notEqual(callerKey, createHash('sha256').update('sandbox-demo').digest(encoding))
    }
    assert.equal(Buffer.from(callerKey, 'base64url').length, 32)
  })
})

describe('a credential', () => {
  it('is visible ASCII with single spaces', () => {
    for (const good of ['A1', 'Bearer x.y-z', 'Bearer apikey:1=', '~!@#$%^&*()"\\'])
      assert.ok(isCredential(good), good)
    for (const bad of [
      '',
      ' ',
      ' a',
      'a ',
      'a  b',
      'a\tb',
      'a\nb',
      'a\r\nX-Evil: 1',
      'a\n',
      'a\0',
      'é',
      '\x7f',
    ]) {
      assert.equal(isCredential(bad), false, JSON.stringify(bad))
    }
  })

  it('has 8192 characters at most, and looking at a hostile one takes no time', () => {
    assert.ok(isCredential('x'.repeat(maxCredentialLength)))
    assert.equal(isCredential('x'.repeat(maxCredentialLength + 1)), false)
    assert.equal(isCredential(`${'x '.repeat(4000)} `), false)
  })
})

const none: Credentials = { vault: undefined, feldera: undefined }
const both: Credentials = { vault: 'session', feldera: 'Bearer key' }
const vaultOnly: Credentials = { vault: 'session', feldera: undefined }
const felderaOnly: Credentials = { vault: undefined, feldera: 'Bearer key' }
const allConfigured: AccessRules = { vault: 'configured', feldera: 'configured', demoSession: undefined }
const alone: Partial<AccessRules> = { vault: 'not configured' }
const sandbox: Partial<AccessRules> = { demoSession: 'sandbox-demo' }
const callerWith = (credentials: Credentials, rules: Partial<AccessRules> = {}, asked: unknown[] = []) =>
  createCallers({ ...allConfigured, ...rules }, async (session) => asked.push(session.authorization), {
    hasEnded: ({ authorization }) => authorization === 'signed-out',
  })(credentials)

const failsWith =
  (code: 'UNAUTHENTICATED' | 'UPSTREAM_NOT_CONFIGURED', service: 'vault' | 'feldera') => (error: unknown) =>
    hasCode(error, code) && error.extensions.upstream?.service === service

describe('a caller', () => {
  it('is counted by its credentials alone: whose cookie is of no use has none, and is like nobody', () => {
    const cookieFault = 'The sign-in has ended.'
    assert.equal(callerWith(none).credentialKey, undefined)
    assert.equal(callerWith({ ...none, cookieFault }).credentialKey, undefined)
    assert.notEqual(callerWith({ ...none, cookieFault }).key, callerWith(none).key)
    assert.equal(callerWith({ ...felderaOnly, cookieFault }).credentialKey, callerWith(felderaOnly).key)
    assert.equal(callerWith(both).credentialKey, callerWith(both).key)
  })

  it('reaches each service with its own credential, as it came, and nobody vouches for it', () => {
    const caller = callerWith(both)
    assert.equal(caller.vault().authorization, 'session')
    assert.equal(caller.feldera().authorization, 'Bearer key')
    assert.notEqual(caller.vault().callerKey, caller.feldera().callerKey)
    assert.equal(caller.vault().confirm, undefined)
    assert.equal(caller.feldera().confirm, undefined)
  })

  it('without a credential reaches neither, and is told which is missing', () => {
    assert.throws(() => callerWith(none).vault(), failsWith('UNAUTHENTICATED', 'vault'))
    assert.throws(() => callerWith(none).feldera(), failsWith('UNAUTHENTICATED', 'feldera'))
  })

  it('of Feldera only does not reach Vault', () => {
    assert.throws(() => callerWith(felderaOnly).vault(), failsWith('UNAUTHENTICATED', 'vault'))
  })

  it('of Vault only reaches Feldera on the word of Vault, and its session does not go there', async () => {
    const asked: unknown[] = []
    const { authorization, confirm } = callerWith(vaultOnly, {}, asked).feldera()
    assert.equal(authorization, undefined)
    assert.deepEqual(asked, [])
    await confirm?.()
    assert.deepEqual(asked, ['session'])
  })

  it('of Vault only shares nothing with one who brings the same text for Feldera, nor with another session', () => {
    const keys = [
      callerWith(vaultOnly).feldera(),
      callerWith({ ...none, feldera: 'session' }).feldera(),
      callerWith({ ...none, vault: 'another' }).feldera(),
    ].map(({ callerKey }) => callerKey)
    assert.equal(new Set(keys).size, keys.length)
    assert.equal(keys[0], callerWith(vaultOnly).feldera().callerKey)
  })

  it('is told of a service that is not configured, whatever it brings', () => {
    const noVault = callerWith(both, alone)
    assert.throws(() => noVault.vault(), failsWith('UPSTREAM_NOT_CONFIGURED', 'vault'))
    const noFeldera = callerWith(both, { feldera: 'not configured' })
    assert.throws(() => noFeldera.feldera(), failsWith('UPSTREAM_NOT_CONFIGURED', 'feldera'))
  })

  it('asks a Feldera that stands alone with what it brings, or bare', () => {
    assert.equal(callerWith(none, alone).feldera().authorization, undefined)
    assert.equal(callerWith(vaultOnly, alone).feldera().authorization, undefined)
    assert.equal(callerWith(vaultOnly, alone).feldera().confirm, undefined)
    assert.equal(callerWith(both, alone).feldera().authorization, 'Bearer key')
  })

  it('of the sandbox is its demo user where it brings nothing, and itself where it does', async () => {
    const asked: unknown[] = []
    assert.equal(callerWith(none, sandbox).vault().authorization, 'sandbox-demo')
    assert.equal(callerWith(both, sandbox).vault().authorization, 'session')
    await callerWith(none, sandbox, asked).feldera().confirm?.()
    await callerWith(vaultOnly, sandbox, asked).feldera().confirm?.()
    assert.deepEqual(asked, ['sandbox-demo', 'session'])
  })
})

describe('a link to a file', () => {
  for (const [name, credentials, rules, ofVault, ofFeldera] of [
    ['both', both, {}, vaultOnly, felderaOnly],
    ['a Vault session', vaultOnly, {}, vaultOnly, vaultOnly],
    ['a credential of Feldera', felderaOnly, {}, none, felderaOnly],
    ['both, where Feldera stands alone', both, alone, none, felderaOnly],
    ['a Vault session, where Feldera stands alone', vaultOnly, alone, none, none],
    ['nothing, in the sandbox', none, sandbox, none, none],
  ] as const) {
    it(`of a caller with ${name} carries no more of it than it needs`, () => {
      const caller = callerWith(credentials, rules)
      assert.deepEqual(caller.linkCredentials('vault'), ofVault)
      assert.deepEqual(caller.linkCredentials('feldera'), ofFeldera)
    })
  }
})
