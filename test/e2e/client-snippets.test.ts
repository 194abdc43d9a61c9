import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import type { Client as EventStreamClient } from 'graphql-sse'
import type { Client as WebSocketClient } from 'graphql-ws'
import type { Client as UrqlClient } from 'urql'
import { z } from 'zod'
import { type Sandbox, startSandbox } from '../../src/sandbox/sandbox.ts'
import { type FollowJob, followed } from '../support/follow-job.ts'
import { type Gateway, startGateway } from '../support/gateway.ts'
import { aFunction, type Snippets, writeSnippets } from '../support/snippets.ts'

const windowMs = 60

/** A job as the snippets show it. */
interface ShownJob {
  readonly id: string
  readonly status: string
}

type Unfollow = () => void

describe('the snippets of docs/subscriptions.md', () => {
  let sandbox: Sandbox
  let gateway: Gateway
  let snippets: Snippets

  const begin = (env: Readonly<Record<string, string>> = {}) =>
    startGateway({ sandbox, env: { POLL_INTERVAL_MS: '20', JOB_STATUS_WINDOW_MS: String(windowMs), ...env } })
  const beginAgain = async () => {
    gateway = await begin({ PORT: new URL(gateway.url).port })
  }
  const follow = async (file: string, id: number) => {
    const { followJob } = await snippets.load(file, { followJob: aFunction<FollowJob>() })
    return followed(followJob, id)
  }
  const webSocketClient = async () =>
    (await snippets.load('websocket-client.js', { webSocketClient: z.custom<WebSocketClient>() }))
      .webSocketClient

  before(async () => {
    sandbox = await startSandbox({ scene: 'empty', jobStatusWindowMs: windowMs })
    gateway = await begin()
    snippets = await writeSnippets({ url: gateway.url, session: 'sandbox-demo' })
  })
  after(async () => {
    // A client whose test has failed would try to connect for ever.
    void (await webSocketClient()).dispose()
    const { eventStreamClient } = await snippets.load('graphql-sse.js', {
      eventStreamClient: z.custom<EventStreamClient>(),
    })
    eventStreamClient.dispose()
    await snippets[Symbol.asyncDispose]()
    await gateway.stop()
    await sandbox.stop()
  })

  for (const file of ['graphql-ws.js', 'apollo-client.js', 'urql.js', 'relay.js', 'graphql-sse.js']) {
    describe(file, () => {
      it('shows the present state, each change, and the end', async () => {
        const { id } = sandbox.vault.addJob({ status: 'QUEUED' })
        await using job = await follow(file, id)
        assert.deepEqual(await job.next(), ['QUEUED', null])
        sandbox.vault.setJobStatus(id, 'RUNNING')
        assert.deepEqual(await job.next(), ['RUNNING', 'QUEUED'])
        sandbox.vault.setJobStatus(id, 'SUCCESS')
        assert.deepEqual(await job.next(), ['SUCCESS', 'RUNNING'])
        assert.ok(await job.completes())
      })

      it('tells the code of an error, and the end', async () => {
        await using job = await follow(file, 99_999)
        assert.equal(await job.next(), 'NOT_FOUND')
        assert.ok(await job.completes())
      })

      it('goes on without loss when the gateway was started again', async () => {
        const { id } = sandbox.vault.addJob({ status: 'QUEUED' })
        await using job = await follow(file, id)
        assert.deepEqual(await job.next(), ['QUEUED', null])
        await gateway.stop()
        sandbox.vault.setJobStatus(id, 'RUNNING')
        await beginAgain()
        assert.deepEqual(await job.next(), ['RUNNING', null])
        sandbox.vault.setJobStatus(id, 'SUCCESS')
        assert.deepEqual(await job.next(), ['SUCCESS', 'RUNNING'])
        assert.ok(await job.completes())
      })

      it('stops when the page wants no more', async () => {
        const { id } = sandbox.vault.addJob({ status: 'RUNNING' })
        const job = await follow(file, id)
        await job.next()
        const held = sandbox.vault.faults.add({ route: 'job-status', answer: { kind: 'hold' } })
        await sandbox.vault.calls.next('job-status')
        await job[Symbol.asyncDispose]()
        await sandbox.vault.calls.aborted('job-status')
        held.remove()
        sandbox.vault.setJobStatus(id, 'CANCELLED')
      })
    })
  }

  it('websocket-client.js goes on trying where the gateway cannot be reached', async () => {
    const { id } = sandbox.vault.addJob({ status: 'RUNNING' })
    await using job = await follow('graphql-ws.js', id)
    await job.next()
    const client = await webSocketClient()
    await gateway.stop()
    await new Promise((resolve) => client.on('error', resolve))
    sandbox.vault.setJobStatus(id, 'SUCCESS')
    await beginAgain()
    assert.deepEqual(await job.next(), ['SUCCESS', null])
    assert.ok(await job.completes())
  })

  it('websocket-client.js takes the new session after the old one has ended', async () => {
    const { id } = sandbox.vault.addJob({ status: 'RUNNING' })
    const { signInAgain } = await snippets.load('configuration.js', {
      signInAgain: aFunction<(session: string) => void>(),
    })
    sandbox.vault.addUser({ id: 1, sessionId: 'short', admin: true })
    signInAgain('short')
    await using job = await follow('graphql-ws.js', id)
    await job.next()
    sandbox.vault.endSession('short')
    assert.equal(await job.next(), 'UNAUTHENTICATED')
    assert.ok(await job.completes())

    signInAgain('sandbox-demo')
    const client = await webSocketClient()
    client.terminate()
    await using jobAgain = await follow('graphql-ws.js', id)
    assert.deepEqual(await jobAgain.next(), ['RUNNING', null])
    sandbox.vault.setJobStatus(id, 'CANCELLED')
    await jobAgain.next()
    assert.ok(await jobAgain.completes())
  })

  it('active-jobs.js forgets what finished while the gateway was away', async () => {
    const { followActiveJobs } = await snippets.load('active-jobs.js', {
      followActiveJobs:
        aFunction<
          (to: { onJobs(jobs: readonly ShownJob[]): void; onErrors(errors: unknown): void }) => Unfollow
        >(),
    })
    const [finished, lasting, finishedAway] = ['RUNNING', 'RUNNING', 'RUNNING'].map(
      (status) => sandbox.vault.addJob({ status }).id,
    )
    assert.ok(finished !== undefined && lasting !== undefined && finishedAway !== undefined)
    const lists = shown<readonly ShownJob[]>((show, fail) =>
      followActiveJobs({ onJobs: show, onErrors: fail }),
    )
    const untilShown = async (...ids: readonly number[]) => {
      const wanted = ids.map(String).toSorted().join()
      for (;;) {
        const { value = [] } = await lists.read()
        if (
          value
            .map(({ id }) => id)
            .toSorted()
            .join() === wanted
        )
          return
      }
    }
    await untilShown(finished, lasting, finishedAway)
    sandbox.vault.setJobStatus(finished, 'SUCCESS')
    await untilShown(lasting, finishedAway)
    await gateway.stop()
    sandbox.vault.setJobStatus(finishedAway, 'SUCCESS')
    const { id: newcomer } = sandbox.vault.addJob({ status: 'QUEUED' })
    await beginAgain()
    await untilShown(lasting, newcomer)
    for (const id of [lasting, newcomer]) sandbox.vault.setJobStatus(id, 'SUCCESS')
    await untilShown()
    await lists.cancel()
  })

  it('apollo-client.js brings queries up to date by what is followed', async () => {
    const { id } = sandbox.vault.addJob({ status: 'RUNNING' })
    const { showJob } = await snippets.load('apollo-client.js', {
      showJob: aFunction<(id: string, onJob: (job: ShownJob) => void) => Unfollow>(),
    })
    const jobs = shown<ShownJob>((show) => showJob(String(id), show))
    assert.equal((await jobs.read()).value?.status, 'RUNNING')
    await using job = await follow('apollo-client.js', id)
    await job.next()
    sandbox.vault.setJobStatus(id, 'SUCCESS')
    assert.equal((await jobs.read()).value?.status, 'SUCCESS')
    await jobs.cancel()
  })

  it('urql.js and relay-environment.js answer queries with the credential', async () => {
    const { id } = sandbox.vault.addJob({ status: 'RUNNING' })
    const query = 'query Job($id: ID!) { job(id: $id) { status } }'
    const variables = { id: String(id) }
    const expected = { status: 'RUNNING' }
    const { urqlClient } = await snippets.load('urql.js', { urqlClient: z.custom<UrqlClient>() })
    const { data } = await urqlClient.query(query, variables).toPromise()
    assert.deepEqual({ ...data.job }, { ...expected, __typename: 'Job' })

    const { relayEnvironment } = await snippets.load('relay-environment.js', {
      relayEnvironment: z.custom<RelayEnvironment>(),
    })
    const request = { text: query, name: 'Job', operationKind: 'query', id: null, metadata: {} }
    const answer = await relayEnvironment.getNetwork().execute(request, variables, {}).toPromise()
    assert.deepEqual(answer.data.job, expected)
  })
})

/** What the test uses of Relay's environment, which has no types. */
interface RelayEnvironment {
  getNetwork(): {
    execute(
      request: object,
      variables: object,
      cacheConfig: object,
    ): { toPromise(): Promise<{ readonly data: { readonly job: unknown } }> }
  }
}

/** What a page shows, one after the other. Cancelling stops it. */
function shown<Value>(
  begin: (show: (value: Value) => void, fail: (errors: unknown) => void) => Unfollow,
): ReadableStreamDefaultReader<Value> {
  let stop: Unfollow = () => {}
  const values = new ReadableStream<Value>({
    start(controller) {
      stop = begin(
        (value) => controller.enqueue(value),
        (errors) => controller.error(errors),
      )
    },
    cancel: () => stop(),
  })
  return values.getReader()
}
