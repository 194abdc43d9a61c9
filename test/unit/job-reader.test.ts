import assert from 'node:assert/strict'
import { beforeEach, describe, it } from 'node:test'
import {
  forbidden,
  hasCode,
  unauthenticated,
  upstreamInvalidResponse,
  upstreamTimeout,
  upstreamUnavailable,
} from '../../src/core/errors.ts'
import { accessWith } from '../../src/core/identity.ts'
import { anna, ben, readerBench, tooSoon, unknownJob, windowMs } from '../support/job-reader.ts'
import { settled } from '../support/settled.ts'

let bench: ReturnType<typeof readerBench>

beforeEach(() => {
  bench = readerBench()
})

const upstream = { service: 'vault' } as const

describe('the same caller', () => {
  it('is answered with the last observation inside the window, and by a call after it', async () => {
    const { client, read, pass, status } = bench
    const running = status('RUNNING')
    client.tellStatus(running)
    assert.equal(await read(anna), running)
    await pass(windowMs - 1)
    assert.equal(await read(anna), running)
    assert.equal(client.count('status'), 1)
    await pass(1)
    client.tellStatus(status('SUCCESS'))
    const job = await read(anna)
    assert.ok(job instanceof Object && 'status' in job)
    assert.equal(job.status, 'SUCCESS')
    assert.equal(client.count('status'), 2)
    assert.equal(client.count('monitors') + client.count('histories'), 0)
  })

  it('shares one call under way', async () => {
    const { client, begin, status } = bench
    const answer = Promise.withResolvers<ReturnType<typeof status>>()
    client.tellStatus(answer.promise)
    const reads = [await begin(anna), await begin(anna), await begin(anna, { detail: true })]
    answer.resolve(status('RUNNING'))
    await settled()
    for (const { outcome } of reads) assert.equal(Object(outcome()).status, 'RUNNING')
    assert.equal(client.calls.length, 1)
  })

  it('asks the other jobs meanwhile: a window is of one job', async () => {
    const { client, read, status } = bench
    client.tellStatus(status('RUNNING'))
    await read(anna)
    await read(anna, { id: '1202' })
    assert.deepEqual(
      client.calls.map(({ id }) => id),
      ['1201', '1202'],
    )
  })

  it('who leaves aborts the call that nobody else waits for', async () => {
    const { client, begin } = bench
    client.tellStatus(new Promise(() => {}))
    const { leave, outcome } = await begin(anna)
    leave()
    await settled()
    assert.equal(client.calls[0]?.signal.aborted, true)
    assert.equal(Object(outcome()).message, 'gone')
  })

  it('who may not see the job is told so, and that again for the window, without another call', async () => {
    const { client, read, pass, status } = bench
    client.tellStatus(forbidden('Not you.'), status('RUNNING'))
    assert.ok(hasCode(await read(anna), 'FORBIDDEN'))
    assert.ok(hasCode(await read(anna), 'FORBIDDEN'))
    assert.equal(client.count('status'), 1)
    await pass(windowMs)
    assert.equal(Object(await read(anna)).status, 'RUNNING')
  })

  it('who may not see the job holds it up for nobody who may', async () => {
    const { client, read, status } = bench
    client.tellStatus(forbidden('Not you.'), status('RUNNING'))
    assert.ok(hasCode(await read(anna), 'FORBIDDEN'))
    assert.equal(Object(await read(ben)).status, 'RUNNING')
  })

  it('who may not see the job is not told so from memory once it was written', async () => {
    const { client, read, reader, status } = bench
    client.tellStatus(forbidden('Not you.'), status('RUNNING'))
    assert.ok(hasCode(await read(anna), 'FORBIDDEN'))
    reader.forget(anna, '1201')
    assert.equal(Object(await read(anna)).status, 'RUNNING')
  })

  it('who leaves while its call waits for a turn leaves the window open: Vault has not seen it', async () => {
    const { client, begin, windows } = bench
    client.holdStatus()
    const { leave, outcome } = await begin(anna)
    leave()
    await settled()
    assert.equal(Object(outcome()).message, 'gone')
    assert.equal(windows.waitMs('1201'), 0)
  })

  it('who leaves while Vault works on its call leaves the window closed', async () => {
    const { client, begin, windows } = bench
    const answer = Promise.withResolvers<never>()
    client.tellStatus(answer.promise)
    const { leave } = await begin(anna)
    leave()
    answer.reject(new Error('gone'))
    await settled()
    assert.equal(windows.waitMs('1201'), windowMs)
  })

  it('is told null of an unknown job, and that is remembered for the window', async () => {
    const { client, read, pass, status } = bench
    client.tellStatus(unknownJob())
    assert.equal(await read(anna), null)
    await pass(windowMs - 1)
    assert.equal(await read(anna), null)
    assert.equal(client.count('status'), 1)
    client.tellStatus(status('QUEUED'))
    await pass(1)
    assert.equal(Object(await read(anna)).status, 'QUEUED')
  })
})

describe('another caller', () => {
  it('is never shown what the first one was shown', async () => {
    const { client, read, status, pass } = bench
    client.tellStatus(status('RUNNING'))
    await read(anna)
    assert.equal(bench.memory.remembered(ben, '1201', false), undefined)
    client.tellStatus(unknownJob())
    await pass(windowMs)
    assert.equal(await read(ben), null)
  })

  it('inside the window is answered from its own lists', async () => {
    const { client, read, status, listed } = bench
    client.tellStatus(status('RUNNING'))
    client.tellList('monitors', [listed('RUNNING', { title: "Ben's title" })])
    await read(anna)
    assert.equal(Object(await read(ben)).title, "Ben's title")
    assert.deepEqual(
      client.calls.map(({ route, authorization }) => `${route} ${authorization}`),
      ['status anna', 'monitors ben', 'histories ben'],
    )
  })

  it('while the first one asks is answered from its own lists, not from that call', async () => {
    const { client, begin, read, listed } = bench
    client.tellStatus(new Promise(() => {}))
    client.tellList('histories', [listed('SUCCESS')])
    await begin(anna)
    assert.equal(Object(await read(ben)).status, 'SUCCESS')
    assert.equal(client.count('status'), 1)
  })

  it('whose lists do not know the job waits for the window and then asks', async () => {
    const { client, begin, read, status, pass, clock } = bench
    client.tellStatus(status('RUNNING'))
    await read(anna)
    const { outcome } = await begin(ben)
    await pass(windowMs - 1)
    assert.equal(outcome(), 'waiting')
    assert.equal(client.count('status'), 1)
    await pass(1)
    assert.equal(Object(outcome()).status, 'RUNNING')
    assert.deepEqual(client.calls.at(-1)?.authorization, 'ben')
    assert.equal(clock.pending(), 0)
  })

  it('who waits while the first call fails uncounted asks at once', async () => {
    const { client, begin, status } = bench
    const answer = Promise.withResolvers<ReturnType<typeof status>>()
    client.tellStatus(answer.promise, status('RUNNING'))
    await begin(anna)
    const { outcome } = await begin(ben)
    assert.equal(outcome(), 'waiting')
    answer.reject(upstreamTimeout('Vault is slow.', { upstream }))
    await settled()
    assert.equal(Object(outcome()).status, 'RUNNING')
  })

  it('who waits comes before who asks again and again', async () => {
    const { client, begin, read, status, pass } = bench
    client.tellStatus(status('RUNNING'))
    await read(anna)
    const { outcome } = await begin(ben)
    await pass(windowMs - 1)
    await pass(1)
    assert.equal(client.calls.at(-1)?.authorization, 'ben')
    assert.equal(Object(outcome()).status, 'RUNNING')
    const again = await begin(anna)
    assert.equal(again.outcome(), 'waiting')
  })

  it('gives up after three windows where that many wait before it', async () => {
    const { client, begin, read, status, pass, clock } = bench
    client.tellStatus(status('RUNNING'))
    await read(anna)
    const before = ['first', 'second', 'third'].map((name) => accessWith(name))
    for (const access of before) await begin(access)
    const { outcome } = await begin(ben)
    for (let windows = 0; windows < 3; windows += 1) {
      assert.equal(outcome(), 'waiting')
      await pass(windowMs)
    }
    const error = outcome()
    assert.ok(hasCode(error, 'UPSTREAM_RATE_LIMITED'))
    assert.deepEqual(error.extensions.upstream, { service: 'vault', type: 'API_LIMIT_EXCEEDED' })
    assert.equal(client.count('status'), 4)
    assert.equal(clock.pending(), 0)
  })

  it('who leaves while it waits leaves no timer', async () => {
    const { client, begin, read, status, clock } = bench
    client.tellStatus(status('RUNNING'))
    await read(anna)
    const { leave, outcome } = await begin(ben)
    assert.equal(clock.pending(), 1)
    leave()
    await settled()
    assert.equal(clock.pending(), 0)
    assert.equal(Object(outcome()).message, 'gone')
  })
})

describe('API_LIMIT_EXCEEDED, since somebody else asked Vault,', () => {
  it('is answered from the lists', async () => {
    const { client, read, listed } = bench
    client.tellStatus(tooSoon())
    client.tellList('monitors', [listed('QUEUED')])
    assert.equal(Object(await read(anna)).status, 'QUEUED')
  })

  it('where the lists do not know the job, is waited out', async () => {
    const { client, begin, status, pass } = bench
    client.tellStatus(tooSoon(), status('RUNNING'))
    const { outcome } = await begin(anna)
    assert.equal(outcome(), 'waiting')
    await pass(windowMs)
    assert.equal(Object(outcome()).status, 'RUNNING')
    assert.equal(client.count('monitors'), 1, 'the lists were read once')
  })

  it('a second time, a whole window later, is an error that says what Vault said', async () => {
    const { client, begin, pass, clock } = bench
    client.tellStatus(tooSoon())
    const { outcome } = await begin(anna)
    assert.equal(outcome(), 'waiting')
    await pass(windowMs)
    const error = outcome()
    assert.ok(hasCode(error, 'UPSTREAM_RATE_LIMITED'))
    assert.equal(error.extensions.retryAfter, 10)
    assert.deepEqual(error.extensions.upstream, {
      service: 'vault',
      status: 200,
      type: 'API_LIMIT_EXCEEDED',
    })
    assert.equal(client.count('status'), 2)
    assert.equal(clock.pending(), 0)
  })

  it('is not made worse by lists that fail for a while', async () => {
    const { client, begin, status, pass } = bench
    client.tellStatus(tooSoon(), status('RUNNING'))
    for (const list of ['monitors', 'histories'] as const) {
      client.tellList(list, upstreamUnavailable('Vault is away.', { upstream }))
    }
    const { outcome } = await begin(anna)
    await pass(windowMs)
    assert.equal(Object(outcome()).status, 'RUNNING')
  })

  it('is waited out by a caller who may read the job but not the lists', async () => {
    const { client, begin, status, pass } = bench
    client.tellStatus(tooSoon(), status('RUNNING'))
    for (const list of ['monitors', 'histories'] as const) client.tellList(list, forbidden('Not you.'))
    const { outcome } = await begin(anna)
    await pass(windowMs)
    assert.equal(Object(outcome()).status, 'RUNNING')
  })

  it('is an error at once for a caller whose session has ended meanwhile', async () => {
    const { client, read } = bench
    client.tellStatus(tooSoon())
    client.tellList('monitors', unauthenticated('Sign in again.'))
    assert.ok(hasCode(await read(anna), 'UNAUTHENTICATED'))
  })
})

describe('a call that Vault did not count', () => {
  const uncounted = {
    'a broken connection': upstreamUnavailable('x', { upstream }),
    'no answer in time': upstreamTimeout('x', { upstream }),
    'HTTP 502': upstreamUnavailable('x', { upstream: { ...upstream, status: 502 } }),
    'HTTP 503': upstreamUnavailable('x', { upstream: { ...upstream, status: 503 } }),
    'HTTP 504': upstreamUnavailable('x', { upstream: { ...upstream, status: 504 } }),
    'a session that is not valid': unauthenticated('x', { upstream: { ...upstream, status: 200 } }),
  }
  for (const [name, failure] of Object.entries(uncounted)) {
    it(`${name}: leaves the window open for everybody`, async () => {
      const { client, read, status } = bench
      client.tellStatus(failure, status('RUNNING'))
      assert.equal(await read(anna), failure)
      assert.equal(Object(await read(ben)).status, 'RUNNING')
    })
  }

  const counted = {
    'an exception in HTTP 200': upstreamUnavailable('x', { upstream: { ...upstream, status: 200 } }),
    'HTTP 500': upstreamUnavailable('x', { upstream: { ...upstream, status: 500 } }),
    'an answer that does not fit': upstreamInvalidResponse('x', { upstream: { ...upstream, status: 200 } }),
  }
  for (const [name, failure] of Object.entries(counted)) {
    it(`${name} counts`, async () => {
      const { client, read, windows } = bench
      client.tellStatus(failure)
      assert.equal(await read(anna), failure)
      assert.equal(windows.waitMs('1201'), windowMs)
    })
  }
})
