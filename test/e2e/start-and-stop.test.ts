import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { once } from 'node:events'
import { readdirSync } from 'node:fs'
import { connect } from 'node:net'
import { describe, it } from 'node:test'
import { fileURLToPath } from 'node:url'
import { WebSocket } from 'ws'
import { startSandbox } from '../../src/sandbox/sandbox.ts'
import { failToStart, startGateway } from '../support/gateway.ts'
import { data, request } from '../support/graphql.ts'
import { openSocket, SubscriptionEnded, subscribe } from '../support/websocket.ts'

const compileCache = fileURLToPath(new URL('../../node_modules/.cache/vaultline', import.meta.url))

/** Where a Node that is started as the gateway is keeps what it has compiled: beside those of other versions and flags. */
const compiledFolder = (): string =>
  execFileSync(process.execPath, [
    '--print',
    `const { enableCompileCache, getCompileCacheDir } = require('node:module')
     enableCompileCache(${JSON.stringify(compileCache)})
     getCompileCacheDir()`,
  ])
    .toString()
    .trim()

describe('starting', () => {
  it('says where it listens, where GraphiQL is and that the sandbox is on', async () => {
    await using gateway = await startGateway()
    assert.match(gateway.stdout(), /^Vaultline is ready: http:\/\/127\.0\.0\.1:\d+\/graphql \(.*GraphiQL\)/)
    assert.match(gateway.stdout(), /SANDBOX/)
    const { activeJobs } = await data<{ activeJobs: { totalCount: number } }>(
      gateway,
      '{ activeJobs { totalCount } }',
    )
    assert.ok(activeJobs.totalCount > 0)
  })

  it('says what is configured and what is not', async () => {
    await using gateway = await startGateway({ env: { VAULT_URL: 'https://myvault.veevavault.com' } })
    assert.match(gateway.stdout(), /Vault +https:\/\/myvault\.veevavault\.com, API v26\.1/)
    assert.match(gateway.stdout(), /Feldera +not configured/)
  })

  for (const [title, key, told] of [
    ['with the key', { FELDERA_API_KEY: 'apikey:hunter2' }, /session is good.* with FELDERA_API_KEY\n/],
    ['bare', {}, /session is good.* without a credential: FELDERA_API_KEY is not set\n/],
  ] as const) {
    it(`says that Vault users reach Feldera, here ${title}, and does not print the key`, async () => {
      const env = {
        VAULT_URL: 'https://myvault.veevavault.com',
        FELDERA_URL: 'http://localhost:8080',
        ...key,
      }
      await using gateway = await startGateway({ env })
      assert.match(gateway.stdout(), told)
      assert.doesNotMatch(gateway.stdout(), /hunter2/)
    })
  }

  it('says by which names it is not called where others reach it and no name is set', async () => {
    const told = /requests that call the gateway by a name with a dot are refused/
    for (const [env, isTold] of [
      [{ HOST: '0.0.0.0' }, true],
      [{ HOST: '0.0.0.0', PUBLIC_URL: 'https://graph.example' }, false],
      [{ HOST: '0.0.0.0', ALLOWED_HOSTS: '*.graph.example' }, false],
      [{ HOST: '127.0.0.1' }, false],
    ] as const) {
      await using gateway = await startGateway({ env })
      assert.equal(told.test(gateway.stdout()), isTold, JSON.stringify(env))
    }
  })

  it('tells every bad setting at once, one line each, and exits with 1', async () => {
    const { code, stderr } = await failToStart({
      PORT: 'http',
      VAULT_URL: 'myvault',
      POLL_INTERVAL_MS: '0',
      GATEWAY_SECRET: 'short-and-secret',
      LOG_LEVEL: 'loud',
    })
    assert.equal(code, 1)
    const lines = stderr.trim().split('\n')
    assert.deepEqual(
      lines.map((line) => line.split(':')[0]),
      ['PORT', 'VAULT_URL', 'POLL_INTERVAL_MS', 'LOG_LEVEL'],
    )
  })

  it('refuses to make up data where NODE_ENV is production', async () => {
    const { code, stderr } = await failToStart({ NODE_ENV: 'production' })
    assert.equal(code, 1)
    assert.match(stderr, /^VAULT_URL: .*production/)
  })

  it('says in one line that the port is taken', async () => {
    await using gateway = await startGateway()
    const { code, stderr } = await failToStart({ PORT: new URL(gateway.url).port })
    assert.equal(code, 1)
    assert.match(stderr, /^PORT: .*in use[^\n]*\n$/)
  })

  it('says in one line that it cannot listen on the address', async () => {
    const { code, stderr } = await failToStart({ HOST: '203.0.113.1' })
    assert.equal(code, 1)
    assert.match(stderr, /^HOST: [^\n]*\n$/)
  })

  it('leaves to the next start what was compiled in this one', async () => {
    const gateway = await startGateway()
    assert.equal(await gateway.stop(), 0)
    assert.ok(readdirSync(compiledFolder()).length > 100)
  })

  it('is live and ready', async () => {
    await using gateway = await startGateway()
    assert.deepEqual(await (await fetch(`${gateway.url}/livez`)).json(), { status: 'live' })
    assert.deepEqual(await (await fetch(`${gateway.url}/readyz`)).json(), { status: 'ready' })
  })
})

describe('stopping', () => {
  it('lets a query that is under way end, takes no new one, and exits with 0', async () => {
    const sandbox = await startSandbox({ scene: 'empty' })
    const gateway = await startGateway({ sandbox })
    const held = sandbox.vault.faults.add({ route: 'job-monitors', answer: { kind: 'hold' } })
    const arrived = sandbox.vault.calls.next('job-monitors')
    const answering = request(gateway, '{ activeJobs { totalCount } }', {
      headers: { authorization: 'sandbox-demo' },
    })
    await arrived
    const socket = new WebSocket(`${gateway.url.replace('http', 'ws')}/graphql`, 'graphql-transport-ws')
    await once(socket, 'open')
    const stopped = gateway.stop()
    // The socket is closed as the stop begins, so from here on the gateway is draining.
    await once(socket, 'close')
    await assert.rejects(fetch(`${gateway.url}/livez`))
    held.release()
    assert.deepEqual((await answering).data, { activeJobs: { totalCount: 0 } })
    assert.equal(await stopped, 0)
    await sandbox.stop()
  })

  it('closes WebSockets with 1012, by which clients know to connect again', async () => {
    const gateway = await startGateway()
    const socket = new WebSocket(`${gateway.url.replace('http', 'ws')}/graphql`, 'graphql-transport-ws')
    await once(socket, 'open')
    const closed = once(socket, 'close')
    assert.equal(await gateway.stop(), 0)
    assert.equal((await closed)[0], 1012)
  })

  it('does not tell a subscription that it is complete, so that its client takes it up again', async () => {
    const sandbox = await startSandbox({ scene: 'empty' })
    const gateway = await startGateway({ sandbox })
    const { id } = sandbox.vault.addJob({ status: 'RUNNING' })
    const connectionParams = { authorization: 'sandbox-demo' }
    const subscription = subscribe(gateway, `subscription { jobUpdated(id: "${id}") { observedAt } }`, {
      connectionParams,
    })
    await subscription.next()
    const next = subscription.next()
    const stopped = gateway.stop()
    await assert.rejects(next, (error) => error instanceof SubscriptionEnded && error.closing?.code === 1012)
    assert.equal(await stopped, 0)
    await sandbox.stop()
  })

  const startJob = (id: number | string) => ({
    id: '1',
    type: 'subscribe',
    payload: { query: `mutation { startJob(id: "${id}") { job { status } } }` },
  })

  it('lets a mutation over WebSocket end and tells so, before it closes: a client would send it again', async () => {
    const sandbox = await startSandbox({ scene: 'empty' })
    const gateway = await startGateway({ sandbox })
    const { id } = sandbox.vault.addJob({ status: 'SCHEDULED' })
    await using socket = await openSocket(gateway)
    socket.send({ type: 'connection_init', payload: { authorization: 'sandbox-demo' } })
    await socket.next()
    await using other = await openSocket(gateway)
    const held = sandbox.vault.faults.add({ route: 'job-start', answer: { kind: 'hold' } })
    const arrived = sandbox.vault.calls.next('job-start')
    socket.send(startJob(id))
    await arrived
    const stopped = gateway.stop()
    assert.equal((await other.closed).code, 1012)
    socket.send({ ...startJob(id), id: '2' })
    held.release()
    const data = { startJob: { job: { status: 'QUEUED' } } }
    assert.deepEqual(await socket.next(), { id: '1', type: 'next', payload: { data } })
    assert.deepEqual(await socket.next(), { id: '1', type: 'complete' })
    assert.equal((await socket.closed).code, 1012)
    assert.equal(sandbox.vault.calls.count('job-start'), 1)
    assert.equal(await stopped, 0)
    await sandbox.stop()
  })

  it('tells a mutation over WebSocket that gets no answer that it has failed, before it closes', async () => {
    const sandbox = await startSandbox({ scene: 'empty' })
    const gateway = await startGateway({ sandbox, env: { UPSTREAM_TIMEOUT_MS: '60000' } })
    await using socket = await openSocket(gateway)
    socket.send({ type: 'connection_init', payload: { authorization: 'sandbox-demo' } })
    await socket.next()
    sandbox.vault.faults.add({ route: 'job-start', answer: { kind: 'hold' } })
    const arrived = sandbox.vault.calls.next('job-start')
    socket.send(startJob(1))
    await arrived
    const stopped = gateway.stop()
    assert.match(JSON.stringify(await socket.next()), /"type":"error".*The gateway stops/)
    assert.equal((await socket.closed).code, 1012)
    assert.equal(await stopped, 0)
    await sandbox.stop()
  })

  it('does not wait for connections that never sent a request', async () => {
    const gateway = await startGateway()
    const socket = connect(Number(new URL(gateway.url).port), '127.0.0.1')
    await once(socket, 'connect')
    assert.equal(await gateway.stop(), 0)
  })

  it('gives up on a request whose body never arrives, and on a write that gets no answer', async () => {
    const sandbox = await startSandbox({ scene: 'empty' })
    const gateway = await startGateway({ sandbox, env: { UPSTREAM_TIMEOUT_MS: '60000' } })
    const { port } = new URL(gateway.url)
    const half = connect(Number(port), '127.0.0.1')
    half.on('error', () => {})
    half.write(
      'POST /graphql HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{',
    )
    sandbox.vault.faults.add({ route: 'job-start', answer: { kind: 'hold' } })
    const arrived = sandbox.vault.calls.next('job-start')
    const writing = request(gateway, 'mutation { startJob(id: "1") { job { id } } }', {
      headers: { authorization: 'sandbox-demo' },
    })
    const lost = assert.rejects(writing)
    await arrived
    assert.equal(await gateway.stop(), 0)
    await lost
    await sandbox.stop()
  })

  it('tells what is asked on an open connection to go elsewhere, and /readyz that it drains', async () => {
    const sandbox = await startSandbox({ scene: 'empty' })
    const gateway = await startGateway({ sandbox })
    const socket = connect(Number(new URL(gateway.url).port), '127.0.0.1')
    const held = sandbox.vault.faults.add({ route: 'job-monitors', answer: { kind: 'hold' } })
    const arrived = sandbox.vault.calls.next('job-monitors')
    const query = encodeURIComponent('{ activeJobs { totalCount } }')
    const get = (path: string) =>
      `GET ${path} HTTP/1.1\r\nHost: localhost\r\nAuthorization: sandbox-demo\r\n\r\n`
    socket.write(get(`/graphql?query=${query}`))
    await arrived
    const webSocket = new WebSocket(`${gateway.url.replace('http', 'ws')}/graphql`, 'graphql-transport-ws')
    await once(webSocket, 'open')
    const stopped = gateway.stop()
    await once(webSocket, 'close')
    socket.write(get('/readyz'))
    held.release()
    let received = ''
    for await (const chunk of socket) received += String(chunk)
    assert.match(received, /"activeJobs"/)
    assert.match(received, /HTTP\/1\.1 503[\s\S]*\{"status":"not ready","notReady":\["draining"\]\}/)
    assert.equal(await stopped, 0)
    await sandbox.stop()
  })

  it('gives up on an upstream that never answers, and still exits with 0 in under 10 s', async () => {
    const sandbox = await startSandbox({ scene: 'empty' })
    const gateway = await startGateway({ sandbox, env: { UPSTREAM_TIMEOUT_MS: '60000' } })
    sandbox.vault.faults.add({ route: 'job-monitors', answer: { kind: 'hold' } })
    const arrived = sandbox.vault.calls.next('job-monitors')
    const answering = request(gateway, '{ activeJobs { totalCount } }', {
      headers: { authorization: 'sandbox-demo' },
    })
    await arrived
    const startedMs = performance.now()
    assert.equal(await gateway.stop(), 0)
    assert.ok(performance.now() - startedMs < 10_000)
    await answering.catch(() => {})
    await sandbox.stop()
  })
})
