import { badUserInput, upstreamRateLimited } from '../../src/core/errors.ts'
import { type Access, accessWith } from '../../src/core/identity.ts'
import { createMemoryHub } from '../../src/fleet/memory-bus.ts'
import { loneWindows } from '../../src/fleet/shared-windows.ts'
import { createJobMemory } from '../../src/jobs/memory.ts'
import type { Job } from '../../src/jobs/model.ts'
import { createJobReader } from '../../src/jobs/reader.ts'
import { createStatusWindows } from '../../src/jobs/status-window.ts'
import { createFakeClock } from './fake-clock.ts'
import { createFakeJobsClient, listedJob, statusJob } from './fake-jobs-client.ts'
import { settled } from './settled.ts'

/** Vault's window for the status of one job, in milliseconds. */
export const windowMs = 10_000

/** Who asks in these tests. */
export const anna = accessWith('anna')
/** Somebody else, who may not be told what `anna` was. */
export const ben = accessWith('ben')

const upstream = { service: 'vault', status: 200 } as const

/** What Vault says to a status call inside the window. */
export const tooSoon = () =>
  upstreamRateLimited('Vault refused.', { upstream: { ...upstream, type: 'API_LIMIT_EXCEEDED' } })

/** What Vault says of a job that it does not know. */
export const unknownJob = () =>
  badUserInput('Vault refused.', { upstream: { ...upstream, type: 'INVALID_DATA' } })

/** A read as a test sees it: what it has come to by now, and how to give it up. */
export interface WatchedRead {
  /** The job, null, the error; or `'waiting'`. */
  outcome(): Job | null | Error | 'waiting'
  leave(): void
}

/** A reader of job 1201 over a fake Vault and a fake clock. */
export function readerBench() {
  const clock = createFakeClock()
  const client = createFakeJobsClient()
  const memory = createJobMemory({ bus: createMemoryHub().connect(), windowMs, clock })
  const windows = createStatusWindows(windowMs, clock)
  const reader = createJobReader({
    sharedWindows: loneWindows('test'),
    client,
    memory,
    windows,
    windowMs,
    clock,
  })

  const begin = async (access: Access, { detail = false, id = '1201' } = {}): Promise<WatchedRead> => {
    const abort = new AbortController()
    const { signal } = abort
    let outcome: Job | null | Error | 'waiting' = 'waiting'
    reader.read(access, id, { signal, detail, lists: reader.listLookUp(access, signal) }).then(
      (job) => {
        outcome = job
      },
      (error: Error) => {
        outcome = error
      },
    )
    await settled()
    return { outcome: () => outcome, leave: () => abort.abort(new Error('gone')) }
  }
  return {
    clock,
    client,
    windows,
    memory,
    reader,
    begin,
    /** Begins a read and gives what it has come to at once. */
    read: async (access: Access, options?: { detail?: boolean; id?: string }) =>
      (await begin(access, options)).outcome(),
    async pass(ms: number) {
      clock.advance(ms)
      await settled()
    },
    status: (rawStatus: string, facts?: Partial<Job>) => statusJob(clock, rawStatus, facts),
    listed: (rawStatus: string, facts?: Partial<Job>) => listedJob(clock, rawStatus, facts),
  }
}
