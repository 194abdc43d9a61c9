import assert from 'node:assert/strict'
import { hkdfSync } from 'node:crypto'
import { describe, it } from 'node:test'
import { base64url, EncryptJWT, SignJWT, UnsecuredJWT } from 'jose'
import { hasCode } from '../../src/core/errors.ts'
import { type Credentials, maxCredentialLength } from '../../src/core/identity.ts'
import { createSealedLinks } from '../../src/core/sealed-links.ts'
import { createFakeClock } from '../support/fake-clock.ts'

const secret = 'a-secret-of-enough-length'
const link = '/samply-profiles/orders?ordinal=0'

function linksOf({ secret: own = secret, publicUrl = 'https://graph.example.com' } = {}) {
  const clock = createFakeClock()
  return { clock, links: createSealedLinks({ secrets: [own], publicUrl: () => publicUrl, clock }) }
}

const felderaOnly = (feldera: string): Credentials => ({ vault: undefined, feldera })
const tokenOf = (url: URL) => url.searchParams.get('token') ?? ''
const unauthenticated = (error: unknown) =>
  hasCode(error, 'UNAUTHENTICATED') && /expired or was altered/.test(error.message)

describe('a sealed link', () => {
  it('carries the credentials for its own file, and shows nothing of it', async () => {
    const { links } = linksOf()
    const url = await links.seal(link, felderaOnly('Bearer top-secret'))
    assert.equal(url.origin + url.pathname, 'https://graph.example.com/samply-profiles/orders')
    assert.equal(url.searchParams.get('ordinal'), '0')
    assert.deepEqual(await links.open(link, tokenOf(url)), felderaOnly('Bearer top-secret'))
    const parts = tokenOf(url)
      .split('.')
      .map((part) => Buffer.from(part, 'base64url').toString())
    assert.doesNotMatch([url.href, ...parts].join(), /top-secret/)
  })

  it('differs each time, so that two links do not tell that they carry the same credential', async () => {
    const { links } = linksOf()
    assert.notEqual(
      tokenOf(await links.seal(link, felderaOnly('x'))),
      tokenOf(await links.seal(link, felderaOnly('x'))),
    )
  })

  it('carries no credential where the upstream takes none', async () => {
    const { links } = linksOf()
    const none: Credentials = { vault: undefined, feldera: undefined }
    assert.deepEqual(await links.open(link, tokenOf(await links.seal(link, none))), none)
  })

  it('carries the longest credential there is', async () => {
    const { links } = linksOf()
    const longest: Credentials = { vault: 'x'.repeat(maxCredentialLength), feldera: undefined }
    assert.deepEqual(await links.open(link, tokenOf(await links.seal(link, longest))), longest)
  })

  it('stands under the public address, its path kept', async () => {
    const { links } = linksOf({ publicUrl: 'https://example.com/graph/' })
    assert.match(
      (await links.seal(link, felderaOnly('x'))).href,
      /^https:\/\/example\.com\/graph\/samply-profiles\/orders\?/,
    )
  })

  it('works for five minutes and not a second longer', async () => {
    const { links, clock } = linksOf()
    const token = tokenOf(await links.seal(link, felderaOnly('x')))
    clock.advance(299_999)
    assert.deepEqual(await links.open(link, token), felderaOnly('x'))
    clock.advance(1)
    await assert.rejects(links.open(link, token), unauthenticated)
  })

  it('opens nothing but its own file', async () => {
    const { links } = linksOf()
    const token = tokenOf(await links.seal(link, felderaOnly('x')))
    for (const other of [
      '/samply-profiles/orders?ordinal=1',
      '/samply-profiles/other?ordinal=0',
      '',
      `${link}0`,
    ]) {
      await assert.rejects(links.open(other, token), unauthenticated)
    }
  })

  it('of a gateway with another secret is refused', async () => {
    const token = tokenOf(
      await linksOf({ secret: 'another-secret-of-length' }).links.seal(link, felderaOnly('x')),
    )
    await assert.rejects(linksOf().links.open(link, token), unauthenticated)
  })

  it('that was altered in any part is refused', async () => {
    const { links } = linksOf()
    const parts = tokenOf(await links.seal(link, felderaOnly('x'))).split('.')
    for (const index of [0, 2, 3, 4]) {
      const part = parts[index] ?? ''
      const altered = (part.startsWith('A') ? 'B' : 'A') + part.slice(1)
      await assert.rejects(links.open(link, parts.with(index, altered).join('.')), unauthenticated)
    }
    for (const garbage of ['', '.', '....', 'x', parts.slice(0, 4).join('.'), `${parts.join('.')}A`]) {
      await assert.rejects(links.open(link, garbage), unauthenticated)
    }
  })

  it('that is longer than any of ours is refused before it is looked at', async () => {
    await assert.rejects(linksOf().links.open(link, 'A'.repeat(20_000)), unauthenticated)
  })
})

describe('a forged token is refused', () => {
  const key = new Uint8Array(hkdfSync('sha256', secret, '', 'vaultline sealed links', 32))
  const expiry = Math.floor(createFakeClock().now() / 1000) + 60
  const claims = { feldera: 'x', aud: link, exp: expiry }
  const forgeries: Readonly<Record<string, () => Promise<string> | string>> = {
    'with algorithm none': () => new UnsecuredJWT(claims).encode(),
    'signed with the key instead of encrypted': () =>
      new SignJWT(claims).setProtectedHeader({ alg: 'HS256' }).sign(key),
    'encrypted to a key of the forger': () =>
      new EncryptJWT(claims).setProtectedHeader({ alg: 'dir', enc: 'A256GCM' }).encrypt(new Uint8Array(32)),
    'encrypted by a password': () =>
      new EncryptJWT(claims).setProtectedHeader({ alg: 'PBES2-HS256+A128KW', enc: 'A256GCM' }).encrypt(key),
    'with the right key under another algorithm': () =>
      new EncryptJWT(claims).setProtectedHeader({ alg: 'A256GCMKW', enc: 'A256GCM' }).encrypt(key),
    'with the right key and without an end': () =>
      new EncryptJWT({ feldera: 'x', aud: link })
        .setProtectedHeader({ alg: 'dir', enc: 'A256GCM' })
        .encrypt(key),
    'with a header that names no algorithm': () => `${base64url.encode('{}')}..AAAA.AAAA.AAAA`,
  }
  for (const [name, forge] of Object.entries(forgeries)) {
    it(name, async () => {
      await assert.rejects(linksOf().links.open(link, await forge()), unauthenticated)
    })
  }
})
