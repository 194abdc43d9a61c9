import type { ResourceFactory } from '../resource.ts'
import { createSharedCalls } from '../upstream/shared-calls.ts'
import { createWatches } from '../watch/watch.ts'
import { createAnalyses } from './analyses.ts'
import { createSamplyProfilesClient } from './client.ts'
import { samplyProfileCosts } from './costs.ts'
import { profileDownload } from './download.ts'
import { flameGraphDownload } from './flame-graph-download.ts'
import { createSamplyProfileLoaders } from './loaders.ts'
import type { SamplyProfileResult } from './model.ts'
import { samplyProfileResolvers } from './resolvers.ts'
import { samplyProfileWatchPolicy } from './watch.ts'

/** The CPU profiles of Feldera's pipelines. */
export const samplyProfiles: ResourceFactory<'samplyProfiles'> = ({
  feldera,
  clock,
  links,
  pollIntervalMs,
  bus,
  reportFailure,
  workers,
  saved,
  watchEvents,
}) => {
  const client = createSamplyProfilesClient(feldera, clock)
  const analyses = createAnalyses({ client, workers, clock, saved })
  const sharedReads = createSharedCalls<SamplyProfileResult>({ saved })
  const watches = createWatches({
    name: 'samplyProfiles',
    bus,
    events: watchEvents,
    policy: samplyProfileWatchPolicy(client, pollIntervalMs),
    clock,
    pollIntervalMs,
    upstream: feldera.polled,
    reportFailure,
  })
  return {
    name: 'samplyProfiles',
    resolvers: samplyProfileResolvers(watches, links),
    costs: samplyProfileCosts,
    createLoaders: (scope) =>
      createSamplyProfileLoaders({ client, watches, sharedReads, analyses, workers }, scope),
    downloads: [profileDownload(client), flameGraphDownload({ analyses, workers, clock })],
    stop: () => watches.stop(),
  }
}
