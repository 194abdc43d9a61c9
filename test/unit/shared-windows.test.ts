import assert from 'node:assert/strict'
import { beforeEach, describe, it } from 'node:test'
import { createSealedBytes } from '../../src/core/sealed-bytes.ts'
import { createSharedWindows, type OwnWindow, type SharedWindows } from '../../src/fleet/shared-windows.ts'
import { createFakeClock, type FakeClock } from '../support/fake-clock.ts'
import { settled } from '../support/settled.ts'
import { createSimulatedRedis } from '../support/simulated-redis.ts'

const windowMs = 10_000

describe('a window that replicas share', () => {
  let clock: FakeClock
  let one: SharedWindows<string>
  let two: SharedWindows<string>

  beforeEach(() => {
    clock = createFakeClock()
    const redis = createSimulatedRedis(clock)
    const sealed = createSealedBytes(['a-secret-of-enough-length'], 'test')
    const replica = () =>
      createSharedWindows<string>({ redis: redis.connect(clock, () => 1), sealed }, 'test')
    ;[one, two] = [replica(), replica()]
  })

  /** Lets time pass, a millisecond at a time at first: that is how long a message to or from Redis takes. */
  const pass = async (ms: number) => {
    for (let passedMs = 0; passedMs < Math.min(ms, 5); passedMs += 1) {
      clock.advance(1)
      await settled()
    }
    clock.advance(Math.max(0, ms - 5))
    await settled()
  }
  const claim = async (windows: SharedWindows<string>, callerKey = 'anna') => {
    const claimed = windows.claim('1', callerKey, windowMs)
    await pass(2)
    return claimed
  }
  const own = async (windows: SharedWindows<string>): Promise<OwnWindow<string>> => {
    const claimed = await claim(windows)
    assert.ok(claimed.isOurs)
    return claimed
  }

  it('is used by one of them, which tells its caller on the others what it was told', async () => {
    const window = await own(one)
    assert.equal((await claim(two)).isOurs, false)
    window.settle('RUNNING')
    await pass(5)
    const [ofSame, ofOther] = [await claim(two), await claim(two, 'ben')]
    assert.ok(!ofSame.isOurs && !ofOther.isOurs)
    assert.deepEqual([ofSame.seen, ofOther.seen], ['RUNNING', undefined])
  })

  it('is free again at once where the call did not count', async () => {
    const window = await own(one)
    window.release()
    await pass(5)
    assert.equal((await claim(two)).isOurs, true)
  })

  it('is not taken from who has it now by who had it before and is late to release it', async () => {
    const late = await own(one)
    await pass(windowMs)
    await own(two)
    late.release()
    await pass(5)
    assert.equal((await claim(one)).isOurs, false)
  })

  it('lasts from when the call was made, also where nothing was told', async () => {
    const window = await own(one)
    await pass(windowMs / 2)
    window.settle()
    await pass(5)
    await pass(windowMs / 2)
    const claimed = await claim(two)
    assert.ok(!claimed.isOurs)
    assert.equal(claimed.seen, undefined)
    await pass(windowMs / 2)
    assert.equal((await claim(two)).isOurs, true)
  })
})
