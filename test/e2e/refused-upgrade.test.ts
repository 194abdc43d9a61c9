import assert from 'node:assert/strict'
import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { after, before, describe, it } from 'node:test'
import { type Gateway, startGateway } from '../support/gateway.ts'
import { data } from '../support/graphql.ts'

const upgrade = (path: string) =>
  `GET ${path} HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n`

describe('a WebSocket upgrade that is refused', () => {
  let gateway: Gateway

  before(async () => {
    gateway = await startGateway()
  })
  after(async () => assert.equal(await gateway.stop(), 0))

  const open = async (): Promise<Socket> => {
    const socket = connect({
      port: Number(new URL(gateway.url).port),
      host: '127.0.0.1',
      allowHalfOpen: true,
    })
    socket.on('error', () => {})
    await once(socket, 'connect')
    return socket
  }

  it('does not end the gateway when its client resets the connection', async () => {
    for (let attempt = 0; attempt < 30; attempt += 1) {
      const socket = await open()
      await new Promise((resolve) => socket.write(upgrade('/nope'), resolve))
      socket.resetAndDestroy()
    }
    assert.deepEqual(await data(gateway, '{ __typename }'), { __typename: 'Query' })
    assert.equal(gateway.process.exitCode, null)
  })

  it('is answered and closed, also when its client does not close its side', async () => {
    const socket = await open()
    socket.write(upgrade('/nope'))
    let received = ''
    for await (const chunk of socket) received += String(chunk)
    assert.match(received, /^HTTP\/1\.1 404 /)
  })
})
