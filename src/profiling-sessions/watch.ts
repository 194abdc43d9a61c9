import { notFound } from '../core/errors.ts'
import type { CallsSaved } from '../upstream/observed-call.ts'
import { orNullIfUnknown } from '../upstream/vault.ts'
import { type ListedWatch, listedWatchPolicy } from '../watch/listed.ts'
import type { WatchPolicy } from '../watch/policy.ts'
import type { ProfilingSessionsClient } from './client.ts'
import type { ProfilingSession } from './model.ts'

/** How profiling sessions are watched: by name, until their results can be downloaded. */
export function profilingSessionWatchPolicy(
  client: ProfilingSessionsClient,
  saved?: CallsSaved,
): WatchPolicy<ProfilingSession> {
  const sessions: ListedWatch<ProfilingSession> = {
    list: (access, signal) => client.list(access, signal),
    one: (access, name, signal) => orNullIfUnknown(client.one(access, name, signal)),
    keyOf: ({ name }) => name,
    isOver: ({ status }) => status === 'COMPLETE',
    missing: (name) =>
      notFound(`Vault knows no profiling session ${name}, or you may not see it.`, {
        upstream: { service: 'vault' },
      }),
    whenGone: 'failure',
  }
  return listedWatchPolicy(sessions, saved)
}
