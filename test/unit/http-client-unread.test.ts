import assert from 'node:assert/strict'
import { it } from 'node:test'
import { createHttpClient } from '../../src/upstream/http-client.ts'
import { startNodeServer } from '../support/node-server.ts'
import { settled } from '../support/settled.ts'

const timeoutMs = 2000

it('a failure that comes as the time for the call runs out holds no turn, although nobody has read it', async (t) => {
  await using server = await startNodeServer((_request, response) => {
    // When the answer arrives the time is over, and the timer has not fired: so it is in a process that has much to do.
    const nowMs = performance.now()
    t.mock.method(performance, 'now', () => nowMs + timeoutMs)
    response.writeHead(503, { 'content-type': 'application/json' })
    response.end('{"message":"not now","error_code":"Initializing"}')
  })
  const http = createHttpClient({ service: 'feldera', baseUrl: server.url, timeoutMs })
  await Promise.allSettled([http.openFile({ method: 'GET', path: '/x', authorization: undefined })])
  for (let turn = 0; turn < 100; turn += 1) await settled()
  assert.deepEqual(http.figures(), { underWay: 0, waiting: 0 })
  await http.close()
})
