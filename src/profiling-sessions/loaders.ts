import type { OperationScope } from '../core/operation.ts'
import { createListedLoaders, type ListedLoaders } from '../upstream/batching.ts'
import { orNullIfUnknown } from '../upstream/vault.ts'
import type { Watches } from '../watch/watch.ts'
import type { ProfilingSessionsClient } from './client.ts'
import type { ProfilingSession } from './model.ts'
import { createProfilingSessionWrites, type ProfilingSessionWrites } from './writes.ts'

/** Reads and writes of one operation. */
export interface ProfilingSessionLoaders extends ListedLoaders<ProfilingSession>, ProfilingSessionWrites {}

declare module '../core/operation.ts' {
  interface Loaders {
    /** By name, which is Vault's key. */
    readonly profilingSessions: ProfilingSessionLoaders
  }
}

/** Makes the profiling session loaders of one operation. */
export function createProfilingSessionLoaders(
  client: ProfilingSessionsClient,
  watches: Watches<ProfilingSession>,
  { caller, signal }: OperationScope,
): ProfilingSessionLoaders {
  const reads = createListedLoaders({
    list: async () => client.list(caller.vault(), signal),
    one: async (name) => orNullIfUnknown(client.one(caller.vault(), name, signal)),
    keyOf: ({ name }) => name,
    known: (name) => watches.current(caller.vault(), name),
  })
  const onWritten = (name: string | undefined) => {
    reads.forget()
    if (name !== undefined) watches.lookAgain(caller.vault(), name)
  }
  return { ...reads, ...createProfilingSessionWrites(client, { caller, signal }, onWritten) }
}
