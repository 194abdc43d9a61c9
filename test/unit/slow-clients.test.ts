import assert from 'node:assert/strict'
import { once } from 'node:events'
import { request as sendRequest } from 'node:http'
import { buffer } from 'node:stream/consumers'
import { describe, it } from 'node:test'
import { createArmsLengthBody, maxSendingPauseMs } from '../../src/server/arms-length-body.ts'
import { boundArrival, requestTimeoutMs } from '../../src/server/arrival-bound.ts'
import { createFakeClock } from '../support/fake-clock.ts'
import { type Answer, startNodeServer } from '../support/node-server.ts'

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
    const { server, client } = await underWay(10, (request) => boundArrival(request, clock))
    await using _ = server
    client.write('12345')
    clock.advance(requestTimeoutMs)
    const [response] = await once(client, 'response')
    assert.equal(response.statusCode, 408)
    assert.match((await buffer(response)).toString(), /BAD_REQUEST/)
  })

  it('is left alone once it has arrived, however long its answer takes', async () => {
    const clock = createFakeClock()
    const { server, client, incoming } = await underWay(5, (request) => boundArrival(request, clock))
    await using _ = server
    client.end('12345')
    await buffer(incoming)
    assert.equal(clock.pending(), 0)
    client.destroy()
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
