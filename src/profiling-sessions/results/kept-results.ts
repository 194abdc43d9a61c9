import { LRUCache } from 'lru-cache'
import type { Access } from '../../core/identity.ts'
import type { Clock } from '../../core/time.ts'
import { createSharedCalls } from '../../upstream/shared-calls.ts'
import type { ProfilingSession } from '../model.ts'
import type { ReadResults } from './read-results.ts'
import { sizeOf } from './table.ts'

/** How many sessions' results are kept, over all callers. */
const maxKeptResults = 100

/** What they take together, in bytes. The results of one session with 100,000 rows take about 20 MB. */
const maxKeptResultsBytes = 128 * 1024 * 1024

/** How long results are kept, in milliseconds. */
const maxKeptResultsMs = 10 * 60_000

/** The results of sessions, each read once for all who ask with one credential. */
export interface KeptResults {
  /**
   * The results of a complete session, which never change.
   *
   * @throws GatewayError what Vault answers in place of them; UPSTREAM_INVALID_RESPONSE where they cannot be read
   */
  of(access: Access, session: ProfilingSession, signal: AbortSignal): Promise<ReadResults>
  /** Lets go of the results of a session that was written to. */
  forget(access: Access, name: string): void
}

/** Reads the results of a session from Vault. */
export type ReadFromVault = (access: Access, name: string, signal: AbortSignal) => Promise<ReadResults>

/** Makes a memory without results. */
export function createKeptResults(readFromVault: ReadFromVault, clock: Clock): KeptResults {
  const kept = new LRUCache<string, ReadResults>({
    max: maxKeptResults,
    maxSize: maxKeptResultsBytes,
    sizeCalculation: ({ table }) => Math.max(1, sizeOf(table)),
    ttl: maxKeptResultsMs,
    ttlResolution: 0,
    perf: clock,
  })
  const calls = createSharedCalls<ReadResults>()

  const read = async (key: string, access: Access, name: string, signal: AbortSignal) => {
    const results = await readFromVault(access, name, signal)
    kept.set(key, results)
    return results
  }
  return {
    async of(access, { id, name, createdDate }, signal) {
      const key = `${keyOf(access, name)}${id}\n${createdDate}`
      return kept.get(key) ?? calls.run(key, signal, (whileAwaited) => read(key, access, name, whileAwaited))
    },
    forget(access, name) {
      for (const key of kept.keys()) if (key.startsWith(keyOf(access, name))) kept.delete(key)
    },
  }
}

/** A name can be used again once its session was deleted: what comes behind this tells the sessions apart. */
const keyOf = ({ callerKey }: Access, name: string) => `${callerKey}\n${name}\n`
