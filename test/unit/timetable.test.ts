import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { Clock } from '../../src/core/time.ts'
import { createTimetable, type DueNow } from '../../src/watch/timetable.ts'
import { createFakeClock } from '../support/fake-clock.ts'

describe('a timetable', () => {
  it('splits no round where the next millisecond begins while it looks for what is due', async () => {
    const clock = createFakeClock()
    let isPassing = false
    let reads = 0
    /** Where time passes, the first to look at the clock sees the moment before the round, all others the round. */
    const passing: Clock = {
      now() {
        if (!isPassing) return clock.now()
        reads += 1
        return reads === 1 ? clock.now() - 1 : clock.now()
      },
      after: clock.after,
    }
    const seen: DueNow[] = []
    const timetable = createTimetable(
      passing,
      () => 0,
      (due) => {
        seen.push(due)
        const schedules = due.keys.map(timetable.of)
        if (due.isForAll) schedules.push(timetable.ofAll())
        for (const schedule of schedules) {
          if (schedule !== undefined) timetable.begin(schedule, seen.length)
        }
      },
    )
    for (const key of ['one', 'two', 'three']) timetable.add(key)
    timetable.addAll()
    await Promise.resolve()
    assert.deepEqual(seen.splice(0), [{ keys: ['one', 'two', 'three'], isForAll: true }])

    const roundAtMs = clock.now() + 1000
    for (const schedule of [...['one', 'two', 'three'].map(timetable.of), timetable.ofAll()]) {
      assert.ok(schedule !== undefined)
      timetable.settle(schedule, roundAtMs)
    }
    clock.advance(999)
    assert.deepEqual(seen, [])
    isPassing = true
    clock.advance(2)
    assert.deepEqual(seen, [{ keys: ['one', 'two', 'three'], isForAll: true }])
    timetable.stop()
  })

  it('takes along what is due a moment later, but nothing that goes at its own pace or has failed', async () => {
    const clock = createFakeClock()
    const seen: (readonly string[])[] = []
    const timetable = createTimetable(
      clock,
      () => 0,
      ({ keys }) => {
        seen.push(keys)
        for (const schedule of keys.map(timetable.of)) {
          if (schedule !== undefined) timetable.begin(schedule, seen.length)
        }
      },
      25,
    )
    const dueInMs = { first: 1000, soon: 1024, later: 1026, alone: 1005, failed: 1005 }
    for (const key of Object.keys(dueInMs)) timetable.add(key)
    await Promise.resolve()
    seen.length = 0
    const startMs = clock.now()
    for (const [key, ms] of Object.entries(dueInMs)) {
      const schedule = timetable.of(key)
      assert.ok(schedule !== undefined)
      schedule.isAlone = key === 'alone'
      schedule.failures = key === 'failed' ? 1 : 0
      timetable.settle(schedule, startMs + ms)
    }
    clock.advance(1000)
    assert.deepEqual(seen.splice(0), [['first', 'soon']])
    clock.advance(5)
    assert.deepEqual(seen.splice(0), [['alone', 'failed']])
    clock.advance(21)
    assert.deepEqual(seen.splice(0), [['later']])
    timetable.stop()
  })
})
