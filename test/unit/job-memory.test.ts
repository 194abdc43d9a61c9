import assert from 'node:assert/strict'
import { beforeEach, describe, it } from 'node:test'
import { maxObservationAgeMs } from '../../src/watch/observations.ts'
import { anna, ben, readerBench, windowMs } from '../support/job-reader.ts'
import { settled } from '../support/settled.ts'

let bench: ReturnType<typeof readerBench>

beforeEach(() => {
  bench = readerBench()
})

describe('a job that is watched', () => {
  it('is kept fresh where the watch looks once in a window, and not where it looks less often', async () => {
    const { memory, listed, clock, pass } = bench
    const keptFresh = () => memory.keptFresh(anna, '1201')
    assert.equal(keptFresh(), undefined)
    for (let looks = 0; looks < 3; looks += 1) {
      memory.observe(anna, listed('RUNNING'), clock.now())
      await pass(windowMs)
      assert.equal(keptFresh()?.rawStatus, 'RUNNING')
    }
    await pass(windowMs)
    assert.equal(keptFresh(), undefined)
  })
})

describe('a finished job', () => {
  it('is asked for once, and then remembered for ten minutes', async () => {
    const { client, read, status, pass } = bench
    client.tellStatus(status('SUCCESS'))
    for (let minutes = 0; minutes < 10; minutes += 1) {
      assert.equal(Object(await read(anna, { detail: true })).status, 'SUCCESS')
      await pass(60_000)
    }
    assert.equal(client.count('status'), 1)
    await pass(maxObservationAgeMs)
    await read(anna)
    assert.equal(client.count('status'), 2)
  })

  it('is asked for by each caller', async () => {
    const { client, read, status, pass } = bench
    client.tellStatus(status('SUCCESS'))
    await read(anna)
    await pass(windowMs)
    await read(ben)
    assert.equal(client.count('status'), 2)
  })

  it('that a list told is not asked for, unless for its detail, and then once', async () => {
    const { client, read, memory, status, listed } = bench
    memory.observe(anna, listed('SUCCESS'), bench.clock.now())
    assert.equal(Object(await read(anna)).title, 'Export')
    assert.equal(client.count('status'), 0)
    client.tellStatus(
      status('SUCCESS', { detail: { method: 'm', links: [], progress: null, observedAtMs: 0 } }),
    )
    assert.equal(Object(await read(anna, { detail: true })).detail.method, 'm')
    await read(anna, { detail: true })
    assert.equal(client.count('status'), 1)
  })

  it('that a list tells again as it was is shown as heard now, and not remembered anew within a window', async () => {
    const { memory, listed, clock, pass } = bench
    const tell = (more: Parameters<typeof listed>[1] = {}) => {
      const observedAt = new Date(clock.now()).toISOString()
      return memory.observe(anna, listed('SUCCESS', { observedAt, ...more }), clock.now())
    }
    const remembered = () => memory.remembered(anna, '1201', false)
    tell()
    const first = remembered()
    await pass(windowMs - 1)
    assert.equal(tell().observedAt, new Date(clock.now()).toISOString())
    assert.equal(remembered(), first)
    await pass(1)
    assert.equal(remembered()?.observedAt === tell().observedAt, false)
    assert.equal(remembered()?.observedAt, new Date(clock.now()).toISOString())
    tell({ title: 'Another' })
    assert.equal(remembered()?.title, 'Another')
  })

  it('was seen lately, however long ago that was', async () => {
    const { memory, listed, clock, pass } = bench
    memory.observe(anna, listed('SUCCESS'), clock.now())
    await pass(30_000)
    memory.observe(anna, listed('SUCCESS'), clock.now())
    assert.equal(memory.seenLately(anna, '1201')?.status, 'SUCCESS')
    await pass(60_000)
    assert.equal(memory.seenLately(anna, '1201')?.status, 'SUCCESS')
    assert.equal(memory.seenLately(ben, '1201'), null)
  })

  it('stays finished when a list arrives that was read before', async () => {
    const { client, read, memory, status, listed } = bench
    client.tellStatus(status('SUCCESS', { runEndDate: '2026-01-15T12:00:00.000Z' }))
    await read(anna)
    const shown = memory.observe(anna, listed('RUNNING', { title: 'Export' }), bench.clock.now())
    assert.equal(shown.status, 'SUCCESS')
    assert.equal(shown.title, 'Export', 'what only the list tells is still learned')
    assert.equal(Object(await read(anna)).status, 'SUCCESS')
  })

  it('stays finished when a status arrives that was asked before', async () => {
    const { client, begin, memory, status, listed } = bench
    const answer = Promise.withResolvers<ReturnType<typeof status>>()
    client.tellStatus(answer.promise)
    const { outcome } = await begin(anna)
    memory.observe(anna, listed('SUCCESS'), bench.clock.now())
    answer.resolve(status('RUNNING'))
    await settled()
    assert.equal(Object(outcome()).status, 'SUCCESS')
    assert.equal(Object(memory.remembered(anna, '1201', false)).status, 'SUCCESS')
  })

  it('that was finished between the reading of the two lists counts as finished', async () => {
    const { client, reader, listed } = bench
    client.tellList('monitors', [listed('RUNNING')])
    client.tellList('histories', [listed('SUCCESS')])
    const lists = reader.listLookUp(anna, new AbortController().signal)
    assert.equal((await lists('1201'))?.status, 'SUCCESS')
  })
})

describe('what a list told', () => {
  it('adds the title to what the status told, and keeps the detail while the status is the same', async () => {
    const { client, read, memory, status, listed } = bench
    client.tellStatus(status('RUNNING'))
    await read(anna)
    const whole = memory.observe(anna, listed('RUNNING'), bench.clock.now())
    assert.deepEqual([whole.title, whole.detail?.method], ['Export', 'sdk_job'])
    assert.equal(await read(anna, { detail: true }), whole)
    assert.equal(client.count('status'), 1)
  })

  it('does not count as an answer of the status route', async () => {
    const { client, read, memory, status, listed } = bench
    memory.observe(anna, listed('RUNNING'), bench.clock.now())
    client.tellStatus(status('SUCCESS'))
    assert.equal(Object(await read(anna)).status, 'SUCCESS')
  })

  it('with another status makes the detail unknown, so that who wants it waits for the window and asks', async () => {
    const { client, read, begin, memory, status, listed, pass } = bench
    client.tellStatus(status('QUEUED'))
    await read(anna)
    assert.equal(memory.observe(anna, listed('RUNNING'), bench.clock.now()).detail, undefined)
    assert.equal(Object(await read(anna)).status, 'RUNNING', 'without detail it is at hand')
    client.tellStatus(status('RUNNING'))
    const { outcome } = await begin(anna, { detail: true })
    assert.equal(outcome(), 'waiting')
    await pass(windowMs)
    assert.equal(Object(outcome()).detail?.method, 'sdk_job')
    assert.equal(client.count('monitors'), 0, 'no list can tell it')
  })

  it('is of its caller alone', () => {
    const { memory, listed } = bench
    memory.observe(anna, listed('SUCCESS'), bench.clock.now())
    assert.equal(memory.remembered(ben, '1201', false), undefined)
  })
})

describe('the detail of a job that runs', () => {
  it('is as old as the window at most', async () => {
    const { client, read, status, pass } = bench
    client.tellStatus(status('RUNNING'))
    await read(anna, { detail: true })
    await pass(windowMs)
    client.tellStatus(status('RUNNING'))
    await read(anna, { detail: true })
    assert.equal(client.count('status'), 2)
  })
})

describe('a job that was just started', () => {
  it('is forgotten, so that its old status is not shown again', async () => {
    const { client, read, reader, status, listed } = bench
    client.tellStatus(status('SCHEDULED'))
    await read(anna)
    reader.forget(anna, '1201')
    client.tellList('monitors', [listed('QUEUED')])
    assert.equal(Object(await read(anna)).status, 'QUEUED')
  })

  it('does not show what a call tells that was sent before the start', async () => {
    const { client, begin, read, reader, status, listed } = bench
    const answer = Promise.withResolvers<ReturnType<typeof status>>()
    client.tellStatus(answer.promise)
    const watching = await begin(anna)
    reader.forget(anna, '1201')
    client.tellList('monitors', [listed('QUEUED')])
    const afterStart = await begin(anna)
    answer.resolve(status('SCHEDULED'))
    await settled()
    assert.equal(Object(watching.outcome()).status, 'SCHEDULED')
    assert.equal(Object(afterStart.outcome()).status, 'QUEUED')
    assert.equal(Object(await read(anna)).status, 'QUEUED')
  })
})

describe('a change of one job', () => {
  it('leaves what is asked for meanwhile of other jobs and by other callers in memory', async () => {
    const { client, begin, read, reader, status } = bench
    const answer = Promise.withResolvers<ReturnType<typeof status>>()
    client.tellStatus(answer.promise)
    const { outcome } = await begin(anna)
    reader.forget(ben, '1201')
    reader.forget(anna, '9999')
    answer.resolve(status('RUNNING'))
    await settled()
    assert.equal(Object(outcome()).status, 'RUNNING')
    assert.equal(Object(await read(anna)).status, 'RUNNING')
    assert.equal(client.count('status'), 1)
  })

  it('is not undone by a list that was asked for before', async () => {
    const { memory, reader, listed, clock } = bench
    const askedAtMs = clock.now()
    clock.advance(5)
    reader.forget(anna, '1201')
    memory.observe(anna, listed('SCHEDULED'), askedAtMs)
    assert.equal(memory.seenLately(anna, '1201'), null)
    clock.advance(5)
    memory.observe(anna, listed('QUEUED'), clock.now())
    assert.equal(memory.seenLately(anna, '1201')?.status, 'QUEUED')
  })
})
