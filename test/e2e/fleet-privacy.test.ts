import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { createClient, RESP_TYPES } from '@redis/client'
import { z } from 'zod'
import { type Sandbox, startSandbox } from '../../src/sandbox/sandbox.ts'
import { type Fleet, gatewaySecret, startFleet } from '../support/fleet.ts'
import { data } from '../support/graphql.ts'
import { type RedisServer, redisMissing, startRedis } from '../support/redis-server.ts'
import { signedIn } from '../support/sign-in.ts'
import { subscribe } from '../support/websocket.ts'

const secrets = {
  session: 'the-session-of-robin',
  feldera: 'Bearer apikey:the-key-of-robin',
  title: 'A title nobody else may read',
  gateway: gatewaySecret,
  pipeline: 'pipeline-of-robin',
}

describe('what reaches Redis', { skip: redisMissing, timeout: 300_000 }, () => {
  let redis: RedisServer
  let sandbox: Sandbox
  let fleet: Fleet

  before(async () => {
    redis = await startRedis()
    // The gateways take the window for shorter than it is by default.
    sandbox = await startSandbox({ scene: 'empty', jobStatusWindowMs: 0 })
    sandbox.vault.addUser({ id: 7, sessionId: secrets.session })
    sandbox.feldera.addPipeline({ name: secrets.pipeline, profile: Buffer.from('gzip') })
    const env = { POLL_INTERVAL_MS: '200', JOB_STATUS_WINDOW_MS: '200' }
    fleet = await startFleet({ redisUrl: redis.url, sandbox, env })
  })
  after(async () => {
    await fleet?.[Symbol.asyncDispose]()
    await sandbox?.stop()
    await redis?.stop()
  })

  it('is neither a credential nor anything that a caller was told, and every key goes away by itself', async () => {
    const monitor = createClient({ url: redis.url, RESP: 2 })
    await monitor.connect()
    const commands: string[] = []
    await monitor.monitor((line) => void commands.push(String(line)))

    const { id } = sandbox.vault.addJob({ status: 'QUEUED', title: secrets.title })
    const headers = { authorization: secrets.session, 'feldera-authorization': secrets.feldera }
    const connectionParams = { authorization: secrets.session, felderaAuthorization: secrets.feldera }
    for (const replica of fleet.replicas) {
      await data(replica, `{ job(id: ${id}) { title method } jobs(ids: [${id}]) { title } }`, { headers })
    }
    const followers = fleet.replicas.flatMap((replica) => [
      subscribe(replica, `subscription { jobUpdated(id: ${id}) { job { title status } } }`, {
        connectionParams,
      }),
      subscribe(
        replica,
        `subscription { samplyProfileUpdated(pipelineName: "${secrets.pipeline}") { __typename } }`,
        { connectionParams },
      ),
    ])
    for (const follower of followers) await follower.next()
    const [one] = fleet.replicas
    // Somebody stays, so that something is in Redis to the end.
    await using staying = subscribe(one, 'subscription { activeJobsUpdated { job { title } } }', {
      connectionParams,
    })
    await staying.next()
    const browser = await signedIn(one)
    await browser.ask(`{ job(id: ${id}) { title } }`)
    const browserSession = sandbox.vault.calls.of('job-monitors').at(-1)?.headers.authorization
    sandbox.vault.setJobStatus(id, 'SUCCESS')
    for (const follower of followers.filter((_, index) => index % 2 === 0)) {
      for await (const { data: update } of follower) if (JSON.stringify(update).includes('SUCCESS')) break
    }
    await monitor.close()

    const client = createClient({
      url: redis.url,
      commandOptions: { typeMapping: { [RESP_TYPES.BLOB_STRING]: Buffer } },
    })
    await client.connect()
    const keys = z.array(z.instanceof(Buffer)).parse(await client.sendCommand(['KEYS', '*']))
    assert.ok(keys.length > 0)
    const stored: string[] = []
    for (const key of keys) {
      assert.match(String(key), /^vaultline:\{[\w-]{43}\}/)
      // -1: it has no end. -2: it has come to it meanwhile.
      assert.notEqual(Number(await client.sendCommand(['PTTL', key])), -1, `${key} has an end`)
      stored.push(String(key), Buffer.from(String(await client.sendCommand(['GET', key]))).toString('latin1'))
    }
    await client.close()

    assert.ok(commands.some((line) => line.includes('EVAL')))
    const all = [...commands, ...stored].join('\n')
    for (const text of [
      ...Object.values(secrets),
      browserSession ?? '',
      'RUNNING',
      'QUEUED',
      'sandbox-demo',
    ]) {
      assert.ok(text.length > 5)
      assert.equal(all.includes(text), false, text)
    }
  })
})
