import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { startSandbox } from '../../src/sandbox/sandbox.ts'
import { type Gateway, startGateway } from '../support/gateway.ts'
import { codesOf, request } from '../support/graphql.ts'
import { SubscriptionEnded, subscribe } from '../support/websocket.ts'

const headers = { authorization: 'sandbox-demo' }
const twoOperations = 'query A { __typename } query B { __typename }'

describe('an operation that cannot be run as it was sent', () => {
  let sandbox: Awaited<ReturnType<typeof startSandbox>>
  let gateway: Gateway

  before(async () => {
    sandbox = await startSandbox({ scene: 'empty' })
    gateway = await startGateway({ sandbox, env: { LOG_LEVEL: 'error' } })
  })
  after(async () => {
    await gateway.stop()
    await sandbox.stop()
  })

  it('is told to use a WebSocket when it is a subscription over HTTP', async () => {
    const answer = await request(gateway, 'subscription { jobUpdated(id: 1) { observedAt } }', { headers })
    assert.equal(answer.status, 400)
    assert.deepEqual(codesOf(answer), ['BAD_REQUEST'])
    assert.match(answer.errors[0]?.message ?? '', /WebSocket/)
    assert.equal(sandbox.vault.calls.count(), 0)
  })

  it('gets the same code over HTTP and WebSocket when its document has several operations', async () => {
    assert.deepEqual(codesOf(await request(gateway, twoOperations, { headers })), [
      'OPERATION_RESOLUTION_FAILURE',
    ])
    await using subscription = subscribe(gateway, twoOperations, { connectionParams: headers })
    const ended = await subscription.next().catch((error: unknown) => error)
    assert.ok(ended instanceof SubscriptionEnded)
    assert.deepEqual(codesOf(ended), ['OPERATION_RESOLUTION_FAILURE'])
  })

  it('is no fault of the gateway: its log tells none', async () => {
    assert.equal(await gateway.stop(), 0)
    assert.equal(gateway.stderr(), '')
  })
})
