import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { afterEach, beforeEach, describe, it } from 'node:test'
import { notFound } from '../../src/core/errors.ts'
import { accessWith } from '../../src/core/identity.ts'
import { type Analyses, createAnalyses, type ProfileSeen } from '../../src/samply-profiles/analyses.ts'
import { sizeOfAnalysis } from '../../src/samply-profiles/analysis/analysis.ts'
import type { SamplyProfilesClient } from '../../src/samply-profiles/client.ts'
import { createWorkerPool, type WorkerPool } from '../../src/workers/pool.ts'
import { analysisOf } from '../support/analysed.ts'
import { createFakeClock, type FakeClock } from '../support/fake-clock.ts'
import { type DescribedProfile, profileFile } from '../support/processed-profile.ts'

const key = { pipelineName: 'orders', ordinal: 0 }
const access = accessWith('Bearer apikey:one')
const signal = new AbortController().signal

/** A profile in which so many samples were taken. */
const profileOf = (weight: number): Uint8Array => {
  const thread = { name: 'main', samples: [{ stack: [{ name: 'f' }], weight }] }
  const described: DescribedProfile = { product: `${weight}`, threads: [thread] }
  return profileFile(described)
}

describe('the analyses that are kept', () => {
  let clock: FakeClock
  let workers: WorkerPool
  let analyses: Analyses
  let present: Uint8Array | Error
  let opened = 0
  /** Resolves when a profile is opened. */
  let opening = Promise.withResolvers<void>()

  const client: Pick<SamplyProfilesClient, 'open'> = {
    async open() {
      opened += 1
      opening.resolve()
      if (present instanceof Error) throw present
      const stream = ReadableStream.from([present])
      return { contentType: 'application/gzip', fileName: 'x.json.gz', stream }
    },
  }
  beforeEach(() => {
    clock = createFakeClock()
    workers = createWorkerPool(clock)
    analyses = createAnalyses({ client, workers, clock })
    present = profileOf(1)
    opened = 0
  })
  afterEach(() => workers.stop())

  /** Asks for the analysis of the profile that is there now. */
  const ask = (seen: Partial<ProfileSeen> = {}, by = access, of = key) =>
    analyses.of(by, of, { observedAtMs: clock.now(), ...seen }, signal)
  const sampleCount = async (seen?: Partial<ProfileSeen>) => (await ask(seen)).sampleCount

  it('are made once, however many ask', async () => {
    const [first, ...others] = await Promise.all(Array.from({ length: 20 }, () => ask()))
    assert.ok(others.length === 19 && others.every((other) => other === first))
    assert.equal(await ask(), first)
    assert.equal(opened, 1)
  })

  it('are kept while the profile begins as it did, which costs a call for each profile that was seen', async () => {
    const first = await ask()
    for (let look = 0; look < 3; look += 1) {
      clock.advance(1)
      assert.equal(await ask(), first)
      assert.equal(await ask(), first)
    }
    assert.equal(opened, 1 + 3)
  })

  it('outlive one who leaves while it is looked whether the profile is the same', async () => {
    const first = await ask()
    clock.advance(1)
    const leaving = new AbortController()
    const left = analyses.of(access, key, { observedAtMs: clock.now() }, leaving.signal)
    leaving.abort(new Error('left'))
    await assert.rejects(left, /left/)
    assert.equal(await ask(), first)
  })

  it('count the names in the memory that they take', () => {
    const sizeWith = (name: string) =>
      sizeOfAnalysis(
        analysisOf({ threads: [{ name, samples: [{ stack: [{ name: 'f', library: name }] }] }] }),
      )
    assert.ok(sizeWith('x'.repeat(2000)) - sizeWith('x') > 2 * 2000)
  })

  it('are made anew of a profile that begins in another way', async () => {
    await sampleCount()
    clock.advance(1)
    present = profileOf(2)
    assert.equal(await sampleCount(), 2)
    assert.equal(opened, 1 + 2)
  })

  it('are never of a profile before the one that was seen, though it is being read just then', async () => {
    opening = Promise.withResolvers()
    const first = ask()
    await opening.promise
    clock.advance(1)
    present = profileOf(2)
    const second = ask()
    assert.equal((await first).sampleCount, 1)
    assert.equal((await second).sampleCount, 2)
  })

  it('cost no call where the SHA-256 of the profile is known, and are made anew where it is another', async () => {
    const { sampleCount: before } = await ask()
    assert.ok(!(present instanceof Error))
    const sha256 = createHash('sha256').update(present).digest('hex')
    clock.advance(1)
    assert.equal(await sampleCount({ sha256 }), before)
    assert.equal(opened, 1)
    present = profileOf(2)
    assert.equal(await sampleCount({ sha256: 'another' }), 2)
    assert.equal(opened, 2)
  })

  it('are forgotten when the profile has gone', async () => {
    await sampleCount()
    const profile = present
    const message = 'No profile was collected.'
    present = notFound(message)
    clock.advance(1)
    await assert.rejects(sampleCount(), { code: 'NOT_FOUND', message })
    await assert.rejects(sampleCount(), { code: 'NOT_FOUND' })
    present = profile
    assert.equal(await sampleCount(), 1)
  })

  it('are of each host and each caller alone', async () => {
    await ask()
    await ask({}, access, { ...key, ordinal: 1 })
    await ask({}, accessWith('Bearer apikey:two'))
    assert.equal(opened, 3)
  })

  it('are 64 at most, and the one that was not asked for longest goes', async () => {
    const askHost = (ordinal: number) => ask({}, access, { ...key, ordinal })
    for (let ordinal = 0; ordinal <= 64; ordinal += 1) await askHost(ordinal)
    assert.equal(opened, 65)
    await askHost(64)
    assert.equal(opened, 65)
    await askHost(0)
    assert.equal(opened, 66)
  })

  it('are not made of what cannot be read, and the next one asks again', async () => {
    present = Buffer.from('no gzip')
    await assert.rejects(sampleCount(), {
      code: 'UPSTREAM_INVALID_RESPONSE',
      message: /^The profile of pipeline orders cannot be read: it is no gzip/,
    })
    present = profileOf(3)
    assert.equal(await sampleCount(), 3)
  })
})
