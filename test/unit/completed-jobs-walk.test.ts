import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { accessWith } from '../../src/core/identity.ts'
import { connectionOf, maxPageSize, pageAt, pageRequest } from '../../src/core/paging.ts'
import type { JobsClient } from '../../src/jobs/client.ts'
import { completedJobsPage, type JobFilter, listName } from '../../src/jobs/lists.ts'
import type { Job } from '../../src/jobs/model.ts'
import { createFakeClock, fakeClockStartMs } from '../support/fake-clock.ts'
import { createFakeJobsClient, listedJob } from '../support/fake-jobs-client.ts'

type Order = 'newest first' | 'oldest first'

/** Vault's list of completed jobs, in either order: which one it uses is not documented. */
function histories(order: Order, count: number) {
  const clock = createFakeClock(fakeClockStartMs + 300)
  const jobs: { readonly job: Job; readonly endMs: number }[] = []
  let nextId = 1
  /** Lets a job complete at this moment; it is on the list from now on. */
  const complete = (endMs = clock.now()) => {
    const runEndDate = new Date(Math.floor(endMs / 1000) * 1000).toISOString()
    jobs.push({ job: listedJob(clock, 'SUCCESS', { id: String(nextId), runEndDate }), endMs })
    nextId += 1
  }
  for (let index = 0; index < count; index += 1) complete(clock.now() - (count - index) * 1000)
  let calls = 0
  let onRead = (_call: number) => {}
  const client: JobsClient = {
    ...createFakeJobsClient(),
    async list(_access, _list, { endDate = '9999' }, request) {
      calls += 1
      const sorted = jobs
        .filter(({ job }) => (job.runEndDate ?? '').slice(0, 19) <= endDate.slice(0, 19))
        .toSorted((one, other) =>
          order === 'newest first' ? other.endMs - one.endMs : one.endMs - other.endMs,
        )
        .map(({ job }) => job)
      const { offset } = request.place
      const nodes = sorted.slice(offset, offset + request.first)
      onRead(calls)
      assert.ok(request.first <= maxPageSize)
      return pageAt(request, nodes, {
        totalCount: sorted.length,
        offset,
        hasNextPage: offset + nodes.length < sorted.length,
      })
    },
  }
  return {
    clock,
    client,
    complete,
    calls: () => calls,
    /** Calls back at each read of the list, after its answer was made. */
    duringRead(callback: (call: number) => void) {
      onRead = callback
    },
  }
}

/** Walks to the end as a client does; between the pages something may happen. */
async function walk(
  { client, clock }: Pick<ReturnType<typeof histories>, 'client' | 'clock'>,
  {
    first,
    between = () => {},
    filter,
  }: { first: number; between?: (page: number) => void; filter?: JobFilter },
): Promise<readonly string[]> {
  const ids: string[] = []
  const scope = { client, clock, access: accessWith('anna'), signal: new AbortController().signal }
  let after: string | null = null
  for (let pages = 1; ; pages += 1) {
    assert.ok(pages < 1000, 'the walk comes to an end')
    const request = pageRequest({ first, after }, listName('completed', filter))
    const { nodes, pageInfo } = connectionOf(await completedJobsPage(scope, filter, request))
    ids.push(...nodes.map(({ id }) => id))
    if (!pageInfo.hasNextPage) return ids
    assert.ok(pageInfo.endCursor !== null, 'a page before the last one has a cursor to go on with')
    after = pageInfo.endCursor
    between(pages)
  }
}

function assertEachOnce(ids: readonly string[], count: number): void {
  assert.equal(new Set(ids).size, ids.length, `no job twice: ${ids}`)
  const missing = Array.from({ length: count }, (_, index) => String(index + 1)).filter(
    (id) => !ids.includes(id),
  )
  assert.deepEqual(missing, [], 'no job is missing that was there at the beginning')
}

for (const order of ['newest first', 'oldest first'] as const) {
  describe(`a walk over the completed jobs, listed ${order}, gives each job once`, () => {
    for (const first of [1, 3, 10, 199, 200]) {
      it(`while nothing happens, by ${first}`, async () => {
        const vault = histories(order, 430)
        assertEachOnce(await walk(vault, { first }), 430)
        assert.equal(vault.calls(), Math.ceil(430 / first), 'and costs a call for each page')
      })

      it(`while jobs complete after the pin, by ${first}`, async () => {
        const vault = histories(order, 430)
        const between = () => {
          vault.clock.advance(2000)
          vault.complete()
        }
        const ids = await walk(vault, { first, between })
        assertEachOnce(ids, 430)
        assert.equal(ids.length, 430, 'the later ones are not on it')
      })

      it(`while jobs complete before the pin, in the second that it pins, by ${first}`, async () => {
        const vault = histories(order, 430)
        const between = (page: number) => {
          for (let jobs = 0; page < 50 && jobs < page % 3; jobs += 1) vault.complete()
        }
        assertEachOnce(await walk(vault, { first, between }), 430)
      })
    }

    it('while Vault lists a job late, among those that completed before', async () => {
      for (const secondsAgo of [0.5, 2.5, 4.5, 6.5, 20.5]) {
        const vault = histories(order, 30)
        const endMs = vault.clock.now() - secondsAgo * 1000
        const between = (page: number) => {
          if (page !== 2) return
          vault.complete(endMs)
          vault.complete()
        }
        assertEachOnce(await walk(vault, { first: 3, between }), 30)
      }
    })

    it('while a job completes between the two reads of one page', async () => {
      const vault = histories(order, 30)
      vault.duringRead((call) => {
        if (call === 2) vault.complete()
      })
      const between = (page: number) => {
        if (page === 1) vault.complete()
      }
      assertEachOnce(await walk(vault, { first: 5, between }), 30)
    })

    it('while more jobs complete at once than a page has', async () => {
      const vault = histories(order, 30)
      const between = (page: number) => {
        if (page === 2) for (let jobs = 0; jobs < 500; jobs += 1) vault.complete()
      }
      assertEachOnce(await walk(vault, { first: 5, between }), 30)
    })
  })
}

describe('the pin of a walk', () => {
  const endDateOf = async (filter?: JobFilter) => {
    const clock = createFakeClock(fakeClockStartMs + 300)
    const client = createFakeJobsClient()
    await walk({ clock, client }, { first: 5, ...(filter === undefined ? {} : { filter }) })
    return client.calls[0]?.query.endDate
  }

  it('is the end of the present second, since Vault counts in whole seconds', async () => {
    assert.equal(await endDateOf(), '2026-01-15T12:00:01Z')
  })

  it('is the end date of the filter, where that is earlier', async () => {
    assert.equal(await endDateOf({ endDate: new Date('2026-01-01T00:00:00.900Z') }), '2026-01-01T00:00:00Z')
    assert.equal(await endDateOf({ endDate: new Date('2030-01-01T00:00:00Z') }), '2026-01-15T12:00:01Z')
  })
})
