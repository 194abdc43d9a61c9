import type { ResourceFactory } from '../resource.ts'
import { createWatches } from '../watch/watch.ts'
import { createProfilingSessionsClient } from './client.ts'
import { resultsDownload } from './download.ts'
import { createProfilingSessionLoaders } from './loaders.ts'
import { profilingSessionResolvers } from './resolvers.ts'
import { profilingSessionWatchPolicy } from './watch.ts'

/** Vault's SDK profiling sessions. */
export const profilingSessions: ResourceFactory<'profilingSessions'> = ({
  vault,
  clock,
  links,
  pollIntervalMs,
  reportFailure,
}) => {
  const client = createProfilingSessionsClient(vault, clock)
  const watches = createWatches({
    policy: profilingSessionWatchPolicy(client),
    clock,
    pollIntervalMs,
    extraWaitMs: vault.responseDelayMs,
    reportFailure,
  })
  return {
    name: 'profilingSessions',
    resolvers: profilingSessionResolvers(watches, links),
    createLoaders: (scope) => createProfilingSessionLoaders(client, watches, scope),
    downloads: [resultsDownload(client)],
    stop: () => watches.stop(),
  }
}
