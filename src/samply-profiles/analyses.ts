import { createHash } from 'node:crypto'
import { LRUCache } from 'lru-cache'
import type { Access } from '../core/identity.ts'
import type { Clock } from '../core/time.ts'
import { createSharedCalls } from '../upstream/shared-calls.ts'
import type { WorkerPool } from '../workers/pool.ts'
import { type ProfileAnalysis, sizeOfAnalysis } from './analysis/analysis.ts'
import { beginningBytes } from './analysis/inflate.ts'
import { type ProfileReading, readProfileTask } from './analysis/tasks.ts'
import type { SamplyProfilesClient } from './client.ts'
import { watchKey } from './key.ts'
import type { ProfileKey } from './model.ts'
import { openProfile } from './open-profile.ts'

/** Analyses that are kept, over all callers. */
const maxKeptAnalyses = 64

/** What they may take together, in bytes. */
const maxKeptAnalysisBytes = 256 * 1024 * 1024

/** How long an analysis is taken for that of the present profile without a look, in milliseconds. */
const maxUncheckedMs = 10_000

/** The analyses of profiles. */
export interface Analyses {
  /**
   * The analysis of the present profile. It is made once, however many ask with one credential, and kept until Feldera
   * has another profile.
   *
   * @param sha256 of the profile, where the caller has just been told it
   * @throws GatewayError NOT_FOUND where there is no profile; UPSTREAM_INVALID_RESPONSE where it cannot be read; what
   *   a call to Feldera throws
   */
  of(access: Access, key: ProfileKey, signal: AbortSignal, sha256?: string): Promise<ProfileAnalysis>
}

/** What the analyses stand on. */
export interface AnalysesFloor {
  readonly client: SamplyProfilesClient
  readonly workers: WorkerPool
  readonly clock: Clock
}

interface KeptAnalysis extends ProfileReading {
  checkedAtMs: number
}

/**
 * Makes the analyses of a gateway. Feldera names no version of a profile (no ETag, and the file name has the time of
 * the answer), so from time to time its first bytes are compared: they have the compressed times and counts of the
 * collection, which no other one has.
 */
export function createAnalyses({ client, workers, clock }: AnalysesFloor): Analyses {
  const kept = new LRUCache<string, KeptAnalysis>({
    max: maxKeptAnalyses,
    maxSize: maxKeptAnalysisBytes,
    sizeCalculation: ({ analysis }) => sizeOfAnalysis(analysis),
  })
  const reads = createSharedCalls<ProfileAnalysis>()

  const read = async (access: Access, key: ProfileKey, name: string, signal: AbortSignal) => {
    const checkedAtMs = clock.now()
    const reading = await workers.run(readProfileTask, null, {
      what: `the profile of pipeline ${key.pipelineName}`,
      service: 'feldera',
      signal,
      open: async (reading) => (await openProfile(client, access, key, reading)).stream,
    })
    kept.set(name, { ...reading, checkedAtMs })
    return reading.analysis
  }
  const present = async (access: Access, key: ProfileKey, name: string, signal: AbortSignal) => {
    const known = kept.get(name)
    if (known === undefined) return read(access, key, name, signal)
    const nowMs = clock.now()
    if (nowMs < known.checkedAtMs + maxUncheckedMs) return known.analysis
    // Forgotten first: where the look fails, nobody knows whether it is still the one.
    kept.delete(name)
    const { stream } = await openProfile(client, access, key, signal)
    if ((await beginningOf(stream)) !== known.identity.beginning) return read(access, key, name, signal)
    kept.set(name, { ...known, checkedAtMs: nowMs })
    return known.analysis
  }

  return {
    async of(access, key, signal, sha256) {
      const name = `${access.callerKey}/${watchKey(key)}`
      const known = kept.get(name)
      if (known !== undefined && sha256 !== undefined) {
        if (known.identity.sha256 === sha256) return known.analysis
        kept.delete(name)
      }
      return reads.run(name, signal, (shared) => present(access, key, name, shared))
    },
  }
}

/** Reads the first bytes of a file, and leaves. */
async function beginningOf(stream: ReadableStream<Uint8Array>): Promise<string> {
  const hash = createHash('sha256')
  let left = beginningBytes
  for await (const chunk of stream) {
    hash.update(chunk.subarray(0, left))
    left -= chunk.length
    if (left <= 0) break
  }
  return hash.digest('hex')
}
