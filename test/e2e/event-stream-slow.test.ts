import assert from 'node:assert/strict'
import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { describe, it } from 'node:test'
import { type Sandbox, startSandbox } from '../../src/sandbox/sandbox.ts'
import { streamClient } from '../support/event-stream.ts'
import { type Gateway, startGateway } from '../support/gateway.ts'

const windowMs = 60
/** Events are large, so that few of them fill what the operating system keeps for a connection. */
const method = 'M'.repeat(200_000)
const aliases = Array.from({ length: 10 }, (_, index) => `m${index}: method`).join(' ')
const changes = 14

interface Update {
  readonly jobUpdated: { readonly job: { readonly status: string } }
}

async function started(env: Record<string, string> = {}) {
  const sandbox = await startSandbox({ scene: 'empty', jobStatusWindowMs: windowMs })
  const gateway = await startGateway({
    sandbox,
    env: {
      POLL_INTERVAL_MS: '20',
      UPSTREAM_TIMEOUT_MS: '120000',
      JOB_STATUS_WINDOW_MS: String(windowMs),
      ...env,
    },
  })
  return {
    sandbox,
    gateway,
    async [Symbol.asyncDispose]() {
      await gateway.stop()
      await sandbox.stop()
    },
  }
}

/** Follows a job with a connection that reads nothing until it is told to. */
async function followWithoutReading(gateway: Gateway, id: number): Promise<Socket> {
  const socket = connect(Number(new URL(gateway.url).port), '127.0.0.1')
  socket.pause()
  const query = `subscription { jobUpdated(id: "${id}") { job { status ${aliases} } } }`
  const body = JSON.stringify({ query })
  socket.write(
    `POST /graphql/stream HTTP/1.1\r\nHost: localhost\r\nAuthorization: sandbox-demo\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n${body}`,
  )
  await once(socket, 'connect')
  return socket
}

/** Reads to the end of a subscription. Only the end of what came is searched, since there is much. */
async function textUntilCompletion(socket: Socket): Promise<string> {
  const pieces: string[] = []
  for await (const chunk of socket) {
    pieces.push(String(chunk))
    if (pieces.slice(-2).join('').includes('event: complete')) break
  }
  return pieces.join('')
}

/** Changes a job's status, each change seen by a client that reads, until it is over or said otherwise. */
async function changeOften(sandbox: Sandbox, id: number, seen: AsyncIterator<unknown>): Promise<void> {
  await seen.next()
  for (let change = 1; change <= changes; change += 1) {
    sandbox.vault.setJobStatus(id, change % 2 === 0 ? 'QUEUED' : 'RUNNING')
    await seen.next()
  }
}

const follow = (client: ReturnType<typeof streamClient>, id: number) =>
  client.iterate<Update>(`subscription { jobUpdated(id: "${id}") { job { status } } }`)

describe('a client that does not read its stream of events', () => {
  it('holds nobody up, and has every state waiting for it within the bound, to the last', async () => {
    await using bench = await started()
    const { sandbox, gateway } = bench
    using client = streamClient(gateway)
    const { id } = sandbox.vault.addJob({ status: 'QUEUED', method })
    const slow = await followWithoutReading(gateway, id)
    const seen = follow(client, id)
    await changeOften(sandbox, id, seen)
    sandbox.vault.setJobStatus(id, 'SUCCESS')
    assert.equal((await seen.next()).value?.data?.jobUpdated.job.status, 'SUCCESS')

    const received = await textUntilCompletion(slow)
    const statuses = [...received.matchAll(/"status":"(\w+)"/g)].map(([, status]) => status)
    const expected = Array.from({ length: changes + 1 }, (_, index) =>
      index % 2 === 0 ? 'QUEUED' : 'RUNNING',
    )
    assert.deepEqual(statuses, [...expected, 'SUCCESS'])
  })

  it('is cut off after a while, and leaves no poll behind', async () => {
    await using bench = await started({ SLOW_CONNECTION_TIMEOUT_MS: '300' })
    const { sandbox, gateway } = bench
    using client = streamClient(gateway)
    const { id } = sandbox.vault.addJob({ status: 'QUEUED', method })
    const slow = await followWithoutReading(gateway, id)
    slow.on('error', () => {})
    const seen = follow(client, id)
    await changeOften(sandbox, id, seen)
    sandbox.vault.faults.add({ route: 'job-status', answer: { kind: 'hold' } })
    await sandbox.vault.calls.next('job-status')
    client[Symbol.dispose]()
    await sandbox.vault.calls.aborted('job-status')
    slow.destroy()
  })

  it('does not hold up the stop of the gateway', async () => {
    await using bench = await started()
    const { sandbox, gateway } = bench
    using client = streamClient(gateway)
    const { id } = sandbox.vault.addJob({ status: 'QUEUED', method })
    const slow = await followWithoutReading(gateway, id)
    slow.on('error', () => {})
    const seen = follow(client, id)
    await changeOften(sandbox, id, seen)
    await seen.return?.()
    const startedMs = performance.now()
    assert.equal(await gateway.stop(), 0)
    assert.ok(performance.now() - startedMs < 4000)
    slow.destroy()
  })
})
