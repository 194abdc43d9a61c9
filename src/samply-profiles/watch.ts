import { createCallLimit } from '../upstream/batching.ts'
import { differsBeside } from '../watch/change.ts'
import { maxRetryAfterMs } from '../watch/pace.ts'
import type { Due, WatchPolicy } from '../watch/policy.ts'
import type { SamplyProfilesClient } from './client.ts'
import { profileKeyOf } from './key.ts'
import { minRetryAfterSeconds, type SamplyProfileInProgress, type SamplyProfileResult } from './model.ts'

/** The longest wait for a collection, in milliseconds: that of the longest one that can be started here. */
const maxCollectionWaitMs = 60 * 60 * 1000

/** How far Feldera's count may be off, in seconds: it rounds down, and its answer takes a while. */
const countDownSlackSeconds = 2

/** How the newest profile of a pipeline is watched: at the pace that Feldera asks for, until it is there or cannot be. */
export function samplyProfileWatchPolicy(
  client: SamplyProfilesClient,
  pollIntervalMs: number,
): WatchPolicy<SamplyProfileResult> {
  return {
    isChange: isProfileChange,
    isOver: isProfileOver,
    async look({ access, due, signal, isFollowed, see, fail }) {
      const limit = createCallLimit()
      const lookAt = async ({ key, wantsDetail }: Due) => {
        if (!isFollowed(key)) return
        try {
          // Detail is what takes all bytes: a failure to read them is tried again like any other.
          const look = { latest: true, digest: wantsDetail, signal }
          const result = await client.look(access, profileKeyOf(key), look)
          see(key, result, waitMs(result, pollIntervalMs))
        } catch (error) {
          if (!signal.aborted) fail(key, error)
        }
      }
      await Promise.all(due.map((one) => limit(() => lookAt(one))))
    },
  }
}

const differs = differsBeside<SamplyProfileResult>('observedAt', 'observedAtMs', 'retryAfter')

/** A collection that counts down is no news. */
function isProfileChange(previous: SamplyProfileResult, next: SamplyProfileResult): boolean {
  if (differs(previous, next)) return true
  if (previous.__typename !== 'SamplyProfileInProgress' || next.__typename !== previous.__typename)
    return false
  return isAnotherCollection(previous, next)
}

/** Whether a collection has longer to go than the one before can have by now. Feldera tells whole seconds. */
function isAnotherCollection(previous: SamplyProfileInProgress, next: SamplyProfileInProgress): boolean {
  const passedSeconds = (next.observedAtMs - previous.observedAtMs) / 1000
  const leftSeconds = Math.max(
    minRetryAfterSeconds,
    previous.retryAfter - passedSeconds + countDownSlackSeconds,
  )
  return next.retryAfter > Math.min(previous.retryAfter, leftSeconds)
}

function isProfileOver(result: SamplyProfileResult): boolean {
  if (result.__typename !== 'SamplyProfileUnavailable') return result.__typename === 'SamplyProfile'
  return result.reason === 'PIPELINE_NOT_FOUND' || result.reason === 'COLLECTION_FAILED'
}

function waitMs(result: SamplyProfileResult, pollIntervalMs: number): number {
  switch (result.__typename) {
    case 'SamplyProfileInProgress':
      return Math.min(maxCollectionWaitMs, result.retryAfter * 1000)
    case 'SamplyProfileUnavailable':
      return Math.max(pollIntervalMs, Math.min(maxRetryAfterMs, (result.retryAfter ?? 0) * 1000))
    case 'SamplyProfile':
      return pollIntervalMs
  }
}
