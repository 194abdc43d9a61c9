import assert from 'node:assert/strict'
import { once } from 'node:events'
import { connect } from 'node:net'
import { after, before, describe, it } from 'node:test'
import { type Sandbox, startSandbox } from '../../src/sandbox/sandbox.ts'
import { type Gateway, startGateway } from '../support/gateway.ts'
import { openAcknowledged, openSocket, type RawSocket, subscribeMessage } from '../support/websocket.ts'

const init = { type: 'connection_init', payload: { authorization: 'sandbox-demo' } }

/** What the gateway answers to `subscribeMessage` without another document. */
const answerTo = (id: string) => [
  { id, type: 'next', payload: { data: { __typename: 'Query' } } },
  { id, type: 'complete' },
]

/** The rules of PROTOCOL.md of graphql-ws that `websocket-protocol.test.ts` leaves. */
describe('graphql-transport-ws, rule by rule', () => {
  let sandbox: Sandbox
  let gateway: Gateway

  before(async () => {
    sandbox = await startSandbox({ scene: 'empty', jobStatusWindowMs: 20 })
    gateway = await startGateway({ sandbox, env: { POLL_INTERVAL_MS: '10', JOB_STATUS_WINDOW_MS: '20' } })
  })
  after(async () => {
    await gateway?.stop()
    await sandbox?.stop()
  })

  const follow = (id: string, jobId: number) =>
    subscribeMessage(id, `subscription { jobUpdated(id: "${jobId}") { job { status } } }`)
  const nextTwo = async (socket: RawSocket) => [await socket.next(), await socket.next()]

  const invalid: readonly (readonly [string, unknown])[] = [
    ['a list', '[]'],
    ['a number', '1'],
    ['null', 'null'],
    ['nothing', ''],
    ['a ping with a text as payload', { type: 'ping', payload: 'x' }],
    ['a pong with a number as payload', { type: 'pong', payload: 1 }],
    ['a connection_ack', { type: 'connection_ack' }],
    ['an error', { id: '1', type: 'error', payload: [{ message: 'x' }] }],
    ['an empty id', subscribeMessage('')],
    ['an id that is no text', { ...subscribeMessage('1'), id: 1 }],
    ['a subscribe without a payload', { id: '1', type: 'subscribe' }],
    ['variables that are a list', { id: '1', type: 'subscribe', payload: { query: '{a}', variables: [] } }],
    ['a query that is no text', { id: '1', type: 'subscribe', payload: { query: 1 } }],
    ['a complete without an id', { type: 'complete' }],
    ['a type of the older protocol graphql-ws', { id: '1', type: 'stop' }],
  ]
  for (const [title, message] of invalid) {
    it(`${title} is an invalid message, which closes an acknowledged connection with 4400`, async () => {
      await using socket = await openAcknowledged(gateway)
      socket.send(message)
      const { code, reason } = await socket.closed
      assert.deepEqual([code, reason !== ''], [4400, true])
    })
  }

  it('a message that is no UTF-8 closes the connection with 1007', async () => {
    await using socket = await openAcknowledged(gateway)
    socket.socket.send(Buffer.from([0xff, 0xfe]), { binary: false })
    assert.equal((await socket.closed).code, 1007)
  })

  it('the reasons of 4401, 4408, 4409 and 4429 are those that the protocol writes', async () => {
    const reasonOf = async (...messages: readonly unknown[]) => {
      await using socket = await openSocket(gateway)
      for (const message of messages) socket.send(message)
      return (await socket.closed).reason
    }
    const { id } = sandbox.vault.addJob({ status: 'RUNNING' })
    assert.deepEqual(
      await Promise.all([
        reasonOf(subscribeMessage('1')),
        reasonOf(),
        reasonOf(init, follow('mine', id), follow('mine', id)),
        reasonOf(init, init),
      ]),
      [
        'Unauthorized',
        'Connection initialisation timeout',
        'Subscriber for mine already exists',
        'Too many initialisation requests',
      ],
    )
  })

  it('an id too long for a reason, in use twice, still closes the connection with 4409', async () => {
    const { id } = sandbox.vault.addJob({ status: 'RUNNING' })
    await using socket = await openAcknowledged(gateway)
    const name = '😀'.repeat(128)
    socket.send(follow(name, id))
    await socket.next()
    socket.send(follow(name, id))
    const { code, reason } = await socket.closed
    assert.equal(code, 4409)
    assert.match(reason, /^Subscriber for 😀+… already exists$/u)
  })

  for (const payload of [undefined, null, {}]) {
    it(`connection_init is acknowledged with ${JSON.stringify(payload) ?? 'no'} payload`, async () => {
      await using socket = await openSocket(gateway)
      socket.send({ type: 'connection_init', payload })
      assert.deepEqual(await socket.next(), { type: 'connection_ack' })
    })
  }

  it('a second connection_init closes with 4429 also long after the first was acknowledged', async () => {
    await using socket = await openAcknowledged(gateway)
    socket.send(subscribeMessage('1'))
    await nextTwo(socket)
    socket.send(init)
    assert.equal((await socket.closed).code, 4429)
  })

  it('an operation right behind connection_init is run, since it is acknowledged at once', async () => {
    await using socket = await openSocket(gateway)
    socket.send(init)
    socket.send(subscribeMessage('1'))
    assert.deepEqual(await socket.next(), { type: 'connection_ack' })
    assert.deepEqual(await nextTwo(socket), answerTo('1'))
  })

  it('what is sent behind a message that closes is not acted upon', async () => {
    const { id } = sandbox.vault.addJob({ status: 'SCHEDULED' })
    await using socket = await openAcknowledged(gateway)
    sandbox.vault.calls.clear()
    socket.send({ type: 'start' })
    socket.send(subscribeMessage('1', `mutation { startJob(id: "${id}") { job { id } } }`))
    assert.equal((await socket.closed).code, 4400)
    assert.equal(sandbox.vault.calls.count('job-start'), 0)
  })

  it('ping and pong with a payload of null, before and after connection_init, are no faults', async () => {
    await using socket = await openSocket(gateway)
    socket.send({ type: 'pong', payload: { at: 1 } })
    socket.send({ type: 'ping', payload: null })
    assert.deepEqual(await socket.next(), { type: 'pong' })
    socket.send(init)
    assert.deepEqual(await socket.next(), { type: 'connection_ack' })
    socket.send({ type: 'pong', payload: null })
    socket.send({ type: 'ping', payload: {} })
    assert.deepEqual(await socket.next(), { type: 'pong', payload: {} })
  })

  it('a ping is answered while an operation is under way', async () => {
    const held = sandbox.vault.faults.add({ route: 'job-monitors', answer: { kind: 'hold' } })
    await using socket = await openAcknowledged(gateway)
    const arrived = sandbox.vault.calls.next('job-monitors')
    socket.send(subscribeMessage('1', '{ activeJobs { totalCount } }'))
    await arrived
    socket.send({ type: 'ping' })
    assert.deepEqual(await socket.next(), { type: 'pong' })
    held.release()
    assert.match(JSON.stringify(await socket.next()), /"next"/)
  })

  it('an error ends the operation: no complete follows, and its id is free', async () => {
    await using socket = await openAcknowledged(gateway)
    for (const query of ['{', '{ nothing }', 'subscription { nothing }', '']) {
      socket.send(subscribeMessage('1', query))
      const error = JSON.parse(JSON.stringify(await socket.next()))
      assert.deepEqual([error.id, error.type], ['1', 'error'], query)
      assert.ok(Array.isArray(error.payload) && error.payload[0].message !== '', query)
      socket.send(subscribeMessage('1'))
      assert.deepEqual(await nextTwo(socket), answerTo('1'))
    }
  })

  it('a complete from the client for what an error, or the gateway, has ended is ignored', async () => {
    await using socket = await openAcknowledged(gateway)
    socket.send(subscribeMessage('1', '{ nothing }'))
    assert.match(JSON.stringify(await socket.next()), /"error"/)
    socket.send({ id: '1', type: 'complete' })
    socket.send(subscribeMessage('2'))
    assert.deepEqual(await nextTwo(socket), answerTo('2'))
    socket.send({ id: '2', type: 'complete' })
    socket.send({ id: '2', type: 'complete' })
    socket.send({ type: 'ping' })
    assert.deepEqual(await socket.next(), { type: 'pong' })
  })

  it('a subscription that its client completes gets nothing more, and no complete back', async () => {
    const { id } = sandbox.vault.addJob({ status: 'RUNNING' })
    await using other = await openAcknowledged(gateway)
    await using socket = await openAcknowledged(gateway)
    for (const one of [other, socket]) {
      one.send(follow('1', id))
      await one.next()
    }
    socket.send({ id: '1', type: 'complete' })
    socket.send({ type: 'ping' })
    assert.deepEqual(await socket.next(), { type: 'pong' })
    sandbox.vault.setJobStatus(id, 'SUCCESS')
    assert.match(JSON.stringify(await other.next()), /SUCCESS/)
    assert.deepEqual(await other.next(), { id: '1', type: 'complete' })
    socket.send({ type: 'ping' })
    assert.deepEqual(await socket.next(), { type: 'pong' })
  })

  it('a mutation is answered by one next and a complete', async () => {
    const { id } = sandbox.vault.addJob({ status: 'SCHEDULED' })
    await using socket = await openAcknowledged(gateway)
    socket.send(subscribeMessage('1', `mutation { startJob(id: "${id}") { job { status } } }`))
    assert.deepEqual(await nextTwo(socket), [
      { id: '1', type: 'next', payload: { data: { startJob: { job: { status: 'QUEUED' } } } } },
      { id: '1', type: 'complete' },
    ])
  })

  it('operationName, variables and extensions of null, and names that mean nothing, are taken', async () => {
    await using socket = await openAcknowledged(gateway)
    const payload = { query: '{ __typename }', operationName: null, variables: null, extensions: null }
    socket.send({ id: '1', type: 'subscribe', payload })
    assert.deepEqual(await nextTwo(socket), answerTo('1'))
    const query = 'query A { a: __typename } query B { b: __typename }'
    const extensions = { any: 1 }
    socket.send({ id: '2', type: 'subscribe', payload: { query, operationName: 'B', extensions } })
    assert.deepEqual(await socket.next(), { id: '2', type: 'next', payload: { data: { b: 'Query' } } })
  })

  it('a client that closes with 1000 ends what it had under way, and is answered with 1000', async () => {
    const held = sandbox.vault.faults.add({ route: 'job-histories', answer: { kind: 'hold' } })
    await using socket = await openAcknowledged(gateway)
    const arrived = sandbox.vault.calls.next('job-histories')
    socket.send(subscribeMessage('1', '{ completedJobs { totalCount } }'))
    await arrived
    socket.socket.close(1000, 'Normal Closure')
    assert.equal((await socket.closed).code, 1000)
    await sandbox.vault.calls.aborted('job-histories')
    held.remove()
  })

  it('of several protocols graphql-transport-ws is chosen, wherever it stands', async () => {
    for (const offered of ['graphql-ws, graphql-transport-ws', 'graphql-transport-ws, graphql-ws']) {
      assert.equal((await upgrade(gateway, offered)).protocol, 'graphql-transport-ws')
    }
  })

  it('the older protocol graphql-ws, and any other, is not taken: the connection is closed with 4406', async () => {
    for (const offered of ['graphql-ws', 'graphql-transport-ws2', 'mqtt']) {
      assert.deepEqual(await upgrade(gateway, offered), { protocol: undefined, closeCode: 4406 })
    }
  })
})

/** Asks for a WebSocket by hand, as no client library would take an answer without one of its protocols. */
async function upgrade({ url }: Gateway, protocols: string) {
  const socket = connect(Number(new URL(url).port), '127.0.0.1')
  await once(socket, 'connect')
  socket.write(
    `GET /graphql HTTP/1.1\r\nHost: ${new URL(url).host}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\nSec-WebSocket-Protocol: ${protocols}\r\n\r\n`,
  )
  let received = Buffer.alloc(0)
  for await (const chunk of socket) {
    received = Buffer.concat([received, chunk])
    const end = received.indexOf('\r\n\r\n')
    if (end === -1) continue
    const head = received.toString('latin1', 0, end)
    assert.match(head, /^HTTP\/1\.1 101 /)
    const protocol = /^sec-websocket-protocol: (.*)$/im.exec(head)?.[1]
    if (protocol !== undefined) return { protocol, closeCode: undefined }
    const frame = received.subarray(end + 4)
    if (frame.length < 4) continue
    // A close: the opcode 8, a length, and the code (RFC 6455, 5.5.1).
    assert.equal(frame[0], 0x88)
    return { protocol, closeCode: frame.readUInt16BE(2) }
  }
  throw new Error('the connection ended before it was upgraded')
}
