import assert from 'node:assert/strict'
import { after, afterEach, before, beforeEach, describe, it } from 'node:test'
import { gzipSync } from 'node:zlib'
import { type Sandbox, startSandbox } from '../../src/sandbox/sandbox.ts'
import { download } from '../support/download.ts'
import { type Gateway, startGateway } from '../support/gateway.ts'
import { codesOf, data, request } from '../support/graphql.ts'
import { type DescribedProfile, processedProfile, profileFile } from '../support/processed-profile.ts'

const headers = { 'feldera-authorization': 'Bearer apikey:one' }
const otherHeaders = { 'feldera-authorization': 'Bearer apikey:two' }

const main = { name: 'main', library: 'pipeline' }
const profile: DescribedProfile = {
  threads: [
    {
      name: 'orders',
      processName: 'orders',
      samples: [
        { stack: [main, { name: 'step', library: 'pipeline' }], weight: 3, cpuDelta: 0 },
        { stack: [main, { name: 'wait', library: 'libc' }], weight: 5, afterMs: 250, cpuDelta: 1500 },
      ],
    },
    { name: 'worker', samples: [{ stack: [{ name: '0x2bac' }], weight: 2 }] },
  ],
}

const analysisOf = (fields: string, pipelineName = 'orders') =>
  `{ samplyProfile(pipelineName: "${pipelineName}") { ... on SamplyProfile { analysis { ${fields} } } } }`

describe('the analysis of a profile', () => {
  let sandbox: Sandbox
  let gateway: Gateway

  before(async () => {
    sandbox = await startSandbox({ scene: 'empty' })
    gateway = await startGateway({ sandbox, env: { UPSTREAM_TIMEOUT_MS: '2000' } })
  })
  after(async () => {
    await gateway?.stop()
    await sandbox?.stop()
  })
  /** A pipeline of its own for each test, since the gateway remembers profiles. */
  let name = ''
  let names = 0
  beforeEach(() => {
    names += 1
    name = `orders-${names}`
    sandbox.feldera.addPipeline({ name, profile: profileFile(profile) })
    sandbox.feldera.calls.clear()
  })
  afterEach(() => sandbox.feldera.faults.clear())

  const route = 'samply-profile-get'

  /** Asks for something that takes a look and a reading. @returns resolves when the reading has left, and not the look */
  async function leftReading(ask: () => void): Promise<{ readonly left: Promise<unknown> }> {
    const look = sandbox.feldera.calls.next(route)
    ask()
    await look
    await sandbox.feldera.calls.next(route)
    await sandbox.feldera.calls.aborted(route)
    sandbox.feldera.calls.clear()
    return { left: sandbox.feldera.calls.aborted(route) }
  }

  it('tells where the time went', async () => {
    const fields = `product startTime durationMs intervalMs sampleCount
      threads { name processName sampleCount cpuTimeMs }
      hotFunctions(first: 2) { name library selfSamples totalSamples selfShare totalShare }
      slow: hotFunctions(by: TOTAL, first: 1, thread: "orders") { name totalShare }
      flameGraph(thread: "orders") { name library depth parent start selfSamples totalSamples }
      callers: flameGraph(inverted: true, maxDepth: 1) { name totalSamples }`
    assert.deepEqual(await data(gateway, analysisOf(fields, name), { headers }), {
      samplyProfile: {
        analysis: {
          product: 'orders',
          startTime: '2026-01-15T12:00:00.001Z',
          durationMs: 250,
          intervalMs: 1,
          sampleCount: 10,
          threads: [
            { name: 'orders', processName: 'orders', sampleCount: 8, cpuTimeMs: 1.5 },
            { name: 'worker', processName: null, sampleCount: 2, cpuTimeMs: null },
          ],
          hotFunctions: [
            {
              name: 'wait',
              library: 'libc',
              selfSamples: 5,
              totalSamples: 5,
              selfShare: 0.5,
              totalShare: 0.5,
            },
            {
              name: 'step',
              library: 'pipeline',
              selfSamples: 3,
              totalSamples: 3,
              selfShare: 0.3,
              totalShare: 0.3,
            },
          ],
          slow: [{ name: 'main', totalShare: 1 }],
          flameGraph: [
            {
              name: 'main',
              library: 'pipeline',
              depth: 0,
              parent: null,
              start: 0,
              selfSamples: 0,
              totalSamples: 8,
            },
            { name: 'wait', library: 'libc', depth: 1, parent: 0, start: 0, selfSamples: 5, totalSamples: 5 },
            {
              name: 'step',
              library: 'pipeline',
              depth: 1,
              parent: 0,
              start: 5,
              selfSamples: 3,
              totalSamples: 3,
            },
          ],
          callers: [
            { name: 'wait', totalSamples: 5 },
            { name: 'step', totalSamples: 3 },
            { name: '0x2bac', totalSamples: 2 },
          ],
        },
      },
    })
  })

  it('costs a look and a reading, later a look and a comparison, and nothing of one caller is told another', async () => {
    const ask = (sent: typeof headers) =>
      data(gateway, analysisOf('sampleCount hotFunctions { name }', name), { headers: sent })
    for (const sent of [headers, headers, otherHeaders]) await ask(sent)
    assert.deepEqual(
      sandbox.feldera.calls.all().map((call) => call.headers.authorization?.slice(-3)),
      ['one', 'one', 'one', 'one', 'two', 'two'],
    )
    const both = `{ samplyProfile(pipelineName: "${name}") { ... on SamplyProfile { sha256 analysis { sampleCount } } } }`
    await data(gateway, both, { headers })
    assert.equal(sandbox.feldera.calls.count(), 7)
  })

  it('is shown to nobody who may not see the profile, though it has been made', async () => {
    const secret = `secret-${names}`
    const visibleTo = [headers['feldera-authorization']]
    sandbox.feldera.addPipeline({ name: secret, profile: profileFile(profile), visibleTo })
    await data(gateway, analysisOf('sampleCount', secret), { headers })
    assert.deepEqual(await data(gateway, analysisOf('sampleCount', secret), { headers: otherHeaders }), {
      samplyProfile: {},
    })
  })

  it('is that of the new profile as soon as there is one', async () => {
    await data(gateway, analysisOf('sampleCount', name), { headers })
    const [thread] = profile.threads
    const body = profileFile({ threads: thread === undefined ? [] : [thread] })
    sandbox.feldera.faults.add({
      answer: { kind: 'status', status: 200, body, headers: { 'content-type': 'application/gzip' } },
    })
    assert.deepEqual(await data(gateway, analysisOf('sampleCount', name), { headers }), {
      samplyProfile: { analysis: { sampleCount: 8 } },
    })
  })

  const refused: readonly (readonly [string, RegExp])[] = [
    ['hotFunctions(first: 0) { name }', /`first` is 0; it must be from 1 to 500/],
    ['hotFunctions(first: 501) { name }', /`first` is 501/],
    ['hotFunctions(thread: "nobody") { name }', /`thread` is “nobody”.*It has “orders”, “worker”/],
    ['flameGraph(minShare: -0.1) { name }', /`minShare` is -0.1; it must be from 0 to 1/],
    ['flameGraph(minShare: 1.5) { name }', /`minShare` is 1.5/],
    ['flameGraph(maxDepth: 0) { name }', /`maxDepth` is 0; it must be from 1 to 1000/],
    ['flameGraph(thread: "") { name }', /`thread` is “”/],
  ]
  for (const [field, message] of refused) {
    it(`refuses ${field}`, async () => {
      const { errors } = await request(gateway, analysisOf(field, name), { headers })
      assert.deepEqual(codesOf({ errors }), ['BAD_USER_INPUT'])
      assert.match(errors[0]?.message ?? '', message)
    })
  }

  it('takes null for an argument as if it were left out', async () => {
    const fields =
      'hotFunctions(first: null, by: null, thread: null) { name } flameGraph(minShare: null, maxDepth: null, inverted: null) { name }'
    await data(gateway, analysisOf(fields, name), { headers })
  })

  it('bounds what one operation is told', async () => {
    const samples = Array.from({ length: 4000 }, (_, index) => ({ stack: [{ name: `f${index}` }] }))
    sandbox.feldera.addPipeline({ name: 'wide', profile: profileFile({ threads: [{ name: 'x', samples }] }) })
    const graphs = Array.from({ length: 6 }, (_, index) => `g${index}: flameGraph(minShare: 0) { depth }`)
    const { errors } = await request(gateway, analysisOf(graphs.join(' '), 'wide'), { headers })
    assert.deepEqual(codesOf({ errors }), ['BAD_USER_INPUT'])
    assert.match(errors[0]?.message ?? '', /more than 10000 nodes/)
  })

  it('costs nothing where it is not asked for', async () => {
    await data(gateway, `{ samplyProfile(pipelineName: "${name}") { ... on SamplyProfile { id } } }`, {
      headers,
    })
    assert.equal(sandbox.feldera.calls.count(), 1)
  })

  const written = profileFile(profile)
  const unreadable: readonly (readonly [string, Uint8Array, RegExp])[] = [
    ['whose gzip ends too early', written.subarray(0, -20), /its gzip ends too early/],
    ['that is no gzip', Buffer.from('{"meta":{}}'), /it is no gzip/],
    ['that is no JSON', gzipSync('<html>'), /`the profile` is no object/],
    ['that is empty', new Uint8Array(0), /its gzip ends too early|ends in the middle/],
    ['of another format', profileFile(profile, 71), /its format has the version 71; 41 to 70 can be read/],
    [
      'of which a part is no list',
      gzipSync(JSON.stringify({ ...processedProfile(profile, 57), threads: [{ stackTable: { frame: 7 } }] })),
      /`threads\[0\]\.stackTable\.frame` is no list/,
    ],
  ]
  for (const [what, bytes, message] of unreadable) {
    it(`fails for a profile ${what}, whose bytes can be downloaded all the same`, async () => {
      const broken = `broken-${names}`
      sandbox.feldera.addPipeline({ name: broken, profile: bytes })
      const { data: answer, errors } = await request(
        gateway,
        `{ samplyProfile(pipelineName: "${broken}") { ... on SamplyProfile { downloadUrl analysis { sampleCount } } } }`,
        { headers },
      )
      assert.deepEqual(codesOf({ errors }), ['UPSTREAM_INVALID_RESPONSE'])
      assert.deepEqual(errors[0]?.path, ['samplyProfile', 'analysis'])
      assert.match(errors[0]?.message ?? '', message)
      const { downloadUrl } = Object(answer['samplyProfile'])
      assert.deepEqual((await download(gateway, downloadUrl)).body, Buffer.from(bytes))
    })
  }

  it('refuses a bomb while it inflates, and reads no more of it', { timeout: 60_000 }, async () => {
    // Each of these inflates to 64 MiB of spaces; all of them would be 64 GiB.
    const bomb = Buffer.concat(new Array(1000).fill(gzipSync(Buffer.alloc(2 ** 26, ' '))))
    sandbox.feldera.addPipeline({ name: 'bomb', profile: bomb })
    const answer = Promise.withResolvers<unknown>()
    const { left } = await leftReading(() => {
      answer.resolve(request(gateway, analysisOf('sampleCount', 'bomb'), { headers }))
    })
    assert.match(
      JSON.stringify(await answer.promise),
      /it inflates to more than 2048 MB.*UPSTREAM_INVALID_RESPONSE/,
    )
    await left
  })

  it('fails as a download does where the pipeline stops midway, and is made the next time', async () => {
    const fault = sandbox.feldera.faults.add({ answer: { kind: 'truncate', afterBytes: 300 } })
    const { errors } = await request(gateway, analysisOf('sampleCount', name), { headers })
    assert.deepEqual(codesOf({ errors }), ['UPSTREAM_UNAVAILABLE'])
    fault.remove()
    await data(gateway, analysisOf('sampleCount', name), { headers })
  })

  it('fails as a download does where Feldera falls silent', async () => {
    sandbox.feldera.faults.add({ answer: { kind: 'stall', afterBytes: 300 } })
    const { errors } = await request(gateway, analysisOf('sampleCount', name), { headers })
    assert.deepEqual(codesOf({ errors }), ['UPSTREAM_TIMEOUT'])
  })

  it('ends with its call to Feldera when nobody waits any more, and frees the thread', async () => {
    for (let time = 0; time < 3; time += 1) {
      const fault = sandbox.feldera.faults.add({ answer: { kind: 'stall', afterBytes: 300 } })
      const leaving = new AbortController()
      const asked = Promise.withResolvers<unknown>()
      const { left } = await leftReading(() => {
        asked.resolve(data(gateway, analysisOf('sampleCount', name), { headers, signal: leaving.signal }))
      })
      leaving.abort()
      await assert.rejects(asked.promise, { name: 'AbortError' })
      await left
      fault.remove()
    }
    await data(gateway, analysisOf('sampleCount', name), { headers })
  })
})
