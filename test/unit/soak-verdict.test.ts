import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { QuietPoint } from '../../bench/soak/quiet.ts'
import { faultsOf, growthOf } from '../../bench/soak/verdict.ts'

const megabyte = 1024 ** 2

interface Changes {
  readonly heapMb?: number
  readonly residentMb?: number
  readonly timers?: Readonly<Record<string, number>>
  readonly resources?: Readonly<Record<string, number>>
  readonly sockets?: number
  readonly watches?: number
  readonly signals?: number
}

const point = (atMinutes: number, changes: Changes = {}): QuietPoint => ({
  atMinutes,
  gauges: {
    subscribers: 0,
    watches: changes.watches ?? 0,
    followed_things: 0,
    upstream_calls_in_queue: 0,
    connections: 0,
  },
  census: {
    heapUsedBytes: (changes.heapMb ?? 60) * megabyte,
    externalBytes: 0,
    resources: changes.resources ?? { TCPServerWrap: 1 },
    timers: changes.timers ?? { 'sweep, 250 ms': 1 },
    targetListeners: changes.signals ?? 10,
    emitterEvents: 500,
    objects: { Promise: 100 },
  },
  residentBytes: (changes.residentMb ?? 200) * megabyte,
  sockets: changes.sockets ?? 3,
})

/** A run of thirty minutes with eleven quiet points. */
const run = (changesAt: (atMinutes: number) => Changes = () => ({})) =>
  Array.from({ length: 11 }, (_, index) => point(index * 3, changesAt(index * 3)))

describe('the verdict on a soak', () => {
  it('has nothing to say where everything stays as it was', () => {
    assert.deepEqual(faultsOf(run()), [])
  })

  it('lets memory grow as long as caches fill, in the first half, and go up and down', () => {
    const points = run((minutes) => ({ heapMb: 40 + Math.min(minutes, 14) + (minutes % 2) * 0.2 }))
    assert.deepEqual(faultsOf(points), [])
    assert.ok(Math.abs(growthOf(points).heap) < 0.01)
  })

  it('names what grows over the second half, by how much in ten minutes', () => {
    assert.match(
      faultsOf(run((minutes) => ({ heapMb: 60 + minutes * 0.2 }))).join(),
      /^What objects take grows by 3\.1 % /,
    )
    assert.match(
      faultsOf(run((minutes) => ({ residentMb: 200 + minutes }))).join(),
      /^Resident memory grows by 4\.5 % /,
    )
  })

  it('does not judge the memory of a run that is too short for it', () => {
    const short = run((minutes) => ({ heapMb: 60 + minutes })).slice(0, 6)
    assert.deepEqual(faultsOf(short), [])
  })

  it('names a gauge that does not come back to 0, at any quiet point', () => {
    const faults = faultsOf(run((minutes) => ({ watches: minutes === 9 ? 2 : 0 })))
    assert.deepEqual(faults, ['After 9.0 min of load, watches is 2 while nobody asks anything.'])
  })

  it('names timers, resources and sockets that are more at the end than at the first quiet point', () => {
    const last: Changes = {
      timers: { 'sweep, 250 ms': 1, 'leak, 1000 ms': 2 },
      resources: { TCPServerWrap: 1, MessagePort: 3 },
      sockets: 4,
    }
    assert.deepEqual(faultsOf(run((minutes) => (minutes === 30 ? last : {}))), [
      'timers (leak, 1000 ms): 2 are left over, and there were 0.',
      'resources (MessagePort): 3 are left over, and there were 0.',
      'sockets (open): 4 are left over, and there were 3.',
    ])
  })

  it('names listeners that are more at the end than in the middle, when caches are full', () => {
    assert.deepEqual(faultsOf(run((minutes) => ({ signals: minutes < 15 ? 10 : 100 }))), [])
    assert.deepEqual(faultsOf(run((minutes) => ({ signals: minutes === 30 ? 15 : 10 }))), [
      'listeners (signals): 15 are left over, and there were 10.',
    ])
  })

  it('does not pass a run without two quiet points', () => {
    assert.equal(faultsOf([point(0)]).length, 1)
  })
})
