import assert from 'node:assert/strict'
import { once } from 'node:events'
import type { ServerResponse } from 'node:http'
import { createServer } from 'node:net'
import { Readable } from 'node:stream'
import { describe, it } from 'node:test'
import { GatewayError, hasCode } from '../../src/core/errors.ts'
import { accessWith } from '../../src/core/identity.ts'
import { failuresToOpen, firstOpenMs } from '../../src/upstream/circuit.ts'
import { createFelderaClient } from '../../src/upstream/feldera.ts'
import { createHttpClient, type UpstreamCall } from '../../src/upstream/http-client.ts'
import { pathOf } from '../../src/upstream/path.ts'
import { createUploadClient } from '../../src/upstream/upload-client.ts'
import { createVaultClient } from '../../src/upstream/vault.ts'
import { createFakeClock } from '../support/fake-clock.ts'
import { clientOf } from '../support/http-client.ts'
import { type Answer, sendJson, startNodeServer } from '../support/node-server.ts'

const get: UpstreamCall = { method: 'GET', path: '/x', authorization: undefined }
const post: UpstreamCall = { ...get, method: 'POST' }
const anna = accessWith('anna')
const { signal } = new AbortController()

const failureOf = async (call: Promise<unknown>): Promise<GatewayError> => {
  const error = await call.then(
    () => undefined,
    (thrown: unknown) => thrown,
  )
  assert.ok(error instanceof GatewayError, String(error))
  return error
}

/** A Vault that answers as a test tells it, and its client on a fake clock. */
async function vaultOf(answer: Answer) {
  const clock = createFakeClock()
  const server = await startNodeServer(answer)
  const vault = createVaultClient({ url: server.url, apiVersion: 'v26.1', timeoutMs: 5000, clock })
  return {
    clock,
    server,
    vault,
    /** Asks for things that differ, one after the other, by writes: they are not tried again. */
    async ask(times: number) {
      for (let n = 0; n < times; n += 1) await vault.post(anna, pathOf`/x/${String(n)}`).catch(() => {})
    },
    async [Symbol.asyncDispose]() {
      await vault.close()
      await server[Symbol.asyncDispose]()
    },
  }
}

/** An address where connections are neither taken nor refused, as behind a firewall that drops packets. */
async function startDeafServer() {
  // Its backlog is full, so that further connections wait for ever.
  const server = createServer().listen({ port: 0, host: '127.0.0.1', backlog: 1 })
  await once(server, 'listening')
  const address = server.address()
  assert.ok(address !== null && typeof address === 'object')
  return { server, url: `https://127.0.0.1:${address.port}` }
}

describe('a write that was never sent', { concurrency: true }, () => {
  it('since no connection came about in time, was not carried out, and the message does not say so', async () => {
    // The server takes the connection and says nothing, so that TLS never begins.
    const { server, url } = await startDeafServer()
    const http = createHttpClient({ service: 'vault', baseUrl: url, timeoutMs: 300 })
    const error = await failureOf(http.call(post))
    assert.equal(error.code, 'UPSTREAM_TIMEOUT')
    assert.match(error.message, /^Vault did not answer within 300 ms\. Try again later\.$/)
    await http.close()
    server.close()
  })

  it('as an upload likewise', async () => {
    const { server, url } = await startDeafServer()
    const uploads = createUploadClient({ service: 'vault', baseUrl: url, timeoutMs: 300 })
    const body = Readable.from([Buffer.from('x')])
    const call = { path: '/x', authorization: undefined, headers: { 'content-length': '1' }, body, signal }
    const error = await failureOf(uploads.put(call))
    assert.match(error.message, /Try again later\.$/)
    await uploads.close()
    server.close()
  })

  it('since its turn did not come in time, says so', async () => {
    await using at = await clientOf(
      (_request, response) => {
        response.write('bytes')
        const drip = setInterval(() => response.write('bytes'), 50)
        response.once('close', () => clearInterval(drip))
      },
      { timeoutMs: 2000 },
    )
    const downloads = await Promise.all(Array.from({ length: 25 }, () => at.http.openFile(get)))
    const error = await failureOf(at.http.openFile(post))
    assert.equal(error.code, 'UPSTREAM_TIMEOUT')
    assert.match(error.message, /^This call to Vault had no turn within 2000 ms\. Try again later\.$/)
    assert.ok(!at.server.requests.includes('POST /x'))
    for (const file of downloads) if ('stream' in file) await file.stream.cancel()
  })
})

describe('one greedy caller', () => {
  it('does not keep another one waiting', async () => {
    const held: ServerResponse[] = []
    const allArrived = Promise.withResolvers<void>()
    await using at = await clientOf((request, response) => {
      if (request.url === '/ben') return sendJson(response, {})
      held.push(response)
      if (held.length === 25) allArrived.resolve()
    })
    const place = { callerKey: 'anna', isPoll: false }
    const greedy = Array.from({ length: 1000 }, () =>
      at.http.call({ ...get, path: '/anna', place }).catch(() => {}),
    )
    await allArrived.promise
    assert.deepEqual(at.http.figures(), { underWay: 25, waiting: 975 })
    const answer = await at.http.call({ ...get, path: '/ben', place: { callerKey: 'ben', isPoll: false } })
    assert.equal(answer.status, 200)
    assert.equal(held.length, 25)
    await at.http.close()
    await Promise.all(greedy)
  })
})

describe('a download', () => {
  it('keeps its place until it has ended, and gives it back when it breaks off', async () => {
    await using at = await clientOf((_request, response) => void response.write('bytes'))
    const files = [await at.http.openFile(get), await at.http.openFile(get)]
    assert.deepEqual(at.http.figures(), { underWay: 2, waiting: 0 })
    for (const file of files) {
      assert.ok('stream' in file)
      const closed = at.server.closedSocket()
      await file.stream.cancel()
      await closed
    }
    assert.deepEqual(at.http.figures(), { underWay: 0, waiting: 0 })
  })
})

describe('an upstream that fails', () => {
  it('is left alone after so many calls in a row, writes too, and nothing is sent', async () => {
    await using at = await vaultOf((_request, response) => sendJson(response, {}, { status: 503 }))
    await at.ask(failuresToOpen)
    assert.equal(at.vault.health.circuit(), 'open')
    const sent = at.server.requests.length
    for (const call of [
      at.vault.get(anna, pathOf`/x`, { signal }),
      at.vault.post(anna, pathOf`/x`),
      at.vault.open(anna, pathOf`/x`, { signal }),
      at.vault.put(anna, pathOf`/x`, { headers: {}, body: Readable.from([]), signal }),
    ]) {
      const { code, message, extensions } = await failureOf(call)
      assert.equal(code, 'UPSTREAM_UNAVAILABLE')
      assert.equal(extensions.retryAfter, firstOpenMs / 1000)
      assert.match(message, /leaves it alone for a moment: this call was not sent\. Try again later\.$/)
    }
    assert.equal(at.server.requests.length, sent)
  })

  it('is left alone where nobody listens, whatever is asked for', async () => {
    const server = await startNodeServer(() => {})
    await server[Symbol.asyncDispose]()
    const vault = createVaultClient({ url: server.url, apiVersion: 'v26.1', timeoutMs: 5000 })
    for (let n = 0; n < failuresToOpen; n += 1) {
      const { message } = await failureOf(vault.post(anna, pathOf`/x`))
      assert.match(message, /could not be reached, or broke the connection\. Try again later\.$/)
    }
    assert.equal(vault.health.circuit(), 'open')
    await vault.close()
  })

  it('is told by EXCEPTION in HTTP 200 as well', async () => {
    await using at = await vaultOf((_request, response) =>
      sendJson(response, { responseStatus: 'EXCEPTION' }),
    )
    await at.ask(failuresToOpen)
    assert.equal(at.vault.health.circuit(), 'open')
  })

  it('is not told by refusals, by statuses that say nothing of the rest, nor by one thing that fails', async () => {
    for (const [body, status] of [
      [{ responseStatus: 'FAILURE', errors: [{ type: 'API_LIMIT_EXCEEDED' }] }, 200],
      [{}, 429],
      [{}, 500],
      ['no envelope', 200],
    ] as const) {
      await using at = await vaultOf((_request, response) => sendJson(response, body, { status }))
      await at.ask(2 * failuresToOpen)
      assert.equal(at.vault.health.circuit(), 'closed')
    }
    await using at = await vaultOf((_request, response) =>
      sendJson(response, { responseStatus: 'EXCEPTION' }),
    )
    for (let n = 0; n < 2 * failuresToOpen; n += 1)
      await at.vault.get(anna, pathOf`/job/1`, { signal }).catch(() => {})
    assert.equal(at.vault.health.circuit(), 'closed')
  })

  it('is not told by callers who leave', async () => {
    await using at = await vaultOf(() => {})
    for (let n = 0; n < 2 * failuresToOpen; n += 1) {
      const leaving = new AbortController()
      const call = at.vault.get(anna, pathOf`/x/${String(n)}`, { signal: leaving.signal })
      leaving.abort(new Error('gone'))
      await assert.rejects(call, /gone/)
    }
    assert.equal(at.vault.health.circuit(), 'closed')
  })

  it('of Feldera is not told by pipelines that do not run', async () => {
    const answers = { message: 'x', error_code: 'PipelineUnavailable', details: null }
    let body: unknown = answers
    await using server = await startNodeServer((_request, response) =>
      sendJson(response, body, { status: 503 }),
    )
    const feldera = createFelderaClient({ url: server.url, timeoutMs: 5000, apiKey: undefined })
    for (let n = 0; n < 2 * failuresToOpen; n += 1)
      await feldera.get(anna, pathOf`/x/${String(n)}`, { signal })
    assert.equal(feldera.health.circuit(), 'closed')
    body = { ...answers, error_code: 'LockTookTooLong' }
    for (let n = 0; n < failuresToOpen; n += 1) await feldera.post(anna, pathOf`/x/${String(n)}`, {})
    assert.equal(feldera.health.circuit(), 'open')
    await feldera.close()
  })

  it('that comes back is asked once, and then by all', async () => {
    let isUp = false
    const held: ServerResponse[] = []
    const probed = Promise.withResolvers<void>()
    await using at = await vaultOf((_request, response) => {
      if (!isUp) return sendJson(response, {}, { status: 502 })
      held.push(response)
      if (held.length === 1) probed.resolve()
      else sendJson(response, { responseStatus: 'SUCCESS' })
    })
    let recovered = 0
    at.vault.polled.onRecovered(() => {
      recovered += 1
    })
    await at.ask(failuresToOpen)
    isUp = true
    at.clock.advance(firstOpenMs)
    const probe = at.vault.get(anna, pathOf`/probe`, { signal })
    await probed.promise
    const herd = await Promise.all(
      Array.from({ length: 100 }, (_, n) => failureOf(at.vault.post(anna, pathOf`/x/${String(n)}`))),
    )
    assert.ok(
      herd.every((error) => hasCode(error, 'UPSTREAM_UNAVAILABLE') && error.extensions.retryAfter === 1),
    )
    assert.deepEqual([held.length, recovered], [1, 0])
    const [first] = held
    assert.ok(first !== undefined)
    sendJson(first, { responseStatus: 'SUCCESS' })
    await probe
    assert.equal(recovered, 1)
    await Promise.all(
      Array.from({ length: 100 }, (_, n) => at.vault.get(anna, pathOf`/x/${String(n)}`, { signal })),
    )
    assert.equal(held.length, 101)
  })

  it('is not tried again by reads that were waiting to', async () => {
    await using at = await vaultOf((_request, response) => sendJson(response, {}, { status: 503 }))
    await Promise.all(
      Array.from({ length: 60 }, (_, n) =>
        at.vault.get(anna, pathOf`/x/${String(n)}`, { signal }).catch(() => {}),
      ),
    )
    // Those that had their turn before so many of them had failed for good; the others were spared their tries.
    assert.ok(at.server.requests.length < 3 * 60, `${at.server.requests.length} requests`)
  })
})
