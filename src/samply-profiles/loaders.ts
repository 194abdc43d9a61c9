import DataLoader from 'dataloader'
import type { OperationScope } from '../core/operation.ts'
import { createCallLimit, loadEach } from '../upstream/batching.ts'
import type { SamplyProfilesClient } from './client.ts'
import type { ProfileKey, SamplyProfileResult, StartSamplyProfilePayload } from './model.ts'

/** A look at a profile. */
export interface ProfileLookKey extends ProfileKey {
  readonly latest: boolean
  /** Whether size and SHA-256 are wanted, which takes all bytes. */
  readonly digest: boolean
}

/** The profile loaders of one operation. */
export interface SamplyProfileLoaders {
  look(key: ProfileLookKey): Promise<SamplyProfileResult>
  start(key: ProfileKey, durationSecs: number): Promise<StartSamplyProfilePayload>
}

declare module '../core/operation.ts' {
  interface Loaders {
    readonly samplyProfiles: SamplyProfileLoaders
  }
}

const nameOf = ({ pipelineName, ordinal, latest }: ProfileLookKey) => `${pipelineName}/${ordinal}/${latest}`

/** Makes the profile loaders of one operation. Looks at the same profile share a call, which reads its bytes if one wants them. */
export function createSamplyProfileLoaders(
  client: SamplyProfilesClient,
  { caller, signal }: OperationScope,
): SamplyProfileLoaders {
  const limit = createCallLimit()
  const looks = new DataLoader<ProfileLookKey, SamplyProfileResult, string>(
    (keys) => {
      const withDigest = new Set(keys.filter(({ digest }) => digest).map(nameOf))
      const looked = new Map<string, Promise<SamplyProfileResult>>()
      return loadEach(keys, limit, async (key) => {
        const name = nameOf(key)
        const look = { latest: key.latest, digest: withDigest.has(name), signal }
        const result = looked.get(name) ?? client.look(caller.feldera(), key, look)
        looked.set(name, result)
        return result
      })
    },
    { cacheKeyFn: (key) => `${nameOf(key)}/${key.digest}` },
  )
  return {
    look: (key) => looks.load(key),
    async start(key, durationSecs) {
      return { ...key, started: await client.start(caller.feldera(), key, durationSecs) }
    },
  }
}
