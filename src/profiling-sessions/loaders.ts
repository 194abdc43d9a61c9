import DataLoader from 'dataloader'
import type { OperationScope } from '../core/operation.ts'
import {
  batchSpan,
  createCallLimit,
  createListedLoaders,
  type ListedLoaders,
  loadEach,
} from '../upstream/batching.ts'
import type { CallsSaved } from '../upstream/observed-call.ts'
import { orNullIfUnknown } from '../upstream/vault.ts'
import type { Watches } from '../watch/watch.ts'
import type { ProfilingSessionsClient } from './client.ts'
import type { ProfilingSession } from './model.ts'
import type { KeptResults } from './results/kept-results.ts'
import type { ReadResults } from './results/read-results.ts'
import { createProfilingSessionWrites, type ProfilingSessionWrites } from './writes.ts'

/** Reads and writes of one operation. */
export interface ProfilingSessionLoaders extends ListedLoaders<ProfilingSession>, ProfilingSessionWrites {
  /** The results of a complete session: downloaded once in an operation, also where they are too large to be kept. */
  readonly results: DataLoader<ProfilingSession, ReadResults, string>
}

declare module '../core/operation.ts' {
  interface Loaders {
    /** By name, which is Vault's key. */
    readonly profilingSessions: ProfilingSessionLoaders
  }
}

/** What lasts longer than one operation. */
export interface ProfilingSessionSources {
  readonly client: ProfilingSessionsClient
  readonly watches: Watches<ProfilingSession>
  readonly kept: KeptResults
  /** Told of calls that were not needed. */
  readonly saved: CallsSaved
}

/** Makes the profiling session loaders of one operation. */
export function createProfilingSessionLoaders(
  { client, watches, kept, saved }: ProfilingSessionSources,
  { caller, signal }: OperationScope,
): ProfilingSessionLoaders {
  const reads = createListedLoaders({
    name: 'profilingSessions',
    saved,
    list: async () => client.list(caller.vault(), signal),
    one: async (name) => orNullIfUnknown(client.one(caller.vault(), name, signal)),
    keyOf: ({ name }) => name,
    known: (name) => watches.current(caller.vault(), name),
  })
  const limit = createCallLimit()
  const results = new DataLoader<ProfilingSession, ReadResults, string>(
    batchSpan('results', (sessions) =>
      loadEach(sessions, limit, async (session) => kept.of(caller.vault(), session, signal)),
    ),
    { cacheKeyFn: ({ name, createdDate }) => `${name}\n${createdDate}` },
  )
  const onWritten = (name: string | undefined) => {
    reads.forget()
    if (name === undefined) return
    watches.lookAgain(caller.vault(), name)
    kept.forget(caller.vault(), name)
  }
  return { ...reads, ...createProfilingSessionWrites(client, { caller, signal }, onWritten), results }
}
