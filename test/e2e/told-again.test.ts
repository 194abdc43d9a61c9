import assert from 'node:assert/strict'
import { after, afterEach, before, describe, it } from 'node:test'
import { type Sandbox, startSandbox } from '../../src/sandbox/sandbox.ts'
import { type Gateway, startGateway } from '../support/gateway.ts'
import { data } from '../support/graphql.ts'
import { scrape } from '../support/metrics.ts'
import { ada, openBrowser, signInDocument } from '../support/sign-in.ts'
import { subscribe } from '../support/websocket.ts'

const alice = { authorization: 'alice' }
const bob = { authorization: 'bob' }

interface JobAnswer {
  readonly job: { readonly status: string; readonly observedAt: string }
}

describe('a query that was answered from what is remembered', () => {
  let sandbox: Sandbox
  let gateway: Gateway
  let id: number

  before(async () => {
    sandbox = await startSandbox({ scene: 'empty' })
    sandbox.vault.addUser({ id: 1, sessionId: 'alice', admin: true })
    sandbox.vault.addUser({ id: 2, sessionId: 'bob', admin: true })
    gateway = await startGateway({ sandbox, env: { POLL_INTERVAL_MS: '1000' } })
  })
  after(async () => {
    await gateway.stop()
    await sandbox.stop()
  })
  afterEach(() => sandbox.vault.calls.clear())

  const query = () => `{ job(id: ${id}) { status observedAt } }`
  const ask = (headers = alice, document = query()) => data<JobAnswer>(gateway, document, { headers })
  const timesToldAgain = async () => (await scrape(gateway)).sum('vaultline_operations_told_again_total')
  /** Asks until the answer is told from memory. @returns it */
  const toldAgain = async () => {
    const { id: added } = sandbox.vault.addJob({ status: 'SCHEDULED' })
    id = added
    const before = await timesToldAgain()
    for (let time = 0; time < 3; time += 1) await ask()
    const answer = await ask()
    assert.equal((await timesToldAgain()) - before, 2)
    return answer
  }

  it('is told the same again without a call', async () => {
    const { job } = await toldAgain()
    assert.equal(job.status, 'SCHEDULED')
    assert.equal(sandbox.vault.calls.count('job-status'), 1)
  })

  it('is run for another caller, whose own access counts', async () => {
    await toldAgain()
    sandbox.vault.calls.clear()
    await ask(bob)
    assert.equal(sandbox.vault.calls.of('job-monitors')[0]?.headers.authorization, 'bob')
  })

  it('is run again when a subscription has seen the job change', async () => {
    await toldAgain()
    const document = `subscription { jobUpdated(id: ${id}) { job { status } } }`
    await using follower = subscribe(gateway, document, { connectionParams: alice })
    await follower.next()
    sandbox.vault.setJobStatus(id, 'RUNNING')
    await follower.next()
    const { job } = await ask()
    assert.equal(job.status, 'RUNNING')
  })

  it('is run again when the job was changed through the gateway', async () => {
    await toldAgain()
    await data(gateway, `mutation { startJob(id: ${id}) { job { status } } }`, { headers: alice })
    assert.notEqual((await ask()).job.status, 'SCHEDULED')
  })

  it('is refused when the browser has signed out, though its cookie is sent again', async () => {
    const { id: added } = sandbox.vault.addJob({ status: 'RUNNING' })
    id = added
    const browser = openBrowser(gateway)
    await browser.ask(signInDocument, { variables: { input: ada } })
    const before = await timesToldAgain()
    for (let time = 0; time < 4; time += 1)
      assert.deepEqual(Object(await browser.ask(query())).data.job.status, 'RUNNING')
    assert.equal((await timesToldAgain()) - before, 2)
    const headers = browser.headers()
    await browser.ask('mutation { signOut { userId } }')
    const { errors } = await browser.ask(query(), { headers })
    assert.equal(errors[0]?.extensions['code'], 'UNAUTHENTICATED')
  })

  it('is run each time where it asks for something else beside', async () => {
    await toldAgain()
    const more = `{ job(id: ${id}) { status observedAt } uploadSessions { name } }`
    for (let time = 0; time < 3; time += 1) await ask(alice, more)
    assert.equal(sandbox.vault.calls.count('upload-sessions'), 3)
  })

  it('is run each time where it asks for a list beside', async () => {
    await toldAgain()
    const more = `{ job(id: ${id}) { status observedAt } activeJobs { nodes { id } } }`
    for (let time = 0; time < 3; time += 1) await ask(alice, more)
    assert.equal(sandbox.vault.calls.count('job-monitors'), 3)
  })
})
