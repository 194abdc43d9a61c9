import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { after, afterEach, before, describe, it } from 'node:test'
import { type Sandbox, startSandbox } from '../../../src/sandbox/sandbox.ts'
import { type Gateway, startGateway } from '../../support/gateway.ts'
import { data } from '../../support/graphql.ts'
import {
  openRaw,
  type RawConnection,
  rawFrame,
  rawPost,
  rawRequest,
  rawUpgrade,
} from '../../support/raw-connection.ts'
import { released } from '../../support/released.ts'

const demo = { Authorization: 'sandbox-demo', 'Feldera-Authorization': 'Bearer x' }

const profileSizeBytes = 20_000_000

/** How a client goes without a word. */
const goings: readonly [how: string, go: (connection: RawConnection) => void][] = [
  ['closes its side alone', ({ socket }) => void socket.end()],
  ['resets its connection', ({ socket }) => void socket.resetAndDestroy()],
]

describe('a client that goes in the middle', () => {
  let sandbox: Sandbox
  let gateway: Gateway

  before(async () => {
    sandbox = await startSandbox({ scene: 'empty', jobStatusWindowMs: 20 })
    gateway = await startGateway({ sandbox, env: { POLL_INTERVAL_MS: '50', JOB_STATUS_WINDOW_MS: '20' } })
    sandbox.feldera.addPipeline({ name: 'orders', profile: randomBytes(profileSizeBytes) })
  })
  after(async () => {
    assert.deepEqual(await data(gateway, '{ __typename }'), { __typename: 'Query' })
    assert.equal(await gateway.stop(), 0)
    await sandbox.stop()
  })
  afterEach(async () => {
    sandbox.vault.faults.clear()
    await released(gateway)
  })

  const subscription = (id: number) => `subscription { jobUpdated(id: "${id}") { job { status } } }`

  for (const [how, go] of goings) {
    it(`and ${how} follows nothing any more on a stream of events`, async () => {
      const { id } = sandbox.vault.addJob({ status: 'RUNNING' })
      using connection = await openRaw(gateway)
      connection.write(rawPost('/graphql/stream', JSON.stringify({ query: subscription(id) }), demo))
      await connection.receives(/RUNNING/)
      go(connection)
      await connection.ended
    })

    it(`and ${how} follows nothing any more over WebSocket`, async () => {
      const { id } = sandbox.vault.addJob({ status: 'RUNNING' })
      using connection = await openRaw(gateway)
      connection.write(rawUpgrade(demo))
      await connection.receives(/^HTTP\/1\.1 101 /)
      connection.write(rawFrame('{"type":"connection_init"}'))
      const payload = { query: subscription(id) }
      connection.write(rawFrame(JSON.stringify({ id: '1', type: 'subscribe', payload })))
      await connection.receives(/RUNNING/)
      go(connection)
      await connection.ended
    })

    it(`and ${how} before it has said who it is leaves no WebSocket`, async () => {
      using connection = await openRaw(gateway)
      connection.write(rawUpgrade(demo))
      await connection.receives(/^HTTP\/1\.1 101 /)
      go(connection)
      await connection.ended
    })

    it(`and ${how} gives its query up`, async () => {
      sandbox.vault.faults.add({ route: 'job-monitors', answer: { kind: 'hold' } })
      const arrived = sandbox.vault.calls.next('job-monitors')
      using connection = await openRaw(gateway)
      connection.write(rawPost('/graphql', '{"query":"{ activeJobs { totalCount } }"}', demo))
      await arrived
      go(connection)
      await sandbox.vault.calls.aborted('job-monitors')
    })

    it(`and ${how} gives up the files that it asked for, one behind the other`, async () => {
      using connection = await openRaw(gateway)
      const one = rawRequest('GET /samply-profiles/orders', { ...demo, Connection: 'keep-alive' })
      connection.write(Buffer.concat([one, one, one, one]))
      await connection.receives(/^HTTP\/1\.1 200 /)
      go(connection)
      await connection.ended
      assert.ok(connection.received().length < 4 * profileSizeBytes)
    })

    it(`and ${how} ends the part that it sends, for Vault too`, async () => {
      const id = sandbox.vault.addUploadSession({ path: '/a.csv', sizeBytes: 100 })
      const arrived = sandbox.vault.calls.next('upload-part')
      using connection = await openRaw(gateway)
      connection.write(
        rawRequest(`PUT /upload-sessions/${id}/parts/1`, { ...demo, 'Content-Length': '100' }, 'a;b'),
      )
      await arrived
      go(connection)
      await sandbox.vault.calls.aborted('upload-part')
    })

    for (const path of ['/graphql', '/graphql/stream']) {
      it(`and ${how} has sent a truncated operation to ${path}, which is not run`, async () => {
        sandbox.vault.calls.clear()
        using connection = await openRaw(gateway)
        const whole = rawPost(path, '{"query":"{ activeJobs { totalCount } }"}', demo)
        connection.write(whole.subarray(0, -1))
        go(connection)
        await connection.ended
        assert.equal(sandbox.vault.calls.count(), 0)
      })
    }

    it(`and ${how} leaves nothing of a connection on which it asked nothing`, async () => {
      using connection = await openRaw(gateway)
      go(connection)
      await connection.ended
    })
  }
})
