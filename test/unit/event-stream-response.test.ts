import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer, type ServerResponse } from 'node:http'
import { connect, type Socket } from 'node:net'
import { describe, it } from 'node:test'
import { setImmediate as nextTurn } from 'node:timers/promises'
import {
  createEventStreams,
  type EventStream,
  type EventStreams,
  keepAliveIntervalMs,
} from '../../src/server/event-stream-response.ts'
import { createFakeClock, type FakeClock } from '../support/fake-clock.ts'

const maxFullMs = 30_000

/** A stream on a real connection, with its time in the test's hands. */
interface Bench extends AsyncDisposable {
  readonly clock: FakeClock
  readonly streams: EventStreams
  readonly stream: EventStream
  readonly response: ServerResponse
  /** The client's side. Reads nothing until the test does. */
  readonly client: Socket
}

async function openStream(): Promise<Bench> {
  const clock = createFakeClock()
  const streams = createEventStreams(clock, maxFullMs)
  const server = createServer()
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  assert.ok(typeof address === 'object' && address !== null)
  const client = connect(address.port, '127.0.0.1')
  client.on('error', () => {}).pause()
  client.write('GET / HTTP/1.1\r\nHost: localhost\r\n\r\n')
  const [, response] = await once(server, 'request')
  return {
    clock,
    streams,
    stream: streams.open(response, {}),
    response,
    client,
    async [Symbol.asyncDispose]() {
      client.destroy()
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}

/** Reads until a text has come. */
async function readUntil(client: Socket, text: string): Promise<string> {
  let received = ''
  for await (const chunk of client.iterator({ destroyOnReturn: false })) {
    received += String(chunk)
    if (received.includes(text)) break
  }
  return received
}

/** Writes until neither the client's side nor the operating system takes more. */
async function fill({ stream, response }: Bench, write = stream.next): Promise<void> {
  for (let stuckTurns = 0; stuckTurns < 50; ) {
    if (!stream.isFull()) write('x'.repeat(100_000))
    const before = response.writableLength
    await nextTurn()
    stuckTurns = stream.isFull() && response.writableLength === before ? stuckTurns + 1 : 0
  }
}

describe('a stream of events', () => {
  it('shows life at each interval while nothing happens', async () => {
    await using bench = await openStream()
    const { clock, client } = bench
    await readUntil(client, '\r\n\r\n')
    for (let interval = 0; interval < 3; interval += 1) {
      clock.advance(keepAliveIntervalMs)
      assert.match(await readUntil(client, '\n\n'), /:\n\n/)
    }
  })

  it('shows life no more after its end, nor once the streams are closed', async () => {
    await using bench = await openStream()
    const { clock, client, stream, streams } = bench
    stream.complete()
    clock.advance(keepAliveIntervalMs)
    const received = await readUntil(client, '0\r\n\r\n')
    assert.ok(received.endsWith('event: complete\ndata: \n\n\r\n0\r\n\r\n'), received)
    streams.close()
    assert.equal(clock.pending(), 0)
  })

  it('is full when its client does not read, and is cut off when it stays so', async () => {
    await using bench = await openStream()
    const { clock, response } = bench
    await fill(bench)
    clock.advance(maxFullMs - 1)
    assert.equal(response.destroyed, false)
    const waiting = response.writableLength
    clock.advance(1)
    assert.equal(response.destroyed, true)
    assert.ok(waiting < 1_000_000, 'no comment and no result was added meanwhile')
  })

  it('is cut off when signs of life have filled it, too', async () => {
    await using bench = await openStream()
    const { clock, response, stream } = bench
    const { socket } = response
    assert.ok(socket !== null)
    // Nothing reaches the operating system, which would take it.
    socket.cork()
    stream.next('x'.repeat(socket.writableHighWaterMark - 100))
    assert.equal(stream.isFull(), false)
    for (let signs = 0; signs < 100 && !stream.isFull(); signs += 1) clock.advance(keepAliveIntervalMs)
    assert.equal(stream.isFull(), true)
    clock.advance(maxFullMs)
    assert.equal(response.destroyed, true)
  })

  it('is not cut off when its client reads again', async () => {
    await using bench = await openStream()
    const { clock, response, client } = bench
    await fill(bench)
    const drained = once(response, 'drain')
    client.resume()
    await drained
    clock.advance(2 * maxFullMs)
    assert.equal(response.destroyed, false)
    assert.equal(bench.stream.isFull(), false)
  })

  it('is cut off when its client does not read the end', async () => {
    await using bench = await openStream()
    const { clock, response, stream } = bench
    // Past the stream, which would begin to wait for its client at once.
    await fill(bench, (text) => void response.write(text))
    stream.complete()
    clock.advance(maxFullMs)
    assert.equal(response.destroyed, true)
  })

  it('ends without completing when it is broken off, and at once where it is full', async () => {
    await using quick = await openStream()
    quick.stream.breakOff()
    assert.doesNotMatch(await readUntil(quick.client, '0\r\n\r\n'), /complete/)
    await using full = await openStream()
    await fill(full)
    full.stream.breakOff()
    assert.equal(full.response.destroyed, true)
  })

  it('takes results that come after its end, and sends them nowhere', async () => {
    await using bench = await openStream()
    const { clock, client, stream, response } = bench
    stream.breakOff()
    stream.next('{"data":null}')
    stream.complete()
    stream.answer('{"data":null}')
    assert.doesNotMatch(await readUntil(client, '0\r\n\r\n'), /event:/)
    response.destroy()
    stream.next('{"data":null}')
    await nextTurn()
    assert.equal(clock.pending(), 1, 'only the timer of all streams')
  })
})
