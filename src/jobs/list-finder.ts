import { LRUCache } from 'lru-cache'
import { hasCode, isTransient } from '../core/errors.ts'
import type { Access } from '../core/identity.ts'
import type { Clock } from '../core/time.ts'
import type { JobList, JobsClient } from './client.ts'
import { pageCount, wholePage } from './lists.ts'
import type { JobMemory } from './memory.ts'
import type { Job } from './model.ts'

/** The most pages of the list of active jobs that are looked through for one job. */
const maxFindPages = 10

/** Of how many jobs it is remembered on which page they were. */
const maxKnownPages = 20_000

/** Finds single jobs on a caller's lists, while others take the windows of their status. */
export interface ListFinder {
  /**
   * Null where the job is not on the pages that were looked through, or this caller may not read the lists: there is still
   * another way to the job.
   *
   * @throws GatewayError UNAUTHENTICATED, or one that passes; or the signal's reason
   */
  find(access: Access, id: string, signal: AbortSignal): Promise<Job | null>
}

/** What finding needs. */
export interface ListFinderFloor {
  readonly client: JobsClient
  readonly memory: JobMemory
  readonly clock: Clock
}

/**
 * Makes a finder. A job hardly moves on its list, so the page where it was last is read first, and most of the time
 * nothing else.
 */
export function createListFinder({ client, memory, clock }: ListFinderFloor): ListFinder {
  const knownPages = new LRUCache<string, number>({ max: maxKnownPages })

  const readPage = async (access: Access, id: string, list: JobList, index: number, signal: AbortSignal) => {
    const askedAtMs = clock.now()
    const page = await wholePage(client, access, list, index, signal).catch((error: unknown) => {
      if (signal.aborted || isTransient(error) || hasCode(error, 'UNAUTHENTICATED')) throw error
    })
    if (page === undefined) return { pages: 0, job: null }
    const job = page.nodes.find((one) => one.id === id)
    return { pages: pageCount(page), job: job === undefined ? null : memory.observe(access, job, askedAtMs) }
  }
  return {
    async find(access, id, signal) {
      const name = `${access.callerKey}:${id}`
      const known = knownPages.get(name)
      const others = Array.from({ length: maxFindPages }, (_, index) => index).filter(
        (index) => index !== known,
      )
      let pages = maxFindPages
      for (const index of known === undefined ? others : [known, ...others]) {
        if (index >= pages) continue
        const { pages: count, job } = await readPage(access, id, 'monitors', index, signal)
        if (job !== null) {
          knownPages.set(name, index)
          return job
        }
        pages = count
      }
      knownPages.delete(name)
      return (await readPage(access, id, 'histories', 0, signal)).job
    },
  }
}
