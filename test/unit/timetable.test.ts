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
})
