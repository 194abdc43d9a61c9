import assert from 'node:assert/strict'
import { after, afterEach, before, describe, it } from 'node:test'
import { deflateRawSync } from 'node:zlib'
import { type Sandbox, startSandbox } from '../../../src/sandbox/sandbox.ts'
import { type Gateway, startGateway } from '../../support/gateway.ts'
import {
  answerIn,
  closeCodeIn,
  exchange,
  openRaw,
  type RawConnection,
  rawFrame,
  rawUpgrade,
} from '../../support/raw-connection.ts'
import { released } from '../../support/released.ts'

const megabyte = 1_000_000
const demo = { Authorization: 'sandbox-demo' }
const bomb = deflateRawSync(Buffer.alloc(50 * megabyte))
const notUtf8 = Buffer.concat([
  Buffer.from('{"type":"ping","payload":{"a":"'),
  Buffer.from([0xc3, 0x28]),
  Buffer.from('"}}'),
])
const half = Buffer.alloc(600_000, 'a')
const subscribe = (payload: string) => `{"id":"1","type":"subscribe","payload":${payload}}`

describe('what comes over a WebSocket and is no message', () => {
  let sandbox: Sandbox
  let gateway: Gateway

  before(async () => {
    sandbox = await startSandbox({ scene: 'empty' })
    gateway = await startGateway({ sandbox })
  })
  after(async () => {
    assert.equal(await gateway.stop(), 0)
    await sandbox.stop()
  })
  // Nothing of it is held any longer, and the next client is served.
  afterEach(async () => {
    await released(gateway)
    using connection = await acknowledged()
    connection.write(rawFrame(subscribe('{"query":"{ __typename }"}')))
    await connection.receives(/"__typename":"Query"/)
  })

  const acknowledged = async (): Promise<RawConnection> => {
    const connection = await openRaw(gateway)
    connection.write(rawUpgrade(demo))
    await connection.receives(/^HTTP\/1\.1 101 /)
    connection.write(rawFrame('{"type":"connection_init"}'))
    await connection.receives(/connection_ack/)
    return connection
  }

  const closed: readonly [what: string, bytes: Uint8Array, code: number][] = [
    ['a frame without a mask', rawFrame('{"type":"ping"}', { isMasked: false }), 1002],
    ['a packed frame, though nobody agreed to that', rawFrame(bomb, { firstByte: 0xc1 }), 1002],
    ['a frame of a kind that there is none', rawFrame('a', { firstByte: 0x83 }), 1002],
    ['the rest of a message that never began', rawFrame('a', { firstByte: 0x80 }), 1002],
    [
      'a message in the middle of another',
      Buffer.concat([rawFrame('a', { firstByte: 0x01 }), rawFrame('b')]),
      1002,
    ],
    ['a ping in two parts', rawFrame('a', { firstByte: 0x09 }), 1002],
    ['a ping of 126 bytes', rawFrame('a'.repeat(126), { firstByte: 0x89 }), 1002],
    ['a close with half a code', rawFrame('a', { firstByte: 0x88 }), 1002],
    [
      'a close with a code that nobody may send',
      rawFrame(Buffer.from([0x03, 0xed]), { firstByte: 0x88 }),
      1002,
    ],
    ['a message that says it has a megabyte and a byte', rawFrame('', { lengthBytes: megabyte + 1 }), 1009],
    ['a message that says it has 2^52 bytes', rawFrame('', { lengthBytes: 2 ** 52 }), 1009],
    [
      'a message that is too long in parts',
      Buffer.concat([rawFrame(half, { firstByte: 0x01 }), rawFrame(half, { firstByte: 0x80 })]),
      1009,
    ],
    [
      'a message in 20,000 parts',
      Buffer.concat([
        rawFrame('a', { firstByte: 0x01 }),
        ...Array(20_000).fill(rawFrame('a', { firstByte: 0x00 })),
      ]),
      1008,
    ],
    ['text that is not UTF-8', rawFrame(notUtf8), 1007],
    ['bytes in place of text', rawFrame('{"type":"ping"}', { firstByte: 0x82 }), 4400],
    ['text that is not JSON', rawFrame('{"type":'), 4400],
    ['a list', rawFrame('[]'), 4400],
    ['a message that is nested 300,000 times', rawFrame('['.repeat(300_000) + ']'.repeat(300_000)), 4400],
    [
      'an id that is a number',
      rawFrame('{"id":1,"type":"subscribe","payload":{"query":"{ __typename }"}}'),
      4400,
    ],
    ['a document that is a list', rawFrame(subscribe('{"query":["{ __typename }"]}')), 4400],
    ['variables that are a text', rawFrame(subscribe('{"query":"{ __typename }","variables":"{}"}')), 4400],
    ['extensions that are a list', rawFrame(subscribe('{"query":"{ __typename }","extensions":[1]}')), 4400],
    ['a type that only objects of JavaScript have', rawFrame('{"type":"__proto__"}'), 4400],
  ]
  for (const [what, bytes, code] of closed) {
    it(`closes the connection with ${code}: ${what}`, async () => {
      using connection = await acknowledged()
      connection.write(bytes)
      assert.equal(closeCodeIn(await connection.ended), code)
    })
  }

  it('reaches nothing by __proto__ and constructor, and of a key that is there twice the last one counts', async () => {
    using connection = await acknowledged()
    const variables = '{"__proto__":{"id":"1"},"constructor":{"prototype":{"id":"1"}}}'
    const query = 'query ($id: ID!) { job(id: $id) { id } }'
    connection.write(
      rawFrame(
        subscribe(`{"query":"{ a: __typename }","query":${JSON.stringify(query)},"variables":${variables}}`),
      ),
    )
    await connection.receives(/"BAD_USER_INPUT"/)
    assert.equal(sandbox.vault.calls.count(), 0)
  })

  it('answers pings only of who reads the answers: others are cut off', async () => {
    using connection = await acknowledged()
    connection.socket.pause()
    const pings = Buffer.concat(Array(8000).fill(rawFrame('a'.repeat(125), { firstByte: 0x89 })))
    const sendMore = () => {
      while (connection.socket.write(pings));
    }
    connection.socket.on('drain', sendMore)
    sendMore()
    await connection.ended
    assert.ok(connection.socket.bytesWritten < 100 * megabyte, String(connection.socket.bytesWritten))
  })

  const upgrades: readonly [what: string, headers: Readonly<Record<string, string>>, status: number][] = [
    ['another version', { 'Sec-WebSocket-Version': '7' }, 400],
    ['no key', { 'Sec-WebSocket-Key': '' }, 400],
    ['a key that is too long', { 'Sec-WebSocket-Key': 'a'.repeat(500) }, 400],
    ['a protocol that is no word', { 'Sec-WebSocket-Protocol': 'a b, ,' }, 400],
    ['a page of another site', { Origin: 'https://elsewhere.example' }, 403],
    ['a page of nowhere', { Origin: 'null' }, 403],
  ]
  for (const [what, headers, status] of upgrades) {
    it(`is refused with ${status} before it begins: ${what}`, async () => {
      const answer = await exchange(gateway, rawUpgrade(headers))
      const code = status === 403 ? 'FORBIDDEN' : 'BAD_REQUEST'
      assert.deepEqual([answer.status, answer.code], [status, code])
      assert.equal(answer.headers['x-content-type-options'], 'nosniff')
    })
  }

  it('is refused with 400 where it is asked for by POST, and told the version that is spoken', async () => {
    const answer = answerIn(await textOf(String(rawUpgrade()).replace('GET', 'POST')))
    assert.deepEqual([answer.status, answer.code], [400, 'BAD_REQUEST'])
    assert.equal(answer.headers['sec-websocket-version'], '13')
  })

  it('is refused on any other path with 404, in the form of errors', async () => {
    const upgrade = String(rawUpgrade())
    for (const path of [
      '/',
      '/graphql/',
      '/graphql/stream',
      '/metrics',
      '//graphql',
      '/graphql%2f',
      '/samply-profiles/a',
    ]) {
      const answer = answerIn(await textOf(upgrade.replace(' /graphql ', ` ${path} `)))
      assert.deepEqual([answer.status, answer.code], [404, 'NOT_FOUND'], path)
    }
  })

  const textOf = async (bytes: string) => {
    using connection = await openRaw(gateway)
    connection.write(bytes)
    return await connection.ended
  }
})
