import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { jobFleetBench } from '../support/job-fleet-bench.ts'
import { anna, ben, windowMs } from '../support/job-reader.ts'
import { perfectNetwork, type SimulatedJob } from '../support/simulated-vault.ts'

const fleet = (replicas = 2, network = perfectNetwork, redisLatencyMs = () => 1) => {
  const bench = jobFleetBench({ replicas, network, redisLatencyMs, random: () => 0 })
  const [one, two] = bench.replicas
  if (one === undefined || two === undefined) throw new Error('two replicas are the least')
  const startMs = bench.clock.now()
  const job = (id: string, turns: Readonly<Record<number, string>>, facts: Partial<SimulatedJob> = {}) =>
    bench.vault.add({
      id,
      turns: Object.entries(turns).map(([atMs, rawStatus]) => ({ atMs: startMs + Number(atMs), rawStatus })),
      ...facts,
    })
  return { ...bench, one, two, job }
}

describe('jobs in a fleet', () => {
  it('are answered from what is watched with what another replica saw, not with what this one saw before', async () => {
    const { one, two, job, vault, pass } = fleet()
    job('1', { 0: 'QUEUED', 15000: 'RUNNING' })
    await one.follow(['1'])
    await pass(100)
    await two.follow(['1'])
    await pass(30_000)
    assert.equal(two.watches.current(anna, '1')?.rawStatus, 'RUNNING')
    assert.equal(two.memory.lastSeen(anna, '1')?.rawStatus, 'RUNNING')
    assert.deepEqual(vault.tooSoon, [])
  })

  it('whose window another replica has are searched for on the lists once in a look, and not at each try', async () => {
    const { one, two, job, vault, pass } = fleet()
    job('1', { 0: 'RUNNING' }, { isUnlisted: true })
    await one.follow(['1'], anna)
    await pass(200)
    await two.follow(['1'], ben)
    const looks = 6
    await pass(looks * windowMs)
    const callers = 2
    const lists = vault.calls.filter(({ route }) => route !== 'status').length
    assert.ok(lists <= callers * looks * 2, `${lists} calls of lists`)
    assert.deepEqual(vault.tooSoon, [])
  })

  it('do not go back to what their status was when a list has told what is newer', async () => {
    const { one, two, job, pass } = fleet()
    job('1', { 0: 'QUEUED', 3000: 'RUNNING' })
    const signal = new AbortController().signal
    const noLists = { signal, detail: false, lists: async () => null }
    const first = one.reader.read(anna, '1', noLists)
    await pass(100)
    assert.equal((await first)?.rawStatus, 'QUEUED')
    await pass(4000)
    const all = await two.followAll()
    await pass(1000)
    const second = two.reader.read(anna, '1', { ...noLists, detail: true })
    await pass(1000)
    assert.equal((await second)?.rawStatus, 'RUNNING')
    assert.deepEqual(Object.fromEntries(all.statuses), { 1: ['RUNNING'] })
  })

  it('are not answered with what was asked for before a change through another replica', async () => {
    let latencyMs = 2000
    const { one, two, job, pass } = fleet(2, { latencyMs: () => latencyMs, fault: () => undefined })
    job('1', { 0: 'SCHEDULED', 1500: 'RUNNING' })
    const signal = new AbortController().signal
    const read = { signal, detail: true, lists: async () => null }
    const first = one.reader.read(anna, '1', read)
    await pass(1600)
    two.reader.forget(anna, '1')
    await pass(1000)
    assert.equal((await first)?.rawStatus, 'SCHEDULED')
    latencyMs = 0
    const second = two.reader.read(anna, '1', read)
    await pass(windowMs)
    assert.equal((await second)?.rawStatus, 'RUNNING')
  })

  it('are told with what only the status route knows, though a list here told of them a moment before', async () => {
    const network = { latencyMs: () => 4, fault: () => undefined }
    const { one, two, job, pass } = fleet(2, network)
    job('1', { 0: 'QUEUED', 400: 'RUNNING' })
    const signal = new AbortController().signal
    const read = ({ reader }: typeof one) =>
      reader.read(anna, '1', { signal, detail: true, lists: reader.listLookUp(anna, signal) })
    const listed = two.reader.listLookUp(anna, signal)('1')
    await pass(300)
    assert.equal((await listed)?.rawStatus, 'QUEUED')
    await pass(300)
    const told = [read(one)]
    await pass(100)
    told.push(read(two))
    await pass(100)
    for (const each of await Promise.all(told)) {
      assert.deepEqual([each?.rawStatus, each?.detail === undefined], ['RUNNING', false])
    }
  })

  it('are not answered with that either where Redis has become slow meanwhile', async () => {
    let redisMs = 1
    const network = { latencyMs: () => 4, fault: () => undefined }
    const { one, two, job, pass } = fleet(2, network, () => redisMs)
    job('1', { 0: 'SCHEDULED', 5: 'RUNNING' })
    const signal = new AbortController().signal
    const read = ({ reader }: typeof one) =>
      reader.read(anna, '1', { signal, detail: false, lists: reader.listLookUp(anna, signal) })
    const first = read(one)
    await pass(5)
    redisMs = 5
    two.reader.forget(anna, '1')
    await pass(500)
    assert.equal((await first)?.rawStatus, 'SCHEDULED')
    const second = read(two)
    await pass(1000)
    assert.equal((await second)?.rawStatus, 'RUNNING')
  })

  it('that are followed elsewhere are no business of a replica that does not lead any more', async () => {
    const { one, two, job, vault, pass, clock } = fleet()
    job('1', { 0: 'RUNNING' })
    job('2', { 0: 'RUNNING' })
    await one.follow(['1'])
    await pass(100)
    await two.follow(['2'])
    await pass(1000)
    one.link.cut()
    await pass(20_000)
    const cutMs = clock.now()
    await pass(3 * windowMs)
    const calls = vault.calls.filter(({ id, atMs }) => id === '2' && atMs > cutMs)
    assert.ok(calls.length <= 3, `job 2 was asked for ${calls.length} times in three intervals`)
    assert.equal(vault.calls.filter(({ route }) => route !== 'status').length, 0)
  })

  it('are told by a leader whose term began after the clock of Redis was put back', async () => {
    const { one, two, redis, replicas, job, vault, pass, clock } = fleet(3)
    job('1', { 0: 'RUNNING' })
    const here = await one.follow(['1'])
    await pass(100)
    await two.follow(['1'])
    await replicas[2]?.follow(['1'])
    await pass(windowMs)
    redis.putBack(3_600_000)
    await here.leave()
    await pass(2 * windowMs)
    const fromMs = clock.now()
    await pass(5 * windowMs)
    assert.equal(vault.calls.filter(({ atMs }) => atMs > fromMs).length, 5)
  })

  it('that another look saw by the way are told at once', async () => {
    const { one, job, pass } = fleet(2, { latencyMs: () => 1000, fault: () => undefined })
    job('1', { 0: 'QUEUED', 8000: 'RUNNING' })
    const heard = await one.follow(['1'])
    await pass(10_500)
    await one.followAll()
    await pass(1200)
    assert.deepEqual(heard.statuses.get('1'), ['QUEUED', 'RUNNING'])
  })

  it('are not known on any replica once they were changed through one, until Vault was asked again', async () => {
    let latencyMs = 0
    const { one, two, replicas, job, pass } = fleet(3, { latencyMs: () => latencyMs, fault: () => undefined })
    job('1', { 0: 'QUEUED', 5000: 'RUNNING' })
    await one.follow(['1'])
    await pass(100)
    await two.follow(['1'])
    await pass(4900)
    assert.equal(two.watches.current(anna, '1')?.rawStatus, 'QUEUED')
    latencyMs = 3000
    replicas[2]?.watches.lookAgain(anna, '1')
    await pass(10)
    assert.equal(two.watches.current(anna, '1'), undefined)
  })
})
