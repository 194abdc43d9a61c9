import assert from 'node:assert/strict'
import { once } from 'node:events'
import { connect } from 'node:net'
import { after, before, describe, it } from 'node:test'
import { createClient } from 'graphql-ws'
import { WebSocket } from 'ws'
import { type Sandbox, startSandbox } from '../../src/sandbox/sandbox.ts'
import { startGateway } from '../support/gateway.ts'
import { openAcknowledged, openSocket, subscribeMessage, webSocketUrl } from '../support/websocket.ts'

const follow = (id: string, jobId: number) =>
  subscribeMessage(id, `subscription { jobUpdated(id: "${jobId}") { job { status } } }`)

describe('the limits of connections', () => {
  let sandbox: Sandbox

  before(async () => {
    sandbox = await startSandbox({ scene: 'empty', jobStatusWindowMs: 20 })
  })
  after(() => sandbox?.stop())

  const start = (env: Readonly<Record<string, string>>) =>
    startGateway({ sandbox, env: { POLL_INTERVAL_MS: '10', JOB_STATUS_WINDOW_MS: '20', ...env } })

  it('one operation too many gets an error that says what to do, and the connection and the others stay', async () => {
    const { id } = sandbox.vault.addJob({ status: 'RUNNING' })
    await using gateway = await start({ MAX_OPERATIONS_PER_CONNECTION: '3' })
    await using socket = await openAcknowledged(gateway)
    for (const operation of ['1', '2', '3']) {
      socket.send(follow(operation, id))
      assert.match(JSON.stringify(await socket.next()), /"next".*RUNNING/)
    }
    for (const message of [follow('4', id), subscribeMessage('4')]) {
      socket.send(message)
      const error = JSON.parse(JSON.stringify(await socket.next()))
      assert.deepEqual([error.id, error.type], ['4', 'error'])
      assert.equal(error.payload[0].extensions.code, 'BAD_REQUEST')
      assert.match(error.payload[0].message, /\b3 operations\b.*most.*End/)
    }
    socket.send({ id: '2', type: 'complete' })
    socket.send(subscribeMessage('4'))
    assert.deepEqual(await socket.next(), {
      id: '4',
      type: 'next',
      payload: { data: { __typename: 'Query' } },
    })
    assert.deepEqual(await socket.next(), { id: '4', type: 'complete' })
    sandbox.vault.setJobStatus(id, 'SUCCESS')
    const rest = [await socket.next(), await socket.next(), await socket.next(), await socket.next()]
    assert.deepEqual(rest.map((message) => JSON.stringify(message).replace(/,"payload.*/, '')).toSorted(), [
      '{"id":"1","type":"complete"}',
      '{"id":"1","type":"next"',
      '{"id":"3","type":"complete"}',
      '{"id":"3","type":"next"',
    ])
  })

  it('queries under way count too, and other connections do not', async () => {
    await using gateway = await start({ MAX_OPERATIONS_PER_CONNECTION: '1' })
    await using socket = await openAcknowledged(gateway)
    await using other = await openAcknowledged(gateway)
    const held = sandbox.vault.faults.add({ route: 'job-monitors', answer: { kind: 'hold' } })
    const arrived = sandbox.vault.calls.next('job-monitors')
    socket.send(subscribeMessage('1', '{ activeJobs { totalCount } }'))
    await arrived
    socket.send(subscribeMessage('2'))
    assert.match(JSON.stringify(await socket.next()), /"id":"2","type":"error".*BAD_REQUEST/)
    other.send(subscribeMessage('1'))
    assert.match(JSON.stringify(await other.next()), /"id":"1","type":"next"/)
    held.release()
    held.remove()
    assert.match(JSON.stringify(await socket.next()), /"id":"1","type":"next".*totalCount/)
  })

  it('a connection without an operation is closed with 1000 after a while, one with a subscription is not', async () => {
    const { id } = sandbox.vault.addJob({ status: 'RUNNING' })
    await using gateway = await start({ IDLE_CONNECTION_TIMEOUT_MS: '300' })
    await using following = await openAcknowledged(gateway)
    following.send(follow('1', id))
    await following.next()
    await using used = await openAcknowledged(gateway)
    await using idle = await openAcknowledged(gateway)
    used.send(subscribeMessage('1'))
    const [one, other] = await Promise.all([idle.closed, used.closed])
    assert.deepEqual([one.code, other.code], [1000, 1000])
    assert.match(one.reason, /Connect again/)
    assert.equal(following.socket.readyState, WebSocket.OPEN)
    following.send({ id: '1', type: 'complete' })
    assert.equal((await following.closed).code, 1000)
  })

  it('the client of graphql-ws connects no second time after that, until there is something to ask', async () => {
    await using gateway = await start({ IDLE_CONNECTION_TIMEOUT_MS: '300' })
    const connections: string[] = []
    const closed = Promise.withResolvers<unknown>()
    const client = createClient({
      url: webSocketUrl(gateway),
      webSocketImpl: WebSocket,
      connectionParams: { authorization: 'sandbox-demo' },
      lazyCloseTimeout: 60_000,
      on: { connecting: () => connections.push('new'), closed: closed.resolve },
    })
    const ask = async () => {
      for await (const { data } of client.iterate({ query: '{ __typename }' })) return data
      return undefined
    }
    assert.deepEqual(await ask(), { __typename: 'Query' })
    await closed.promise
    assert.equal(connections.length, 1)
    assert.deepEqual(await ask(), { __typename: 'Query' })
    assert.equal(connections.length, 2)
    await client.dispose()
  })

  it('one connection too many is closed at once, and there is room again when another one goes', async () => {
    await using gateway = await start({ MAX_CONNECTIONS: '2' })
    const socket = await openAcknowledged(gateway)
    await using other = await openAcknowledged(gateway)
    await assert.rejects(openSocket(gateway))
    const http = connect(Number(new URL(gateway.url).port), '127.0.0.1')
    http.on('error', () => {})
    await once(http, 'close')
    other.send(subscribeMessage('1'))
    assert.match(JSON.stringify(await other.next()), /"next"/)
    socket.socket.close()
    await socket.closed
    await using next = await openAcknowledged(gateway)
    next.send(subscribeMessage('1'))
    assert.match(JSON.stringify(await next.next()), /"next"/)
  })
})
