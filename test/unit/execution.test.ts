import assert from 'node:assert/strict'
import { beforeEach, describe, it } from 'node:test'
import { makeExecutableSchema } from '@graphql-tools/schema'
import { type DocumentNode, OperationTypeNode, parse } from 'graphql'
import type { BrowserSession } from '../../src/core/browser-session.ts'
import { type HttpExchange, OperationCancelled, type OperationContext } from '../../src/core/operation.ts'
import { createMemoryHub } from '../../src/fleet/memory-bus.ts'
import { shareWrites } from '../../src/fleet/shared-writes.ts'
import { createContextFactory } from '../../src/graphql/context.ts'
import { createExecution, type Execution } from '../../src/graphql/execution.ts'
import { noUpstreamEvents } from '../../src/upstream/observed-call.ts'
import { createWriteCount, type WriteCount } from '../../src/upstream/write-count.ts'
import { createFakeClock, type FakeClock } from '../support/fake-clock.ts'
import { settled } from '../support/settled.ts'
import { callerNamed } from '../support/subscriptions-bench.ts'

const exchange: HttpExchange = { clientAddress: '192.0.2.1', setCookie: async () => {}, clearCookie() {} }
const session: BrowserSession = { vaultSession: 'anna', userId: '1', vaultId: '2', expiresAtMs: 1000 }

/** As the check of documents remembers them. */
const documents = new Map<string, DocumentNode>()

function documentOf(source: string): DocumentNode {
  const document = documents.get(source) ?? parse(source)
  documents.set(source, document)
  return document
}

describe('an execution', () => {
  let execution: Execution
  let writes: WriteCount
  let clock: FakeClock
  /** The contexts of the resolvers that run, and how to let them go on. */
  let running: { readonly context: OperationContext; answer(value: number): void }[]

  beforeEach(() => {
    running = []
    clock = createFakeClock()
    writes = createWriteCount()
    const resolve = (_root: unknown, _arguments: unknown, context: OperationContext) =>
      new Promise<number>((answer) => void running.push({ context, answer }))
    const schema = makeExecutableSchema<OperationContext>({
      typeDefs: 'type Query { n(of: Int): Int } type Mutation { set: Int }',
      resolvers: { Query: { n: resolve }, Mutation: { set: resolve } },
    })
    const createContext = createContextFactory([])
    execution = createExecution({
      schema,
      createContext,
      presentError: ({ message }) => ({ message }),
      writes,
      clock,
    })
  })

  const run = async (
    source: string,
    {
      name = 'anna',
      variables = null,
      browserSession,
      abort = new AbortController(),
    }: {
      name?: string
      variables?: Record<string, unknown> | null
      browserSession?: BrowserSession
      abort?: AbortController
    } = {},
  ) =>
    execution(
      {
        type: source.startsWith('mutation') ? OperationTypeNode.MUTATION : OperationTypeNode.QUERY,
        document: documentOf(source),
        operationName: null,
        variables,
      },
      {
        caller: callerNamed(name),
        browser: { session: browserSession, exchange },
      },
      () => abort.signal,
    )
  const answerAll = (value: number) => {
    for (const { answer } of running.splice(0)) answer(value)
  }

  it('of a query that the same caller has under way is that one', async () => {
    const both = [run('{ n }'), run('{ n }')]
    await settled()
    assert.equal(running.length, 1)
    answerAll(1)
    const [first, second] = await Promise.all(both)
    assert.equal(first?.json, '{"data":{"n":1}}')
    assert.equal(second, first)
    const third = run('{ n }')
    answerAll(2)
    assert.equal((await third).json, '{"data":{"n":2}}')
  })

  it('is one of its own for another caller, other variables, another document or another end of the session', async () => {
    const query = 'query ($of: Int) { n(of: $of) }'
    const all = [
      run(query),
      run(query, { name: 'ben' }),
      run(query, { variables: { of: 1 } }),
      run(`${query} `),
      run(query, { browserSession: session }),
      run(query, { browserSession: { ...session, expiresAtMs: 2000 } }),
    ]
    await settled()
    assert.equal(running.length, all.length)
    answerAll(1)
    await Promise.all(all)
  })

  it('of a query has the head of no answer in its hands: it may be run for several', async () => {
    const both = [
      run('{ n }', { browserSession: session }),
      run('mutation { set }', { browserSession: session }),
    ]
    await settled()
    const [query, mutation] = running.map(({ context }) => context.browser)
    assert.deepEqual(query, { session, exchange: undefined })
    assert.deepEqual(mutation, { session, exchange })
    answerAll(1)
    await Promise.all(both)
  })

  it('is joined for two seconds, so that what is told is no older', async () => {
    const first = run('{ n }')
    await settled()
    clock.advance(1999)
    const joined = run('{ n }')
    await settled()
    assert.equal(running.length, 1)
    clock.advance(1)
    const later = [run('{ n }'), run('{ n }')]
    await settled()
    assert.equal(running.length, 2)
    answerAll(1)
    await Promise.all([first, joined, ...later])
  })

  it('of a query is none where the same caller was told the same, and all of it is remembered', async () => {
    let isRemembered = true
    const ranFor = async (name = 'anna') => {
      const answer = run('{ n }', { name })
      await settled()
      const { length } = running
      for (const { context } of running) context.basis?.restsOn(() => isRemembered)
      answerAll(7)
      assert.equal((await answer).json, '{"data":{"n":7}}')
      return length
    }
    assert.equal(await ranFor(), 1)
    assert.equal(await ranFor(), 0)
    assert.equal(await ranFor('ben'), 1)
    writes.note()
    assert.equal(await ranFor(), 1)
    assert.equal(await ranFor(), 0)
    isRemembered = false
    assert.equal(await ranFor(), 1)
  })

  it('of a mutation is one of its own', async () => {
    const both = [run('mutation { set }'), run('mutation { set }')]
    await settled()
    assert.equal(running.length, 2)
    answerAll(1)
    await Promise.all(both)
  })

  it('does not join a query that began before something was written', async () => {
    const before = run('{ n }')
    const { onCall } = writes.counting(noUpstreamEvents)
    onCall({ service: 'vault', method: 'GET', route: '/jobs' }, 'OK', 1)
    onCall({ service: 'vault', method: 'POST', route: '/keep-alive' }, 'OK', 1)
    const joined = run('{ n }')
    await settled()
    assert.equal(running.length, 1)
    onCall({ service: 'vault', method: 'POST', route: '/jobs' }, 'UPSTREAM_TIMEOUT', 1)
    const after = run('{ n }')
    await settled()
    assert.equal(running.length, 2)
    answerAll(1)
    await Promise.all([before, joined, after])
  })

  it('does not join a query that began before something was written through another replica', async () => {
    const hub = createMemoryHub()
    const elsewhere = createWriteCount()
    shareWrites(hub.connect(), writes)
    shareWrites(hub.connect(), elsewhere)
    const before = run('{ n }')
    elsewhere.counting(noUpstreamEvents).onCall({ service: 'vault', method: 'POST', route: '/jobs' }, 'OK', 1)
    await settled()
    const after = run('{ n }')
    await settled()
    assert.equal(running.length, 2)
    assert.deepEqual([writes.current(), elsewhere.current()], [1, 1])
    answerAll(1)
    await Promise.all([before, after])
  })

  it('goes on while anybody waits for it, and ends when all have gone', async () => {
    const [one, other] = [new AbortController(), new AbortController()]
    const reason = new OperationCancelled('gone')
    const first = run('{ n }', { abort: one })
    const second = run('{ n }', { abort: other })
    await settled()
    one.abort(reason)
    await assert.rejects(first, reason)
    const [{ context } = assert.fail()] = running
    assert.equal(context.signal.aborted, false)
    other.abort(reason)
    await assert.rejects(second, reason)
    assert.equal(context.signal.aborted, true)
  })

  it('tells that nothing was run where the variables do not fit', async () => {
    const { hasData, errors } = await run('query ($of: Int!) { n(of: $of) }')
    assert.equal(hasData, false)
    assert.equal(errors?.length, 1)
  })
})
