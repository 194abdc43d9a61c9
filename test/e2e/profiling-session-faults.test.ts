import assert from 'node:assert/strict'
import { after, afterEach, before, beforeEach, describe, it } from 'node:test'
import { type Fault, type Sandbox, startSandbox, type VaultRouteName } from '../../src/sandbox/sandbox.ts'
import { type Gateway, startGateway } from '../support/gateway.ts'
import { codesOf, type GraphqlAnswer, request } from '../support/graphql.ts'
import { type ProfilingSessionWriter, profilingSessionWriter } from '../support/profiling-sessions.ts'
import { subscribe } from '../support/websocket.ts'

interface Update {
  readonly profilingSessionUpdated: { readonly status: string } | null
}

/** One write, what it is tried on, and how one sees that Vault has carried it out. */
interface Write {
  readonly field: string
  readonly route: VaultRouteName
  readonly before: string | undefined
  readonly done: string | null
  send(writer: ProfilingSessionWriter): Promise<GraphqlAnswer<unknown>>
}

const name = 'baseline__c'

const writes: readonly Write[] = [
  {
    field: 'createProfilingSession',
    route: 'profiling-session-create',
    before: undefined,
    done: 'IN_PROGRESS',
    send: (writer) => writer.create({ label: 'Baseline' }),
  },
  {
    field: 'endProfilingSession',
    route: 'profiling-session-end',
    before: 'in_progress__sys',
    done: 'PROCESSING',
    send: (writer) => writer.end(name),
  },
  {
    field: 'deleteProfilingSession',
    route: 'profiling-session-delete',
    before: 'complete__sys',
    done: null,
    send: (writer) => writer.delete(name),
  },
]

const hint = 'It may have been carried out: look before you try again.'

/** Faults after which nobody knows what became of the write. */
const losses: readonly { readonly answer: Fault; readonly code: string; readonly isDone: boolean }[] = [
  { answer: { kind: 'hold' }, code: 'UPSTREAM_TIMEOUT', isDone: false },
  { answer: { kind: 'stall', afterBytes: 5 }, code: 'UPSTREAM_TIMEOUT', isDone: true },
  { answer: { kind: 'reset' }, code: 'UPSTREAM_UNAVAILABLE', isDone: false },
  { answer: { kind: 'truncate', afterBytes: 5 }, code: 'UPSTREAM_UNAVAILABLE', isDone: true },
  { answer: { kind: 'status', status: 503 }, code: 'UPSTREAM_UNAVAILABLE', isDone: false },
  { answer: { kind: 'exception' }, code: 'UPSTREAM_UNAVAILABLE', isDone: false },
  {
    answer: { kind: 'status', status: 200, body: '<p>Sign in</p>' },
    code: 'UPSTREAM_INVALID_RESPONSE',
    isDone: false,
  },
]

describe('a write to profiling sessions', () => {
  let sandbox: Sandbox
  let gateway: Gateway
  /** For what is silent alone: the sandbox lives in this process, and a pause of it must not be taken for silence. */
  let impatient: Gateway
  let alice: ProfilingSessionWriter
  let bob: ProfilingSessionWriter
  let users = 0

  before(async () => {
    sandbox = await startSandbox({ scene: 'empty' })
    sandbox.vault.addUser({ id: 1, sessionId: 'alice' })
    sandbox.vault.addUser({ id: 2, sessionId: 'bob' })
    sandbox.vault.profilerPace = { recordingMs: 3_600_000, processingMs: 3_600_000 }
    // Nothing that is watched is looked at again by itself while a test lasts.
    const env = { POLL_INTERVAL_MS: '600000' }
    ;[gateway, impatient] = await Promise.all([
      startGateway({ sandbox, env }),
      startGateway({ sandbox, env: { ...env, UPSTREAM_TIMEOUT_MS: '2000' } }),
    ])
    alice = profilingSessionWriter(gateway, 'alice')
    bob = profilingSessionWriter(gateway, 'bob')
  })
  after(async () => {
    await Promise.all([gateway?.stop(), impatient?.stop()])
    await sandbox?.stop()
  })
  beforeEach(() => sandbox.vault.calls.clear())
  afterEach(() => {
    sandbox.vault.faults.clear()
    sandbox.vault.removeProfilingSession(name)
  })

  const prepare = ({ before: status }: Pick<Write, 'before'>) => {
    if (status !== undefined) sandbox.vault.addProfilingSession({ name, label: 'Baseline', status })
  }
  const firstMessage = ({ errors }: GraphqlAnswer<unknown>) => errors[0]?.message ?? ''

  /** A user whom no other test knows: what one test followed, the gateway may not have let go of yet. */
  const newUser = () => {
    users += 1
    const authorization = `user-${users}`
    sandbox.vault.addUser({ id: 100 + users, sessionId: authorization })
    return {
      ...profilingSessionWriter(gateway, authorization),
      follow: () =>
        subscribe<Update>(gateway, `subscription { profilingSessionUpdated(name: "${name}") { status } }`, {
          connectionParams: { authorization },
        }),
    }
  }

  for (const write of writes) {
    for (const { answer, code, isDone } of losses) {
      it(`${write.field} after ${JSON.stringify(answer)} is ${code}, says to look first, and is sent once`, async () => {
        prepare(write)
        const earlier = await alice.status(name)
        sandbox.vault.faults.add({ route: write.route, answer })
        const sender = code === 'UPSTREAM_TIMEOUT' ? profilingSessionWriter(impatient, 'alice') : alice
        const failed = await write.send(sender)
        assert.deepEqual(codesOf(failed), [code])
        assert.ok(firstMessage(failed).endsWith(hint), firstMessage(failed))
        assert.deepEqual(failed.data, { [write.field]: null })
        assert.equal(sandbox.vault.calls.count(write.route), 1)
        // Of a Vault of which it hears nothing but silence, the gateway would let go in the end.
        assert.equal(await sender.status(name), isDone ? write.done : earlier)
      })
    }

    it(`${write.field} with a session that has ended is UNAUTHENTICATED, and was not carried out`, async () => {
      prepare(write)
      sandbox.vault.faults.add({
        route: write.route,
        answer: { kind: 'failure', type: 'INVALID_SESSION_ID' },
      })
      const failed = await write.send(alice)
      assert.deepEqual(codesOf(failed), ['UNAUTHENTICATED'])
      assert.ok(!firstMessage(failed).includes('carried out'))
      assert.equal(sandbox.vault.calls.count(), 1)
    })

    it(`${write.field} is carried through when its caller leaves`, async () => {
      prepare(write)
      const held = sandbox.vault.faults.add({ route: write.route, answer: { kind: 'hold' } })
      const arrived = sandbox.vault.calls.next(write.route)
      const abort = new AbortController()
      const headers = { authorization: 'alice' }
      const argument = write.before === undefined ? 'input: { label: "Baseline" }' : `name: "${name}"`
      const left = request(gateway, `mutation { ${write.field}(${argument}) { __typename } }`, {
        headers,
        signal: abort.signal,
      })
      await arrived
      abort.abort()
      await assert.rejects(left)
      // The gateway has heard of it when it answers a request that came later.
      await fetch(`${gateway.url}/livez`)
      held.release()
      const [call] = sandbox.vault.calls.of(write.route)
      assert.equal(call?.aborted, false)
      assert.equal(await alice.status(name), write.done)
    })
  }

  it('of one user that meets a fault costs another user nothing', async () => {
    prepare({ before: 'in_progress__sys' })
    const held = sandbox.vault.faults.add({
      authorization: 'alice',
      method: 'POST',
      answer: { kind: 'hold' },
    })
    const arrived = sandbox.vault.calls.next('profiling-session-end')
    const late = alice.end(name)
    await arrived
    const ended = await bob.end(name)
    assert.equal(ended.data?.endProfilingSession?.profilingSession?.status, 'PROCESSING')
    held.release()
    assert.deepEqual(codesOf(await late), ['CONFLICT'], 'it has been ended meanwhile')
  })

  it('that created something without a name in the answer says to look', async () => {
    sandbox.vault.faults.add({
      route: 'profiling-session-create',
      answer: { kind: 'json', body: { responseStatus: 'SUCCESS', data: { id: '0LS1' } } },
    })
    const failed = await alice.create({ label: 'Baseline' })
    assert.deepEqual(codesOf(failed), ['UPSTREAM_INVALID_RESPONSE'])
    assert.match(firstMessage(failed), /`data\.name`/)
    assert.ok(firstMessage(failed).endsWith(hint))
  })

  it('that is done stays done where the session cannot be read, and the error names it', async () => {
    for (const [fault, code, message] of [
      [{ kind: 'exception' }, 'UPSTREAM_UNAVAILABLE', /Vault failed/],
      [{ kind: 'failure', type: 'INVALID_DATA' }, 'NOT_FOUND', /does not find it now/],
    ] as const) {
      const added = sandbox.vault.faults.add({ route: 'profiling-session', answer: fault })
      const created = await alice.create({ label: 'Baseline' })
      const ended = await alice.end(name)
      added.remove()
      assert.deepEqual(created.data, { createProfilingSession: { profilingSession: null } })
      assert.deepEqual(ended.data, { endProfilingSession: { profilingSession: null } })
      for (const [answer, what] of [
        [created, 'created'],
        [ended, 'ended'],
      ] as const) {
        assert.deepEqual(codesOf(answer), [code])
        assert.match(firstMessage(answer), new RegExp(`^The profiling session ${name} was ${what}, but`))
        assert.match(firstMessage(answer), message)
        assert.equal(answer.errors[0]?.path?.[1], 'profilingSession')
      }
      sandbox.vault.removeProfilingSession(name)
    }
  })

  it('is seen by the next query, although the session is watched', async () => {
    prepare({ before: 'in_progress__sys' })
    const user = newUser()
    await using subscription = user.follow()
    await subscription.next()
    assert.equal(await user.status(name), 'IN_PROGRESS')
    assert.equal(sandbox.vault.calls.count('profiling-session'), 1, 'what is watched costs no call')
    assert.deepEqual((await user.end(name)).errors, [])
    assert.equal(await user.status(name), 'PROCESSING')
    assert.equal((await subscription.next()).data?.profilingSessionUpdated?.status, 'PROCESSING')
  })

  it('that creates is seen, although one of the same name is watched that is there no more', async () => {
    prepare({ before: 'processing__sys' })
    const user = newUser()
    await using subscription = user.follow()
    await subscription.next()
    sandbox.vault.removeProfilingSession(name)
    const created = await user.create({ label: 'Baseline' })
    assert.equal(created.data?.createProfilingSession?.profilingSession?.status, 'IN_PROGRESS')
    assert.equal((await subscription.next()).data?.profilingSessionUpdated?.status, 'IN_PROGRESS')
  })

  it('whose answer is lost is seen by the next query and by the watch all the same', async () => {
    prepare({ before: 'in_progress__sys' })
    const user = newUser()
    await using subscription = user.follow()
    await subscription.next()
    sandbox.vault.faults.add({
      route: 'profiling-session-end',
      answer: { kind: 'truncate', afterBytes: 5 },
    })
    assert.deepEqual(codesOf(await user.end(name)), ['UPSTREAM_UNAVAILABLE'])
    assert.equal(await user.status(name), 'PROCESSING')
    assert.equal((await subscription.next()).data?.profilingSessionUpdated?.status, 'PROCESSING')
  })

  it('is seen by the next query, although reads that were asked before are still under way', async () => {
    prepare({ before: 'in_progress__sys' })
    const user = newUser()
    const held = sandbox.vault.faults.add({ route: 'profiling-session', times: 2, answer: { kind: 'hold' } })
    const watchAsks = sandbox.vault.calls.next('profiling-session')
    await using subscription = user.follow()
    await watchAsks
    const queryAsks = sandbox.vault.calls.next('profiling-session')
    const earlier = user.status(name)
    await queryAsks
    const ended = await user.end(name)
    assert.equal(ended.data?.endProfilingSession?.profilingSession?.status, 'PROCESSING')
    assert.equal(await user.status(name), 'PROCESSING')
    held.release()
    await earlier
    assert.equal((await subscription.next()).data?.profilingSessionUpdated?.status, 'PROCESSING')
  })

  it('in one operation with others shows each what the ones before it did', async () => {
    const answer = await request<Record<string, { readonly profilingSession: unknown } | null>>(
      gateway,
      `mutation {
         createProfilingSession(input: { label: "Baseline" }) { profilingSession { status } }
         endProfilingSession(name: "${name}") { profilingSession { status } }
         deleteProfilingSession(name: "${name}") { name }
       }`,
      { headers: { authorization: 'alice' } },
    )
    assert.deepEqual(answer.data, {
      createProfilingSession: { profilingSession: { status: 'IN_PROGRESS' } },
      endProfilingSession: { profilingSession: { status: 'PROCESSING' } },
      deleteProfilingSession: null,
    })
    assert.deepEqual(codesOf(answer), ['CONFLICT'])
  })

  it('leaves no credential in an error', async () => {
    sandbox.vault.faults.add({
      method: 'POST',
      answer: { kind: 'failure', type: 'OPERATION_NOT_ALLOWED', message: 'not for alice' },
    })
    const failed = await alice.create({ label: 'Baseline' })
    assert.match(firstMessage(failed), /not for …/)
  })
})
