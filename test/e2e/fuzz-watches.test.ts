import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { startSandbox } from '../../src/sandbox/sandbox.ts'
import { mutatedAnswer } from '../support/fuzz/answer-mutations.ts'
import { createChance } from '../support/fuzz/chance.ts'
import { complaints, startFuzzedGateway } from '../support/fuzz/fuzzed-gateway.ts'
import { startMutatingProxy } from '../support/fuzz/mutating-proxy.ts'
import { codesOf, request } from '../support/graphql.ts'
import { type Subscription, subscribe } from '../support/websocket.ts'

/** `SEED=…` has the same answers changed in the same way. */
const seed = Number(process.env['SEED'] ?? 20_261_125)

/** How many answers are changed while things are followed. */
const changes = 80

const demo = { authorization: 'sandbox-demo' }

/** Breaks answers to paths like this, {@link changes} of them. Never two in a row: Vault would be left alone then, for seconds. */
async function failingVault(sandbox: { readonly vault: { readonly url: string } }, paths: RegExp) {
  const chance = createChance(seed, 'watches')
  const enough = Promise.withResolvers<void>()
  let left = changes
  let isBroken = false
  const proxy = await startMutatingProxy(sandbox.vault, (reply, { path }) => {
    isBroken = !isBroken && left > 0 && paths.test(path)
    if (!isBroken) return undefined
    left -= 1
    if (left === 0) enough.resolve()
    return mutatedAnswer(reply, chance, { onlyFailures: true, maySilence: false })
  })
  return { proxy, enough: enough.promise }
}

const env = { POLL_INTERVAL_MS: '20', JOB_STATUS_WINDOW_MS: '20', UPSTREAM_TIMEOUT_MS: '1000' }

/** The last thing that a subscription tells before it completes. Any error on the way is a failure. */
async function lastOf<Data>(subscription: Subscription<Data>): Promise<Data | null | undefined> {
  let last: Data | null | undefined
  for await (const { data, errors } of subscription) {
    assert.deepEqual(errors, [])
    last = data
  }
  return last
}

describe(`what Vault answers is broken in all kinds of ways (SEED=${seed})`, () => {
  it('and what is followed is followed on, up to its last state', async (t) => {
    const sandbox = await startSandbox({ scene: 'empty', jobStatusWindowMs: 10 })
    t.after(() => sandbox.stop())
    const jobs = [1201, 1202, 1203].map((id) => sandbox.vault.addJob({ id, status: 'RUNNING' }))
    const id = sandbox.vault.addUploadSession({ path: '/a.zip', sizeBytes: 100, uploadedBytes: 1 })
    sandbox.vault.addProfilingSession({ name: 'p__c', label: 'P', status: 'in_progress__sys' })
    const { proxy, enough } = await failingVault(sandbox, /./)
    await using _proxy = proxy
    await using gateway = await startFuzzedGateway({ env: { ...env, VAULT_URL: proxy.url } })
    const follow = (query: string) =>
      subscribe(gateway, `subscription { ${query} }`, { connectionParams: demo })
    const followed = [
      ...jobs.map((job) => follow(`jobUpdated(id: "${job.id}") { job { isFinished status } }`)),
      follow(`uploadSessionUpdated(id: "${id}") { uploaded }`),
      follow('profilingSessionUpdated(name: "p__c") { status }'),
    ]
    const ends = followed.map((subscription) => lastOf(subscription))
    await Promise.race([enough, Promise.all(ends)])
    for (const job of jobs) sandbox.vault.setJobStatus(job.id, 'SUCCESS')
    sandbox.vault.setUploaded(id, 77)
    sandbox.vault.setProfilingSessionStatus('p__c', 'complete__sys')
    const [jobEnds, profilingEnd] = [await Promise.all(ends.slice(0, 3)), await ends[4]]
    for (const end of jobEnds)
      assert.deepEqual(end, { jobUpdated: { job: { isFinished: true, status: 'SUCCESS' } } })
    assert.deepEqual(profilingEnd, { profilingSessionUpdated: { status: 'COMPLETE' } })
    assert.deepEqual(complaints(gateway), [])
    for (const subscription of followed) await subscription[Symbol.asyncDispose]()
  })

  it('and only what needs the broken answer is missing, with a code', async (t) => {
    const sandbox = await startSandbox({ scene: 'empty' })
    t.after(() => sandbox.stop())
    const { proxy } = await failingVault(sandbox, /file_staging/)
    await using _proxy = proxy
    await using gateway = await startFuzzedGateway({ env: { ...env, VAULT_URL: proxy.url } })
    const codes = new Set<unknown>()
    for (let times = 0; times < 60; times += 1) {
      const answer = await request<Record<string, unknown>>(
        gateway,
        '{ viewer { userId } profilingSessions { name } uploadSessions { id } activeJobs { totalCount } }',
        { headers: demo },
      )
      const { uploadSessions, ...others } = answer.data
      assert.deepEqual(others, {
        viewer: { userId: '1001' },
        profilingSessions: [],
        activeJobs: { totalCount: 0 },
      })
      assert.deepEqual(
        answer.errors.map(({ path }) => path?.join('.')),
        uploadSessions === null ? ['uploadSessions'] : [],
      )
      for (const code of codesOf(answer)) codes.add(code)
    }
    const known = ['UPSTREAM_ERROR', 'UPSTREAM_INVALID_RESPONSE', 'UPSTREAM_UNAVAILABLE']
    assert.deepEqual(
      [...codes].filter((code) => !known.includes(String(code))),
      [],
    )
    assert.ok(codes.size > 1, 'nothing was broken')
    assert.deepEqual(complaints(gateway), [])
  })
})
