import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { hasCode } from '../../src/core/errors.ts'
import { createSignInAttempts } from '../../src/viewer/sign-in-attempts.ts'

const isRefused = (error: unknown) => hasCode(error, 'RATE_LIMITED')

describe('attempts to sign in', () => {
  for (const [what, ...addresses] of [
    ['an IPv4 address, as a server of both sees it', '192.0.2.7', '::ffff:192.0.2.7', '::FFFF:192.0.2.7'],
    [
      'the addresses of one IPv6 network, however they are written',
      '2001:db8:1:0::1',
      '2001:DB8:1::2',
      '2001:0db8:0001:0000:0000:0000:0000:0003',
      '2001:db8:1:0:ffff:ffff:ffff:ffff',
    ],
    ['one link, whatever its name here', 'fe80::1%eth0', 'fe80::2%a:b:c:d:e:f:0:1:2', 'fe80::3'],
  ] as const) {
    it(`are counted together for ${what}`, async () => {
      const attempts = createSignInAttempts()
      for (let count = 0; count < 30; count += 1) {
        await attempts.count(`user${count}`, addresses[count % addresses.length] ?? '')
      }
      for (const address of addresses) await assert.rejects(attempts.count('one more', address), isRefused)
    })
  }

  it('are counted apart for two IPv4 addresses, and for two networks of IPv6', async () => {
    const attempts = createSignInAttempts()
    const addresses = ['::ffff:192.0.2.7', '::ffff:192.0.2.8', '2001:db8:1:1::1', '2001:db8:1:2::1', '::1']
    for (const address of addresses) {
      for (let count = 0; count < 30; count += 1) await attempts.count(`${address} ${count}`, address)
      await assert.rejects(attempts.count('one more', address), isRefused)
    }
  })

  it('are counted together for one user, in whatever letters the name is written', async () => {
    const attempts = createSignInAttempts()
    const names = ['ada@example.com', ' Ada@Example.COM\t', '\uff41da@example.com', 'ada\uff20example.com']
    for (let count = 0; count < 10; count += 1) {
      await attempts.count(names[count % names.length] ?? '', `192.0.2.${count}`)
    }
    for (const name of names) await assert.rejects(attempts.count(name, '198.51.100.1'), isRefused)
  })
})
