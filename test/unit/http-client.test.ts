import assert from 'node:assert/strict'
import { getEventListeners, once } from 'node:events'
import { createServer } from 'node:net'
import { text } from 'node:stream/consumers'
import { describe, it } from 'node:test'
import { hasCode } from '../../src/core/errors.ts'
import { createHttpClient, type UpstreamCall } from '../../src/upstream/http-client.ts'
import { maxAnswerSizeBytes } from '../../src/upstream/whole-answer.ts'
import { clientOf } from '../support/http-client.ts'
import { sendJson, startNodeServer } from '../support/node-server.ts'

const get: UpstreamCall = { method: 'GET', path: '/x', authorization: 'session' }

const unreadable = (error: unknown) => hasCode(error, 'UPSTREAM_INVALID_RESPONSE')

describe('a call', () => {
  it('sends the credential as it came, asks for JSON, and leaves out what is undefined', async () => {
    const seen: (string | undefined)[] = []
    await using at = await clientOf(({ url, headers }, response) => {
      seen.push(url, headers.authorization, headers.accept)
      sendJson(response, { fine: true })
    })
    const query = { limit: 5, status: 'a&b', startDate: undefined }
    const answer = await at.http.call({ ...get, query })
    assert.deepEqual(answer.body, { fine: true })
    assert.deepEqual(seen, ['/x?limit=5&status=a%26b', 'session', 'application/json'])
  })

  it('without a credential sends none', async () => {
    const seen: unknown[] = []
    await using at = await clientOf(({ headers }, response) => {
      seen.push(headers.authorization)
      sendJson(response, {})
    })
    await at.http.call({ ...get, authorization: undefined })
    assert.deepEqual(seen, [undefined])
  })

  it('sends a form as one, encoded, and without a form no body', async () => {
    const seen: (string | undefined)[] = []
    await using at = await clientOf(async (request, response) => {
      seen.push(request.headers['content-type'], await text(request))
      sendJson(response, {})
    })
    await at.http.call({ ...get, method: 'POST', form: { label: 'Größe & Co=1', user_id: '' } })
    await at.http.call({ ...get, method: 'DELETE' })
    assert.deepEqual(seen, [
      'application/x-www-form-urlencoded;charset=UTF-8',
      'label=Gr%C3%B6%C3%9Fe+%26+Co%3D1&user_id=',
      undefined,
      '',
    ])
    assert.deepEqual(at.server.requests, ['POST /x', 'DELETE /x'])
  })

  it('goes below the path of the configured address', async () => {
    await using at = await clientOf((_request, response) => sendJson(response, {}))
    const http = createHttpClient({ service: 'vault', baseUrl: `${at.server.url}/proxy/`, timeoutMs: 1000 })
    await http.call(get)
    await http.close()
    assert.deepEqual(at.server.requests, ['GET /proxy/x'])
  })

  it('answers any HTTP status with its JSON', async () => {
    for (const status of [200, 202, 400, 401, 404, 409, 418, 429, 500]) {
      await using at = await clientOf((_request, response) => sendJson(response, { status }, { status }))
      const answer = await at.http.call(get)
      assert.deepEqual([answer.status, answer.body], [status, { status }])
      assert.equal(at.server.requests.length, 1, `${status} is not retried`)
    }
  })

  it('takes a status that HTTP does not have as it came: whose it is reads it as a failure', async () => {
    await using at = await clientOf((_request, response) =>
      sendJson(response, { odd: true }, { status: 999 }),
    )
    const answer = await at.http.call(get)
    assert.deepEqual([answer.status, answer.body], [999, { odd: true }])
  })

  it('takes no early hint for the answer', async () => {
    await using at = await clientOf((_request, response) => {
      response.writeEarlyHints({ link: '</style.css>; rel=preload; as=style' }, () =>
        sendJson(response, { fine: true }),
      )
    })
    const { status, body, headers } = await at.http.call(get)
    assert.deepEqual([status, body, headers.get('link')], [200, { fine: true }, null])
  })

  it('reads JSON that comes in pieces, inside of a character too, and behind a mark of the byte order', async () => {
    const bytes = Buffer.from('\uFEFF{"name":"Größe"}')
    const cut = bytes.indexOf('ö') + 1
    await using at = await clientOf((_request, response) => {
      response.write(bytes.subarray(0, cut), () => setImmediate(() => response.end(bytes.subarray(cut))))
    })
    assert.deepEqual((await at.http.call(get)).body, { name: 'Größe' })
  })

  it('joins headers of one name', async () => {
    await using at = await clientOf((_request, response) => {
      response.setHeader('x-several', ['a', 'b'])
      sendJson(response, {})
    })
    const { headers } = await at.http.call(get)
    assert.deepEqual([headers.get('x-several'), headers.get('x-none')], ['a, b', null])
  })

  it('answers a body that is no JSON with undefined', async () => {
    for (const body of ['<html>', '', '{"a":', 'undefined']) {
      await using at = await clientOf((_request, response) => response.end(body))
      assert.equal((await at.http.call(get)).body, undefined)
    }
  })

  it('answers 204 without a body', async () => {
    await using at = await clientOf((_request, response) =>
      response.writeHead(204, { 'retry-after': '3' }).end(),
    )
    const { status, body, headers } = await at.http.call(get)
    assert.deepEqual([status, body, headers.get('retry-after')], [204, undefined, '3'])
  })

  it('follows no redirect: the credential would go with it', async () => {
    for (const status of [301, 302, 307, 308]) {
      await using elsewhere = await startNodeServer((_request, response) => sendJson(response, {}))
      await using at = await clientOf((_request, response) =>
        response.writeHead(status, { location: `${elsewhere.url}/y` }).end(),
      )
      assert.equal((await at.http.call(get)).status, status)
      assert.deepEqual(elsewhere.requests, [])
    }
  })

  it('refuses an answer that is larger than may be held', async () => {
    const chunk = Buffer.alloc(1024 * 1024, 0x20)
    await using at = await clientOf((_request, response) => {
      for (let sent = 0; sent <= maxAnswerSizeBytes; sent += chunk.length) response.write(chunk)
    })
    await assert.rejects(at.http.call(get), unreadable)
    assert.equal(at.server.requests.length, 1)
  })

  it('refuses what is no HTTP', async () => {
    await using at = await clientOf((_request, { socket }) => socket?.end('SSH-2.0-OpenSSH\r\n\r\n'))
    await assert.rejects(at.http.call(get), unreadable)
  })

  it('keeps to fifty connections however many calls there are', async () => {
    const waiting: (() => void)[] = []
    const allArrived = Promise.withResolvers<void>()
    await using at = await clientOf((_request, response) => {
      waiting.push(() => sendJson(response, {}))
      if (waiting.length === 50) allArrived.resolve()
      if (waiting.length > 50) waiting.pop()?.()
    })
    // One caller has half of them at most.
    const calls = Array.from({ length: 51 }, (_, index) =>
      at.http.call({ ...get, place: { callerKey: String(index % 3), isPoll: false } }),
    )
    await allArrived.promise
    for (const answer of waiting) answer()
    await Promise.all(calls)
    assert.equal(at.server.mostSockets(), 50)
    assert.equal(at.server.requests.length, 51)
  })

  it('ends with the reason of the abort, and closes the connection', async () => {
    const arrived = Promise.withResolvers<void>()
    await using at = await clientOf(() => arrived.resolve())
    const abort = new AbortController()
    const reason = new Error('nobody waits')
    const call = at.http.call({ ...get, signal: abort.signal })
    await arrived.promise
    const closed = at.server.closedSocket()
    abort.abort(reason)
    await assert.rejects(call, reason)
    await closed
    assert.equal(at.server.requests.length, 1)
  })

  it('ends at once when it is aborted while no connection has come about', async () => {
    // The server takes the connection and says nothing, so that TLS never begins.
    const server = createServer().listen({ port: 0, host: '127.0.0.1' })
    await once(server, 'listening')
    const address = server.address()
    assert.ok(address !== null && typeof address === 'object')
    const baseUrl = `https://127.0.0.1:${address.port}`
    const http = createHttpClient({ service: 'vault', baseUrl, timeoutMs: 60_000 })
    const abort = new AbortController()
    const reason = new Error('nobody waits')
    const call = http.call({ ...get, signal: abort.signal })
    const [socket] = await once(server, 'connection')
    abort.abort(reason)
    await assert.rejects(call, reason)
    await http.close()
    socket.destroy()
    server.close()
  })

  it('leaves nothing behind on a signal that outlives it', async () => {
    await using at = await clientOf((_request, response, attempt) =>
      attempt === 1 ? sendJson(response, {}) : response.destroy(),
    )
    const { signal } = new AbortController()
    await at.http.call({ ...get, signal })
    await assert.rejects(at.http.call({ ...get, method: 'POST', signal }))
    assert.equal(getEventListeners(signal, 'abort').length, 0)
  })

  it('that was aborted before it began is not sent', async () => {
    await using at = await clientOf((_request, response) => sendJson(response, {}))
    const reason = new Error('nobody waits')
    await assert.rejects(at.http.call({ ...get, signal: AbortSignal.abort(reason) }), reason)
    assert.deepEqual(at.server.requests, [])
  })
})
