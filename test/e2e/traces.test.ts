import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { type Sandbox, startSandbox } from '../../src/sandbox/sandbox.ts'
import { type CollectedSpan, type Collector, startCollector } from '../support/collector.ts'
import { postForStream } from '../support/event-stream.ts'
import { type Gateway, startGateway } from '../support/gateway.ts'
import { request } from '../support/graphql.ts'
import { startNodeServer } from '../support/node-server.ts'
import { subscribe } from '../support/websocket.ts'

const ada = { authorization: 'sandbox-demo' }
const traceId = '0af7651916cd43dd8448eb211c80319c'
const parentSpanId = 'b7ad6b7169203331'

describe('traces', { timeout: 300_000 }, () => {
  let collector: Collector
  let sandbox: Sandbox
  let gateway: Gateway
  before(async () => {
    collector = await startCollector()
    sandbox = await startSandbox({ scene: 'empty', jobStatusWindowMs: 200 })
    gateway = await startGateway({
      sandbox,
      env: {
        POLL_INTERVAL_MS: '200',
        JOB_STATUS_WINDOW_MS: '200',
        LOG_LEVEL: 'info',
        OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
        OTEL_EXPORTER_OTLP_HEADERS: 'x-tenant=team-a',
        OTEL_RESOURCE_ATTRIBUTES: 'deployment.environment.name=test',
        OTEL_BSP_SCHEDULE_DELAY: '20',
      },
    })
  })
  after(async () => {
    await gateway?.stop()
    await sandbox?.stop()
    await collector?.[Symbol.asyncDispose]()
  })

  it('go from the caller through the request and the loader to the upstream call, and into the log', async () => {
    const { id } = sandbox.vault.addJob({ status: 'RUNNING' })
    await request(gateway, `query Screen { job(id: ${id}) { status tasks { totalCount } } }`, {
      headers: { ...ada, traceparent: `00-${traceId}-${parentSpanId}-01` },
    })
    const server = await collector.span((span) => span.traceId === traceId && span.name === 'POST /graphql')
    const tasksCall = await collector.span(({ name }) => name === 'GET /services/jobs/{key}/tasks')
    const load = await collector.span(({ spanId }) => spanId === tasksCall.parentSpanId)
    assert.equal(server.parentSpanId, parentSpanId)
    assert.equal(server.kind, 2)
    assert.equal(load.name, 'load tasks')
    assert.equal(load.parentSpanId, server.spanId)
    assert.equal(load.attributes['vaultline.keys'], 1)
    assert.equal(tasksCall.kind, 3)
    assert.equal(tasksCall.traceId, traceId)
    assert.equal(tasksCall.attributes['vaultline.outcome'], 'OK')
    assert.equal(server.attributes['graphql.operation.type'], 'query')
    assert.equal(server.attributes['vaultline.field'], 'job')
    assert.equal(server.attributes['http.response.status_code'], 200)
    assert.equal(server.resource['service.name'], 'vaultline')
    assert.equal(server.resource['deployment.environment.name'], 'test')
    assert.equal(collector.headers()[0]?.['x-tenant'], 'team-a')
    const line = await gateway.logged((one) => one['trace_id'] === traceId && one['msg'] === 'answered')
    assert.equal(line['span_id'], server.spanId)
    assert.deepEqual(line['operation'], { type: 'query', field: 'job', name: 'Screen', code: 'OK' })
  })

  it('begin with an operation over a WebSocket, and with the request of a stream of events', async () => {
    const socket = subscribe(gateway, '{ uploadSessions { id } }', { connectionParams: ada })
    await socket.next()
    const operation = await collector.span(({ name }) => name === 'query uploadSessions')
    assert.equal(operation.parentSpanId, '')
    await collector.span(
      ({ name, parentSpanId: parent }) =>
        name === 'GET /services/file_staging/upload' && parent === operation.spanId,
    )
    await (await postForStream(gateway, { query: '{ profilingSessions { id } }' })).text()
    const server = await collector.span(({ name }) => name === 'POST /graphql/stream')
    await collector.span(
      ({ name, parentSpanId: parent }) => name === 'GET /code/profiler' && parent === server.spanId,
    )
  })

  it('tell that an operation over a WebSocket was cancelled, which is no failure', async () => {
    sandbox.vault.faults.add({ route: 'job-histories', answer: { kind: 'hold' }, times: 1 })
    const called = sandbox.vault.calls.next('job-histories')
    const socket = subscribe(gateway, '{ completedJobs { totalCount } }', { connectionParams: ada })
    const left = assert.rejects(socket.next())
    await called
    await socket.leave()
    await left
    const { attributes } = await collector.span(({ name }) => name === 'query completedJobs')
    assert.equal(attributes['vaultline.outcome'], 'CANCELLED')
  })

  it('have the request also where its client has left before the answer', async () => {
    sandbox.vault.faults.add({ route: 'job-histories', answer: { kind: 'hold' }, times: 1 })
    const called = sandbox.vault.calls.next('job-histories')
    const leave = new AbortController()
    const of = traceId.replace('0a', 'ee')
    const headers = { ...ada, traceparent: `00-${of}-${parentSpanId}-01` }
    const left = assert.rejects(
      request(gateway, '{ completedJobs { totalCount } }', { headers, signal: leave.signal }),
    )
    await called
    leave.abort()
    await left
    const server = await collector.span(({ name, traceId: id }) => name === 'POST /graphql' && id === of)
    assert.equal(server.attributes['vaultline.outcome'], 'CANCELLED')
    assert.equal(server.attributes['http.response.status_code'], undefined)
  })

  it('have each look of a watch as one of their own, which belongs to no subscriber', async () => {
    const { id } = sandbox.vault.addJob({ status: 'SCHEDULED' })
    const spanAfter = (count: number, span: CollectedSpan) => collector.spans().indexOf(span) >= count
    const follower = subscribe(gateway, `subscription { jobUpdated(id: ${id}) { job { status } } }`, {
      connectionParams: ada,
    })
    await follower.next()
    const look = await collector.span(({ name }) => name === 'look jobs')
    // A write has a look taken at once, whose timer is set inside the request.
    const writing = traceId.replace('0a', 'ff')
    const looked = collector.spans().length
    await request(gateway, `mutation { startJob(id: ${id}) { job { id } } }`, {
      headers: { ...ada, traceparent: `00-${writing}-${parentSpanId}-01` },
    })
    await collector.span(({ name, traceId: of }) => name === 'POST /graphql' && of === writing)
    const next = await collector.span((span) => span.name === 'look jobs' && spanAfter(looked, span))
    assert.equal(next.parentSpanId, '')
    assert.equal(look.parentSpanId, '')
    assert.equal(look.attributes['vaultline.due'], 1)
    await collector.span(
      ({ name, parentSpanId: parent }) => name.startsWith('GET /services/jobs') && parent === look.spanId,
    )
    await follower.leave()
  })

  it('carry no credential, no key, no name and no text of a query', async () => {
    const { id } = sandbox.vault.addJob({ status: 'RUNNING', title: 'secret-title' })
    const headers = { authorization: 'secret-session', 'feldera-authorization': 'Bearer secret-key' }
    await request(gateway, 'query SecretName($id: ID!) { job(id: $id) { secretAlias: title } }', {
      variables: { id: 'secret-id' },
      headers,
    })
    await request(gateway, `{ job(id: ${id}) { title } }`, { headers: ada })
    await fetch(`${gateway.url}/samply-profiles/secret-pipeline?ordinal=1&token=secret-token`)
    await fetch(`${gateway.url}/secret-path?secret=secret`)
    await collector.span(({ name }) => name === 'GET /samply-profiles/:pipelineName')
    await collector.span(({ name }) => name === 'GET none')
    assert.doesNotMatch(collector.text(), /secret/i)
    assert.doesNotMatch(collector.text(), /sandbox-demo/)
    await gateway.logged(({ route }) => route === '/samply-profiles/:pipelineName')
    await gateway.logged(({ status }) => status === 404)
    assert.doesNotMatch(gateway.stderr(), /secret-|sandbox-demo/)
  })

  it('leave out what probes ask', async () => {
    await fetch(`${gateway.url}/livez`)
    await fetch(`${gateway.url}/metrics`)
    await fetch(`${gateway.url}/after-probes`)
    await request(gateway, '{ activeJobs { totalCount } }', { headers: ada })
    await collector.span(({ attributes }) => attributes['vaultline.field'] === 'activeJobs')
    assert.equal(
      collector.spans().some(({ name }) => /livez|metrics/.test(name)),
      false,
    )
  })
})

describe('a gateway that traces', { timeout: 300_000 }, () => {
  it('tells no upstream of it', async () => {
    await using collector = await startCollector()
    const seen: string[] = []
    const vault = await startNodeServer((request, response) => {
      seen.push(...Object.keys(request.headers))
      response.writeHead(200, { 'content-type': 'application/json' })
      response.end(JSON.stringify({ responseStatus: 'SUCCESS', data: [] }))
    })
    try {
      await using gateway = await startGateway({
        env: { VAULT_URL: vault.url, OTEL_EXPORTER_OTLP_ENDPOINT: collector.url },
      })
      await request(gateway, '{ uploadSessions { id } }', {
        headers: {
          ...ada,
          traceparent: `00-${traceId}-${parentSpanId}-01`,
          tracestate: 'a=1',
          baggage: 'b=2',
        },
      })
    } finally {
      await vault[Symbol.asyncDispose]()
    }
    assert.ok(seen.includes('authorization'))
    assert.deepEqual(
      seen.filter((name) => /^(traceparent|tracestate|baggage)$/.test(name)),
      [],
    )
  })

  it('sends what it has left when it stops', async () => {
    await using collector = await startCollector()
    const env = { OTEL_EXPORTER_OTLP_ENDPOINT: collector.url, OTEL_BSP_SCHEDULE_DELAY: '86400000' }
    const gateway = await startGateway({ env })
    await request(gateway, '{ activeJobs { totalCount } }')
    assert.deepEqual(collector.spans(), [])
    assert.equal(await gateway.stop(), 0)
    assert.ok(collector.spans().some(({ name }) => name === 'POST /graphql'))
  })

  it('serves, stops and says so in the log where the collector cannot be reached', async () => {
    const env = {
      OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:9',
      OTEL_EXPORTER_OTLP_HEADERS: 'authorization=hunter2',
      LOG_LEVEL: 'warn',
    }
    const gateway = await startGateway({ env })
    const { errors } = await request(gateway, '{ activeJobs { totalCount } }')
    assert.deepEqual(errors, [])
    assert.equal(await gateway.stop(), 0)
    assert.match(gateway.stderr(), /traces could not be sent/)
    assert.doesNotMatch(gateway.stderr(), /hunter2/)
  })

  it('sends nothing where the sampler says so, or the SDK is to be disabled', async () => {
    await using collector = await startCollector()
    for (const env of [
      { OTEL_EXPORTER_OTLP_ENDPOINT: collector.url, OTEL_TRACES_SAMPLER: 'always_off' },
      { OTEL_EXPORTER_OTLP_ENDPOINT: collector.url, OTEL_SDK_DISABLED: 'true' },
    ]) {
      const gateway = await startGateway({ env })
      await request(gateway, '{ activeJobs { totalCount } }')
      assert.equal(await gateway.stop(), 0)
    }
    assert.deepEqual(collector.spans(), [])
  })
})
