import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { networkOf } from '../../src/core/network.ts'

describe('the network of an address', () => {
  for (const [address, network] of [
    ['192.0.2.1', '192.0.2.1'],
    ['::ffff:192.0.2.1', '192.0.2.1'],
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2'],
    ['2001:DB8::1', '2001:db8:0:0'],
    ['fe80::1%eth0', 'fe80:0:0:0'],
    ['::1', '0:0:0:0'],
  ] as const) {
    it(`is ${network} for ${address}`, () => assert.equal(networkOf(address), network))
  }

  it('is one and the same for all clients that have gone before their address was looked at', () => {
    assert.equal(networkOf(undefined), networkOf(undefined))
    assert.notEqual(networkOf(undefined), networkOf('::'))
  })
})
