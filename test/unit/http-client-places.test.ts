import assert from 'node:assert/strict'
import { once } from 'node:events'
import { it } from 'node:test'
import { hasCode } from '../../src/core/errors.ts'
import { createHttpClient } from '../../src/upstream/http-client.ts'
import { startNodeServer } from '../support/node-server.ts'

const timeoutMs = 5000

for (const way of ['call', 'open', 'openFile'] as const) {
  it(`${way}: an answer that comes in the very moment in which the time is over gives its place back`, async (t) => {
    const realNow = performance.now.bind(performance)
    let lateMs = 0
    t.mock.method(performance, 'now', () => realNow() + lateMs)
    const answered = Promise.withResolvers<void>()
    await using server = await startNodeServer((_request, response) => {
      // The timer of the call has not fired yet, but its time is over by the clock.
      lateMs = timeoutMs
      response.writeHead(503).end('Service Unavailable')
      once(response, 'close').then(() => answered.resolve(), answered.reject)
    })
    const http = createHttpClient({ service: 'vault', baseUrl: server.url, timeoutMs })
    // Whether it counts as late does not matter here.
    await http[way]({ method: 'GET', path: '/x', authorization: undefined }).catch((error: unknown) =>
      assert.ok(hasCode(error, 'UPSTREAM_TIMEOUT')),
    )
    await answered.promise
    // What was read whole closes in the next turn.
    await new Promise((resolve) => setImmediate(resolve))
    assert.deepEqual(http.figures(), { underWay: 0, waiting: 0 })
    await http.close()
  })
}
