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
    assert.doesNotMatch(callerKey, /sandbox|demo/)
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
const allConfigured: AccessRules = { vault: 'configured', feldera: 'configured', demo: undefined }
const callerWith = (credentials: Credentials, rules: Partial<AccessRules> = {}) =>
  createCallers({ ...allConfigured, ...rules })(credentials)

const failsWith =
  (code: 'UNAUTHENTICATED' | 'UPSTREAM_NOT_CONFIGURED', service: 'vault' | 'feldera') => (error: unknown) =>
    hasCode(error, code) && error.extensions.upstream?.service === service

describe('a caller', () => {
  it('reaches each service with its own credential, as it came', () => {
    const caller = callerWith(both)
    assert.equal(caller.vault().authorization, 'session')
    assert.equal(caller.feldera().authorization, 'Bearer key')
    assert.notEqual(caller.vault().callerKey, caller.feldera().callerKey)
  })

  it('without a credential reaches neither, and is told which is missing', () => {
    assert.throws(() => callerWith(none).vault(), failsWith('UNAUTHENTICATED', 'vault'))
    assert.throws(() => callerWith(none).feldera(), failsWith('UNAUTHENTICATED', 'feldera'))
  })

  it('of Vault only does not reach Feldera by its Vault session, nor the other way round', () => {
    assert.throws(
      () => callerWith({ ...both, feldera: undefined }).feldera(),
      failsWith('UNAUTHENTICATED', 'feldera'),
    )
    assert.throws(
      () => callerWith({ ...both, vault: undefined }).vault(),
      failsWith('UNAUTHENTICATED', 'vault'),
    )
  })

  it('is told of a service that is not configured, whatever it brings', () => {
    const noVault = callerWith(both, { vault: 'not configured' })
    assert.throws(() => noVault.vault(), failsWith('UPSTREAM_NOT_CONFIGURED', 'vault'))
    const noFeldera = callerWith(both, { feldera: 'not configured' })
    assert.throws(() => noFeldera.feldera(), failsWith('UPSTREAM_NOT_CONFIGURED', 'feldera'))
  })

  it('asks a Feldera that stands alone with what it brings, or bare', () => {
    const alone: Partial<AccessRules> = { vault: 'not configured' }
    assert.equal(callerWith(none, alone).feldera().authorization, undefined)
    assert.equal(callerWith(both, alone).feldera().authorization, 'Bearer key')
  })

  it('of the sandbox is its demo user where it brings nothing, and itself where it does', () => {
    const demo: Partial<AccessRules> = { demo: { vault: 'sandbox-demo', feldera: undefined } }
    assert.equal(callerWith(none, demo).vault().authorization, 'sandbox-demo')
    assert.equal(callerWith(none, demo).feldera().authorization, undefined)
    assert.equal(callerWith(both, demo).vault().authorization, 'session')
  })
})
