import assert from 'node:assert/strict'
import { after, afterEach, before, beforeEach, describe, it } from 'node:test'
import { type Sandbox, startSandbox } from '../../src/sandbox/sandbox.ts'
import type { SandboxProfilingSession } from '../../src/sandbox/vault/profiling-sessions.ts'
import { type Gateway, startGateway } from '../support/gateway.ts'
import { codesOf, data, request } from '../support/graphql.ts'
import { documentedHeader, zipAnswer, zipOf } from '../support/profiling-results.ts'
import { profilingSessionWriter } from '../support/profiling-sessions.ts'
import { subscribe } from '../support/websocket.ts'

interface Node {
  readonly id: string
  readonly timestamp: string
  readonly userId: string
  readonly cpuTimeNs: number
  readonly elapsedTimeMs: number
  readonly grossMemoryBytes: number
}

interface Page {
  readonly nodes: readonly Node[]
  readonly totalCount: number
  readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string | null }
}

interface Summary {
  readonly requestCount: number
  readonly userCount: number
  readonly totals: { readonly cpuTimeNs: number }
  readonly cpuTimeNs: { readonly p50: number; readonly p95: number; readonly p99: number } | null
  readonly mostExpensive: readonly { readonly id: string; readonly cpuTimeNs: number }[]
}

interface Session {
  readonly name: string
  readonly results: Page | null
  readonly resultsSummary: Summary | null
}

const yesterday = new Date(Date.now() - 86_400_000)
const route = 'profiling-session-results'
const pageOf = (page: string) =>
  `results(${page}) { totalCount pageInfo { hasNextPage endCursor }
    nodes { id timestamp userId cpuTimeNs elapsedTimeMs grossMemoryBytes } }`
const summary =
  'resultsSummary { requestCount userCount totals { cpuTimeNs } cpuTimeNs { p50 p95 p99 } mostExpensive { id cpuTimeNs } }'

describe('results of a profiling session', () => {
  let sandbox: Sandbox
  let gateway: Gateway

  before(async () => {
    sandbox = await startSandbox({ scene: 'empty' })
    sandbox.vault.addUser({ id: 1, sessionId: 'alice' })
    sandbox.vault.addUser({ id: 2, sessionId: 'bob' })
    gateway = await startGateway({ sandbox, env: { POLL_INTERVAL_MS: '20', UPSTREAM_TIMEOUT_MS: '2000' } })
  })
  after(async () => {
    await gateway?.stop()
    await sandbox?.stop()
  })
  /** Results are kept, so that each test has a session of its own. */
  let number = 0
  let name = ''
  beforeEach(() => {
    number += 1
    name = `session_${number}__c`
    sandbox.vault.calls.clear()
  })
  afterEach(() => {
    sandbox.vault.faults.clear()
    sandbox.vault.removeProfilingSession(name)
  })
  const add = (session: Omit<SandboxProfilingSession, 'name' | 'status'> = {}) =>
    sandbox.vault.addProfilingSession({ name, status: 'complete__sys', ...session })

  const ask = (fields: string, authorization = 'alice', signal?: AbortSignal) =>
    request<{ readonly profilingSession: Session | null }>(
      gateway,
      `query ($name: String!) { profilingSession(name: $name) { name ${fields} } }`,
      { variables: { name }, headers: { authorization }, ...(signal === undefined ? {} : { signal }) },
    )
  const session = async (fields: string, authorization?: string) => {
    const answer = await ask(fields, authorization)
    assert.deepEqual(answer.errors, [])
    assert.ok(answer.data.profilingSession !== null)
    return answer.data.profilingSession
  }

  const walk = async (orderBy: string) => {
    const nodes: Node[] = []
    let after = ''
    for (;;) {
      const { results } = await session(pageOf(`orderBy: ${orderBy} first: 200 ${after}`))
      assert.ok(results !== null)
      assert.equal(results.totalCount, 450)
      nodes.push(...results.nodes)
      if (!results.pageInfo.hasNextPage) return nodes
      after = `after: "${results.pageInfo.endCursor}"`
    }
  }

  it('are walked page by page in each order, each row once, from one download', async () => {
    add({ requestCount: 450 })
    const byRow = (await walk('TIMESTAMP')).toSorted((one, other) => one.id.localeCompare(other.id))
    assert.equal(new Set(byRow.map(({ id }) => id)).size, 450)
    for (const [orderBy, key, sign] of [
      ['TIMESTAMP', ({ timestamp }: Node) => Date.parse(timestamp), 1],
      ['CPU_TIME', ({ cpuTimeNs }: Node) => cpuTimeNs, -1],
      ['ELAPSED_TIME', ({ elapsedTimeMs }: Node) => elapsedTimeMs, -1],
      ['MEMORY', ({ grossMemoryBytes }: Node) => grossMemoryBytes, -1],
    ] as const) {
      const nodes = await walk(orderBy)
      const keys = nodes.map(key)
      assert.deepEqual(
        keys,
        keys.toSorted((one, other) => sign * (one - other)),
        orderBy,
      )
      assert.deepEqual(
        nodes.toSorted((one, other) => one.id.localeCompare(other.id)),
        byRow,
        orderBy,
      )
    }
    assert.equal(sandbox.vault.calls.count(route), 1)
  })

  it('are downloaded once for all fields and pages of one operation, and the summary fits them', async () => {
    add({ requestCount: 120 })
    const { results, resultsSummary } = await session(
      `${pageOf('first: 200, orderBy: CPU_TIME')} ${summary} again: ${pageOf('first: 1, orderBy: MEMORY')}`,
    )
    assert.ok(results !== null && resultsSummary !== null)
    const costs = results.nodes.map(({ cpuTimeNs }) => cpuTimeNs)
    assert.deepEqual(resultsSummary, {
      requestCount: 120,
      userCount: new Set(results.nodes.map(({ userId }) => userId)).size,
      totals: { cpuTimeNs: costs.reduce((total, cost) => total + cost, 0) },
      cpuTimeNs: { p50: costs[60], p95: costs[6], p99: costs[1] },
      mostExpensive: results.nodes.slice(0, 10).map(({ id, cpuTimeNs }) => ({ id, cpuTimeNs })),
    })
    assert.equal(sandbox.vault.calls.count(route), 1)
  })

  it('are downloaded once, however many ask at the same time with one credential', async () => {
    add()
    const held = sandbox.vault.faults.add({ route, answer: { kind: 'hold' } })
    const arrived = sandbox.vault.calls.next(route)
    const answers = Array.from({ length: 20 }, () => session(summary))
    await arrived
    held.release()
    const [first, ...others] = await Promise.all(answers)
    for (const other of others) assert.deepEqual(other, first)
    assert.equal(sandbox.vault.calls.count(route), 1)
  })

  it('take values beyond 32 bits, any text, and times that are none', async () => {
    const row = 'noon,7,"Ōkafor, Ada",e,r,5000000000,6000000000,7000000000.5,8000000000'
    add({ results: zipOf(`${documentedHeader.toUpperCase()}\n${row}\n`) })
    const fields =
      'timestamp rawTimestamp userName executionId sdkRequestId sdkCount cpuTimeNs elapsedTimeMs grossMemoryBytes'
    const { results } = await session(`results { nodes { ${fields} } }`)
    assert.deepEqual(results?.nodes, [
      {
        ...{
          timestamp: null,
          rawTimestamp: 'noon',
          userName: 'Ōkafor, Ada',
          executionId: 'e',
          sdkRequestId: 'r',
        },
        ...{ sdkCount: 5e9, cpuTimeNs: 6e9, elapsedTimeMs: 7_000_000_000.5, grossMemoryBytes: 8e9 },
      },
    ])
  })

  it('of nobody are an empty page, and a summary of nothing', async () => {
    add({ results: zipOf(documentedHeader) })
    const { results, resultsSummary } = await session(`${pageOf('first: 5')} ${summary}`)
    assert.deepEqual(results, { nodes: [], totalCount: 0, pageInfo: { hasNextPage: false, endCursor: null } })
    assert.deepEqual(resultsSummary, {
      ...{ requestCount: 0, userCount: 0, totals: { cpuTimeNs: 0 }, cpuTimeNs: null, mostExpensive: [] },
    })
  })

  it('are null until the session is complete, and nothing is downloaded', async () => {
    add({ requestCount: 3 })
    for (const status of ['in_progress__sys', 'processing__sys', 'something_new__sys']) {
      sandbox.vault.setProfilingSessionStatus(name, status)
      assert.deepEqual(await session(`${pageOf('first: 5')} ${summary}`), {
        ...{ name, results: null, resultsSummary: null },
      })
    }
    assert.equal(sandbox.vault.calls.count(route), 0)
  })

  it('come with the last event of a subscription', async () => {
    add({ requestCount: 3 })
    sandbox.vault.setProfilingSessionStatus(name, 'processing__sys')
    await using subscription = subscribe<{ readonly profilingSessionUpdated: Session }>(
      gateway,
      'subscription ($name: String!) { profilingSessionUpdated(name: $name) { resultsSummary { requestCount } } }',
      { variables: { name }, connectionParams: { authorization: 'alice' } },
    )
    assert.equal((await subscription.next()).data?.profilingSessionUpdated.resultsSummary, null)
    sandbox.vault.setProfilingSessionStatus(name, 'complete__sys')
    assert.equal((await subscription.next()).data?.profilingSessionUpdated.resultsSummary?.requestCount, 3)
  })

  it('go on behind a cursor of the same session and order only', async () => {
    add({ requestCount: 8 })
    const { results } = await session(pageOf('first: 3, orderBy: MEMORY'))
    const after = `after: "${results?.pageInfo.endCursor}"`
    assert.equal((await session(pageOf(`${after}, orderBy: MEMORY`))).results?.nodes.length, 5)
    const others = [`${after}, orderBy: CPU_TIME`, after, 'after: "x"', 'first: 0', 'first: 201']
    for (const page of others) {
      const { errors, data: answered } = await ask(pageOf(page))
      assert.deepEqual(
        errors.map(({ extensions, path }) => [extensions?.['code'], path]),
        [['BAD_USER_INPUT', ['profilingSession', 'results']]],
      )
      assert.equal(answered.profilingSession?.name, name)
    }
    sandbox.vault.removeProfilingSession(name)
    add({ createdDate: yesterday })
    assert.deepEqual(codesOf(await ask(pageOf(`${after}, orderBy: MEMORY`))), ['BAD_USER_INPUT'])
  })

  it('are never those that another caller was shown', async () => {
    const zipOfUser = (user: number) => zipOf(`user_id,sdk_cpu_time,sdk_elapsed_time\n${user},${user},1\n`)
    add({ results: zipOfUser(1) })
    sandbox.vault.faults.add({ route, authorization: 'bob', answer: zipAnswer(zipOfUser(2)) })
    const users = async (authorization: string) =>
      (await session(pageOf('first: 5'), authorization)).results?.nodes.map(({ userId }) => userId)
    const seen = await Promise.all(['alice', 'bob', 'bob', 'alice'].map(users))
    assert.deepEqual(seen, [['1'], ['2'], ['2'], ['1']])
    assert.deepEqual([await users('alice'), await users('bob')], [['1'], ['2']])
    assert.deepEqual(
      sandbox.vault.calls
        .of(route)
        .map(({ headers }) => headers.authorization)
        .toSorted(),
      ['alice', 'bob'],
    )
  })

  it('are not shown any more once the session at Vault has ended', async () => {
    add()
    sandbox.vault.addUser({ id: 3, sessionId: 'carol' })
    assert.equal((await session(summary, 'carol')).resultsSummary?.requestCount, 640)
    sandbox.vault.endSession('carol')
    const { data: answered, errors } = await ask(summary, 'carol')
    assert.equal(answered.profilingSession, null)
    assert.deepEqual(codesOf({ errors }), ['UNAUTHENTICATED'])
  })

  it('of a session that was deleted are gone, and a new one of the same name has its own', async () => {
    add({ requestCount: 3 })
    assert.equal((await session(summary)).resultsSummary?.requestCount, 3)
    const { errors } = await profilingSessionWriter(gateway, 'alice').delete(name)
    assert.deepEqual(errors, [])
    assert.equal((await ask(summary)).data.profilingSession, null)
    add({ requestCount: 4 })
    assert.equal((await session(summary)).resultsSummary?.requestCount, 4)
    sandbox.vault.removeProfilingSession(name)
    add({ requestCount: 5, createdDate: yesterday })
    assert.equal((await session(summary)).resultsSummary?.requestCount, 5)
  })

  it('of a list cost one download for each complete session, two at the same time', async () => {
    const names = Array.from({ length: 10 }, (_, index) => `listed_${index}__c`)
    for (const [index, listed] of names.entries()) {
      const status = index === 3 ? 'in_progress__sys' : 'complete__sys'
      sandbox.vault.addProfilingSession({ name: listed, status, requestCount: index + 1 })
    }
    const query = '{ profilingSessions { name resultsSummary { requestCount } results { totalCount } } }'
    const headers = { authorization: 'alice' }
    const { profilingSessions } = await data<{ profilingSessions: readonly Session[] }>(gateway, query, {
      headers,
    })
    assert.deepEqual(
      profilingSessions.map(({ resultsSummary }) => resultsSummary?.requestCount ?? null),
      [1, 2, 3, null, 5, 6, 7, 8, 9, 10],
    )
    assert.equal(sandbox.vault.calls.count(route), 9)
    assert.ok(sandbox.vault.calls.mostAtOnce(route) <= 2)
    for (const listed of names) sandbox.vault.removeProfilingSession(listed)
  })
})
