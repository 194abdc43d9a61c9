import type { CallsSaved } from '../upstream/observed-call.ts'
import { throwIfUnknown } from '../upstream/vault.ts'
import { type ListedWatch, listedWatchPolicy } from '../watch/listed.ts'
import type { WatchPolicy } from '../watch/policy.ts'
import type { ProfilingSessionsClient } from './client.ts'
import type { ProfilingSession } from './model.ts'
import { unknownSession } from './refusals.ts'

/** How profiling sessions are watched: by name, until their results can be downloaded. */
export function profilingSessionWatchPolicy(
  client: ProfilingSessionsClient,
  saved?: CallsSaved,
): WatchPolicy<ProfilingSession> {
  const sessions: ListedWatch<ProfilingSession> = {
    list: (access, signal) => client.list(access, signal),
    one: (access, name, signal) =>
      client.one(access, name, signal).catch(throwIfUnknown((refusal) => unknownSession(name, refusal))),
    keyOf: ({ name }) => name,
    isOver: ({ status }) => status === 'COMPLETE',
    whenGone: 'failure',
  }
  return listedWatchPolicy(sessions, saved)
}
