import assert from 'node:assert/strict'
import { after, afterEach, before, describe, it } from 'node:test'
import { type RecordedCall, type Sandbox, startSandbox } from '../../src/sandbox/sandbox.ts'
import { type Gateway, startGateway } from '../support/gateway.ts'
import { codesOf, data } from '../support/graphql.ts'
import { calmPace, inOneRound } from '../support/one-round.ts'
import { type Subscription, subscribe } from '../support/websocket.ts'

interface Update {
  readonly profilingSessionUpdated: {
    readonly name: string
    readonly status: string
    readonly rawStatus: string
    readonly resultsUrl: string | null
  } | null
}

describe('profilingSessionUpdated', () => {
  let sandbox: Sandbox
  let gateway: Gateway
  /** For what is silent alone: the sandbox lives in this process, and a pause of it must not be taken for silence. */
  let impatient: Gateway
  let count = 0

  before(async () => {
    sandbox = await startSandbox({ scene: 'empty' })
    sandbox.vault.addUser({ id: 1, sessionId: 'alice' })
    const env = { POLL_INTERVAL_MS: '20' }
    ;[gateway, impatient] = await Promise.all([
      startGateway({ sandbox, env }),
      startGateway({ sandbox, env: { ...env, UPSTREAM_TIMEOUT_MS: '2000' } }),
    ])
  })
  after(async () => {
    await Promise.all([gateway.stop(), impatient.stop()])
    await sandbox.stop()
  })
  afterEach(() => {
    sandbox.vault.faults.clear()
    sandbox.vault.calls.clear()
    sandbox.vault.unknownKeyErrorType = 'INVALID_DATA'
  })

  /** Adds a session that no other test knows. */
  const add = (session: { readonly status?: string; readonly visibleTo?: readonly number[] } = {}) => {
    count += 1
    const name = `session_${count}__c`
    sandbox.vault.addProfilingSession({ name, ...session })
    return name
  }
  const follow = (name: string, authorization = 'sandbox-demo', from = gateway) =>
    subscribe<Update>(
      from,
      `subscription ($name: String!) {
         profilingSessionUpdated(name: $name) { name status rawStatus resultsUrl }
       }`,
      { variables: { name }, connectionParams: { authorization } },
    )
  const nextStatus = async (subscription: Subscription<Update>) => {
    const { data: update, errors } = await subscription.next()
    assert.deepEqual(errors, [])
    return update?.profilingSessionUpdated?.status
  }
  const query = (name: string) =>
    data(gateway, 'query ($name: String!) { profilingSession(name: $name) { status } }', {
      variables: { name },
      headers: { authorization: 'sandbox-demo' },
    })

  it('sends the present state at once, then each change, and completes with results to download', async () => {
    const name = add()
    await using subscription = follow(name)
    assert.equal(await nextStatus(subscription), 'IN_PROGRESS')
    for (let look = 0; look < 3; look += 1) await sandbox.vault.calls.next('profiling-session')
    sandbox.vault.setProfilingSessionStatus(name, 'processing__sys')
    assert.equal(await nextStatus(subscription), 'PROCESSING')
    sandbox.vault.setProfilingSessionStatus(name, 'complete__sys')
    const { data: last } = await subscription.next()
    assert.equal(last?.profilingSessionUpdated?.status, 'COMPLETE')
    assert.ok(await subscription.completes())
    const results = await fetch(String(last?.profilingSessionUpdated?.resultsUrl))
    assert.equal(results.status, 200)
    assert.equal(Buffer.from(await results.arrayBuffer()).toString('latin1', 0, 2), 'PK')
  })

  it('sends a complete session and completes', async () => {
    await using subscription = follow(add({ status: 'complete__sys' }))
    assert.equal(await nextStatus(subscription), 'COMPLETE')
    assert.ok(await subscription.completes())
  })

  it('tells an unknown status, and goes on', async () => {
    const name = add({ status: 'pondering__sys' })
    await using subscription = follow(name)
    const { data: update } = await subscription.next()
    const { status, rawStatus } = update?.profilingSessionUpdated ?? {}
    assert.deepEqual([status, rawStatus], ['UNKNOWN', 'pondering__sys'])
    sandbox.vault.setProfilingSessionStatus(name, 'complete__sys')
    assert.equal(await nextStatus(subscription), 'COMPLETE')
  })

  for (const type of ['INVALID_DATA', 'MALFORMED_URL']) {
    it(`ends with NOT_FOUND for a name of which Vault says ${type}`, async () => {
      sandbox.vault.unknownKeyErrorType = type
      await using subscription = follow('nothing__c')
      const answer = await subscription.next()
      assert.deepEqual(codesOf(answer), ['NOT_FOUND'])
      assert.deepEqual(answer.errors[0]?.path, ['profilingSessionUpdated'])
      const { status, type: toldType } = Object(answer.errors[0]?.extensions?.['upstream'])
      assert.deepEqual([status, toldType], [200, type])
      assert.ok(await subscription.completes())
    })
  }

  it('ends with NOT_FOUND when the session was deleted', async () => {
    const name = add()
    await using subscription = follow(name)
    await subscription.next()
    sandbox.vault.removeProfilingSession(name)
    assert.deepEqual(codesOf(await subscription.next()), ['NOT_FOUND'])
    assert.ok(await subscription.completes())
  })

  it('costs one call by key in a round, however many follow it', async () => {
    const name = add()
    const subscriptions = Array.from({ length: 10 }, () => follow(name))
    for (const subscription of subscriptions) await subscription.next()
    sandbox.vault.calls.clear()
    for (let look = 0; look < 3; look += 1) await sandbox.vault.calls.next('profiling-session')
    assert.equal(sandbox.vault.calls.count(), 3)
    sandbox.vault.setProfilingSessionStatus(name, 'complete__sys')
    for (const subscription of subscriptions) {
      assert.equal(await nextStatus(subscription), 'COMPLETE')
      assert.ok(await subscription.completes())
    }
  })

  it('of several costs one list call in a round, and each gets its own changes', async () => {
    await using calm = await startGateway({ sandbox, env: calmPace })
    const [one, other] = [add(), add()]
    await using first = follow(one, 'sandbox-demo', calm)
    await using second = follow(other, 'sandbox-demo', calm)
    await first.next()
    await second.next()
    await inOneRound(sandbox.vault.calls, 'profiling-sessions')
    for (let look = 0; look < 3; look += 1) await sandbox.vault.calls.next('profiling-sessions')
    assert.deepEqual([sandbox.vault.calls.count('profiling-sessions'), sandbox.vault.calls.count()], [3, 3])
    sandbox.vault.setProfilingSessionStatus(other, 'processing__sys')
    assert.equal(await nextStatus(second), 'PROCESSING')
    sandbox.vault.setProfilingSessionStatus(one, 'complete__sys')
    assert.equal(await nextStatus(first), 'COMPLETE')
    assert.ok(await first.completes())
    sandbox.vault.setProfilingSessionStatus(other, 'complete__sys')
    assert.equal(await nextStatus(second), 'COMPLETE')
  })

  const transientFaults = [
    ['HTTP 503', { kind: 'status', status: 503, body: '<html>down</html>' }],
    ['an HTML page in HTTP 200', { kind: 'status', status: 200, body: '<html>hello</html>' }],
    ['an EXCEPTION', { kind: 'exception' }],
    ['API_LIMIT_EXCEEDED', { kind: 'failure', type: 'API_LIMIT_EXCEEDED' }],
    ['a reset connection', { kind: 'reset' }],
    ['a silent upstream', { kind: 'stall', afterBytes: 20 }],
  ] as const
  for (const [title, answer] of transientFaults) {
    it(`goes on after ${title}`, async () => {
      const [one, other] = [add(), add()]
      const from = answer.kind === 'stall' ? impatient : gateway
      await using first = follow(one, 'sandbox-demo', from)
      await using second = follow(other, 'sandbox-demo', from)
      await first.next()
      await second.next()
      // Until both are in one look, a slow machine may have them fail one after the other, and then each backs off alone.
      await sandbox.vault.calls.next('profiling-sessions')
      const fault = sandbox.vault.faults.add({ answer })
      await sandbox.vault.calls.next('profiling-sessions')
      fault.remove()
      sandbox.vault.setProfilingSessionStatus(one, 'complete__sys')
      sandbox.vault.setProfilingSessionStatus(other, 'complete__sys')
      assert.equal(await nextStatus(first), 'COMPLETE')
      assert.equal(await nextStatus(second), 'COMPLETE')
    })
  }

  it('ends all of a caller with UNAUTHENTICATED when its session is no longer valid', async () => {
    sandbox.vault.addUser({ id: 7, sessionId: 'short-lived' })
    const names = [add(), add()]
    await using other = follow(names[0] ?? '')
    await other.next()
    const subscriptions = names.map((name) => follow(name, 'short-lived'))
    for (const subscription of subscriptions) await subscription.next()
    sandbox.vault.endSession('short-lived')
    for (const subscription of subscriptions) {
      assert.deepEqual(codesOf(await subscription.next()), ['UNAUTHENTICATED'])
      assert.ok(await subscription.completes())
    }
    sandbox.vault.setProfilingSessionStatus(names[0] ?? '', 'complete__sys')
    assert.equal(await nextStatus(other), 'COMPLETE')
  })

  it('answers a query for a watched session without a call', async () => {
    const name = add()
    await using subscription = follow(name)
    await subscription.next()
    const held = sandbox.vault.faults.add({ route: 'profiling-session', answer: { kind: 'hold' } })
    await sandbox.vault.calls.next('profiling-session')
    const before = sandbox.vault.calls.count()
    assert.deepEqual(await query(name), { profilingSession: { status: 'IN_PROGRESS' } })
    assert.equal(sandbox.vault.calls.count(), before)
    held.release()
  })

  it('stops polling when the last subscriber leaves', async () => {
    const subscription = follow(add())
    await subscription.next()
    sandbox.vault.faults.add({ route: 'profiling-session', answer: { kind: 'hold' } })
    await sandbox.vault.calls.next('profiling-session')
    await subscription.leave()
    await sandbox.vault.calls.aborted('profiling-session')
    await subscription.closed
    assert.equal(sandbox.vault.calls.all().at(-1)?.aborted, true)
  })

  it('polls for each caller with its own credential, and shows none what another sees', async () => {
    const hidden = add({ visibleTo: [1] })
    await using alice = follow(hidden, 'alice')
    await using demo = follow(hidden)
    assert.equal(await nextStatus(alice), 'IN_PROGRESS')
    assert.deepEqual(codesOf(await demo.next()), ['NOT_FOUND'])
    assert.deepEqual(await query(hidden), { profilingSession: null })
    const shared = add()
    await using both = follow(shared)
    await using aliceToo = follow(shared, 'alice')
    await both.next()
    await aliceToo.next()
    const isOf = (authorization: string) => (call: RecordedCall) =>
      call.headers.authorization === authorization
    await Promise.all([
      sandbox.vault.calls.next('profiling-session', isOf('sandbox-demo')),
      sandbox.vault.calls.next('profiling-sessions', isOf('alice')),
    ])
    sandbox.vault.setProfilingSessionStatus(shared, 'complete__sys')
    assert.equal(await nextStatus(both), 'COMPLETE')
    assert.equal(await nextStatus(aliceToo), 'COMPLETE')
  })
})
