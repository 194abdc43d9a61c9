import assert from 'node:assert/strict'
import { after, afterEach, before, beforeEach, describe, it } from 'node:test'
import { type Sandbox, startSandbox } from '../../src/sandbox/sandbox.ts'
import { createFakeClock, type FakeClock } from '../support/fake-clock.ts'
import { type Gateway, startGateway } from '../support/gateway.ts'
import { codesOf, type GraphqlAnswer } from '../support/graphql.ts'
import { type ProfilingSessionWriter, profilingSessionWriter } from '../support/profiling-sessions.ts'
import { subscribe } from '../support/websocket.ts'

interface Update {
  readonly profilingSessionUpdated: { readonly status: string; readonly resultsUrl: string | null } | null
}

const writeRoutes = ['profiling-session-create', 'profiling-session-end', 'profiling-session-delete'] as const

describe('the life of a profiling session', () => {
  let clock: FakeClock
  let sandbox: Sandbox
  let gateway: Gateway
  let alice: ProfilingSessionWriter
  let bob: ProfilingSessionWriter

  before(async () => {
    clock = createFakeClock()
    sandbox = await startSandbox({ scene: 'empty', clock })
    sandbox.vault.addUser({ id: 1, sessionId: 'alice' })
    sandbox.vault.addUser({ id: 2, sessionId: 'bob' })
    sandbox.vault.profilerPace = { recordingMs: 1_200_000, processingMs: 900_000 }
    gateway = await startGateway({ sandbox, env: { POLL_INTERVAL_MS: '20', UPSTREAM_TIMEOUT_MS: '1000' } })
    alice = profilingSessionWriter(gateway, 'alice')
    bob = profilingSessionWriter(gateway, 'bob')
  })
  after(async () => {
    await gateway?.stop()
    await sandbox?.stop()
  })
  const names = new Set<string>()
  const add = (name: string, status: string) => {
    names.add(name)
    sandbox.vault.addProfilingSession({ name, status })
  }
  beforeEach(() => sandbox.vault.calls.clear())
  afterEach(() => {
    sandbox.vault.faults.clear()
    sandbox.vault.profilerRuleErrorType = 'OPERATION_NOT_ALLOWED'
    sandbox.vault.unknownKeyErrorType = 'INVALID_DATA'
    for (const name of [...names, 'baseline__c', 'other__c']) sandbox.vault.removeProfilingSession(name)
    names.clear()
  })

  const follow = (name: string, authorization = 'alice') =>
    subscribe<Update>(
      gateway,
      'subscription ($name: String!) { profilingSessionUpdated(name: $name) { status resultsUrl } }',
      { variables: { name }, connectionParams: { authorization } },
    )
  const messageOf = ({ errors }: GraphqlAnswer<unknown>) => errors.map(({ message }) => message).join('\n')
  const assertFails = (answer: GraphqlAnswer<unknown>, code: string, message: RegExp) => {
    assert.deepEqual(codesOf(answer), [code], messageOf(answer))
    assert.match(messageOf(answer), message)
  }
  const writes = () => writeRoutes.reduce((total, route) => total + sandbox.vault.calls.count(route), 0)

  it('is created, followed, ended, complete, downloaded and deleted', async () => {
    const input = { label: 'Baseline', description: 'Before & after', userId: '1002' }
    const created = await alice.create(input)
    assert.deepEqual(created.errors, [])
    assert.deepEqual(created.data?.createProfilingSession?.profilingSession, {
      ...{ name: 'baseline__c', label: 'Baseline', description: 'Before & after' },
      ...{ status: 'IN_PROGRESS', userId: '1002', resultsUrl: null },
    })

    await using subscription = follow('baseline__c')
    const next = async () => (await subscription.next()).data?.profilingSessionUpdated
    assert.equal((await next())?.status, 'IN_PROGRESS')
    const ended = await alice.end('baseline__c')
    assert.deepEqual(ended.errors, [])
    assert.equal(ended.data?.endProfilingSession?.profilingSession?.status, 'PROCESSING')
    assert.equal((await next())?.status, 'PROCESSING')
    clock.advance(900_000)
    const last = await next()
    assert.equal(last?.status, 'COMPLETE')
    assert.ok(await subscription.completes())
    const results = await fetch(String(last?.resultsUrl))
    assert.deepEqual([results.status, results.headers.get('content-type')], [200, 'application/zip'])
    await results.body?.cancel()

    const deleted = await alice.delete('baseline__c')
    assert.deepEqual(deleted.data, { deleteProfilingSession: { name: 'baseline__c' } })
    assert.equal(await alice.status('baseline__c'), null)
    assert.equal((await fetch(String(last?.resultsUrl))).status, 404)
    for (const route of writeRoutes) assert.equal(sandbox.vault.calls.count(route), 1, route)
  })

  it('sends what was given as a form, and leaves out what was not', async () => {
    await alice.create({ label: 'Baseline', description: '', userId: null })
    const [call] = sandbox.vault.calls.of('profiling-session-create')
    assert.deepEqual([...(call?.form ?? [])], [['label', 'Baseline']])
    assert.equal(call?.headers.authorization, 'alice')
  })

  it('ends by itself when its time is over', async () => {
    await alice.create({ label: 'Baseline' })
    clock.advance(1_200_000)
    assert.equal(await alice.status('baseline__c'), 'PROCESSING')
  })

  for (const type of ['OPERATION_NOT_ALLOWED', 'INVALID_DATA']) {
    describe(`where Vault refuses with ${type}`, () => {
      beforeEach(() => {
        sandbox.vault.profilerRuleErrorType = type
      })

      it('a second session is a conflict that names the active one', async () => {
        await alice.create({ label: 'Baseline' })
        const second = await bob.create({ label: 'Other' })
        assertFails(second, 'CONFLICT', /baseline__c is recording\. End it with `endProfilingSession`/)
        assert.equal(second.errors[0]?.path?.[0], 'createProfilingSession')
        await alice.end('baseline__c')
        assertFails(
          await bob.create({ label: 'Other' }),
          'CONFLICT',
          /prepares the results of baseline__c\. Wait until it is complete/,
        )
      })

      it('an eleventh session is a conflict that says to delete one', async () => {
        for (let number = 1; number <= 10; number += 1) add(`kept_${number}__c`, 'complete__sys')
        assertFails(
          await alice.create({ label: 'Baseline' }),
          'CONFLICT',
          /keeps 10 sessions, and 10 are there\. Delete one with `deleteProfilingSession`/,
        )
        await alice.delete('kept_3__c')
        assert.deepEqual((await alice.create({ label: 'Baseline' })).errors, [])
      })

      it('an active session is not deleted, and the message says what to wait for', async () => {
        add('baseline__c', 'in_progress__sys')
        assertFails(
          await alice.delete('baseline__c'),
          'CONFLICT',
          /baseline__c is recording\. End it with `endProfilingSession`/,
        )
        sandbox.vault.setProfilingSessionStatus('baseline__c', 'processing__sys')
        assertFails(await alice.delete('baseline__c'), 'CONFLICT', /Wait until it is complete/)
      })

      it('a session that does not record is not ended', async () => {
        add('baseline__c', 'processing__sys')
        assertFails(await alice.end('baseline__c'), 'CONFLICT', /prepares the results of baseline__c/)
        sandbox.vault.setProfilingSessionStatus('baseline__c', 'complete__sys')
        assertFails(await alice.end('baseline__c'), 'CONFLICT', /baseline__c is complete/)
      })

      it('and the look that would tell why fails, its own words are told', async () => {
        add('baseline__c', 'processing__sys')
        sandbox.vault.faults.add({ method: 'GET', answer: { kind: 'failure', type: 'INVALID_SESSION_ID' } })
        const code = type === 'INVALID_DATA' ? 'BAD_USER_INPUT' : 'CONFLICT'
        assertFails(await alice.create({ label: 'Other' }), code, /Vault refused: “Only one session/)
        assertFails(await alice.delete('baseline__c'), code, /Vault refused: “Only an inactive/)
      })
    })
  }

  for (const type of ['INVALID_DATA', 'MALFORMED_URL']) {
    it(`an unknown name is NOT_FOUND, where Vault says ${type} of it`, async () => {
      sandbox.vault.unknownKeyErrorType = type
      assertFails(await alice.end('nothing__c'), 'NOT_FOUND', /no profiling session nothing__c/)
      assertFails(await alice.delete('nothing__c'), 'NOT_FOUND', /no profiling session nothing__c/)
      const fault = sandbox.vault.faults.add({ method: 'POST', answer: { kind: 'failure', type } })
      assertFails(await alice.end('nothing__c'), 'NOT_FOUND', /no profiling session nothing__c/)
      assert.equal(fault.used(), 1)
    })
  }

  it('who lacks the permission is FORBIDDEN, whatever is there', async () => {
    add('baseline__c', 'in_progress__sys')
    sandbox.vault.faults.add({
      authorization: 'bob',
      answer: { kind: 'failure', type: 'INSUFFICIENT_ACCESS' },
    })
    for (const answer of [
      await bob.create({ label: 'Other' }),
      await bob.end('baseline__c'),
      await bob.delete('baseline__c'),
    ]) {
      assertFails(answer, 'FORBIDDEN', /permission/)
    }
  })

  it('who may see a session but not end it is FORBIDDEN', async () => {
    add('baseline__c', 'in_progress__sys')
    sandbox.vault.faults.add({ method: 'POST', answer: { kind: 'failure', type: 'INSUFFICIENT_ACCESS' } })
    assertFails(await bob.end('baseline__c'), 'FORBIDDEN', /permission/)
  })

  it('a label of which a session has the name already is a conflict that says to choose another', async () => {
    add('baseline__c', 'complete__sys')
    assertFails(await alice.create({ label: 'BASELINE' }), 'CONFLICT', /“BASELINE”: choose another label/)
    assert.equal(sandbox.vault.calls.count('profiling-sessions'), 0)
  })

  it('an input that no rule explains is BAD_USER_INPUT in the words of Vault', async () => {
    const message = 'No such user.'
    sandbox.vault.faults.add({ method: 'POST', answer: { kind: 'failure', type: 'INVALID_DATA', message } })
    assertFails(await alice.create({ label: 'Baseline', userId: '77' }), 'BAD_USER_INPUT', /No such user/)
  })

  it('an input that cannot be right asks Vault nothing', async () => {
    for (const [input, message] of [
      [{ label: '' }, /`label` is empty/],
      [{ label: ' \n' }, /`label` is empty/],
      [{ label: 'x'.repeat(256) }, /`label` has 256 characters; it may have 255/],
      [{ label: 'x', description: 'x'.repeat(4001) }, /`description` has 4001 characters/],
      [{ label: 'x', userId: 'me' }, /`userId` is Vault's id of a user/],
      [{ label: 'x', userId: '' }, /`userId`/],
    ] as const) {
      assertFails(await alice.create(input), 'BAD_USER_INPUT', message)
    }
    for (const name of ['', '..', 'a/b', 'a\\b', 'x'.repeat(513)]) {
      assert.deepEqual(codesOf(await alice.end(name)), ['BAD_USER_INPUT'])
      assert.deepEqual(codesOf(await alice.delete(name)), ['BAD_USER_INPUT'])
    }
    assert.deepEqual(codesOf(await profilingSessionWriter(gateway, 'a  b').end('x')), ['UNAUTHENTICATED'])
    assert.equal(sandbox.vault.calls.count(), 0)
  })

  it('of two who create at once one gets a session, and the other learns which is active', async () => {
    const answers = await Promise.all([alice.create({ label: 'Baseline' }), bob.create({ label: 'Other' })])
    const [refused] = answers.filter(({ errors }) => errors.length > 0)
    const [taken] = answers.filter(({ errors }) => errors.length === 0)
    const name = taken?.data?.createProfilingSession?.profilingSession?.name
    assert.ok(name !== undefined && refused !== undefined)
    assertFails(refused, 'CONFLICT', new RegExp(`${name} is recording`))
    assert.equal(sandbox.vault.calls.count('profiling-session-create'), 2)
  })

  it('of two who end at once each is told what became of it, and both follow the same session', async () => {
    add('baseline__c', 'in_progress__sys')
    await using forAlice = follow('baseline__c', 'alice')
    await using forBob = follow('baseline__c', 'bob')
    const next = async (one: typeof forAlice) => (await one.next()).data?.profilingSessionUpdated?.status
    assert.deepEqual([await next(forAlice), await next(forBob)], ['IN_PROGRESS', 'IN_PROGRESS'])
    const answers = await Promise.all([alice.end('baseline__c'), bob.end('baseline__c')])
    assert.deepEqual(answers.flatMap(codesOf), ['CONFLICT'])
    assert.deepEqual([await next(forAlice), await next(forBob)], ['PROCESSING', 'PROCESSING'])
    assert.equal(sandbox.vault.calls.count('profiling-session-end'), 2)
    assert.equal(writes(), 2)
  })
})
