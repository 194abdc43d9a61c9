import assert from 'node:assert/strict'
import { getEventListeners } from 'node:events'
import { afterEach, beforeEach, describe, it } from 'node:test'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { hasCode } from '../../src/core/errors.ts'
import { createWorkerPool, type TaskRun, type WorkerPool } from '../../src/workers/pool.ts'
import { createFakeClock, type FakeClock } from '../support/fake-clock.ts'
import { testTask } from '../support/workers/tasks.ts'

const chunkBytes = 1000

interface Source {
  readonly stream: ReadableStream<Uint8Array>
  readonly pulled: () => number
  /** Resolves when the reader has left. */
  readonly cancelled: Promise<void>
}

/** A stream of so many chunks, made one by one as they are asked for. */
function sourceOf(chunks: number, failure?: Error): Source {
  let pulled = 0
  const cancelled = Promise.withResolvers<void>()
  const stream = new ReadableStream<Uint8Array>(
    {
      pull(controller) {
        if (pulled === chunks) {
          if (failure === undefined) controller.close()
          else controller.error(failure)
          return
        }
        pulled += 1
        controller.enqueue(new Uint8Array(chunkBytes))
      },
      cancel: () => cancelled.resolve(),
    },
    { highWaterMark: 0 },
  )
  return { stream, pulled: () => pulled, cancelled: cancelled.promise }
}

const never = async () => new ReadableStream<Uint8Array>()

describe('the pool of threads', () => {
  let clock: FakeClock
  let pool: WorkerPool
  const runOf = (run: Partial<TaskRun> = {}): TaskRun => ({
    what: 'the profile of pipeline orders',
    service: 'feldera',
    callerKey: 'one',
    signal: new AbortController().signal,
    ...run,
  })
  const count = (source: Source) =>
    pool.run(testTask, { do: 'count' }, runOf({ open: async () => source.stream }))

  beforeEach(() => {
    clock = createFakeClock()
    pool = createWorkerPool(clock)
  })
  afterEach(() => pool.stop())

  it('hands a file in to its end', async () => {
    assert.equal((await count(sourceOf(100))).count, 100 * chunkBytes)
  })

  it('takes no more of a file than the task reads', async () => {
    const source = sourceOf(Number.POSITIVE_INFINITY)
    const answer = await pool.run(
      testTask,
      { do: 'stop reading' },
      runOf({ open: async () => source.stream }),
    )
    assert.equal(answer.count, chunkBytes)
    await source.cancelled
    // 16 chunks under way, the one that was read, and the one in the reader's hand.
    assert.ok(source.pulled() <= 18, `${source.pulled()} chunks were taken`)
  })

  it('leaves the chunks of a stream whole for others who hold their buffer', async () => {
    const slab = new Uint8Array(100).fill(7)
    const stream = ReadableStream.from([slab.subarray(0, 10), slab.subarray(10, 30)])
    const answer = await pool.run(testTask, { do: 'count' }, runOf({ open: async () => stream }))
    assert.equal(answer.count, 30)
    assert.equal(slab[99], 7)
  })

  it('runs a task without a file', async () => {
    assert.equal((await pool.run(testTask, { do: 'count' }, runOf())).count, 0)
  })

  it('gives threads neither the environment nor the options of the process', async () => {
    const { names, count: options } = await pool.run(testTask, { do: 'environment' }, runOf())
    assert.deepEqual({ names, options }, { names: [], options: 0 })
  })

  it('tells what a task refuses, and of what', async () => {
    await assert.rejects(pool.run(testTask, { do: 'refuse' }, runOf()), {
      code: 'UPSTREAM_INVALID_RESPONSE',
      message: 'The profile of pipeline orders cannot be read: `tables` is no list.',
    })
  })

  it('fails with what a file breaks off with, and goes on', async () => {
    const failure = new Error('the pipeline stopped')
    await assert.rejects(count(sourceOf(20, failure)), failure)
    assert.equal((await count(sourceOf(3))).count, 3 * chunkBytes)
  })

  it('fails with what opening a file fails with', async () => {
    const failure = new Error('no such file')
    await assert.rejects(
      pool.run(testTask, { do: 'count' }, runOf({ open: () => Promise.reject(failure) })),
      failure,
    )
  })

  it('hands on a fault of a task as it is, so that it is masked', async () => {
    await assert.rejects(
      pool.run(testTask, { do: 'fail' }, runOf()),
      (error) =>
        error instanceof Error && error.message === 'a fault' && !hasCode(error, 'UPSTREAM_INVALID_RESPONSE'),
    )
  })

  it('ends a thread that fills its memory, and goes on', { timeout: 60_000 }, async () => {
    await assert.rejects(pool.run(testTask, { do: 'fill memory' }, runOf()), {
      code: 'UPSTREAM_INVALID_RESPONSE',
      message: /takes more than 512 MB of memory/,
    })
    assert.equal((await count(sourceOf(3))).count, 3 * chunkBytes)
  })

  it('ends a task that takes too long, and goes on', async () => {
    const begun = Promise.withResolvers<void>()
    const open = async () => {
      begun.resolve()
      return sourceOf(1).stream
    }
    const spinning = pool.run(testTask, { do: 'spin' }, runOf({ open }))
    await begun.promise
    clock.advance(120_000)
    await assert.rejects(spinning, {
      code: 'UPSTREAM_INVALID_RESPONSE',
      message: /takes more than 120 seconds/,
    })
    assert.equal((await count(sourceOf(3))).count, 3 * chunkBytes)
  })

  it('ends a task whose caller has gone, and the stream that it reads', async () => {
    const leaving = new AbortController()
    const begun = Promise.withResolvers<void>()
    const cancelled = Promise.withResolvers<void>()
    const silent = new ReadableStream<Uint8Array>(
      { pull: () => begun.resolve(), cancel: () => cancelled.resolve() },
      { highWaterMark: 0 },
    )
    const left = pool.run(
      testTask,
      { do: 'count' },
      runOf({ signal: leaving.signal, open: async () => silent }),
    )
    await begun.promise
    leaving.abort(new Error('gone'))
    await assert.rejects(left, { message: 'gone' })
    await cancelled.promise
  })

  it('does not begin for a caller who has gone before it could', async () => {
    const leaving = new AbortController()
    const open = async () => assert.fail('it was opened')
    const left = pool.run(testTask, { do: 'count' }, runOf({ signal: leaving.signal, open }))
    leaving.abort(new Error('gone'))
    await assert.rejects(left, { message: 'gone' })
  })

  it('reads two files at the same time, opens no third, and lets short tasks pass', async () => {
    const opened: number[] = []
    const leaving = new AbortController()
    const twoOpened = Promise.withResolvers<void>()
    const reads = [1, 2, 3].map((number) =>
      pool.run(
        testTask,
        { do: 'count' },
        runOf({
          signal: leaving.signal,
          async open() {
            opened.push(number)
            if (opened.length === 2) twoOpened.resolve()
            return new ReadableStream()
          },
        }),
      ),
    )
    const ends = Promise.allSettled(reads)
    await twoOpened.promise
    assert.equal((await pool.run(testTask, { do: 'count' }, runOf())).count, 0)
    assert.deepEqual(opened.toSorted(), [1, 2])
    leaving.abort()
    await ends
    assert.equal((await count(sourceOf(3))).count, 3 * chunkBytes)
    assert.deepEqual(opened.toSorted(), [1, 2])
  })

  it('refuses a task where too many wait, and takes one again once they have gone', async () => {
    const leaving = new AbortController()
    const open = async () => new ReadableStream<Uint8Array>()
    const all = Array.from({ length: 64 }, (_, index) => {
      const callerKey = index % 2 === 0 ? 'two' : 'three'
      return pool.run(testTask, { do: 'count' }, runOf({ callerKey, signal: leaving.signal, open }))
    })
    const ends = Promise.allSettled(all)
    await assert.rejects(count(sourceOf(1)), {
      code: 'UPSTREAM_UNAVAILABLE',
      message: /64 files are being read or wait for it, so the profile of pipeline orders is not/,
    })
    await nextTurn()
    leaving.abort()
    await ends
    assert.equal((await count(sourceOf(1))).count, chunkBytes)
  })

  it('refuses the 33rd task of one caller, and takes those of others', async () => {
    const leaving = new AbortController()
    const tasks = Array.from({ length: 32 }, () =>
      pool.run(
        testTask,
        { do: 'count' },
        runOf({ callerKey: 'greedy', signal: leaving.signal, open: never }),
      ),
    )
    const ends = Promise.allSettled(tasks)
    await assert.rejects(pool.run(testTask, { do: 'count' }, runOf({ callerKey: 'greedy' })), {
      code: 'UPSTREAM_UNAVAILABLE',
      message: /^32 files/,
    })
    assert.equal((await pool.run(testTask, { do: 'count' }, runOf({ callerKey: 'other' }))).count, 0)
    leaving.abort()
    await ends
  })

  it('reads the file of another caller before more of one who asked for many', async () => {
    const opened: string[] = []
    const turns = [1, 2, 3, 4].map(() => Promise.withResolvers<void>())
    const read = (callerKey: string) => {
      const open = async () => {
        turns[opened.push(callerKey) - 1]?.resolve()
        return callerKey === 'greedy' && opened.length <= 2 ? never() : sourceOf(1).stream
      }
      const leaving = new AbortController()
      const end = pool.run(testTask, { do: 'count' }, runOf({ callerKey, signal: leaving.signal, open }))
      return { leave: () => leaving.abort(), end: end.catch(() => {}) }
    }
    const [first, second, third] = [read('greedy'), read('greedy'), read('greedy')]
    await Promise.all(turns.slice(0, 2).map(({ promise }) => promise))
    const other = read('other')
    first?.leave()
    await other.end
    await third?.end
    assert.deepEqual(opened, ['greedy', 'greedy', 'other', 'greedy'])
    second?.leave()
    await second?.end
  })

  it('fails what is under way when the gateway stops', async () => {
    const begun = Promise.withResolvers<void>()
    const open = async () => {
      begun.resolve()
      return new ReadableStream<Uint8Array>()
    }
    const reading = pool.run(testTask, { do: 'count' }, runOf({ open }))
    const failed = assert.rejects(reading, { code: 'INTERNAL_SERVER_ERROR', message: /The gateway stops/ })
    await begun.promise
    await pool.stop()
    await failed
  })

  it('keeps nothing on a signal that outlives its tasks', async () => {
    const { signal } = new AbortController()
    await pool.run(testTask, { do: 'count' }, runOf({ signal }))
    await pool.run(testTask, { do: 'count' }, runOf({ signal, open: async () => sourceOf(3).stream }))
    assert.equal(getEventListeners(signal, 'abort').length, 0)
    assert.equal(clock.pending(), 0)
  })
})
