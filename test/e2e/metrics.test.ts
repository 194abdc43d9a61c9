import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { type Sandbox, startSandbox } from '../../src/sandbox/sandbox.ts'
import { eventsOf, postForStream } from '../support/event-stream.ts'
import { startFleet } from '../support/fleet.ts'
import { type Gateway, startGateway } from '../support/gateway.ts'
import { request } from '../support/graphql.ts'
import { growth, type Scraped, scrape, scrapeUntil } from '../support/metrics.ts'
import { redisMissing, startRedis } from '../support/redis-server.ts'
import { subscribe } from '../support/websocket.ts'

const ada = { authorization: 'sandbox-demo' }

describe('/metrics', { timeout: 300_000 }, () => {
  let sandbox: Sandbox
  let gateway: Gateway
  before(async () => {
    sandbox = await startSandbox({ scene: 'empty', jobStatusWindowMs: 200 })
    gateway = await startGateway({ sandbox })
  })
  after(async () => {
    await gateway?.stop()
    await sandbox?.stop()
  })

  const ask = (query: string, headers: Readonly<Record<string, string>> = ada) =>
    request(gateway, query, { headers })
  const operationsSince = (before: Scraped, now: Scraped, labels: Readonly<Record<string, string>>) =>
    growth(before, now, 'vaultline_operations_total', labels)

  it('counts operations by type, root field and code, and the HTTP requests behind them', async () => {
    const { id } = sandbox.vault.addJob({ status: 'RUNNING' })
    const start = await scrape(gateway)
    await ask(`query Whatever { job(id: ${id}) { status } }`)
    await ask(`{ one: job(id: ${id}) { status } two: job(id: ${id}) { id } }`)
    await ask(`{ job(id: ${id}) { id } uploadSessions { id } }`)
    await ask('{ nothingLikeThis }')
    await ask('mutation { abortUploadSession(id: "none") { id } }')
    await ask('{ uploadSessions { id } }', { authorization: 'nobody' })
    await ask('{ __schema { queryType { name } } }')
    const now = await scrape(gateway)
    for (const [count, labels] of [
      [2, { type: 'query', field: 'job', code: 'OK' }],
      [1, { type: 'query', field: 'several', code: 'OK' }],
      [1, { type: 'none', field: 'none', code: 'GRAPHQL_VALIDATION_FAILED' }],
      [1, { type: 'mutation', field: 'abortUploadSession', code: 'NOT_FOUND' }],
      [1, { type: 'query', field: 'uploadSessions', code: 'UNAUTHENTICATED' }],
      [1, { type: 'query', field: 'introspection', code: 'OK' }],
    ] as const) {
      assert.equal(operationsSince(start, now, labels), count, JSON.stringify(labels))
    }
    assert.equal(operationsSince(start, now, {}), 7)
    assert.equal(growth(start, now, 'vaultline_errors_total', { code: 'UNAUTHENTICATED' }), 1)
    assert.equal(growth(start, now, 'vaultline_operation_duration_seconds_count', { type: 'query' }), 5)
    const answered = await scrapeUntil(
      gateway,
      (scraped) => growth(start, scraped, 'vaultline_http_requests_total', { route: '/graphql' }) === 7,
    )
    assert.equal(
      growth(start, answered, 'vaultline_http_requests_total', { route: '/graphql', status: '400' }),
      1,
    )
  })

  it('counts what comes over a WebSocket and a stream of events in the same way', async () => {
    const start = await scrape(gateway)
    const socket = subscribe(gateway, '{ uploadSessions { id } }', { connectionParams: ada })
    await socket.next()
    const stream = await postForStream(gateway, { query: '{ uploadSessions { id } }' })
    await stream.text()
    const refused = subscribe(gateway, '{ nothingLikeThis }', { connectionParams: ada })
    await assert.rejects(refused.next())
    const now = await scrape(gateway)
    assert.equal(operationsSince(start, now, { type: 'query', field: 'uploadSessions', code: 'OK' }), 2)
    assert.equal(operationsSince(start, now, { type: 'none', code: 'GRAPHQL_VALIDATION_FAILED' }), 1)
  })

  it('counts what nobody waited for as CANCELLED, whichever way it went: the gateway is not at fault', async () => {
    const query = '{ activeJobs { totalCount } }'
    const ways: readonly [name: string, ask: (signal: AbortSignal) => Promise<unknown>][] = [
      ['by Apollo Server', (signal) => request(gateway, query, { headers: ada, signal })],
      ['the short way', (signal) => request(gateway, query, { headers: ada, signal })],
      [
        'over a stream of events',
        (signal) => postForStream(gateway, { query }, {}, signal).then((it) => it.text()),
      ],
      [
        'over a WebSocket',
        async (signal) => {
          await using socket = subscribe(gateway, query, { connectionParams: ada })
          signal.addEventListener('abort', () => void socket.leave())
          await socket.next()
        },
      ],
    ]
    for (const [name, ask] of ways) {
      const start = await scrape(gateway)
      sandbox.vault.faults.add({ route: 'job-monitors', answer: { kind: 'hold' }, times: 1 })
      const called = sandbox.vault.calls.next('job-monitors')
      const leave = new AbortController()
      const asked = assert.rejects(ask(leave.signal))
      await called
      leave.abort()
      await asked
      const now = await scrapeUntil(gateway, (scraped) => operationsSince(start, scraped, {}) === 1)
      assert.equal(operationsSince(start, now, { field: 'activeJobs', code: 'CANCELLED' }), 1, name)
      assert.equal(growth(start, now, 'vaultline_errors_total'), 0, `${name}: nobody was shown an error`)
      if (name === 'by Apollo Server') await request(gateway, query, { headers: ada })
    }
  })

  it('counts upstream calls by the route in the code and by outcome, and tells the burst limit', async () => {
    const { id } = sandbox.vault.addJob({ status: 'RUNNING' })
    const start = await scrape(gateway)
    await ask(`{ job(id: ${id}) { tasks { totalCount } } }`)
    await ask('{ samplyProfile(pipelineName: "none-such") { __typename } }')
    const now = await scrape(gateway)
    const calls = (labels: Readonly<Record<string, string>>) =>
      growth(start, now, 'vaultline_upstream_calls_total', labels)
    assert.equal(calls({ service: 'vault', route: '/services/jobs/{key}/tasks', outcome: 'OK' }), 1)
    assert.equal(
      calls({ service: 'feldera', route: '/v0/pipelines/{key}/samply_profile', outcome: 'NOT_FOUND' }),
      1,
    )
    assert.equal(
      growth(start, now, 'vaultline_upstream_call_duration_seconds_count', { method: 'GET' }),
      calls({ method: 'GET' }),
    )
    assert.ok(now.sum('vaultline_vault_burst_limit_remaining') > 0)
  })

  it('counts calls that were saved by one for several, by one under way, and by what was seen', async () => {
    const ids = Array.from({ length: 5 }, () => sandbox.vault.addJob({ status: 'RUNNING' }).id)
    const { id } = sandbox.vault.addJob({ status: 'RUNNING' })
    const savedSince = (before: Scraped, now: Scraped, by: string) =>
      growth(before, now, 'vaultline_upstream_calls_saved_total', { by })

    const start = await scrape(gateway)
    await ask(`{ jobs(ids: [${ids}]) { status } }`)
    const batched = await scrape(gateway)
    assert.equal(savedSince(start, batched, 'batching'), 3, 'five jobs for two calls')

    const held = sandbox.vault.faults.add({ route: 'job-status', answer: { kind: 'hold' } })
    const arrived = sandbox.vault.calls.next('job-status')
    const both = [ask(`{ job(id: ${id}) { status } }`), ask(`{ job(id: ${id}) { rawStatus } }`)]
    await arrived
    const shared = await scrapeUntil(gateway, (scraped) => savedSince(batched, scraped, 'sharing') > 0)
    assert.equal(savedSince(batched, shared, 'sharing'), 1)
    held.release()
    await Promise.all(both)

    await ask(`{ job(id: ${id}) { status } }`)
    assert.ok(savedSince(shared, await scrape(gateway), 'observations') >= 1)
  })

  it('counts queries that were joined, each an operation all the same', async () => {
    const query = '{ activeJobs { nodes { title } } }'
    await ask(query)
    const held = sandbox.vault.faults.add({ route: 'job-monitors', answer: { kind: 'hold' }, times: 1 })
    const arrived = sandbox.vault.calls.next('job-monitors')
    const start = await scrape(gateway)
    const first = ask(query)
    await arrived
    const others = [ask(query), ask(query)]
    const joined = (now: Scraped) => growth(start, now, 'vaultline_operations_joined_total')
    await scrapeUntil(gateway, (now) => joined(now) === 2)
    held.release()
    await Promise.all([first, ...others])
    const now = await scrapeUntil(gateway, (scraped) => operationsSince(start, scraped, {}) >= 3)
    assert.equal(operationsSince(start, now, { field: 'activeJobs', code: 'OK' }), 3)
  })

  it('counts queries that were told again, each an operation all the same', async () => {
    const { id } = sandbox.vault.addJob({ status: 'RUNNING' })
    const query = `{ job(id: ${id}) { status method } }`
    await ask(query)
    const start = await scrape(gateway)
    const answers = [await ask(query), await ask(query), await ask(query)]
    assert.deepEqual(answers[2], answers[0])
    const now = await scrapeUntil(gateway, (scraped) => operationsSince(start, scraped, {}) >= 3)
    assert.equal(growth(start, now, 'vaultline_operations_told_again_total'), 2)
    assert.equal(operationsSince(start, now, { field: 'job', code: 'OK' }), 3)
  })

  it('shows watches and subscribers while there are some, and counts deliveries and their lag', async () => {
    const env = { POLL_INTERVAL_MS: '200', JOB_STATUS_WINDOW_MS: '200' }
    await using polling = await startGateway({ sandbox, env })
    const { id } = sandbox.vault.addJob({ status: 'QUEUED' })
    const start = await scrape(polling)
    const document = `subscription { jobUpdated(id: ${id}) { job { status } } }`
    const followers = [1, 2, 3].map(() => subscribe(polling, document, { connectionParams: ada }))
    for (const follower of followers) await follower.next()
    const following = await scrape(polling)
    assert.equal(following.sum('vaultline_subscribers'), 3)
    assert.equal(following.sum('vaultline_watches', { resource: 'jobs' }), 1)
    assert.equal(following.sum('vaultline_followed_things', { resource: 'jobs' }), 1)
    assert.equal(
      operationsSince(start, following, { type: 'subscription', field: 'jobUpdated', code: 'OK' }),
      3,
    )
    sandbox.vault.setJobStatus(id, 'RUNNING')
    for (const follower of followers) await follower.next()
    const told = await scrapeUntil(
      polling,
      (scraped) => growth(following, scraped, 'vaultline_deliveries_total') > 0,
    )
    assert.equal(growth(following, told, 'vaultline_deliveries_total'), 3)
    assert.equal(growth(following, told, 'vaultline_delivery_lag_seconds_count'), 1, 'one result for all')
    sandbox.vault.setJobStatus(id, 'SUCCESS')
    for (const follower of followers) {
      await follower.next()
      assert.ok(await follower.completes())
    }
    const left = await scrapeUntil(polling, (scraped) => scraped.sum('vaultline_subscribers') === 0)
    assert.equal(left.sum('vaultline_watches', { resource: 'jobs' }), 0)
    assert.equal(left.sum('vaultline_followed_things', { resource: 'jobs' }), 0)
  })

  it('shows 0 subscribers when all have gone in the midst of it', async () => {
    const { id } = sandbox.vault.addJob({ status: 'QUEUED' })
    const document = `subscription { jobUpdated(id: ${id}) { job { status } } }`
    const followers = [1, 2].map(() => subscribe(gateway, document, { connectionParams: ada }))
    for (const follower of followers) await follower.next()
    const stream = await postForStream(gateway, { query: document })
    const events = eventsOf(stream)
    await events.next()
    assert.equal((await scrape(gateway)).sum('vaultline_subscribers'), 3)
    for (const follower of followers) await follower.leave()
    await events.return(undefined)
    const left = await scrapeUntil(gateway, (scraped) => scraped.sum('vaultline_subscribers') === 0)
    assert.equal(left.sum('vaultline_watches'), 0)
  })

  it('has no label whose value a caller or an upstream has chosen', async () => {
    const { id } = sandbox.vault.addJob({ status: 'RUNNING', title: 'evil-title' })
    const evil = 'evil-key'
    await request(gateway, `query EvilName($key: ID!) { job(id: $key) { id } }`, {
      variables: { key: evil },
      headers: { ...ada, 'x-request-id': 'evil-request' },
    })
    await ask(`query EvilAlias { evil_alias: job(id: ${id}) { title } evil_other: job(id: "evil") { id } }`)
    await ask('{ evilField }')
    await request(gateway, '{ uploadSessions { id } }', { headers: { authorization: 'evil-session' } })
    await fetch(`${gateway.url}/evil-path?evil=evil`)
    await fetch(`${gateway.url}/samply-profiles/evil-pipeline?ordinal=1`, { headers: ada })
    await fetch(`${gateway.url}/graphql?query={evil}&operationName=evil`)
    await fetch(`${gateway.url}/livez`, { method: 'DELETE' })
    const socket = subscribe(gateway, 'query EvilSocket { profilingSession(name: "evil") { id } }', {
      connectionParams: ada,
    })
    await socket.next()
    const scraped = await scrapeUntil(
      gateway,
      (one) => one.sum('vaultline_http_requests_total', { route: 'none' }) > 0,
    )
    assert.doesNotMatch(scraped.text, /evil/i)
    const values = new Set(scraped.samples.flatMap(({ labels }) => Object.values(labels)))
    assert.deepEqual(
      [...values].filter((value) => value.includes(String(id))),
      [],
    )
    assert.ok(values.has('/samply-profiles/:pipelineName'))
  })

  it('tells no burst limit where Vault has said nothing of it that means something', async () => {
    await using fresh = await startGateway({ sandbox })
    const { id } = sandbox.vault.addJob({ status: 'RUNNING' })
    const burstLimit = async () =>
      (await scrape(fresh)).samples.filter(({ name }) => name === 'vaultline_vault_burst_limit_remaining')
        .length
    assert.equal(await burstLimit(), 0)
    await request(fresh, `{ job(id: ${id}) { status } }`, { headers: ada })
    assert.equal(await burstLimit(), 0, 'on the route of the status it means nothing')
    await request(fresh, '{ uploadSessions { id } }', { headers: ada })
    assert.equal(await burstLimit(), 1)
  })

  it('tells of the process and of its version', async () => {
    const { names, sum, samples } = await scrape(gateway)
    assert.ok(names.includes('nodejs_eventloop_lag_p99_seconds'))
    assert.ok(names.includes('process_resident_memory_bytes'))
    assert.equal(sum('vaultline_build_info'), 1)
    assert.ok(sum('vaultline_connections') >= 1)
    assert.equal(
      samples.some(({ name }) => name === 'vaultline_redis_connected'),
      false,
      'there is no Redis',
    )
  })
})

describe('/metrics of replicas that share a Redis', { skip: redisMissing, timeout: 300_000 }, () => {
  it('tell who leads, each change of a lease, and when Redis has gone', async () => {
    await using redis = await startRedis()
    const sandbox = await startSandbox({ scene: 'empty', jobStatusWindowMs: 200 })
    // A lease lasts for half of it, and must not be lost where the machine is busy.
    const env = { POLL_INTERVAL_MS: '2000', JOB_STATUS_WINDOW_MS: '200' }
    try {
      await using fleet = await startFleet({ redisUrl: redis.url, sandbox, env })
      const [one, two] = fleet.replicas
      for (const replica of fleet.replicas)
        assert.equal((await scrape(replica)).sum('vaultline_redis_connected'), 1)
      const { id } = sandbox.vault.addJob({ status: 'RUNNING' })
      const document = `subscription { jobUpdated(id: ${id}) { job { status } } }`
      const first = subscribe(one, document, { connectionParams: ada })
      await first.next()
      await scrapeUntil(one, (scraped) => scraped.sum('vaultline_topics', { role: 'leading' }) === 1)
      await using second = subscribe(two, document, { connectionParams: ada })
      await second.next()
      await scrapeUntil(two, (scraped) => scraped.sum('vaultline_topics', { role: 'following' }) === 1)
      await first.leave()
      const released = await scrapeUntil(
        one,
        (scraped) => scraped.sum('vaultline_lease_changes_total', { change: 'released' }) === 1,
      )
      assert.equal(released.sum('vaultline_topics'), 0)
      assert.equal(released.sum('vaultline_followed_things'), 0, 'what others follow is theirs to count')
      const leads = await scrapeUntil(
        two,
        (scraped) => scraped.sum('vaultline_topics', { role: 'leading' }) === 1,
      )
      assert.equal(leads.sum('vaultline_lease_changes_total', { change: 'gained' }), 1)
      await redis.stop()
      const alone = await scrapeUntil(
        two,
        (scraped) => scraped.sum('vaultline_topics', { role: 'alone' }) === 1,
      )
      assert.equal(alone.sum('vaultline_redis_connected'), 0)
      assert.ok(alone.samples.some(({ name }) => name === 'vaultline_redis_connected'))
      assert.equal(alone.sum('vaultline_lease_changes_total', { change: 'lost' }), 1)
    } finally {
      await sandbox.stop()
    }
  })
})
