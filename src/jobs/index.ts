import type { ResourceFactory } from '../resource.ts'
import { createObservations } from '../watch/observations.ts'
import { createWatches } from '../watch/watch.ts'
import { createJobsClient } from './client.ts'
import { jobCosts } from './costs.ts'
import { createListFinder } from './list-finder.ts'
import { createJobLoaders } from './loaders.ts'
import { createJobReader, type JobObservation } from './reader.ts'
import { jobResolvers } from './resolvers.ts'
import { createStatusWindows } from './status-window.ts'
import { createTaskPages } from './task-pages.ts'
import { jobWatchPolicy } from './watch.ts'

/** Vault's jobs and their tasks. */
export const jobs: ResourceFactory<'jobs'> = ({
  vault,
  clock,
  pollIntervalMs,
  jobStatusWindowMs,
  bus,
  sharedWindows,
  reportFailure,
  saved,
  watchEvents,
}) => {
  const client = createJobsClient(vault, clock)
  const windows = createStatusWindows(jobStatusWindowMs, clock)
  const observations = createObservations<JobObservation>(clock)
  const reader = createJobReader({
    client,
    observations,
    bus,
    sharedWindows: sharedWindows('job status'),
    windows,
    windowMs: jobStatusWindowMs,
    clock,
    saved,
  })
  const taskPages = createTaskPages({ client, reader, clock, saved })
  const finder = createListFinder({ client, reader, clock })
  const watches = createWatches({
    name: 'jobs',
    bus,
    events: watchEvents,
    policy: jobWatchPolicy({ client, reader, finder, windows, clock, pollIntervalMs, saved }),
    clock,
    pollIntervalMs,
    upstream: vault.polled,
    reportFailure,
  })
  return {
    name: 'jobs',
    resolvers: jobResolvers(watches),
    costs: jobCosts,
    tellsBasis: true,
    createLoaders: createJobLoaders({ client, reader, watches, taskPages, clock, saved }),
    stop: () => watches.stop(),
  }
}
