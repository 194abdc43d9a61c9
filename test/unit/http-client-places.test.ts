import assert from 'node:assert/strict'
import { it } from 'node:test'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { hasCode } from '../../src/core/errors.ts'
import { createHttpClient } from '../../src/upstream/http-client.ts'
import { sendJson, startNodeServer } from '../support/node-server.ts'

const timeoutMs = 5000

for (const way of ['call', 'open', 'openFile'] as const) {
  it(`${way}: an answer that comes in the very moment in which the time is over gives its place back`, async (t) => {
    const realNow = performance.now.bind(performance)
    let lateMs = 0
    t.mock.method(performance, 'now', () => realNow() + lateMs)
    await using server = await startNodeServer((_request, response) => {
      // The timer of the call has not fired yet, but its time is over by the clock: so it is in a process that has much to do.
      lateMs = timeoutMs
      sendJson(response, { message: 'not now', error_code: 'Initializing' }, { status: 503 })
    })
    const http = createHttpClient({ service: 'feldera', baseUrl: server.url, timeoutMs })
    // Whether it counts as late does not matter here, and nobody reads what it is.
    await http[way]({ method: 'GET', path: '/x', authorization: undefined }).catch((error: unknown) =>
      assert.ok(hasCode(error, 'UPSTREAM_TIMEOUT')),
    )
    while (http.figures().underWay > 0) await nextTurn()
    assert.deepEqual(http.figures(), { underWay: 0, waiting: 0 })
    await http.close()
  })
}
