import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { after, before, describe, it } from 'node:test'
import { type Sandbox, startSandbox } from '../../../src/sandbox/sandbox.ts'
import { type Gateway, startGateway } from '../../support/gateway.ts'
import { data } from '../../support/graphql.ts'
import {
  answerIn,
  openRaw,
  rawFrame,
  rawPost,
  rawRequest,
  rawUpgrade,
  statusesIn,
} from '../../support/raw-connection.ts'
import { released } from '../../support/released.ts'

const demo = { Authorization: 'sandbox-demo', 'Feldera-Authorization': 'Bearer x' }
const tenMegabytes = 10_000_000

// The bounds are half a minute and a minute (docs/architecture.md), so all of these wait side by side.
describe('a client that takes its time', { concurrency: true, timeout: 110_000 }, () => {
  let sandbox: Sandbox
  let gateway: Gateway

  before(async () => {
    sandbox = await startSandbox({ scene: 'empty' })
    for (let count = 0; count < 200; count += 1)
      sandbox.vault.addJob({ status: 'RUNNING', title: 'a'.repeat(tenMegabytes / 200) })
    sandbox.feldera.addPipeline({ name: 'orders', profile: randomBytes(3 * tenMegabytes) })
    gateway = await startGateway({ sandbox, env: { ALLOWED_ORIGINS: 'http://screens.example' } })
  })
  after(async () => {
    // Nothing of them is left, and the gateway is as it was.
    await released(gateway)
    assert.deepEqual(await data(gateway, '{ __typename }'), { __typename: 'Query' })
    assert.equal(await gateway.stop(), 0)
    await sandbox.stop()
  })

  const secondsSince = (beganAtMs: number) => (performance.now() - beganAtMs) / 1000
  const json = { 'Content-Type': 'application/json', 'Content-Length': '100' }

  const begun: readonly [what: string, bytes: string | Uint8Array, status: number][] = [
    ['sends nothing at all', '', 408],
    ['sends half of a line', 'GET /graph', 408],
    ['sends half of its headers', 'GET /graphql HTTP/1.1\r\nHost: localhost\r\nX-A: ', 408],
    ['sends half of a part’s headers', 'PUT /upload-sessions/a/parts/1 HTTP/1.1\r\nHost: localhost\r\n', 408],
    ['sends half of an upgrade', rawUpgrade().subarray(0, -2), 408],
    ['sends half of an operation', rawRequest('POST /graphql', json, '{"query"'), 408],
    ['sends half of an operation for a stream', rawRequest('POST /graphql/stream', json, '{"query"'), 408],
    [
      'sends half of a chunk',
      rawRequest(
        'POST /graphql',
        { 'Content-Type': 'application/json', 'Transfer-Encoding': 'chunked' },
        'ff\r\n{',
      ),
      408,
    ],
  ]
  for (const [what, bytes, status] of begun) {
    it(`and ${what} is told ${status} after half a minute, and cut off`, async () => {
      using connection = await openRaw(gateway)
      const beganAtMs = performance.now()
      if (bytes.length > 0) connection.write(bytes)
      const answer = answerIn(await connection.ended)
      assert.deepEqual([answer.status, answer.code], [status, 'BAD_REQUEST'])
      assert.ok(secondsSince(beganAtMs) > 29 && secondsSince(beganAtMs) < 45, String(secondsSince(beganAtMs)))
    })
  }

  it('and sends its headers letter by letter is cut off no later', async () => {
    using connection = await openRaw(gateway)
    const beganAtMs = performance.now()
    connection.write('GET /livez HTTP/1.1\r\nHost: localhost\r\nX-A: ')
    const dripping = setInterval(() => connection.write('a'), 500)
    const answer = answerIn(await connection.ended)
    clearInterval(dripping)
    assert.deepEqual([answer.status, answer.code], [408, 'BAD_REQUEST'])
    assert.ok(secondsSince(beganAtMs) < 45)
  })

  it('and sends its operation letter by letter is cut off no later', async () => {
    using connection = await openRaw(gateway)
    connection.write(rawRequest('POST /graphql', json))
    const dripping = setInterval(() => connection.write(' '), 500)
    assert.equal(answerIn(await connection.ended).status, 408)
    clearInterval(dripping)
  })

  for (const [line, headers] of [
    ['GET /livez', {}],
    ['PUT /elsewhere', {}],
    ['GET /samply-profiles/none', {}],
    ['DELETE /graphql', {}],
    ['POST /%zz', {}],
    ['OPTIONS /graphql', { Origin: 'http://screens.example', 'Access-Control-Request-Method': 'POST' }],
  ] as const) {
    it(`and never sends the body of ${line} has its answer at once, and is cut off all the same`, async () => {
      using connection = await openRaw(gateway)
      const beganAtMs = performance.now()
      connection.write(rawRequest(line, { ...demo, ...json, ...headers, Connection: 'keep-alive' }))
      await connection.receives(/^HTTP\/1\.1 .*\r\n\r\n/s)
      assert.equal(statusesIn(await connection.ended).length, 1)
      assert.ok(secondsSince(beganAtMs) < 45, String(secondsSince(beganAtMs)))
    })
  }

  it('and stops in the middle of a part is told so, and Vault hears no more of it', async () => {
    const id = sandbox.vault.addUploadSession({ path: '/a.csv', sizeBytes: 100 })
    using connection = await openRaw(gateway)
    connection.write(
      rawRequest(`PUT /upload-sessions/${id}/parts/1`, { ...demo, 'Content-Length': '100' }, 'a;b'),
    )
    const answer = answerIn(await connection.ended)
    assert.deepEqual([answer.status, answer.code], [400, 'BAD_REQUEST'])
    assert.match(answer.body, /No byte came/)
    await sandbox.vault.calls.aborted('upload-part')
  })

  it('and asks nothing more on its connection loses it', async () => {
    using connection = await openRaw(gateway)
    connection.write(rawRequest('GET /livez', { Connection: 'keep-alive' }))
    assert.equal(answerIn(await connection.ended).status, 200)
  })

  it('and reads nothing of a long answer is cut off within a minute', async () => {
    // A gateway of its own: when it holds nothing any more, this is what it has let go.
    await using another = await startGateway({ sandbox })
    using connection = await openRaw(another)
    connection.socket.pause()
    const beganAtMs = performance.now()
    connection.write(rawPost('/graphql', '{"query":"{ activeJobs(first: 200) { nodes { title } } }"}', demo))
    await sandbox.vault.calls.next('job-monitors')
    await released(another)
    const seconds = secondsSince(beganAtMs)
    assert.ok(seconds > 29 && seconds < 75, String(seconds))
    connection.socket.resume()
    assert.ok((await connection.ended).length < tenMegabytes, 'the rest never came')
  })

  it('and reads nothing of a file is cut off within a minute, and Feldera sends no more', async () => {
    using connection = await openRaw(gateway)
    connection.socket.pause()
    connection.write(rawRequest('GET /samply-profiles/orders', demo))
    await sandbox.feldera.calls.aborted('samply-profile-get')
  })

  it('and sends half of a message over WebSocket is cut off when it answers no ping', async () => {
    using connection = await openRaw(gateway)
    connection.write(rawUpgrade())
    await connection.receives(/^HTTP\/1\.1 101 /)
    connection.write(rawFrame('{"type":"connection_init"}'))
    await connection.receives(/connection_ack/)
    connection.write(rawFrame('{"type"', { lengthBytes: 900_000 }))
    await connection.ended
  })
})
