import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { Duplex } from 'node:stream'
import { describe, it } from 'node:test'
import { WebSocket, WebSocketServer } from 'ws'
import { textFrame } from '../../src/server/websocket-frame.ts'

describe('a frame of a text message', () => {
  for (const length of [0, 1, 125, 126, 65_535, 65_536, 300_000]) {
    it(`of ${length} bytes is read by ws as that message`, async () => {
      assert.deepEqual(await readByWs(['x'.repeat(length)]), ['x'.repeat(length)])
    })
  }

  it('counts bytes and not characters', async () => {
    const message = `${'ä'.repeat(100)}€😀`
    assert.deepEqual(await readByWs([message]), [message])
  })

  it('ends where the next one begins', async () => {
    const messages = ['one', 'x'.repeat(200), '', 'four']
    assert.deepEqual(await readByWs(messages), messages)
  })
})

/** What a client of `ws` reads of the frames, which are written to it in one go. */
async function readByWs(messages: readonly string[]): Promise<readonly string[]> {
  const server = createServer()
  const sockets = new WebSocketServer({ noServer: true })
  server.on('upgrade', (request, socket: Duplex, head) => {
    sockets.handleUpgrade(request, socket, head, (webSocket) => {
      socket.write(Buffer.concat(messages.map(textFrame)))
      webSocket.close()
    })
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  const address = server.address()
  assert.ok(typeof address === 'object' && address !== null)
  const client = new WebSocket(`ws://127.0.0.1:${address.port}`)
  const read: string[] = []
  client.on('message', (data, isBinary) => read.push(isBinary ? 'not text' : String(data)))
  await once(client, 'close')
  server.close()
  return read
}
