import assert from 'node:assert/strict'
import { connect, type Socket } from 'node:net'
import { describe, it } from 'node:test'
import { startSandbox } from '../../src/sandbox/sandbox.ts'
import { allEventsOf, eventsOf, postForStream, streamClient } from '../support/event-stream.ts'
import { startGateway } from '../support/gateway.ts'

const query = 'subscription ($id: ID!) { jobUpdated(id: $id) { job { status } } }'
/** Less than requests under way are given (`drainTimeoutMs`). */
const promptlyMs = 4000

async function started() {
  const sandbox = await startSandbox({ scene: 'empty' })
  const gateway = await startGateway({ sandbox, env: { UPSTREAM_TIMEOUT_MS: '60000' } })
  const { id } = sandbox.vault.addJob({ status: 'RUNNING' })
  return {
    sandbox,
    gateway,
    id,
    async [Symbol.asyncDispose]() {
      await gateway.stop()
      await sandbox.stop()
    },
  }
}

const textOf = async (socket: Socket) => {
  let text = ''
  for await (const chunk of socket) text += String(chunk)
  return text
}

describe('streams of events, when the gateway stops', () => {
  it('end without completing, so that clients connect again, and are not waited for', async () => {
    await using bench = await started()
    const { gateway, id } = bench
    const response = await postForStream(gateway, { query, variables: { id } })
    const events = eventsOf(response)
    assert.equal((await events.next()).value?.event, 'next')
    const startedMs = performance.now()
    const stopped = gateway.stop()
    assert.deepEqual(await events.next(), { done: true, value: undefined })
    assert.equal(await stopped, 0)
    assert.ok(performance.now() - startedMs < promptlyMs)
  })

  it('are a broken connection to the client of graphql-sse, after which it tries again', async () => {
    await using bench = await started()
    const { gateway, id } = bench
    using client = streamClient(gateway)
    const updates = client.iterate(query, { id: String(id) })
    await updates.next()
    const next = updates.next()
    const broken = assert.rejects(next, {
      name: 'NetworkError',
      message: /Connection closed while having active streams/,
    })
    assert.equal(await gateway.stop(), 0)
    await broken
  })

  it('give a mutation under way its answer', async () => {
    await using bench = await started()
    const { sandbox, gateway, id } = bench
    const follower = eventsOf(await postForStream(gateway, { query, variables: { id } }))
    await follower.next()
    const scheduled = sandbox.vault.addJob({ status: 'SCHEDULED' })
    const held = sandbox.vault.faults.add({ route: 'job-start', answer: { kind: 'hold' } })
    const arrived = sandbox.vault.calls.next('job-start')
    const answer = await postForStream(gateway, {
      query: 'mutation ($id: ID!) { startJob(id: $id) { job { status } } }',
      variables: { id: scheduled.id },
    })
    await arrived
    const stopped = gateway.stop()
    // The follower's stream ends as the stop begins.
    await follower.next()
    held.release()
    assert.deepEqual(await allEventsOf(answer), [
      { event: 'next', data: '{"data":{"startJob":{"job":{"status":"QUEUED"}}}}' },
      { event: 'complete', data: '' },
    ])
    assert.equal(await stopped, 0)
  })

  it('tell a mutation that gets no answer that it has failed', async () => {
    await using bench = await started()
    const { sandbox, gateway } = bench
    sandbox.vault.faults.add({ route: 'job-start', answer: { kind: 'hold' } })
    const arrived = sandbox.vault.calls.next('job-start')
    const answer = await postForStream(gateway, { query: 'mutation { startJob(id: "1") { job { id } } }' })
    await arrived
    const stopped = gateway.stop()
    const [next, complete] = await allEventsOf(answer)
    assert.match(next?.data ?? '', /The gateway stops/)
    assert.equal(complete?.event, 'complete')
    assert.equal(await stopped, 0)
  })

  it('are not begun any more where the request arrives while it stops', async () => {
    await using bench = await started()
    const { sandbox, gateway, id } = bench
    const follower = eventsOf(await postForStream(gateway, { query, variables: { id } }))
    await follower.next()
    sandbox.vault.calls.clear()
    const socket = connect(Number(new URL(gateway.url).port), '127.0.0.1')
    const body = JSON.stringify({ query, variables: { id } })
    socket.write(
      `POST /graphql/stream HTTP/1.1\r\nHost: localhost\r\nAuthorization: sandbox-demo\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n{`,
    )
    // An answer on another connection, so that the beginning was read before the stop.
    await (await fetch(`${gateway.url}/livez`)).text()
    const stopped = gateway.stop()
    await follower.next()
    socket.write(body.slice(1))
    assert.match(await textOf(socket), /^HTTP\/1\.1 503 [\s\S]*The gateway stops/)
    assert.equal(await stopped, 0)
  })
})
