import assert from 'node:assert/strict'
import { beforeEach, describe, it } from 'node:test'
import { accessWith } from '../../src/core/identity.ts'
import type { ProfilingSession } from '../../src/profiling-sessions/model.ts'
import { createKeptResults, type KeptResults } from '../../src/profiling-sessions/results/kept-results.ts'
import type { ReadResults } from '../../src/profiling-sessions/results/read-results.ts'
import { sharedBytes, sizeOf } from '../../src/profiling-sessions/results/table.ts'
import { createFakeClock, type FakeClock } from '../support/fake-clock.ts'
import { readZip, zipOf } from '../support/profiling-results.ts'

const [alice, bob] = [accessWith('alice'), accessWith('bob')]
const live = () => new AbortController().signal

const session: ProfilingSession = {
  ...{ id: '1', name: 'baseline__c', label: 'Baseline', description: null, status: 'COMPLETE' },
  ...{ rawStatus: 'complete__sys', userId: null, expirationDate: null },
  ...{ createdDate: '2026-01-15T12:00:00.000Z', observedAt: '2026-01-15T12:00:00.000Z' },
}
const named = (name: string): ProfilingSession => ({ ...session, name })

describe('results that were read', () => {
  let clock: FakeClock
  let kept: KeptResults
  let reads: string[]
  let result: ReadResults
  let failure: Error | undefined

  beforeEach(async () => {
    clock = createFakeClock()
    reads = []
    failure = undefined
    result = await readZip(zipOf('user_id,sdk_cpu_time,sdk_elapsed_time\n1,2,3\n'))
    kept = createKeptResults(async ({ authorization }, name) => {
      reads.push(`${authorization} ${name}`)
      if (failure !== undefined) throw failure
      return result
    }, clock)
  })

  it('are read once, and again when they have become old', async () => {
    assert.equal(await kept.of(alice, session, live()), result)
    clock.advance(10 * 60_000)
    assert.equal(await kept.of(alice, session, live()), result)
    assert.equal(reads.length, 1)
    clock.advance(1)
    await kept.of(alice, session, live())
    assert.equal(reads.length, 2)
  })

  it('are read for each caller, and for each session of one name', async () => {
    for (const access of [alice, bob]) await kept.of(access, session, live())
    assert.deepEqual(reads, ['alice baseline__c', 'bob baseline__c'])
    await kept.of(alice, { ...session, createdDate: '2026-01-16T12:00:00.000Z' }, live())
    await kept.of(alice, { ...session, id: '2' }, live())
    assert.equal(reads.length, 4)
  })

  it('are let go where the session is written to, and no others', async () => {
    for (const access of [alice, bob]) {
      for (const name of ['baseline__c', 'baseline__c2']) await kept.of(access, named(name), live())
    }
    reads = []
    kept.forget(alice, 'baseline__c')
    for (const access of [alice, bob]) {
      for (const name of ['baseline__c', 'baseline__c2']) await kept.of(access, named(name), live())
    }
    assert.deepEqual(reads, ['alice baseline__c'])
  })

  it('are asked for again after a failure', async () => {
    failure = new Error('no')
    await assert.rejects(kept.of(alice, session, live()), failure)
    failure = undefined
    assert.equal(await kept.of(alice, session, live()), result)
  })

  it('are shared while they are read', async () => {
    const reading = Promise.withResolvers<ReadResults>()
    kept = createKeptResults((_access, name) => {
      reads.push(name)
      return reading.promise
    }, clock)
    const all = [kept.of(alice, session, live()), kept.of(alice, session, live())]
    reading.resolve(result)
    assert.deepEqual(await Promise.all(all), [result, result])
    assert.equal(reads.length, 1)
  })

  it('are kept up to 128 MB, those that were asked for last', async () => {
    const bytes = sharedBytes(new Uint8Array(50 * 1024 * 1024))
    result = { ...result, table: { ...result.table, text: { ...result.table.text, bytes } } }
    assert.ok(sizeOf(result.table) > bytes.length)
    for (const name of ['a', 'b', 'c']) await kept.of(alice, named(name), live())
    reads = []
    for (const name of ['b', 'c', 'a']) await kept.of(alice, named(name), live())
    assert.deepEqual(reads, ['alice a'])
  })

  it('are of a hundred sessions at most', async () => {
    for (let number = 0; number <= 100; number += 1) await kept.of(alice, named(`${number}`), live())
    reads = []
    for (const name of ['1', '100', '0']) await kept.of(alice, named(name), live())
    assert.deepEqual(reads, ['alice 0'])
  })
})
