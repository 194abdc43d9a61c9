import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { setImmediate as nextTurn, setTimeout as passed } from 'node:timers/promises'
import { hasCode } from '../../src/core/errors.ts'
import { createHttpClient, type UpstreamCall } from '../../src/upstream/http-client.ts'
import { clientOf } from '../support/http-client.ts'
import { type Answer, sendJson, startNodeServer } from '../support/node-server.ts'

const get: UpstreamCall = { method: 'GET', path: '/x', authorization: undefined }
const post: UpstreamCall = { ...get, method: 'POST' }
const writes: readonly UpstreamCall[] = [
  post,
  { ...post, form: { label: 'x' } },
  { ...get, method: 'DELETE' },
]

const unavailable = (error: unknown) => hasCode(error, 'UPSTREAM_UNAVAILABLE')
const timeout = (error: unknown) => hasCode(error, 'UPSTREAM_TIMEOUT')

describe('a read is retried', { concurrency: true }, () => {
  it('twice at most after 502, 503 and 504, and then the last answer counts', async () => {
    for (const status of [502, 503, 504]) {
      await using at = await clientOf((_request, response, attempt) =>
        sendJson(response, { attempt }, { status }),
      )
      const answer = await at.http.call(get)
      assert.deepEqual([answer.status, answer.body], [status, { attempt: 3 }])
      assert.equal(at.server.requests.length, 3)
    }
  })

  it('twice at most after a broken connection, and then is UPSTREAM_UNAVAILABLE', async () => {
    await using at = await clientOf(({ socket }) => socket.destroy())
    await assert.rejects(at.http.call(get), unavailable)
    assert.equal(at.server.requests.length, 3)
  })

  it('after an answer that breaks off', async () => {
    await using at = await clientOf((_request, response, attempt) => {
      if (attempt === 2) return sendJson(response, { attempt })
      response.writeHead(200, { 'content-length': '100' })
      response.write('{"a":', () => response.destroy())
    })
    assert.deepEqual((await at.http.call(get)).body, { attempt: 2 })
  })

  it('until it succeeds', async () => {
    await using at = await clientOf((_request, response, attempt) =>
      sendJson(response, { attempt }, { status: attempt < 3 ? 503 : 200 }),
    )
    assert.deepEqual(await at.http.call(get).then(({ status, body }) => [status, body]), [
      200,
      { attempt: 3 },
    ])
  })

  it('when it is streamed, as long as nothing of the body was handed on', async () => {
    await using at = await clientOf((_request, response, attempt) =>
      attempt < 3 ? sendJson(response, {}, { status: 503 }) : response.end('bytes'),
    )
    const file = await at.http.open(get)
    assert.equal(file.status, 200)
    assert.ok('stream' in file)
    assert.equal(await new Response(file.stream).text(), 'bytes')
    assert.equal(at.server.requests.length, 3)
  })

  it('when it is opened and is no file after all', async () => {
    await using at = await clientOf((_request, response, attempt) => {
      if (attempt === 2) return sendJson(response, { attempt })
      response.writeHead(200, { 'content-type': 'application/json', 'content-length': '100' })
      response.write('{"a":', () => response.destroy())
    })
    const answer = await at.http.open(get)
    assert.ok('body' in answer)
    assert.deepEqual(answer.body, { attempt: 2 })
  })

  it('not any more when nobody waits for the answer: the wait for the next try ends at once', async () => {
    await using at = await clientOf((_request, response) =>
      sendJson(response, {}, { status: 503, headers: { 'retry-after': '4' } }),
    )
    const abort = new AbortController()
    const reason = new Error('nobody waits')
    const call = at.http.call({ ...get, signal: abort.signal })
    while (at.server.requests.length === 0 || at.http.figures().underWay > 0) await nextTurn()
    abort.abort(reason)
    // Long before the next try.
    await assert.rejects(Promise.race([call, passed(2000, undefined, { ref: false })]), reason)
    assert.equal(at.server.requests.length, 1)
  })

  it('not where the service says that another try is of no use', async () => {
    const isRetriable = (body: unknown) => JSON.stringify(body) !== '{"state":"stopped"}'
    await using at = await clientOf(
      (_request, response) => sendJson(response, { state: 'stopped' }, { status: 503 }),
      { isRetriable },
    )
    const answer = await at.http.call(get)
    assert.deepEqual([answer.status, answer.body], [503, { state: 'stopped' }])
    assert.equal(at.server.requests.length, 1)
  })

  it('in vain where nobody listens, and then is UPSTREAM_UNAVAILABLE', async () => {
    const server = await startNodeServer(() => {})
    await server[Symbol.asyncDispose]()
    const http = createHttpClient({ service: 'vault', baseUrl: server.url, timeoutMs: 5000 })
    await assert.rejects(http.call(get), unavailable)
    await http.close()
  })
})

describe('a write is never retried', { concurrency: true }, () => {
  it('whatever comes back', async () => {
    for (const status of [502, 503, 504]) {
      for (const write of writes) {
        await using at = await clientOf((_request, response) => sendJson(response, { status }, { status }))
        const answer = await at.http.call(write)
        assert.deepEqual([answer.status, answer.body], [status, { status }])
        assert.equal(at.server.requests.length, 1)
      }
    }
  })

  it('nor after a broken connection: it may have been carried out, and the message says so', async () => {
    for (const write of writes) {
      await using at = await clientOf(({ socket }) => socket.destroy())
      await assert.rejects(
        at.http.call(write),
        (error: unknown) =>
          hasCode(error, 'UPSTREAM_UNAVAILABLE') && /may have been carried out/.test(error.message),
      )
      assert.equal(at.server.requests.length, 1)
    }
  })

  it('where nobody listens was not carried out, and the message does not say so', async () => {
    const server = await startNodeServer(() => {})
    await server[Symbol.asyncDispose]()
    const http = createHttpClient({ service: 'vault', baseUrl: server.url, timeoutMs: 5000 })
    await assert.rejects(
      http.call(post),
      (error: unknown) => hasCode(error, 'UPSTREAM_UNAVAILABLE') && /Try again later/.test(error.message),
    )
    await http.close()
  })
})

describe('Retry-After', { concurrency: true }, () => {
  const refusedOnce =
    (retryAfter: string): Answer =>
    (_request, response, attempt) =>
      attempt === 1
        ? sendJson(response, { attempt }, { status: 503, headers: { 'retry-after': retryAfter } })
        : sendJson(response, { attempt })

  it('is waited for', async () => {
    await using at = await clientOf(refusedOnce('1'))
    const beganMs = performance.now()
    assert.deepEqual((await at.http.call(get)).body, { attempt: 2 })
    assert.ok(performance.now() - beganMs >= 990)
  })

  it('past the time for the call, or close to its end, ends it at once with the answer', async () => {
    for (const retryAfter of ['3600', '60']) {
      await using at = await clientOf(refusedOnce(retryAfter), { timeoutMs: 60_000 })
      const beganMs = performance.now()
      const answer = await at.http.call(get)
      assert.deepEqual([answer.status, answer.body], [503, { attempt: 1 }])
      assert.ok(performance.now() - beganMs < 20_000)
    }
  })
})

describe('the time for a call', { concurrency: true }, () => {
  it('ends a call that is not answered, and is not extended by retries', async () => {
    await using at = await clientOf(() => {}, { timeoutMs: 1000 })
    await assert.rejects(Promise.race([at.http.call(get), passed(2500)]), timeout)
    assert.equal(at.server.requests.length, 1)
  })

  it('counts the retries in', async () => {
    await using at = await clientOf(
      (_request, response, attempt) => {
        if (attempt === 1) sendJson(response, {}, { status: 503, headers: { 'retry-after': '1' } })
      },
      { timeoutMs: 2000 },
    )
    // With a time of its own, the second try would end a second later. A pause of the process delays both timers.
    await assert.rejects(Promise.race([at.http.call(get), passed(2500)]), timeout)
    assert.equal(at.server.requests.length, 2)
  })

  it('ends an answer that stalls, and one that drips', async () => {
    for (const everyMs of [undefined, 50]) {
      await using at = await clientOf(
        (_request, response) => {
          response.write('{')
          const drip = everyMs === undefined ? undefined : setInterval(() => response.write(' '), everyMs)
          response.once('close', () => clearInterval(drip))
        },
        { timeoutMs: 300 },
      )
      await assert.rejects(at.http.call(get), timeout)
    }
  })

  it('is for a write the same', async () => {
    await using at = await clientOf(() => {}, { timeoutMs: 1000 })
    await assert.rejects(
      at.http.call(post),
      (error: unknown) =>
        hasCode(error, 'UPSTREAM_TIMEOUT') && /may have been carried out/.test(error.message),
    )
  })
})
