import assert from 'node:assert/strict'
import { once } from 'node:events'
import { after, before, describe, it } from 'node:test'
import { WebSocket } from 'ws'
import { type Sandbox, startSandbox } from '../../src/sandbox/sandbox.ts'
import { type Gateway, startGateway } from '../support/gateway.ts'
import { data } from '../support/graphql.ts'
import { openAcknowledged, openSocket, subscribeMessage, webSocketUrl } from '../support/websocket.ts'

const headers = { authorization: 'sandbox-demo' }
const init = { type: 'connection_init', payload: headers }

describe('graphql-transport-ws', () => {
  let sandbox: Sandbox
  let gateway: Gateway

  before(async () => {
    sandbox = await startSandbox({ scene: 'empty', jobStatusWindowMs: 20 })
    gateway = await startGateway({
      sandbox,
      env: { POLL_INTERVAL_MS: '10', JOB_STATUS_WINDOW_MS: '20', LOG_LEVEL: 'error' },
    })
  })
  after(async () => {
    await gateway?.stop()
    await sandbox?.stop()
  })

  const follow = (id: string, jobId: number) =>
    subscribeMessage(id, `subscription { jobUpdated(id: "${jobId}") { job { status } } }`)

  const broken: readonly (readonly [string, readonly unknown[], number])[] = [
    ['no JSON', ['{'], 4400],
    ['a message without a type', [{ payload: {} }], 4400],
    ['a message of an unknown type', [{ type: 'start' }], 4400],
    ['a message that only a server sends', [{ id: '1', type: 'next', payload: { data: null } }], 4400],
    ['a subscribe without an id', [init, { type: 'subscribe', payload: { query: '{ __typename }' } }], 4400],
    ['an id of 257 characters', [init, subscribeMessage('i'.repeat(257))], 4400],
    ['an operation before connection_init', [subscribeMessage('1')], 4401],
    [
      'an operation right behind a connection_init that is refused',
      [{ ...init, payload: { authorization: 'ö' } }, subscribeMessage('1')],
      4403,
    ],
    ['a second connection_init', [init, init], 4429],
    [
      'a message of more than 1,000,000 bytes',
      [JSON.stringify({ type: 'ping', payload: { a: 'x'.repeat(1_000_000) } })],
      1009,
    ],
  ]
  for (const [title, messages, code] of broken) {
    it(`${title} closes the connection with ${code}`, async () => {
      await using socket = await openSocket(gateway)
      for (const message of messages) socket.send(message)
      const closing = await socket.closed
      assert.equal(closing.code, code)
      if (code !== 1009) assert.notEqual(closing.reason, '')
    })
  }

  it('an id that is in use closes the connection with 4409, be it of a subscription or of a query', async () => {
    const { id } = sandbox.vault.addJob({ status: 'RUNNING' })
    await using following = await openAcknowledged(gateway)
    following.send(follow('1', id))
    await following.next()
    following.send(subscribeMessage('1'))
    assert.equal((await following.closed).code, 4409)

    const held = sandbox.vault.faults.add({ route: 'job-monitors', answer: { kind: 'hold' } })
    await using asking = await openAcknowledged(gateway)
    asking.send(subscribeMessage('1', '{ activeJobs { totalCount } }'))
    asking.send(follow('1', id))
    assert.equal((await asking.closed).code, 4409)
    held.remove()
  })

  it('a connection that does not speak the protocol is closed with 4406', async () => {
    const socket = new WebSocket(webSocketUrl(gateway))
    const [code] = await once(socket, 'close')
    assert.equal(code, 4406)
  })

  it('a connection without connection_init is closed with 4408 after three seconds', async () => {
    const openedMs = performance.now()
    await using socket = await openSocket(gateway)
    assert.equal((await socket.closed).code, 4408)
    const waitedMs = performance.now() - openedMs
    assert.ok(waitedMs > 2900 && waitedMs < 6000, `${waitedMs}`)
  })

  it('a message that the gateway itself fails at closes its connection with 4500, and no other', async () => {
    await using other = await openAcknowledged(gateway)
    await using socket = await openSocket(gateway)
    const depth = 200_000
    socket.send(`{"type":"ping","payload":{"a":${'['.repeat(depth)}${']'.repeat(depth)}}}`)
    assert.equal((await socket.closed).code, 4500)
    await gateway.logged(({ msg }) => msg === 'a WebSocket message failed')
    other.send({ type: 'ping' })
    assert.deepEqual(await other.next(), { type: 'pong' })
  })

  it('a ping is answered with its payload, also before connection_init', async () => {
    await using socket = await openSocket(gateway)
    socket.send({ type: 'ping' })
    assert.deepEqual(await socket.next(), { type: 'pong' })
    socket.send({ type: 'ping', payload: { of: 'mine' } })
    assert.deepEqual(await socket.next(), { type: 'pong', payload: { of: 'mine' } })
  })

  it('an unsolicited pong, and a complete of what nobody knows, are no faults', async () => {
    await using socket = await openAcknowledged(gateway)
    socket.send({ type: 'pong' })
    socket.send({ id: 'unknown', type: 'complete' })
    socket.send(subscribeMessage('1'))
    assert.deepEqual(await socket.next(), {
      id: '1',
      type: 'next',
      payload: { data: { __typename: 'Query' } },
    })
    assert.deepEqual(await socket.next(), { id: '1', type: 'complete' })
  })

  it('an id may be used again once its operation has ended, whichever side ended it', async () => {
    const { id } = sandbox.vault.addJob({ status: 'RUNNING' })
    await using socket = await openAcknowledged(gateway)
    for (let round = 0; round < 3; round += 1) {
      socket.send(subscribeMessage('1'))
      assert.match(JSON.stringify(await socket.next()), /"next"/)
      assert.deepEqual(await socket.next(), { id: '1', type: 'complete' })
      socket.send(follow('1', id))
      assert.match(JSON.stringify(await socket.next()), /RUNNING/)
      socket.send({ id: '1', type: 'complete' })
    }
    const { id: finished } = sandbox.vault.addJob({ status: 'SUCCESS' })
    socket.send(follow('1', finished))
    assert.match(JSON.stringify(await socket.next()), /SUCCESS/)
    assert.deepEqual(await socket.next(), { id: '1', type: 'complete' })
    socket.send(subscribeMessage('1'))
    assert.match(JSON.stringify(await socket.next()), /"next"/)
  })

  it('an id is sent back as it came, whatever is in it', async () => {
    const { id: jobId } = sandbox.vault.addJob({ status: 'SUCCESS' })
    await using socket = await openAcknowledged(gateway)
    for (const id of ['"', '\\', '\u0000', '","type":"complete"}', '😀', ' ', '__proto__', 'i'.repeat(256)]) {
      for (const message of [subscribeMessage(id), follow(id, jobId)]) {
        socket.send(message)
        const next = JSON.parse(JSON.stringify(await socket.next()))
        assert.deepEqual([next.id, next.type], [id, 'next'])
        assert.deepEqual(await socket.next(), { id, type: 'complete' })
      }
    }
  })

  it('a query that its client completes is given up, and its result never sent', async () => {
    const held = sandbox.vault.faults.add({ route: 'job-monitors', answer: { kind: 'hold' } })
    await using socket = await openAcknowledged(gateway)
    const arrived = sandbox.vault.calls.next('job-monitors')
    socket.send(subscribeMessage('1', '{ activeJobs { totalCount } }'))
    await arrived
    socket.send({ id: '1', type: 'complete' })
    await sandbox.vault.calls.aborted('job-monitors')
    held.remove()
    socket.send(subscribeMessage('2'))
    assert.match(JSON.stringify(await socket.next()), /"id":"2","type":"next"/)
  })

  it('a query that is under way is given up when its client goes', async () => {
    const held = sandbox.vault.faults.add({ route: 'job-histories', answer: { kind: 'hold' } })
    const socket = await openAcknowledged(gateway)
    const arrived = sandbox.vault.calls.next('job-histories')
    socket.send(subscribeMessage('1', '{ completedJobs { totalCount } }'))
    await arrived
    await socket[Symbol.asyncDispose]()
    await sandbox.vault.calls.aborted('job-histories')
    held.remove()
  })

  it('operations of one connection go on side by side', async () => {
    const { id } = sandbox.vault.addJob({ status: 'QUEUED' })
    await using socket = await openAcknowledged(gateway)
    const ids = Array.from({ length: 20 }, (_, index) => `s${index}`)
    for (const of of ids) socket.send(follow(of, id))
    const idsOf = async (count: number) => {
      const messages = []
      for (let index = 0; index < count; index += 1)
        messages.push(JSON.parse(JSON.stringify(await socket.next())))
      return messages.map((message) => `${message.type} ${message.id}`).toSorted()
    }
    assert.deepEqual(await idsOf(20), ids.map((of) => `next ${of}`).toSorted())
    sandbox.vault.setJobStatus(id, 'SUCCESS')
    assert.deepEqual(await idsOf(40), ids.flatMap((of) => [`next ${of}`, `complete ${of}`]).toSorted())
  })

  it('100 connections with the same subscription: an event is executed once, and each gets it under its own id', async () => {
    const { id } = sandbox.vault.addJob({ status: 'QUEUED', tasks: [{ state: 'QUEUED' }] })
    const document = `subscription { jobUpdated(id: "${id}") { job { status tasks { nodes { state } } } } }`
    const sockets = await Promise.all(Array.from({ length: 100 }, () => openAcknowledged(gateway)))
    const expected = (index: number, status: string) => ({
      id: `of-${index}`,
      type: 'next',
      payload: { data: { jobUpdated: { job: { status, tasks: { nodes: [{ state: 'QUEUED' }] } } } } },
    })
    for (const [index, socket] of sockets.entries()) socket.send(subscribeMessage(`of-${index}`, document))
    for (const [index, socket] of sockets.entries()) {
      assert.deepEqual(await socket.next(), expected(index, 'QUEUED'))
    }
    sandbox.vault.calls.clear()
    for (const status of ['RUNNING', 'QUEUEING', 'RUNNING']) {
      sandbox.vault.setJobStatus(id, status)
      for (const [index, socket] of sockets.entries())
        assert.deepEqual(await socket.next(), expected(index, status))
    }
    assert.equal(sandbox.vault.calls.count('job-tasks'), 3)
    for (const socket of sockets) await socket[Symbol.asyncDispose]()
  })

  it('leaves the gateway as it was', async () => {
    assert.deepEqual(await data(gateway, '{ __typename }'), { __typename: 'Query' })
    assert.equal(await gateway.stop(), 0)
    assert.doesNotMatch(gateway.stderr(), /TypeError|unhandled/i)
  })
})
