import type { ResourceFactory } from '../resource.ts'
import { createWatches } from '../watch/watch.ts'
import { createProfilingSessionsClient } from './client.ts'
import { profilingSessionCosts } from './costs.ts'
import { resultsDownload, resultsOpener } from './download.ts'
import { createProfilingSessionLoaders } from './loaders.ts'
import { profilingSessionResolvers } from './resolvers.ts'
import { createKeptResults } from './results/kept-results.ts'
import { createResultsReader } from './results/results-reader.ts'
import { profilingSessionWatchPolicy } from './watch.ts'

/** Vault's SDK profiling sessions. */
export const profilingSessions: ResourceFactory<'profilingSessions'> = ({
  vault,
  clock,
  links,
  pollIntervalMs,
  bus,
  reportFailure,
  saved,
  watchEvents,
  workers,
}) => {
  const client = createProfilingSessionsClient(vault, clock)
  const open = resultsOpener(client)
  const kept = createKeptResults(createResultsReader(workers, open), clock)
  const watches = createWatches({
    name: 'profilingSessions',
    bus,
    events: watchEvents,
    policy: profilingSessionWatchPolicy(client, saved),
    clock,
    pollIntervalMs,
    upstream: vault.polled,
    reportFailure,
  })
  return {
    name: 'profilingSessions',
    resolvers: profilingSessionResolvers(watches, links),
    costs: profilingSessionCosts,
    createLoaders: (scope) => createProfilingSessionLoaders({ client, watches, kept, saved }, scope),
    downloads: [resultsDownload(open)],
    stop: () => watches.stop(),
  }
}
