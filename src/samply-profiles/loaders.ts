import DataLoader from 'dataloader'
import { notFound } from '../core/errors.ts'
import type { OperationScope } from '../core/operation.ts'
import { batchSpan, createCallLimit, loadEach } from '../upstream/batching.ts'
import type { SharedCalls } from '../upstream/shared-calls.ts'
import type { Watches } from '../watch/watch.ts'
import type { WorkerPool } from '../workers/pool.ts'
import type { Analyses } from './analyses.ts'
import { type AnalysisViews, createAnalysisViews } from './analysis-views.ts'
import type { SamplyProfilesClient } from './client.ts'
import { watchKey } from './key.ts'
import type {
  ProfileDigest,
  ProfileKey,
  SamplyProfile,
  SamplyProfileAnalysis,
  SamplyProfileResult,
  StartSamplyProfilePayload,
} from './model.ts'

/** A look at a profile. */
export interface ProfileLookKey extends ProfileKey {
  readonly latest: boolean
  /** Whether size and SHA-256 are wanted, which takes all bytes. */
  readonly digest: boolean
}

/** The profile loaders of one operation. */
export interface SamplyProfileLoaders {
  look(key: ProfileLookKey): Promise<SamplyProfileResult>
  /**
   * What takes all bytes of a profile: read now, where the look that found it has not.
   *
   * @throws GatewayError NOT_FOUND where the profile has gone meanwhile
   */
  digest(profile: SamplyProfile): Promise<ProfileDigest>
  /**
   * Reads a profile, unless it has been read.
   *
   * @throws GatewayError NOT_FOUND where it has gone meanwhile; UPSTREAM_INVALID_RESPONSE where it cannot be read
   */
  analysis(profile: SamplyProfile): Promise<SamplyProfileAnalysis>
  /** What is asked of analyses. */
  readonly views: AnalysisViews
  start(key: ProfileKey, durationSecs: number): Promise<StartSamplyProfilePayload>
}

declare module '../core/operation.ts' {
  interface Loaders {
    readonly samplyProfiles: SamplyProfileLoaders
  }
}

const nameOf = ({ pipelineName, ordinal, latest }: ProfileLookKey) => `${pipelineName}/${ordinal}/${latest}`

/** What the loaders of all operations share. */
export interface SamplyProfileLoadersFloor {
  readonly client: SamplyProfilesClient
  readonly watches: Watches<SamplyProfileResult>
  /** Profiles being read whole for events: those of several subscriptions ask for the same bytes. */
  readonly sharedReads: SharedCalls<SamplyProfileResult>
  readonly analyses: Analyses
  readonly workers: WorkerPool
}

/** Makes the profile loaders of one operation. Looks at the same profile share a call, which reads its bytes if one wants them. */
export function createSamplyProfileLoaders(
  { client, watches, sharedReads, analyses, workers }: SamplyProfileLoadersFloor,
  { caller, signal }: OperationScope,
): SamplyProfileLoaders {
  const limit = createCallLimit()
  const looks = new DataLoader<ProfileLookKey, SamplyProfileResult, string>(
    batchSpan('samplyProfiles', (keys) => {
      const withDigest = new Set(keys.filter(({ digest }) => digest).map(nameOf))
      const looked = new Map<string, Promise<SamplyProfileResult>>()
      return loadEach(keys, limit, async (key) => {
        const name = nameOf(key)
        const look = { latest: key.latest, digest: withDigest.has(name), signal }
        const result = looked.get(name) ?? client.look(caller.feldera(), key, look)
        looked.set(name, result)
        return result
      })
    }),
    { cacheKeyFn: (key) => `${nameOf(key)}/${key.digest}` },
  )
  return {
    look: (key) => looks.load(key),
    async digest({ pipelineName, ordinal, digest }) {
      if (digest !== undefined) return digest
      const access = caller.feldera()
      const key = { pipelineName, ordinal }
      const read = await sharedReads.run(`${access.callerKey}/${watchKey(key)}`, signal, (shared) =>
        client.look(access, key, { latest: false, digest: true, signal: shared }),
      )
      if (read.__typename === 'SamplyProfile' && read.digest !== undefined) return read.digest
      throw notFound(`The profile of pipeline ${pipelineName} has gone before its bytes were read.`, {
        upstream: { service: 'feldera' },
      })
    },
    async analysis({ pipelineName, ordinal, observedAt, digest }) {
      const key = { pipelineName, ordinal }
      const seen = { observedAtMs: Date.parse(observedAt), sha256: digest?.sha256 }
      return { ...key, ...(await analyses.of(caller.feldera(), key, seen, signal)) }
    },
    views: createAnalysisViews(workers, () => caller.feldera().callerKey, signal),
    async start(key, durationSecs) {
      const access = caller.feldera()
      try {
        return { ...key, started: await client.start(access, key, durationSecs) }
      } finally {
        watches.lookAgain(access, watchKey(key))
      }
    },
  }
}
