import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { hasCode } from '../../src/core/errors.ts'
import { accessWith } from '../../src/core/identity.ts'
import { createFelderaClient } from '../../src/upstream/feldera.ts'
import {
  createHttpClient,
  type UpstreamAnswer,
  type UpstreamCall,
  type UpstreamFile,
} from '../../src/upstream/http-client.ts'
import { pathOf } from '../../src/upstream/path.ts'
import { createVaultClient } from '../../src/upstream/vault.ts'
import { maxAnswerSizeBytes } from '../../src/upstream/whole-answer.ts'
import { type Answer, startNodeServer } from '../support/node-server.ts'

const get: UpstreamCall = { method: 'GET', path: '/x', authorization: undefined }
const access = accessWith('session')

/** A client of each kind on a server that answers as told. */
async function clientsOf(answer: Answer, timeoutMs = 5000) {
  const server = await startNodeServer(answer)
  const http = createHttpClient({ service: 'vault', baseUrl: server.url, timeoutMs })
  const vault = createVaultClient({ url: server.url, apiVersion: 'v26.1', timeoutMs })
  const feldera = createFelderaClient({ url: server.url, timeoutMs, apiKey: undefined })
  return {
    server,
    http,
    vault,
    feldera,
    async [Symbol.asyncDispose]() {
      await Promise.all([http.close(), vault.close(), feldera.close()])
      await server[Symbol.asyncDispose]()
    },
  }
}

function streamOf(answer: UpstreamFile | UpstreamAnswer): ReadableStream<Uint8Array> {
  assert.ok('stream' in answer)
  return answer.stream
}

const signal = () => new AbortController().signal
const json = { 'content-type': 'application/json' }

describe('an opened answer', { concurrency: true }, () => {
  it('may take longer than the time for a call, as long as it does not keep silent', async () => {
    await using at = await clientsOf((_request, response) => {
      let chunks = 0
      const timer = setInterval(() => {
        chunks += 1
        if (chunks < 12) return response.write('x')
        clearInterval(timer)
        return response.end('x')
      }, 100)
    }, 1000)
    const file = await at.http.open(get)
    assert.equal(await new Response(streamOf(file)).text(), 'x'.repeat(12))
  })

  it('that falls silent breaks off', async () => {
    await using at = await clientsOf((_request, response) => response.write('x'), 1000)
    const file = await at.http.open(get)
    await assert.rejects(new Response(streamOf(file)).text())
  })

  it('that breaks off is not taken for whole', async () => {
    await using at = await clientsOf((_request, response) => {
      response.write('x', () => setImmediate(() => response.destroy()))
    })
    const file = await at.http.open(get)
    await assert.rejects(new Response(streamOf(file)).text())
  })

  it('is closed upstream when its reader cancels it', async () => {
    await using at = await clientsOf((_request, response) => response.write('x'))
    const file = await at.http.open(get)
    const closed = at.server.closedSocket()
    await streamOf(file).cancel()
    await closed
  })

  it('ends when nobody waits for it any more', async () => {
    await using at = await clientsOf((_request, response) => response.write('x'))
    const abort = new AbortController()
    const file = await at.http.open({ ...get, signal: abort.signal })
    const closed = at.server.closedSocket()
    abort.abort(new Error('nobody waits'))
    await assert.rejects(new Response(streamOf(file)).text())
    await closed
  })
})

describe('an answer that is opened as a file and is none', { concurrency: true }, () => {
  const opens = [
    [
      'Vault',
      200,
      (at: Awaited<ReturnType<typeof clientsOf>>) => at.vault.open(access, pathOf`/x`, { signal: signal() }),
    ],
    [
      'Feldera',
      404,
      (at: Awaited<ReturnType<typeof clientsOf>>) =>
        at.feldera.open(access, pathOf`/x`, { signal: signal() }),
    ],
  ] as const
  for (const [name, status, open] of opens) {
    it(`${name}: that breaks off is UPSTREAM_UNAVAILABLE`, async () => {
      await using at = await clientsOf((_request, response) => {
        response.writeHead(status, json)
        response.write('{"a":', () => setImmediate(() => response.destroy()))
      })
      await assert.rejects(open(at), (error) => hasCode(error, 'UPSTREAM_UNAVAILABLE'))
    })

    it(`${name}: that falls silent is UPSTREAM_TIMEOUT`, async () => {
      await using at = await clientsOf((_request, response) => {
        response.writeHead(status, json)
        response.write('{"a":')
      }, 300)
      await assert.rejects(open(at), (error) => hasCode(error, 'UPSTREAM_TIMEOUT'))
    })

    it(`${name}: that is larger than may be held is UPSTREAM_INVALID_RESPONSE`, async () => {
      await using at = await clientsOf((_request, response) => {
        response.writeHead(status, json)
        const chunk = Buffer.alloc(1024 * 1024, 0x20)
        for (let sent = 0; sent <= maxAnswerSizeBytes; sent += chunk.length) response.write(chunk)
        response.end()
      })
      await assert.rejects(open(at), (error) => hasCode(error, 'UPSTREAM_INVALID_RESPONSE'))
    })
  }
})
