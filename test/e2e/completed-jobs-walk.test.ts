import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { startSandbox } from '../../src/sandbox/sandbox.ts'
import { startGateway } from '../support/gateway.ts'
import { codesOf, data, request } from '../support/graphql.ts'

const headers = { authorization: 'sandbox-demo' }

interface Walk {
  completedJobs: {
    nodes: { id: string }[]
    edges: { cursor: string; node: { id: string } }[]
    totalCount: number
    pageInfo: {
      hasNextPage: boolean
      hasPreviousPage: boolean
      startCursor: string | null
      endCursor: string | null
    }
  }
}

const walkQuery = `query ($first: Int, $after: String, $filter: CompletedJobFilter) {
  completedJobs(first: $first, after: $after, filter: $filter) {
    nodes { id } edges { cursor node { id } } totalCount
    pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
  }
}`

describe('walking completedJobs', () => {
  it('gives each job once, also while jobs complete', async () => {
    const sandbox = await startSandbox({ scene: 'empty' })
    await using gateway = await startGateway({ sandbox })
    const hourAgoMs = Date.now() - 3_600_000
    const ids = Array.from({ length: 230 }, (_, index) => {
      const runEndDate = new Date(hourAgoMs + index * 1000)
      return String(sandbox.vault.addJob({ status: 'SUCCESS', runEndDate, createdDate: runEndDate }).id)
    })
    const seen: string[] = []
    let after: string | null = null
    do {
      const { completedJobs }: Walk = await data<Walk>(gateway, walkQuery, {
        variables: { first: 50, after },
        headers,
      })
      assert.equal(completedJobs.pageInfo.hasPreviousPage, seen.length > 0)
      seen.push(...completedJobs.nodes.map(({ id }) => id))
      after = completedJobs.pageInfo.hasNextPage ? completedJobs.pageInfo.endCursor : null
      for (let extra = 0; extra < 3; extra += 1)
        sandbox.vault.addJob({ status: 'SUCCESS', runEndDate: new Date() })
    } while (after !== null)
    assert.deepEqual(new Set(seen).size, seen.length)
    assert.deepEqual([...seen].sort(), [...ids].sort())
    const ends = new Set(sandbox.vault.calls.of('job-histories').map(({ query }) => query.get('end_date')))
    assert.equal(ends.size, 1)
    await sandbox.stop()
  })

  it('goes on from any edge, hands the filter on and tells the count', async () => {
    const sandbox = await startSandbox({ scene: 'empty' })
    await using gateway = await startGateway({ sandbox })
    for (let index = 0; index < 5; index += 1) {
      const runEndDate = new Date(Date.now() - 60_000 * (index + 1))
      sandbox.vault.addJob({ status: index % 2 ? 'TIMEOUT' : 'SUCCESS', runEndDate, createdDate: runEndDate })
    }
    const filter = { status: 'SUCCESS', startDate: '2020-02-03T04:05:06.789Z' }
    const first = await data<Walk>(gateway, walkQuery, { variables: { first: 2, filter }, headers })
    assert.equal(first.completedJobs.totalCount, 3)
    const [call] = sandbox.vault.calls.of('job-histories')
    assert.equal(call?.query.get('status'), 'success')
    assert.equal(call?.query.get('start_date'), '2020-02-03T04:05:06Z')

    const after = first.completedJobs.edges[0]?.cursor
    const rest = await data<Walk>(gateway, walkQuery, { variables: { first: 2, filter, after }, headers })
    assert.equal(rest.completedJobs.nodes[0]?.id, first.completedJobs.nodes[1]?.id)
    assert.equal(rest.completedJobs.pageInfo.hasNextPage, false)

    const refused = await request(gateway, walkQuery, { variables: { after }, headers })
    assert.deepEqual(codesOf(refused), ['BAD_USER_INPUT'])
    await sandbox.stop()
  })
})
