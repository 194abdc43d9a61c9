import { createHash, randomUUID } from 'node:crypto'
import { showcase } from '../../src/sandbox/sandbox.ts'
import { ask } from './requests.ts'
import type { Stage } from './stage.ts'

/** More than anything keeps that is kept by caller, address or document (docs/architecture.md, "Where bounds are"). */
const manyCallers = 55_000

/** How many callers look at jobs: together at more than are remembered. */
const lookingCallers = 600

const atOnce = 60

/**
 * Fills what has a bound in the gateway, with callers who come once: in half an hour of half load some of it would just have
 * become full at the end, and growth could not be told from a leak.
 */
export async function fillCaches(stage: Stage): Promise<void> {
  await repeated(manyCallers, async () => {
    const query = `query Q${randomUUID().replaceAll('-', '')} { __typename }`
    const sha256Hash = createHash('sha256').update(query).digest('hex')
    const more = { extensions: { persistedQuery: { version: 1, sha256Hash } } }
    await ask(stage, { act: 'fill', session: randomUUID(), query, more })
  })
  const query = 'query ($ids: [ID!]!) { jobs(ids: $ids) { id status } }'
  const ids = [showcase.runningJobId, ...stage.jobIds.slice(0, 60)]
  await repeated(lookingCallers, async () => {
    await ask(stage, { act: 'fill', query, variables: { ids } })
  })
}

async function repeated(times: number, run: () => Promise<void>): Promise<void> {
  let left = times
  const worker = async () => {
    for (; left > 0; ) {
      left -= 1
      await run()
    }
  }
  await Promise.all(Array.from({ length: atOnce }, worker))
}
