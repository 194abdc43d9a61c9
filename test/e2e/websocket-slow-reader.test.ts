import assert from 'node:assert/strict'
import { after, afterEach, before, describe, it } from 'node:test'
import { type Sandbox, startSandbox } from '../../src/sandbox/sandbox.ts'
import { type Gateway, startGateway } from '../support/gateway.ts'
import { openAcknowledged, type RawSocket, subscribeMessage } from '../support/websocket.ts'

/** A status of a megabyte: some of these fill what the kernel takes of a client that does not read. */
const largeStatus = (index: number) => `LARGE_${index}_${'X'.repeat(1_000_000)}`
const largeStates = 20

describe('a client that reads too slowly', () => {
  let sandbox: Sandbox
  let gateway: Gateway
  let strict: Gateway

  before(async () => {
    sandbox = await startSandbox({ scene: 'empty', jobStatusWindowMs: 10 })
    const env = { POLL_INTERVAL_MS: '10', JOB_STATUS_WINDOW_MS: '10', LOG_LEVEL: 'error' }
    gateway = await startGateway({ sandbox, env })
    strict = await startGateway({
      sandbox,
      env: { ...env, SLOW_CONNECTION_TIMEOUT_MS: '300', UPSTREAM_TIMEOUT_MS: '60000' },
    })
  })
  after(async () => {
    assert.equal(await gateway?.stop(), 0)
    assert.equal(await strict?.stop(), 0)
    await sandbox?.stop()
  })
  afterEach(() => {
    sandbox.vault.faults.clear()
    sandbox.vault.calls.clear()
  })

  const follow = async (socket: RawSocket, jobId: number, id = '1') => {
    const query = `subscription { jobUpdated(id: "${jobId}") { job { rawStatus } } }`
    socket.send(subscribeMessage(id, query))
    return statusOf(await socket.next())
  }
  const statusOf = (message: unknown): string => {
    const { type, payload } = JSON.parse(JSON.stringify(message))
    if (type === 'next' && payload.errors !== undefined) return JSON.stringify(payload.errors)
    return type === 'next' ? payload.data.jobUpdated.job.rawStatus.slice(0, 20).replace(/_X+$/, '') : type
  }
  /** Changes a job, and waits until a quick reader has heard of it. */
  const change = async (jobId: number, status: string, quick: RawSocket) => {
    sandbox.vault.setJobStatus(jobId, status)
    return statusOf(await quick.next())
  }

  it('delays nobody, waits in a bounded backlog, and gets the newest state when it reads again', async () => {
    const { id } = sandbox.vault.addJob({ status: 'RUNNING' })
    await using slow = await openAcknowledged(gateway)
    await using quick = await openAcknowledged(gateway)
    assert.equal(await follow(slow, id), 'RUNNING')
    assert.equal(await follow(quick, id), 'RUNNING')
    slow.socket.pause()
    const large = Array.from({ length: largeStates }, (_, index) => `LARGE_${index}`)
    for (const [index, name] of large.entries())
      assert.equal(await change(id, largeStatus(index), quick), name)
    const small = Array.from({ length: 150 }, (_, index) => `SMALL_${index}`)
    for (const name of small) assert.equal(await change(id, name, quick), name)
    assert.equal(await change(id, 'SUCCESS', quick), 'SUCCESS')
    assert.equal(statusOf(await quick.next()), 'complete')

    slow.socket.resume()
    const read: string[] = []
    while (read.at(-1) !== 'complete') read.push(statusOf(await slow.next()))
    assert.equal(read.at(-2), 'SUCCESS')
    const all = [...large, ...small, 'SUCCESS', 'complete']
    assert.deepEqual(
      read,
      all.filter((name) => read.includes(name)),
      'in order, and none twice',
    )
    const lost = all.length - read.length
    assert.ok(lost > 0 && lost < all.length, `${lost} of ${all.length} states were lost`)
  })

  it('loses nothing for the other subscriptions of its connection but states in between', async () => {
    const jobs = ['a', 'b', 'c'].map((of) => ({ of, id: sandbox.vault.addJob({ status: 'RUNNING' }).id }))
    await using slow = await openAcknowledged(gateway)
    await using quick = await openAcknowledged(gateway)
    for (const { of, id } of jobs) await follow(slow, id, of)
    slow.socket.pause()
    for (const { of, id } of jobs) {
      await follow(quick, id, of)
      for (let index = 0; index < largeStates; index += 1) await change(id, largeStatus(index), quick)
      await change(id, 'SUCCESS', quick)
      assert.equal(statusOf(await quick.next()), 'complete')
    }
    slow.socket.resume()
    const last = new Map<string, string>()
    const complete: string[] = []
    while (complete.length < jobs.length) {
      const message = JSON.parse(JSON.stringify(await slow.next()))
      if (message.type === 'complete') complete.push(message.id)
      else last.set(message.id, statusOf(message))
    }
    assert.deepEqual([...last.values()], ['SUCCESS', 'SUCCESS', 'SUCCESS'])
  })

  /** A reader that does not read any more, with a query that Vault holds: its call is aborted when the connection ends. */
  const openStuck = async () => {
    const { id } = sandbox.vault.addJob({ status: 'RUNNING' })
    await using quick = await openAcknowledged(strict)
    const stuck = await openAcknowledged(strict)
    await follow(quick, id)
    await follow(stuck, id)
    sandbox.vault.faults.add({ route: 'upload-sessions', answer: { kind: 'hold' } })
    const held = sandbox.vault.calls.next('upload-sessions')
    stuck.send(subscribeMessage('2', '{ uploadSessions { id } }'))
    await held
    stuck.socket.pause()
    for (let index = 0; index < largeStates; index += 1) await change(id, largeStatus(index), quick)
    return stuck
  }

  it('is closed with 1013 after a while, and its operations end with it', async () => {
    await using stuck = await openStuck()
    await sandbox.vault.calls.aborted('upload-sessions')
    stuck.socket.resume()
    const { code, reason } = await stuck.closed
    assert.equal(code, 1013)
    assert.match(reason, /slowly/)
  })

  it('is not listened to either: what it goes on asking for does not pile up', async () => {
    const { id } = sandbox.vault.addJob({ status: 'RUNNING' })
    await using stuck = await openAcknowledged(gateway)
    await using quick = await openAcknowledged(gateway)
    await follow(stuck, id)
    await follow(quick, id)
    stuck.socket.pause()
    for (let index = 0; index < largeStates; index += 1) await change(id, largeStatus(index), quick)
    const ping = JSON.stringify({ type: 'ping', payload: { text: 'x'.repeat(10_000) } })
    for (let count = 0; count < 3000; count += 1) stuck.socket.send(ping)
    for (let round = 0; round < 500; round += 1) {
      quick.send({ type: 'ping' })
      await quick.next()
    }
    assert.ok(stuck.socket.bufferedAmount > 0, 'the gateway has read 30 MB of one who reads nothing')
  })
})
