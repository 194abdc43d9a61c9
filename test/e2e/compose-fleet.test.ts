import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { after, before, describe, it } from 'node:test'
import { showcase } from '../../src/sandbox/sandbox.ts'
import { type ComposeFleet, startComposeFleet } from '../support/compose-fleet.ts'
import { download } from '../support/download.ts'
import { eventsOf, getStream } from '../support/event-stream.ts'
import { probeUntil } from '../support/fleet.ts'
import { data } from '../support/graphql.ts'
import { haproxyMissing } from '../support/haproxy.ts'
import { redisMissing } from '../support/redis-server.ts'
import { openBrowser, signedIn, signInDocument } from '../support/sign-in.ts'
import { sendPart } from '../support/upload.ts'
import { subscribe } from '../support/websocket.ts'

const demo = { authorization: 'sandbox-demo' }
const following = `subscription { jobUpdated(id: ${showcase.runningJobId}) { job { status } } }`
const running = { jobUpdated: { job: { status: 'RUNNING' } } }

describe('the fleet of docker-compose.yml', {
  skip: redisMissing || haproxyMissing,
  timeout: 300_000,
}, () => {
  let fleet: ComposeFleet

  before(async () => {
    fleet = await startComposeFleet()
  })
  after(() => fleet?.[Symbol.asyncDispose]())

  it('has two replicas that work together: neither is without Valkey', async () => {
    for (const replica of fleet.replicas) {
      // They listen before they have reached it.
      await probeUntil(replica, (readiness) => readiness === '{"status":"ready"}')
    }
  })

  it('lets a browser sign in through one replica, and follow a job through the other', async () => {
    const [one, two] = fleet.replicas
    const browser = await signedIn(one)
    const { cookie = '' } = browser.headers()
    await using subscription = subscribe(two, following, { headers: { cookie, origin: two.url } })
    assert.deepEqual((await subscription.next()).data, running)
  })

  it('is one address for queries, GraphiQL, WebSockets and signing in', async () => {
    const page = await fetch(`${fleet.url}/graphql`, { headers: { accept: 'text/html' } })
    assert.equal(page.status, 200)
    const browser = await signedIn(fleet)
    const { cookie = '', origin = '' } = browser.headers()
    for (let time = 0; time < 4; time += 1) {
      const { data: seen } = await browser.ask('{ viewer { userId } }')
      assert.deepEqual(seen, { viewer: { userId: '1001' } })
    }
    await using subscription = subscribe(fleet, following, { headers: { cookie, origin } })
    assert.deepEqual((await subscription.next()).data, running)
  })

  it('hands events of a stream on as they come', async () => {
    const response = await getStream(fleet, { query: following })
    for await (const { event, data: told } of eventsOf(response)) {
      assert.equal(event, 'next')
      assert.deepEqual(JSON.parse(told).data, running)
      break
    }
  })

  it('passes files through, in both directions and whole', async () => {
    const links = await data<{ samplyProfile: { downloadUrl: string; size: number } }>(
      fleet,
      `{ samplyProfile(pipelineName: "${showcase.profiledPipelineName}") { ... on SamplyProfile { downloadUrl size } } }`,
      { headers: demo },
    )
    const { downloadUrl, size } = links.samplyProfile
    assert.ok(downloadUrl.startsWith(`${fleet.url}/`), downloadUrl)
    const { body } = await download(fleet, downloadUrl)
    assert.equal(body.length, size)

    const part = randomBytes(6_000_000)
    const {
      createUploadSession: { uploadSession },
    } = await data<{ createUploadSession: { uploadSession: { id: string } } }>(
      fleet,
      `mutation { createUploadSession(input: { path: "big.bin", size: ${part.length} }) { uploadSession { id } } }`,
      { headers: demo },
    )
    assert.equal((await sendPart(fleet, part, { id: uploadSession.id })).status, 200)
  })

  it('counts attempts to sign in by where they come from, whatever a client says of itself', async () => {
    const browser = openBrowser(fleet)
    const codes = new Set<unknown>()
    // Each replica counts by itself: thirty attempts from one address.
    for (let attempt = 0; attempt <= 60; attempt += 1) {
      const { errors } = await browser.ask(signInDocument, {
        variables: { input: { username: `nobody${attempt}@sandbox.example`, password: 'wrong' } },
        headers: { 'x-forwarded-for': `198.51.100.${attempt}` },
      })
      codes.add(errors[0]?.extensions['code'])
    }
    assert.deepEqual(codes, new Set(['USERNAME_OR_PASSWORD_INCORRECT', 'RATE_LIMITED']))
  })

  it('does not show the metrics of a replica to everybody', async () => {
    assert.equal((await fetch(`${fleet.url}/metrics`)).status, 404)
  })

  it('loses no request while a replica stops, and its subscribers go on with the other one', async () => {
    const [one, two] = fleet.replicas
    const followers = Array.from({ length: 4 }, () => subscribe(fleet, following, { connectionParams: demo }))
    for (const follower of followers) assert.deepEqual((await follower.next()).data, running)
    const stopped = one.stop()
    assert.equal((await Promise.race(followers.map((follower) => follower.closed))).code, 1012)
    for (let time = 0; time < 20; time += 1) {
      assert.deepEqual(await data(fleet, '{ __typename }'), { __typename: 'Query' })
    }
    assert.equal(await stopped, 0)
    await using again = subscribe(fleet, following, { connectionParams: demo })
    assert.deepEqual((await again.next()).data, running)
    assert.equal(await two.stop(), 0)
    const nobody = await fetch(`${fleet.url}/livez`)
    assert.equal(nobody.status, 503)
  })
})
