import assert from 'node:assert/strict'
import { beforeEach, describe, it } from 'node:test'
import {
  type BrowserSession,
  createSealedSessions,
  maxSessionLifetimeMs,
} from '../../src/core/browser-session.ts'
import { createSealedLinks } from '../../src/core/sealed-links.ts'
import { createFakeClock, type FakeClock } from '../support/fake-clock.ts'

const secret = 'a-secret-of-enough-length'
const vaultUrl = 'https://myvault.veevavault.com'
// So long that sealed text, which is random, does not have them by chance.
const sessionId = 'theSessionThatNobodyMaySee'
const vaultId = 'theVaultThatNobodyMaySee'

describe('a sealed session', () => {
  let clock: FakeClock
  let session: BrowserSession
  beforeEach(() => {
    clock = createFakeClock()
    const expiresAtMs = Math.floor((clock.now() + maxSessionLifetimeMs) / 1000) * 1000
    session = { vaultSession: sessionId, userId: '7', vaultId, expiresAtMs }
  })

  const sealedWith = (secrets: readonly [string, ...string[]], url = vaultUrl) =>
    createSealedSessions({ secrets, vaultUrl: url, clock })

  it('comes out as it went in, and shows nothing of it in between', async () => {
    const token = await sealedWith([secret]).seal(session)
    const parts = token.split('.').map((part) => Buffer.from(part, 'base64url').toString())
    assert.doesNotMatch([token, ...parts].join(), new RegExp(`${sessionId}|${vaultId}`))
    assert.deepEqual(await sealedWith([secret]).open(token), session)
  })

  it('ends after 48 hours', async () => {
    const token = await sealedWith([secret]).seal(session)
    clock.advance(maxSessionLifetimeMs - 2000)
    assert.deepEqual(await sealedWith([secret]).open(token), session)
    clock.advance(2000)
    assert.equal(await sealedWith([secret]).open(token), undefined)
  })

  it('is opened by each secret of the list, and sealed by the first', async () => {
    const [newer, older] = ['the-secret-of-this-year', 'the-secret-of-last-year']
    const fromBefore = await sealedWith([older]).seal(session)
    const fromNow = await sealedWith([newer, older]).seal(session)
    assert.deepEqual(await sealedWith([newer, older]).open(fromBefore), session)
    assert.deepEqual(await sealedWith([newer]).open(fromNow), session)
    assert.equal(await sealedWith([older]).open(fromNow), undefined)
    assert.equal(await sealedWith([newer]).open(fromBefore), undefined)
  })

  it('is nothing to another Vault, and neither is a link, whatever it carries', async () => {
    const token = await sealedWith([secret]).seal(session)
    assert.equal(await sealedWith([secret], 'https://other.veevavault.com').open(token), undefined)
    const links = createSealedLinks({
      secrets: [secret],
      publicUrl: () => 'https://graph.example.com',
      clock,
    })
    const link = await links.seal(vaultUrl, { vault: sessionId, feldera: undefined })
    assert.equal(await sealedWith([secret]).open(link.searchParams.get('token') ?? ''), undefined)
    await assert.rejects(links.open(vaultUrl, token))
  })

  it('that is none, or endless, is undefined', async () => {
    for (const text of ['', 'x', '....', 'x'.repeat(100_000)]) {
      assert.equal(await sealedWith([secret]).open(text), undefined)
    }
  })
})
