import { notFound } from '../core/errors.ts'
import type { Access } from '../core/identity.ts'
import type { VaultClient } from '../upstream/vault.ts'
import type { WatchPolicy } from '../watch/watch.ts'
import { isJobChange, type Job } from './model.ts'
import type { JobReader } from './reader.ts'
import type { StatusWindows } from './status-window.ts'

/** The wait between two looks is shortened or lengthened by up to this share, so that watches do not march in step. */
const jitterShare = 0.1

/** A timer may fire a little before its time. A look that comes too early for the window would see nothing new. */
const windowMarginMs = 10

/** One job, as one caller follows it. */
export interface WatchedJob {
  readonly access: Access
  readonly id: string
}

/** What the policy needs. */
export interface JobWatchFloor {
  readonly reader: JobReader
  readonly windows: StatusWindows
  readonly vault: Pick<VaultClient, 'responseDelayMs'>
  readonly pollIntervalMs: number
}

/** How a job is watched: by its status, no oftener than Vault answers it, until the job has finished. */
export function jobWatchPolicy(floor: JobWatchFloor): WatchPolicy<WatchedJob, Job> {
  const { reader, windows, vault, pollIntervalMs } = floor
  return {
    keyOf: ({ access, id }) => `${access.callerKey}:${id}`,
    async look({ access, id }, signal) {
      const lists = reader.listLookUp(access, signal)
      const job = await reader.read(access, id, { signal, detail: false, lists })
      if (job === null)
        throw notFound(`Vault knows no job ${id}, or you may not see it.`, { upstream: { service: 'vault' } })
      return job
    },
    isChange: isJobChange,
    isOver: ({ isFinished }) => isFinished,
    waitMs({ id }) {
      const jitteredMs = pollIntervalMs * (1 - jitterShare + 2 * jitterShare * Math.random())
      const windowMs = windows.waitMs(id) + windowMarginMs
      return Math.max(jitteredMs, Number.isFinite(windowMs) ? windowMs : 0) + vault.responseDelayMs()
    },
  }
}
