import { createHash } from 'node:crypto'
import { LRUCache } from 'lru-cache'
import type { Access } from '../core/identity.ts'
import type { Clock } from '../core/time.ts'
import type { CallsSaved } from '../upstream/observed-call.ts'
import { createSharedCalls } from '../upstream/shared-calls.ts'
import type { WorkerPool } from '../workers/pool.ts'
import { type ProfileAnalysis, sizeOfAnalysis } from './analysis/analysis.ts'
import { beginningBytes } from './analysis/inflate.ts'
import { type ProfileReading, readProfileTask } from './analysis/tasks.ts'
import type { SamplyProfilesClient } from './client.ts'
import { watchKey } from './key.ts'
import type { ProfileKey } from './model.ts'

/** Analyses that are kept, over all callers. */
const maxKeptAnalyses = 64

/** What they may take together, in bytes. */
const maxKeptAnalysisBytes = 256 * 1024 * 1024

/** Which profile is meant, as far as who asks knows. */
export interface ProfileSeen {
  /** When it was seen to be there, in milliseconds since the epoch: the analysis is of this one, or of a newer one. */
  readonly observedAtMs: number
  /** Of its bytes, where they were read. */
  readonly sha256?: string | undefined
}

/** The analyses of profiles. */
export interface Analyses {
  /**
   * The analysis of a profile. It is made once, however many ask with one credential, and kept until Feldera has another
   * profile.
   *
   * @throws GatewayError NOT_FOUND where there is no profile; UPSTREAM_INVALID_RESPONSE where it cannot be read; what
   *   a call to Feldera throws
   */
  of(access: Access, key: ProfileKey, seen: ProfileSeen, signal: AbortSignal): Promise<ProfileAnalysis>
}

/** What the analyses stand on. */
export interface AnalysesFloor {
  readonly client: Pick<SamplyProfilesClient, 'open'>
  readonly workers: WorkerPool
  readonly clock: Clock
  /** Told of looks that were joined. Nobody is, by default. */
  readonly saved?: CallsSaved
}

interface KeptAnalysis extends ProfileReading {
  /** When Feldera was asked last whether this is its profile. */
  readonly checkedAtMs: number
}

/**
 * Makes the analyses of a gateway. Feldera names no version of a profile (no ETag, and the file name has the time of
 * the answer), so the first bytes of a profile are compared: they have the compressed times and counts of the
 * collection, which no other one has.
 */
export function createAnalyses({ client, workers, clock, saved }: AnalysesFloor): Analyses {
  const kept = new LRUCache<string, KeptAnalysis>({
    max: maxKeptAnalyses,
    maxSize: maxKeptAnalysisBytes,
    sizeCalculation: ({ analysis }) => sizeOfAnalysis(analysis),
  })
  const checks = createSharedCalls<KeptAnalysis>({ saved })

  const read = (access: Access, key: ProfileKey, signal: AbortSignal): Promise<ProfileReading> =>
    workers.run(readProfileTask, null, {
      what: `the profile of pipeline ${key.pipelineName}`,
      service: 'feldera',
      callerKey: access.callerKey,
      signal,
      open: async (reading) => (await client.open(access, key, reading)).stream,
    })
  /** What was kept where it is still that of Feldera's profile; else a new one. */
  const check = async (
    access: Access,
    key: ProfileKey,
    known: KeptAnalysis | undefined,
    signal: AbortSignal,
  ): Promise<ProfileReading> => {
    if (known === undefined) return read(access, key, signal)
    const { stream } = await client.open(access, key, signal)
    const isSame = (await beginningOf(stream)) === known.identity.beginning
    return isSame ? known : read(access, key, signal)
  }
  const checked = async (access: Access, key: ProfileKey, name: string, signal: AbortSignal) => {
    const checkedAtMs = clock.now()
    // Where the check fails, or is left, what was kept stays, as old as it was: the next one looks whether it is still the one.
    const { analysis, identity } = await check(access, key, kept.get(name), signal)
    const present = { analysis, identity, checkedAtMs }
    kept.set(name, present)
    return present
  }

  return {
    async of(access, key, { observedAtMs, sha256 }, signal) {
      const name = `${access.callerKey}/${watchKey(key)}`
      const known = kept.get(name)
      if (known !== undefined && sha256 !== undefined) {
        if (known.identity.sha256 === sha256) return known.analysis
        kept.delete(name)
      }
      const isFresh = ({ checkedAtMs }: KeptAnalysis) => checkedAtMs >= observedAtMs
      const fresh = kept.get(name)
      if (fresh !== undefined && isFresh(fresh)) return fresh.analysis
      const run = () => checks.run(name, signal, (shared) => checked(access, key, name, shared))
      // A check that was under way may have begun before the profile was there that is meant: then once more.
      const first = await run()
      return isFresh(first) ? first.analysis : (await run()).analysis
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
