import assert from 'node:assert/strict'
import { once } from 'node:events'
import { request as sendRequest } from 'node:http'
import { buffer } from 'node:stream/consumers'
import { describe, it } from 'node:test'
import { createArmsLengthBody, maxSendingPauseMs } from '../../src/server/arms-length-body.ts'
import { boundArrival, requestTimeoutMs } from '../../src/server/arrival-bound.ts'
import { boundReading } from '../../src/server/slow-reader.ts'
import { createFakeClock } from '../support/fake-clock.ts'
import { type Answer, startNodeServer } from '../support/node-server.ts'
import { openRaw, rawRequest, statusesIn } from '../support/raw-connection.ts'
import { settled } from '../support/settled.ts'

/** A server, and a request whose head it has. */
async function underWay(contentLength: number, answer: Answer) {
  const arrived = Promise.withResolvers<Parameters<Answer>[0]>()
  const server = await startNodeServer((request, response, attempt) => {
    answer(request, response, attempt)
    arrived.resolve(request)
  })
  const client = sendRequest(server.url, {
    method: 'PUT',
    agent: false,
    headers: { 'content-length': contentLength },
  })
  // A connection that the test ends under it is no failure.
  client.on('error', () => {})
  client.flushHeaders()
  return { server, client, incoming: await arrived.promise }
}

describe('a request that takes long to arrive', () => {
  it('is answered 408 after thirty seconds', async () => {
    const clock = createFakeClock()
    const { server, client } = await underWay(10, (request, response) =>
      boundArrival(request, response, clock),
    )
    await using _ = server
    client.write('12345')
    // The bound sets its timer when Node has read all that is there.
    await settled()
    clock.advance(requestTimeoutMs)
    const [response] = await once(client, 'response')
    assert.equal(response.statusCode, 408)
    assert.match((await buffer(response)).toString(), /BAD_REQUEST/)
  })

  it('is broken off without another word where it is being answered already', async () => {
    const clock = createFakeClock()
    const { server, client } = await underWay(10, (request, response) => {
      boundArrival(request, response, clock)
      response.write('early')
    })
    await using _ = server
    const [response] = await once(client, 'response')
    response.on('error', () => {})
    const received: Buffer[] = []
    client.socket?.on('data', (bytes: Buffer) => received.push(bytes))
    assert.equal(String((await once(response, 'data'))[0]), 'early')
    const closed = new Promise((resolve) => response.once('close', resolve))
    clock.advance(requestTimeoutMs)
    await closed
    assert.deepEqual([response.complete, String(Buffer.concat(received))], [false, ''])
  })

  it('is left alone once it has arrived, however long its answer takes', async () => {
    const clock = createFakeClock()
    const { server, client, incoming } = await underWay(5, (request, response) =>
      boundArrival(request, response, clock),
    )
    await using _ = server
    client.end('12345')
    await buffer(incoming)
    assert.equal(clock.pending(), 0)
    client.destroy()
  })

  it('has no timer where it comes in one piece', async () => {
    const clock = createFakeClock()
    const pending = Promise.withResolvers<number>()
    await using server = await startNodeServer((request, response) => {
      boundArrival(request, response, clock)
      request.resume().once('end', () => {
        pending.resolve(clock.pending())
        response.end()
      })
    })
    using connection = await openRaw(server)
    connection.write(Buffer.concat([rawRequest('PUT /', { 'Content-Length': '5' }), Buffer.from('12345')]))
    assert.equal(await pending.promise, 0)
  })

  it('is broken off without a word that would stand in the middle of the answer before it', async () => {
    const clock = createFakeClock()
    const arrived = Promise.withResolvers<void>()
    await using server = await startNodeServer((request, response, attempt) => {
      if (attempt === 1) return void response.write('early')
      boundArrival(request, response, clock)
      arrived.resolve()
    })
    using connection = await openRaw(server)
    connection.write(rawRequest('GET /', { Connection: 'keep-alive' }))
    connection.write(rawRequest('PUT /', { 'Content-Length': '10' }))
    await arrived.promise
    await connection.receives(/early/)
    await settled()
    clock.advance(requestTimeoutMs)
    assert.deepEqual(statusesIn(await connection.ended), [200])
  })
})

describe('the bound on how long a client may take no byte of an answer', () => {
  const lookIntervalMs = 50
  /** Where the client reads, so that a busy machine is not taken for one that does not. */
  const patientMs = 600_000
  /** More than goes out at once. */
  const large = Buffer.alloc(20_000_000)

  it('does not end an answer of which there was nothing to take for a while', async () => {
    await using server = await startNodeServer((_request, response) => {
      boundReading(response, lookIntervalMs)
      response.write('early')
      response.once('timeout', () => response.end(' and late'))
    })
    using connection = await openRaw(server)
    connection.write(rawRequest('GET /'))
    assert.match(await connection.ended, /early.* and late/s)
  })

  it('ends one of which nothing is taken, also behind a while in which there was nothing', async () => {
    await using server = await startNodeServer((_request, response) => {
      boundReading(response, lookIntervalMs)
      response.write('early')
      response.once('timeout', () => response.write(Buffer.alloc(50_000_000)))
    })
    using connection = await openRaw(server)
    const closed = server.closedSocket()
    connection.write(rawRequest('GET /'))
    await connection.receives(/early/)
    connection.socket.pause()
    await closed
  })

  it('costs nothing where the whole answer is taken at once', async () => {
    const timers = Promise.withResolvers<number>()
    await using server = await startNodeServer((_request, response) => {
      boundReading(response, patientMs)
      response.end('all')
      response.once('finish', () => timers.resolve(response.listenerCount('timeout')))
    })
    using connection = await openRaw(server)
    connection.write(rawRequest('GET /'))
    assert.equal(await timers.promise, 0)
  })

  it('is none for the request behind it until that is answered itself', async () => {
    const timeouts = Promise.withResolvers<readonly unknown[]>()
    let finishFirst = () => {}
    await using server = await startNodeServer((request, response, attempt) => {
      if (attempt === 1) {
        finishFirst = () => {
          boundReading(response, patientMs)
          response.once('finish', () => timeouts.resolve([request.socket.timeout]))
          response.end(large)
        }
      } else finishFirst()
    })
    using connection = await openRaw(server)
    const one = rawRequest('GET /', { Connection: 'keep-alive' })
    connection.write(Buffer.concat([one, one]))
    assert.deepEqual(await timeouts.promise, [0])
  })

  it('leaves it to Node when a connection without a request is closed', async () => {
    const timeouts = Promise.withResolvers<number | undefined>()
    await using server = await startNodeServer((request, response) => {
      boundReading(response, patientMs)
      response.once('finish', () => timeouts.resolve(request.socket.timeout))
      response.end(large)
    })
    using connection = await openRaw(server)
    connection.write(rawRequest('GET /', { Connection: 'keep-alive' }))
    const timeoutMs = (await timeouts.promise) ?? 0
    assert.ok(timeoutMs > 1000 && timeoutMs < patientMs, `${timeoutMs} ms`)
  })
})

describe('the body of an upload', () => {
  it('whose client sends nothing any more is given up, and the client can still be answered', async () => {
    const clock = createFakeClock()
    const body = Promise.withResolvers<ReturnType<typeof createArmsLengthBody>>()
    let respond = () => {}
    const { server, client } = await underWay(10, (request, response) => {
      body.resolve(createArmsLengthBody(request, clock))
      respond = () => response.writeHead(400).end()
    })
    await using _ = server
    const { open, release } = await body.promise
    const opened = open()
    client.write('12345')
    assert.equal(String((await once(opened, 'data'))[0]), '12345')
    clock.advance(maxSendingPauseMs - 1)
    assert.ok(!opened.destroyed)
    clock.advance(1)
    assert.match(opened.errored?.message ?? '', /No byte came/)
    release()
    respond()
    const [response] = await once(client, 'response')
    assert.equal(response.statusCode, 400)
    client.destroy()
  })

  it('that was given up goes by as long as it comes, and then its connection is closed', async () => {
    const clock = createFakeClock()
    const { server, client, incoming } = await underWay(10, (request) => {
      createArmsLengthBody(request, clock).release()
    })
    await using _ = server
    clock.advance(maxSendingPauseMs - 1)
    const arrived = once(incoming, 'data')
    client.write('12345')
    await arrived
    clock.advance(maxSendingPauseMs - 1)
    assert.ok(!incoming.destroyed)
    const closed = new Promise((resolve) => client.once('close', resolve))
    clock.advance(1)
    await closed
    assert.equal(clock.pending(), 0)
  })

  it('that was given up and has come to its end leaves the connection open', async () => {
    const clock = createFakeClock()
    const { server, client, incoming } = await underWay(5, (request) => {
      createArmsLengthBody(request, clock).release()
    })
    await using _ = server
    const ended = once(incoming, 'end')
    client.end('12345')
    await ended
    assert.equal(clock.pending(), 0)
    client.destroy()
  })

  it('that nobody reads waits for its reader, however long', async () => {
    const clock = createFakeClock()
    const body = Promise.withResolvers<ReturnType<typeof createArmsLengthBody>>()
    const bytes = Buffer.alloc(1_000_000, 1)
    const { server, client } = await underWay(bytes.length, (request) => {
      body.resolve(createArmsLengthBody(request, clock))
    })
    await using _ = server
    const opened = (await body.promise).open()
    client.end(bytes)
    while (!('writableNeedDrain' in opened && opened.writableNeedDrain === true))
      await once(opened, 'readable')
    clock.advance(100 * maxSendingPauseMs)
    assert.ok(!opened.destroyed)
    assert.deepEqual(await buffer(opened), bytes)
    assert.equal(clock.pending(), 0)
    client.destroy()
  })
})
