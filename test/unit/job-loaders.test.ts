import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import type { Basis } from '../../src/core/operation.ts'
import { createJobLoaders } from '../../src/jobs/loaders.ts'
import type { Job } from '../../src/jobs/model.ts'
import { createTaskPages } from '../../src/jobs/task-pages.ts'
import { nobodyCounts } from '../../src/upstream/observed-call.ts'
import type { Watches } from '../../src/watch/watch.ts'
import { anna, readerBench, windowMs } from '../support/job-reader.ts'
import { settled } from '../support/settled.ts'
import { callerNamed } from '../support/subscriptions-bench.ts'

const nothingWatched: Watches<Job> = {
  current: () => undefined,
  lookAgain() {},
  lookForMore() {},
  follow: () => assert.fail(),
  followAll: () => assert.fail(),
  stop() {},
}

/** The loaders of operations of one caller, and what each says of its answer. */
function loadersBench() {
  const bench = readerBench()
  const { client, memory, reader, clock } = bench
  const taskPages = createTaskPages({ client, memory, clock, saved: nobodyCounts })
  const floor = { client, memory, reader, watches: nothingWatched, taskPages, clock, saved: nobodyCounts }
  const begin = () => {
    const parts: (() => boolean)[] = []
    let isPassing = false
    const basis: Basis = {
      restsOn: (holds) => void parts.push(holds),
      isPassing: () => {
        isPassing = true
      },
    }
    const caller = { ...callerNamed('anna'), vault: () => ({ ...anna }) }
    const loaders = createJobLoaders(floor)({ caller, signal: new AbortController().signal, basis })
    const holds = () => !isPassing && parts.length > 0 && parts.every((part) => part())
    return { loaders, caller, parts, holds, isPassing: () => isPassing }
  }
  return { ...bench, begin }
}

describe('what the answer with a job rests on', () => {
  it('is passing where a call told it, and holds where it was remembered, until the window is over', async () => {
    const { client, status, begin, pass } = loadersBench()
    client.tellStatus(status('RUNNING'))
    const first = begin()
    await first.loaders.job.load({ id: '1201', detail: true })
    assert.equal(first.isPassing(), true)
    const second = begin()
    const job = await second.loaders.job.load({ id: '1201', detail: true })
    assert.ok(job)
    assert.equal(second.loaders.detail(job), job.detail)
    assert.equal(second.holds(), true)
    await pass(windowMs)
    assert.equal(second.holds(), false)
    assert.equal(client.count('status'), 1)
  })

  it('does not hold when something newer was seen', async () => {
    const { client, status, listed, begin, memory, clock } = loadersBench()
    client.tellStatus(status('RUNNING'))
    await begin().loaders.job.load({ id: '1201', detail: false })
    const { loaders, holds } = begin()
    await loaders.job.load({ id: '1201', detail: false })
    assert.equal(holds(), true)
    memory.observe(anna, listed('SUCCESS'), clock.now())
    assert.equal(holds(), false)
  })

  it('is passing for lists and tasks', async () => {
    const { client, listed, begin } = loadersBench()
    client.tellList('monitors', [])
    const ofList = begin()
    await ofList.loaders.activeJobs(undefined, { first: 10, place: { offset: 0, list: 'a' } })
    assert.equal(ofList.isPassing(), true)
    const ofTasks = begin()
    ofTasks.loaders.tasks(listed('RUNNING'), { first: 10, place: { offset: 0, list: 'a' } }).catch(() => {})
    assert.equal(ofTasks.isPassing(), true)
  })

  it('keeps nothing of its operation: neither the caller with its credential nor the loaders', async () => {
    const { client, status, begin } = loadersBench()
    client.tellStatus(status('RUNNING'))
    await begin().loaders.job.load({ id: '1201', detail: true })
    const load = async () => {
      const { loaders, caller, parts } = begin()
      await loaders.job.load({ id: '1201', detail: true })
      return { parts, loaders: new WeakRef(loaders), caller: new WeakRef(caller) }
    }
    const { parts, loaders, caller } = await load()
    await settled()
    setFlagsFromString('--expose-gc')
    runInNewContext('gc')()
    assert.deepEqual([loaders.deref(), caller.deref()], [undefined, undefined])
    assert.equal(
      parts.every((holds) => holds()),
      true,
    )
  })
})
