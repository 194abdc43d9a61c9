import assert from 'node:assert/strict'
import { createHash, randomBytes } from 'node:crypto'
import { once } from 'node:events'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { connect } from 'node:net'
import { after, afterEach, before, describe, it } from 'node:test'
import { type Sandbox, startSandbox } from '../../src/sandbox/sandbox.ts'
import { garbageBytes, peakMemoryBytes, standstill } from '../support/backpressure.ts'
import { type Gateway, startGateway } from '../support/gateway.ts'
import { startScriptedUpstream } from '../support/scripted-upstream.ts'
import { openPart, sendPart } from '../support/upload.ts'

const megabyte = 1_000_000
const sizeBytes = 60 * megabyte
const bytes = randomBytes(40 * megabyte)
const part = bytes.subarray(0, 5 * megabyte)

describe('PUT /upload-sessions/{id}/parts/{partNumber}', () => {
  let sandbox: Sandbox
  let gateway: Gateway

  before(async () => {
    sandbox = await startSandbox({ scene: 'empty' })
    gateway = await startGateway({ sandbox, env: { ALLOWED_ORIGINS: 'https://app.example' } })
  })
  after(async () => {
    await gateway.stop()
    await sandbox.stop()
  })
  afterEach(() => {
    sandbox.vault.faults.clear()
    sandbox.vault.calls.clear()
  })

  const add = (session: { uploadedBytes?: number; sizeBytes?: number } = {}) =>
    sandbox.vault.addUploadSession({ path: '/imports/products.csv', sizeBytes, ...session })

  /** Sends the head of a part whose body never comes: what is wrong with it is told before the body is there. */
  const announced = (id: string, headers: Readonly<Record<string, string | number>>, partNumber?: number) => {
    const { request, answer } = openPart(gateway, {
      id,
      headers,
      ...(partNumber === undefined ? {} : { partNumber }),
    })
    request.flushHeaders()
    return answer.finally(() => request.destroy())
  }

  const refused = [
    ['no length', { 'transfer-encoding': 'chunked' }, undefined, 411, /Content-Length/],
    ['more than 50 MB', { 'content-length': 52_428_801 }, undefined, 413, /52428800 is the most/],
    ['an absurd length', { 'content-length': '9'.repeat(16) }, undefined, 411, /Content-Length/],
    ['less than 5 MB, and not the last', { 'content-length': 4_999_999 }, undefined, 400, /not the last/],
    ['nothing', { 'content-length': 0 }, undefined, 400, /not the last/],
    ['part 0', { 'content-length': 3 }, 0, 400, /from 1 to 2000/],
    ['part 2001', { 'content-length': 3 }, 2001, 400, /from 1 to 2000/],
    ['part 3 after none', { 'content-length': 5 * megabyte }, 3, 409, /part 1 is next/],
  ] as const
  for (const [title, headers, partNumber, status, message] of refused) {
    it(`refuses ${title} before a byte goes to Vault`, async () => {
      const answer = await announced(add(), headers, partNumber)
      assert.equal(answer.status, status)
      assert.match(answer.message, message)
      assert.equal(sandbox.vault.calls.count('upload-part'), 0)
    })
  }

  it('tells what is too large also to a client that reads no answer before it has sent all', async () => {
    const { hostname, port } = new URL(gateway.url)
    const large = Buffer.alloc(60 * megabyte)
    const socket = connect(Number(port), hostname)
    socket.pause()
    socket.write(`PUT /upload-sessions/${add()}/parts/1 HTTP/1.1\r\nHost: localhost\r\n`)
    socket.write(`Authorization: sandbox-demo\r\nContent-Length: ${large.length}\r\n\r\n`)
    await new Promise<void>((resolve, reject) => {
      socket.once('error', reject)
      socket.write(large, (error) => (error == null ? resolve() : reject(error)))
    })
    let answer = ''
    for await (const chunk of socket) {
      answer += chunk
      if (answer.endsWith(']}')) break
    }
    assert.match(answer, /^HTTP\/1\.1 413 .*52428800 is the most/s)
    assert.equal(sandbox.vault.calls.count(), 0)
  })

  it('closes the connection on what is so large that nobody waits for it', async () => {
    const { request, answer } = openPart(gateway, {
      id: add(),
      headers: { 'content-length': 1_000_000_001 },
    })
    request.flushHeaders()
    const [response] = await once(request, 'response')
    assert.deepEqual([response.headers.connection, (await answer).status], ['close', 413])
  })

  it('refuses what the file has no room for', async () => {
    const id = add({ uploadedBytes: 55 * megabyte })
    assert.match(
      (await announced(id, { 'content-length': 6 * megabyte }, 12)).message,
      /only 5000000 .* are left/,
    )
    assert.equal((await announced(id, { 'content-length': 4 * megabyte }, 12)).code, 'BAD_USER_INPUT')
    assert.equal((await announced(id, { 'content-length': 4 * megabyte }, 3)).code, 'BAD_USER_INPUT')
    assert.equal(sandbox.vault.calls.count('upload-part'), 0)
    assert.equal((await sendPart(gateway, part, { id, partNumber: 12 })).status, 200)
  })

  it('takes a small part that is the whole file, or the last again, and the smallest and largest part', async () => {
    assert.equal((await sendPart(gateway, Buffer.from('a'), { id: add({ sizeBytes: 1 }) })).status, 200)
    assert.equal((await sendPart(gateway, Buffer.alloc(0), { id: add({ sizeBytes: 0 }) })).status, 200)
    const id = add({ sizeBytes: 7 * megabyte, uploadedBytes: 7 * megabyte })
    const last = bytes.subarray(0, 2 * megabyte)
    assert.equal((await sendPart(gateway, last, { id, partNumber: 2 })).status, 200)
    assert.equal((await sendPart(gateway, part, { id: add() })).status, 200)
    const largest = Buffer.alloc(50 * 2 ** 20)
    assert.equal((await sendPart(gateway, largest, { id: add() })).status, 200)
  })

  it('compares the MD5, in Vault, and an answer before the body has come to its end reaches the client', async () => {
    const id = add()
    const [hex, base64] = (['hex', 'base64'] as const).map((form) =>
      createHash('md5').update(part).digest(form),
    )
    for (const md5 of [hex, base64]) {
      const answer = await sendPart(gateway, part, { id, headers: { 'content-md5': md5 ?? '' } })
      assert.deepEqual(
        [answer.status, answer.body],
        [200, { partNumber: 1, size: part.length, contentMd5: hex }],
      )
    }
    const wrong = await sendPart(gateway, part, {
      id,
      headers: { 'content-md5': 'AAAAAAAAAAAAAAAAAAAAAA==' },
    })
    assert.deepEqual([wrong.status, wrong.code], [400, 'BAD_USER_INPUT'])
    assert.match(wrong.message, /Content-MD5 does not match/)
    const answers = [
      [{ kind: 'failure', type: 'INVALID_SESSION_ID' }, 401],
      [{ kind: 'failure', type: 'OPERATION_NOT_ALLOWED' }, 409],
      [{ kind: 'failure', type: 'API_LIMIT_EXCEEDED' }, 429],
      [{ kind: 'status', status: 503 }, 503],
      [{ kind: 'json', body: { responseStatus: 'SUCCESS', data: {} } }, 502],
    ] as const
    for (const [fault, status] of answers) {
      sandbox.vault.calls.clear()
      sandbox.vault.faults.add({ route: 'upload-part', times: 1, answer: fault })
      const answer = await sendPart(gateway, bytes, { id, headers: { 'content-length': bytes.length } })
      assert.equal(answer.status, status)
      assert.equal(sandbox.vault.calls.count('upload-part'), 1)
    }
  })

  it('takes the bytes as they are, whatever type they are said to have', async () => {
    for (const type of ['', 'foo', 'application/json', 'application/x-www-form-urlencoded', 'text/plain']) {
      const answer = await sendPart(gateway, Buffer.from('{"a'), {
        id: add({ sizeBytes: 3 }),
        headers: { 'content-type': type },
      })
      assert.equal(answer.status, 200, `“${type}”: ${answer.message}`)
    }
  })

  it('is NOT_FOUND where the session has gone before the part arrives', async () => {
    const id = add({ sizeBytes: 3 })
    const held = sandbox.vault.faults.add({ route: 'upload-part', answer: { kind: 'hold' } })
    const arrived = sandbox.vault.calls.next('upload-part')
    const sent = sendPart(gateway, Buffer.from('abc'), { id })
    await arrived
    sandbox.vault.removeUploadSession(id)
    held.release()
    const answer = await sent
    assert.deepEqual([answer.status, answer.code], [404, 'NOT_FOUND'])
    assert.match(answer.message, new RegExp(id))
  })

  it('needs a credential', async () => {
    const answer = await announced(add(), { authorization: '', 'content-length': 3 })
    assert.deepEqual([answer.status, answer.code], [401, 'UNAUTHENTICATED'])
    assert.equal(sandbox.vault.calls.count(), 0)
  })

  it('ends the call to Vault when the client leaves in the middle of the body, and when it waits for the answer', async () => {
    const id = add()
    const arrived = sandbox.vault.calls.next('upload-part')
    const { request, answer } = openPart(gateway, { id, headers: { 'content-length': part.length } })
    request.write(part.subarray(0, megabyte))
    await arrived
    request.destroy()
    await assert.rejects(answer)
    await sandbox.vault.calls.aborted('upload-part')

    sandbox.vault.calls.clear()
    sandbox.vault.faults.add({ route: 'upload-part', answer: { kind: 'hold' } })
    const held = sandbox.vault.calls.next('upload-part')
    const whole = openPart(gateway, { id, headers: { 'content-length': part.length } })
    whole.request.end(part)
    await held
    whole.request.destroy()
    await sandbox.vault.calls.aborted('upload-part')
    assert.equal(sandbox.vault.calls.count('upload-part'), 1)
    sandbox.vault.faults.clear()
    assert.equal((await sendPart(gateway, part, { id })).status, 200, 'the part can be sent again')
  })

  it('says when Vault is gone in the middle, or does not answer, and that the part may have arrived', async () => {
    await using impatient = await startGateway({ sandbox, env: { UPSTREAM_TIMEOUT_MS: '2000' } })
    const id = add()
    const losses = [
      [{ kind: 'reset' }, 503, 'UPSTREAM_UNAVAILABLE'],
      [{ kind: 'truncate', afterBytes: 5 }, 503, 'UPSTREAM_UNAVAILABLE'],
      [{ kind: 'hold' }, 504, 'UPSTREAM_TIMEOUT'],
    ] as const
    for (const [fault, status, code] of losses) {
      sandbox.vault.calls.clear()
      sandbox.vault.faults.add({ route: 'upload-part', times: 1, answer: fault })
      const answer = await sendPart(fault.kind === 'hold' ? impatient : gateway, part, { id })
      assert.deepEqual([answer.status, answer.code], [status, code])
      assert.match(answer.message, /look before you try again/)
      assert.equal(sandbox.vault.calls.count('upload-part'), 1)
    }
  })

  it('lets pages of ALLOWED_ORIGINS send parts with a checksum and a credential, and no others', async () => {
    const preflight = (origin: string) =>
      fetch(`${gateway.url}/upload-sessions/${add()}/parts/1`, {
        method: 'OPTIONS',
        headers: {
          origin,
          'access-control-request-method': 'PUT',
          'access-control-request-headers': 'authorization,content-md5,content-type',
        },
      })
    const allowed = await preflight('https://app.example')
    assert.equal(allowed.status, 204)
    assert.equal(allowed.headers.get('access-control-allow-origin'), 'https://app.example')
    assert.match(allowed.headers.get('access-control-allow-methods') ?? '', /PUT/)
    assert.equal(
      allowed.headers.get('access-control-allow-headers'),
      'authorization,content-md5,content-type',
    )
    const other = await preflight('https://other.example')
    assert.equal(other.headers.get('access-control-allow-origin'), null)
    const answer = await fetch(`${gateway.url}/upload-sessions/${add({ sizeBytes: 3 })}/parts/1`, {
      method: 'PUT',
      headers: { origin: 'https://app.example', authorization: 'sandbox-demo' },
      body: 'abc',
    })
    assert.equal(answer.status, 200)
    assert.equal(answer.headers.get('access-control-allow-origin'), 'https://app.example')
  })

  it('lets a part under way arrive when the gateway stops, and takes no new one', async () => {
    await using stopping = await startGateway({ sandbox })
    const id = add()
    const { request, answer } = openPart(stopping, { id, headers: { 'content-length': part.length } })
    const idle = openPart(stopping, { id, headers: { 'content-length': part.length } })
    const [socket] = await once(idle.request, 'socket')
    await once(socket, 'connect')
    const arrived = sandbox.vault.calls.next('upload-part')
    request.write(part.subarray(0, megabyte))
    await arrived
    sandbox.vault.calls.clear()
    const stopped = stopping.stop()
    await untilStopping(stopping)
    idle.request.flushHeaders()
    assert.deepEqual([(await idle.answer).status, sandbox.vault.calls.count('upload-part')], [503, 0])
    request.end(part.subarray(megabyte))
    assert.equal((await answer).status, 200)
    await stopped
  })
})

/** Resolves when a gateway takes no connection any more. */
async function untilStopping({ url }: Gateway): Promise<void> {
  while (true) {
    const isOpen = await fetch(`${url}/livez`, { headers: { connection: 'close' } }).then(
      () => true,
      () => false,
    )
    if (!isOpen) return
  }
}

const session = {
  responseStatus: 'SUCCESS',
  data: {
    id: 's',
    path: '/a',
    owner: 1,
    created_date: '2026-11-22T10:00:00.000Z',
    last_uploaded_date: '2026-11-22T10:00:00.000Z',
    expiration_date: '2026-11-25T10:00:00.000Z',
    uploaded_parts: 0,
    size: bytes.length,
    uploaded: 0,
  },
}

/** A Vault that knows one upload session, and does with its parts what the test says. */
const startVault = (take: (request: IncomingMessage, response: ServerResponse) => void) =>
  startScriptedUpstream((request, response) => {
    if (request.method === 'PUT') return take(request, response)
    request.resume()
    response.setHeader('content-type', 'application/json')
    return response.end(JSON.stringify(session))
  })

const headers = { 'content-length': bytes.length }

describe('twenty parts of 50 MB at the same time', () => {
  it('arrive whole, and the gateway holds next to nothing of them', async () => {
    const body = Buffer.alloc(50 * megabyte, 7)
    const digest = createHash('md5').update(body).digest('hex')
    const sandbox = await startSandbox({ scene: 'empty' })
    await using gateway = await startGateway({ sandbox, env: { UPSTREAM_TIMEOUT_MS: '60000' } })
    const ids = Array.from({ length: 20 }, () =>
      sandbox.vault.addUploadSession({ path: '/large', sizeBytes: body.length }),
    )
    const before = peakMemoryBytes(gateway)
    const answers = await Promise.all(ids.map((id) => sendPart(gateway, body, { id })))
    assert.deepEqual(
      answers.map(({ body: { contentMd5 } }) => contentMd5),
      ids.map(() => digest),
    )
    const grownBytes = peakMemoryBytes(gateway) - before
    assert.ok(grownBytes < garbageBytes, `the gateway grew by ${grownBytes} bytes`)
    await sandbox.stop()
  })
})

describe('a part on its way to a Vault that is slow', () => {
  it('is read from the client only as fast as Vault takes it, however long that takes', async () => {
    let takenBytes = 0
    const taking = Promise.withResolvers<IncomingMessage>()
    await using vault = await startVault((request, response) => {
      taking.resolve(request)
      request.on('data', (chunk) => {
        takenBytes += chunk.length
      })
      request.pause()
      request.on('end', () => {
        response.setHeader('content-type', 'application/json')
        const data = { size: takenBytes, part_number: 1, part_content_md5: '' }
        response.end(JSON.stringify({ responseStatus: 'SUCCESS', data }))
      })
    })
    // Vault reads nothing for a while; the time-out is so long that this alone does not end the call.
    await using gateway = await startGateway({ env: { VAULT_URL: vault.url, UPSTREAM_TIMEOUT_MS: '60000' } })
    const { request, answer } = openPart(gateway, { id: 's', headers })
    let acceptedBytes = 0
    const sending = sendPieces(request, (size) => {
      acceptedBytes += size
    })
    const incoming = await taking.promise
    const held = await standstill(gateway, () => acceptedBytes)
    assert.ok(held < 24 * megabyte, `${held} bytes were taken from the client, and Vault has read none`)
    incoming.resume()
    await sending
    const { status, body } = await answer
    assert.deepEqual([status, body], [200, { partNumber: 1, size: bytes.length, contentMd5: null }])
  })

  it('is given up with UPSTREAM_TIMEOUT when Vault takes nothing any more', async () => {
    await using vault = await startVault(() => {})
    await using gateway = await startGateway({ env: { VAULT_URL: vault.url, UPSTREAM_TIMEOUT_MS: '2000' } })
    const answer = await sendPart(gateway, bytes, { id: 's' })
    assert.deepEqual([answer.status, answer.code], [504, 'UPSTREAM_TIMEOUT'])
    assert.match(answer.message, /look before you try again/)
  })

  it('is given up with UPSTREAM_UNAVAILABLE when Vault breaks off after some bytes, and is not sent again', async () => {
    let calls = 0
    await using vault = await startVault((request) => {
      calls += 1
      request.once('data', () => request.socket.resetAndDestroy())
    })
    await using gateway = await startGateway({ env: { VAULT_URL: vault.url } })
    const answer = await sendPart(gateway, bytes, { id: 's' })
    assert.deepEqual([answer.status, answer.code], [503, 'UPSTREAM_UNAVAILABLE'])
    assert.match(answer.message, /look before you try again/)
    assert.equal(calls, 1)
  })
})

/** Writes the body piece by piece, each when the one before has left, and tells how much has. */
async function sendPieces(
  request: ReturnType<typeof openPart>['request'],
  onSent: (sizeBytes: number) => void,
): Promise<void> {
  const pieceSizeBytes = 64 * 1024
  for (let offset = 0; offset < bytes.length; offset += pieceSizeBytes) {
    const piece = bytes.subarray(offset, offset + pieceSizeBytes)
    await new Promise<void>((resolve) => {
      request.write(piece, () => resolve())
    })
    onSent(piece.length)
  }
  request.end()
}
