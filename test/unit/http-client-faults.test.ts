import assert from 'node:assert/strict'
import { getEventListeners, once } from 'node:events'
import { readFileSync } from 'node:fs'
import { createSecureServer } from 'node:http2'
import type { Socket } from 'node:net'
import { describe, it } from 'node:test'
import { setImmediate as nextTurn, setTimeout as passed } from 'node:timers/promises'
import { getCACertificates, setDefaultCACertificates } from 'node:tls'
import { errors } from 'undici'
import { GatewayError, hasCode } from '../../src/core/errors.ts'
import { systemClock } from '../../src/core/time.ts'
import { createCircuit, type Outcome } from '../../src/upstream/circuit.ts'
import { namedError, SilenceError } from '../../src/upstream/connection-errors.ts'
import {
  createHttpClient,
  type HttpClientOptions,
  type UpstreamCall,
} from '../../src/upstream/http-client.ts'
import { startRawUpstream } from '../support/raw-upstream.ts'
import { startTcpProxy } from '../support/tcp-proxy.ts'

const get: UpstreamCall = { method: 'GET', path: '/x', authorization: 'session' }
const head = 'HTTP/1.1 200 OK\r\n'
const ways = ['call', 'open', 'openFile'] as const

const unreadable = (error: unknown) => hasCode(error, 'UPSTREAM_INVALID_RESPONSE')
const timeout = (error: unknown) => hasCode(error, 'UPSTREAM_TIMEOUT')

/** A client of an upstream that writes bytes. */
async function rawClient(
  answer: (socket: Socket) => void,
  { scheme = 'http', ...options }: Partial<HttpClientOptions> & { scheme?: 'http' | 'https' } = {},
) {
  const upstream = await startRawUpstream(answer)
  const baseUrl = `${scheme}://127.0.0.1:${upstream.port}`
  const http = createHttpClient({ service: 'vault', baseUrl, timeoutMs: 5000, ...options })
  return {
    upstream,
    http,
    async [Symbol.asyncDispose]() {
      await http.close()
      await upstream[Symbol.asyncDispose]()
    },
  }
}

/** A circuit that keeps what it is told. */
function notedCircuit() {
  const outcomes: Outcome[] = []
  const circuit = createCircuit(systemClock)
  const begin: typeof circuit.begin = (path, mayProbe) => {
    const permit = circuit.begin(path, mayProbe)
    return {
      check: permit.check,
      end: (outcome) => permit.end(outcomes[outcomes.push(outcome) - 1] ?? outcome),
    }
  }
  return { outcomes, circuit: { ...circuit, begin } }
}

it('headers beyond all measure are refused, and not asked for again', async () => {
  for (const way of ways) {
    await using at = await rawClient((socket) =>
      socket.write(`${head}x-long: ${'a'.repeat(100_000)}\r\n\r\n`),
    )
    await assert.rejects(at.http[way](get), unreadable)
    assert.equal(at.upstream.requests(), 1)
  }
})

it('an answer that breaks off is asked for again, also where its connection was to be closed after it', async () => {
  const starts = [
    'content-length: 9\r\n\r\n{',
    'connection: close\r\ncontent-length: 9\r\n\r\n{',
    'connection: close\r\ntransfer-encoding: chunked\r\n\r\n1\r\n{\r\n',
  ]
  for (const start of starts) {
    for (const way of ways) {
      await using at = await rawClient((socket) =>
        at.upstream.requests() === 1
          ? socket.end(`${head}content-type: application/json\r\n${start}`)
          : socket.write(`${head}content-type: application/json\r\ncontent-length: 2\r\n\r\n{}`),
      )
      const answer = await at.http[way](get)
      assert.ok('body' in answer)
      assert.deepEqual(answer.body, {})
    }
  }
})

describe('an upstream that says more than it was asked', { concurrency: true }, () => {
  it('has its second answer taken for nobody’s', async () => {
    const answer = (text: string) => `${head}content-length: ${text.length}\r\n\r\n${text}`
    await using at = await rawClient((socket) => socket.write(answer('"asked"') + answer('"more"')))
    for (let call = 0; call < 3; call += 1) assert.equal((await at.http.call(get)).body, 'asked')
  })

  it('has what it says before the answer passed over, in each way of calling', async () => {
    const bytes = `HTTP/1.1 103 Early Hints\r\nretry-after: 9\r\n\r\n${head}content-type: application/json\r\ncontent-length: 2\r\n\r\n{}`
    for (const way of ways) {
      await using at = await rawClient((socket) => socket.write(bytes))
      const { status, headers } = await at.http[way](get)
      assert.deepEqual([status, headers.get('retry-after')], [200, null])
    }
  })
})

describe('a request that cannot be sent', { concurrency: true }, () => {
  it('fails as what it is, a fault of ours: nothing is tried again, and the upstream is not blamed', async () => {
    for (const way of ways) {
      const { outcomes, circuit } = notedCircuit()
      await using at = await rawClient(() => {}, { circuit })
      const call = at.http[way]({ ...get, authorization: 'se\nssion: x' })
      await assert.rejects(
        call,
        (error: unknown) => !(error instanceof GatewayError) && !String(error).includes('ssion'),
      )
      assert.deepEqual(outcomes, ['unknown'])
      assert.deepEqual(at.http.figures(), { underWay: 0, waiting: 0 })
    }
  })
})

describe('while no connection has come about', { concurrency: true }, () => {
  // The server takes the connection and says nothing, so that TLS never begins.
  const silent = (options: Partial<HttpClientOptions>) =>
    rawClient(() => {}, { scheme: 'https', timeoutMs: 60_000, ...options })

  it('a call ends at once when it is aborted, in each way of calling', async () => {
    for (const way of ways) {
      await using at = await silent({})
      const abort = new AbortController()
      const reason = new Error('nobody waits')
      const call = at.http[way]({ ...get, signal: abort.signal })
      await at.upstream.connections(1)
      abort.abort(reason)
      await assert.rejects(call, reason)
    }
  })

  it('its time is over when it is, in each way of calling', async () => {
    for (const way of ways) {
      await using at = await silent({ timeoutMs: 1000 })
      const call = at.http[way]({ ...get, method: 'POST' })
      // Undici's own clock for connections would take half a second more. A pause of the process delays both timers.
      await assert.rejects(Promise.race([call, passed(1250)]), timeout)
    }
  })

  it('others do not wait for it to be made, but make their own', { timeout: 10_000 }, async () => {
    await using at = await silent({})
    const calls = Array.from({ length: 25 }, () => at.http.call(get))
    const failed = Promise.allSettled(calls)
    await at.upstream.connections(25)
    await at.http.close()
    await failed
    assert.deepEqual(at.http.figures(), { underWay: 0, waiting: 0 })
  })
})

/** An upstream that speaks TLS, with HTTP/2 if it is let. */
async function startTlsUpstream() {
  const certificate = readFileSync('test/support/tls/certificate.pem', 'utf8')
  setDefaultCACertificates([...getCACertificates('default'), certificate])
  const versions: string[] = []
  const server = createSecureServer({
    key: readFileSync('test/support/tls/key.pem'),
    cert: certificate,
    allowHTTP1: true,
  })
  server.on('request', ({ httpVersion }, response) => {
    versions.push(httpVersion)
    response.end('{}')
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  assert.ok(address !== null && typeof address === 'object')
  return {
    port: address.port,
    /** Of HTTP, one for each request. */
    versions,
    async [Symbol.asyncDispose]() {
      const closed = once(server, 'close')
      server.close()
      await closed
    },
  }
}

it('an upstream that would rather speak HTTP/2 is spoken to in HTTP/1.1: a place is a connection', async () => {
  await using upstream = await startTlsUpstream()
  const baseUrl = `https://127.0.0.1:${upstream.port}`
  const http = createHttpClient({ service: 'vault', baseUrl, timeoutMs: 5000 })
  await http.call(get)
  await http.close()
  assert.deepEqual(upstream.versions, ['1.1'])
})

it('a write that was given up before it had a connection is not sent when that comes: somebody may try again', async () => {
  await using upstream = await startTlsUpstream()
  await using line = await startTcpProxy(upstream.port)
  const baseUrl = `https://127.0.0.1:${line.port}`
  const http = createHttpClient({ service: 'vault', baseUrl, timeoutMs: 60_000 })
  line.holdUp()
  const abort = new AbortController()
  const reason = new Error('given up')
  const call = http.call({ ...get, method: 'POST', signal: abort.signal })
  await nextTurn()
  abort.abort(reason)
  await assert.rejects(call, reason)
  assert.equal(http.figures().underWay, 1)
  line.letThrough()
  while (http.figures().underWay > 0) await nextTurn()
  assert.equal((await http.call(get)).status, 200)
  assert.equal(upstream.versions.length, 1)
  await http.close()
})

it('a connection that does not come about in time is UPSTREAM_TIMEOUT, whichever clock is first', () => {
  const error = namedError(new errors.ConnectTimeoutError('Connect Timeout Error'))
  assert.ok(error instanceof SilenceError)
})

it('a file that has ended in whatever way leaves nothing behind on a signal that outlives it', async () => {
  const { signal } = new AbortController()
  await using at = await rawClient((socket) => {
    const isWhole = at.upstream.requests() === 1
    socket.write(`${head}content-length: ${isWhole ? 1 : 9}\r\n\r\nx`)
    if (at.upstream.requests() === 3) socket.end()
  })
  const open = async () => {
    const file = await at.http.openFile({ ...get, signal })
    assert.ok('stream' in file)
    assert.equal(getEventListeners(signal, 'abort').length, 1)
    return file.stream
  }
  assert.equal(await new Response(await open()).text(), 'x')
  await (await open()).cancel()
  await assert.rejects(new Response(await open()).text())
  while (at.http.figures().underWay > 0) await nextTurn()
  assert.equal(getEventListeners(signal, 'abort').length, 0)
})

it('a file that falls silent is said to have been silent, and not to have had no turn', async () => {
  await using at = await rawClient((socket) => socket.write(`${head}content-length: 9\r\n\r\nx`), {
    timeoutMs: 1000,
  })
  const file = await at.http.openFile(get)
  assert.ok('stream' in file)
  await assert.rejects(new Response(file.stream).text(), /Vault did not answer within 1000 ms/)
})

it('a limit of rates that is told beside a 503 says nothing of when the upstream is back', async () => {
  await using at = await rawClient((socket) =>
    socket.write('HTTP/1.1 503 Unavailable\r\nratelimit-reset: 3600\r\ncontent-length: 0\r\n\r\n'),
  )
  assert.equal((await at.http.call(get)).status, 503)
  assert.equal(at.upstream.requests(), 3)
})
