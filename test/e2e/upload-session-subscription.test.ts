import assert from 'node:assert/strict'
import { after, afterEach, before, describe, it } from 'node:test'
import { type Sandbox, type SandboxUploadSession, startSandbox } from '../../src/sandbox/sandbox.ts'
import { createFakeClock } from '../support/fake-clock.ts'
import { type Gateway, startGateway } from '../support/gateway.ts'
import { codesOf, data } from '../support/graphql.ts'
import { calmPace, inOneRound } from '../support/one-round.ts'
import { type Subscription, subscribe } from '../support/websocket.ts'

interface Update {
  readonly uploadSessionUpdated: {
    readonly progress: number
    readonly uploaded: number
    readonly uploadedParts: number
  } | null
}

const sizeBytes = 20_000_000

describe('uploadSessionUpdated', () => {
  /** Vault's, by which sessions expire. The gateway has the machine's. */
  const clock = createFakeClock()
  let sandbox: Sandbox
  let gateway: Gateway

  before(async () => {
    sandbox = await startSandbox({ scene: 'empty', clock })
    sandbox.vault.addUser({ id: 1, sessionId: 'alice' })
    gateway = await startGateway({ sandbox, env: { POLL_INTERVAL_MS: '20' } })
  })
  after(async () => {
    await gateway.stop()
    await sandbox.stop()
  })
  afterEach(() => {
    sandbox.vault.faults.clear()
    sandbox.vault.calls.clear()
    sandbox.vault.uploadListPageSize = undefined
  })

  const add = (session: Partial<SandboxUploadSession> = {}) =>
    sandbox.vault.addUploadSession({ path: '/imports/products.csv', sizeBytes, ...session })
  const follow = (id: string, authorization = 'sandbox-demo', from = gateway) =>
    subscribe<Update>(
      from,
      'subscription ($id: ID!) { uploadSessionUpdated(id: $id) { progress uploaded uploadedParts } }',
      { variables: { id }, connectionParams: { authorization } },
    )
  const nextProgress = async (subscription: Subscription<Update>) => {
    const { data: update, errors } = await subscription.next()
    assert.deepEqual(errors, [])
    return update?.uploadSessionUpdated?.progress
  }

  it('sends the present state at once, then each step, and completes silently when it is gone', async () => {
    const id = add({ uploadedBytes: 5_000_000 })
    await using subscription = follow(id)
    assert.equal(await nextProgress(subscription), 0.25)
    for (let look = 0; look < 3; look += 1) await sandbox.vault.calls.next('upload-session')
    sandbox.vault.setUploaded(id, 10_000_000)
    const { data: update } = await subscription.next()
    assert.deepEqual(update?.uploadSessionUpdated, { progress: 0.5, uploaded: 10_000_000, uploadedParts: 2 })
    sandbox.vault.setUploaded(id, sizeBytes)
    assert.equal(await nextProgress(subscription), 1)
    await sandbox.vault.calls.next('upload-session')
    sandbox.vault.removeUploadSession(id)
    assert.ok(await subscription.completes())
  })

  it('completes silently when it has expired', async () => {
    const id = add({ expirationDate: new Date(clock.now() + 1000) })
    await using subscription = follow(id)
    assert.equal(await nextProgress(subscription), 0)
    clock.advance(1000)
    assert.ok(await subscription.completes())
  })

  it('takes ids as Vault makes them', async () => {
    const id = add({ id: 'yYFg7jN_r1.b-+ Q--' })
    await using subscription = follow(id)
    assert.equal(await nextProgress(subscription), 0)
  })

  it('refuses an id that cannot be one, without harm to others', async () => {
    await using other = follow(add())
    assert.equal(await nextProgress(other), 0)
    for (const id of ['', '..', 'a/b']) {
      await using subscription = follow(id)
      assert.deepEqual(codesOf(await subscription.next()), ['BAD_USER_INPUT'])
      assert.ok(await subscription.completes())
    }
  })

  it('ends with NOT_FOUND for one that never was', async () => {
    await using subscription = follow('nothing')
    const answer = await subscription.next()
    assert.deepEqual(codesOf(answer), ['NOT_FOUND'])
    assert.deepEqual(answer.errors[0]?.path, ['uploadSessionUpdated'])
    assert.ok(await subscription.completes())
  })

  it('of several costs the list, once in a round, and a call by key for what has left it', async () => {
    await using calm = await startGateway({ sandbox, env: calmPace })
    const ids = [add(), add(), add()]
    const subscriptions = ids.map((id) => follow(id, 'sandbox-demo', calm))
    for (const subscription of subscriptions) await subscription.next()
    await inOneRound(sandbox.vault.calls, 'upload-sessions')
    for (let look = 0; look < 3; look += 1) await sandbox.vault.calls.next('upload-sessions')
    assert.deepEqual([sandbox.vault.calls.count('upload-sessions'), sandbox.vault.calls.count()], [3, 3])

    const [first, second, third] = subscriptions
    assert.ok(first !== undefined && second !== undefined && third !== undefined)
    sandbox.vault.removeUploadSession(ids[0] ?? '')
    assert.ok(await first.completes())
    assert.equal(sandbox.vault.calls.count('upload-session'), 1)
    sandbox.vault.setUploaded(ids[2] ?? '', sizeBytes)
    assert.equal(await nextProgress(third), 1)
    sandbox.vault.removeUploadSession(ids[1] ?? '')
    sandbox.vault.removeUploadSession(ids[2] ?? '')
    assert.ok(await second.completes())
    assert.ok(await third.completes())
  })

  it('reads all pages of the list', async () => {
    sandbox.vault.uploadListPageSize = 1
    const ids = [add(), add(), add()]
    const subscriptions = ids.map((id) => follow(id))
    for (const subscription of subscriptions) await subscription.next()
    const isFirstPage = (call: { query: URLSearchParams }) => !call.query.has('offset')
    await sandbox.vault.calls.next('upload-sessions', isFirstPage)
    sandbox.vault.calls.clear()
    await sandbox.vault.calls.next('upload-sessions', isFirstPage)
    for (const id of ids) sandbox.vault.setUploaded(id, sizeBytes)
    for (const subscription of subscriptions) assert.equal(await nextProgress(subscription), 1)
    assert.equal(sandbox.vault.calls.count('upload-session'), 0)
    for (const id of ids) sandbox.vault.removeUploadSession(id)
    for (const subscription of subscriptions) assert.ok(await subscription.completes())
  })

  const transientFaults = [
    ['HTTP 503', { kind: 'status', status: 503, body: '<html>down</html>' }],
    ['an empty list without an envelope', { kind: 'json', body: { data: [] } }],
    ['an EXCEPTION', { kind: 'exception' }],
    ['API_LIMIT_EXCEEDED', { kind: 'failure', type: 'API_LIMIT_EXCEEDED' }],
    ['half an answer', { kind: 'truncate', afterBytes: 20 }],
  ] as const
  for (const [title, answer] of transientFaults) {
    it(`is not taken for gone after ${title}`, async () => {
      const id = add()
      await using subscription = follow(id)
      await subscription.next()
      const fault = sandbox.vault.faults.add({ answer })
      await sandbox.vault.calls.next('upload-session')
      fault.remove()
      sandbox.vault.setUploaded(id, sizeBytes)
      assert.equal(await nextProgress(subscription), 1)
    })
  }

  it('ends with UNAUTHENTICATED when the session of its caller is no longer valid', async () => {
    sandbox.vault.addUser({ id: 7, sessionId: 'short-lived', admin: true })
    await using subscription = follow(add(), 'short-lived')
    await subscription.next()
    sandbox.vault.endSession('short-lived')
    assert.deepEqual(codesOf(await subscription.next()), ['UNAUTHENTICATED'])
    assert.ok(await subscription.completes())
  })

  it('answers a query for a watched upload without a call, and one for two by one call', async () => {
    const [id, other] = [add({ uploadedBytes: sizeBytes }), add()]
    await using subscription = follow(id)
    await subscription.next()
    const held = sandbox.vault.faults.add({ path: new RegExp(`upload/${id}$`), answer: { kind: 'hold' } })
    await sandbox.vault.calls.next('upload-session')
    const before = sandbox.vault.calls.count()
    const headers = { authorization: 'sandbox-demo' }
    const one = await data(gateway, `{ uploadSession(id: "${id}") { progress } }`, { headers })
    assert.deepEqual(one, { uploadSession: { progress: 1 } })
    assert.equal(sandbox.vault.calls.count(), before)
    const two = await data(
      gateway,
      `{ one: uploadSession(id: "${id}") { progress } two: uploadSession(id: "${other}") { progress } }`,
      { headers },
    )
    assert.deepEqual(two, { one: { progress: 1 }, two: { progress: 0 } })
    assert.equal(sandbox.vault.calls.count(), before + 1)
    held.release()
  })

  it('stops polling when the last subscriber leaves', async () => {
    const id = add()
    const [first, second] = [follow(id), follow(id)]
    await first.next()
    await second.next()
    await first.leave()
    await sandbox.vault.calls.next('upload-session')
    sandbox.vault.faults.add({ route: 'upload-session', answer: { kind: 'hold' } })
    await sandbox.vault.calls.next('upload-session')
    await second.leave()
    await sandbox.vault.calls.aborted('upload-session')
    assert.equal(sandbox.vault.calls.all().at(-1)?.aborted, true)
  })

  it('polls for each caller with its own credential, and shows none what another sees', async () => {
    const [own, foreign] = [add({ owner: 1 }), add()]
    await using alice = follow(own, 'alice')
    await using aliceToo = follow(foreign, 'alice')
    await using demo = follow(foreign)
    assert.equal(await nextProgress(alice), 0)
    assert.equal(await nextProgress(demo), 0)
    assert.deepEqual(codesOf(await aliceToo.next()), ['NOT_FOUND'])
    const keyOf = (path: string) => path.slice(path.lastIndexOf('/') + 1)
    const askedBy = (authorization: string) =>
      sandbox.vault.calls
        .of('upload-session')
        .filter(({ headers }) => headers.authorization === authorization)
        .map(({ path }) => keyOf(path))
    assert.ok(askedBy('sandbox-demo').every((id) => id === foreign))
    assert.ok(askedBy('alice').includes(own))
  })
})
