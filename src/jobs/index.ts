import type { Page } from '../core/paging.ts'
import type { ResourceFactory } from '../resource.ts'
import { createSharedCalls } from '../upstream/shared-calls.ts'
import { createObservations } from '../watch/observations.ts'
import { createWatches } from '../watch/watch.ts'
import { createJobsClient } from './client.ts'
import { jobCosts } from './costs.ts'
import { createListFinder } from './list-finder.ts'
import { createJobLoaders } from './loaders.ts'
import type { JobTask } from './model.ts'
import { createJobReader, type JobObservation } from './reader.ts'
import { jobResolvers } from './resolvers.ts'
import { createStatusWindows } from './status-window.ts'
import { jobWatchPolicy } from './watch.ts'

/** How many pages of tasks of finished jobs are remembered, over all callers. */
const maxTaskPages = 2000

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
  const finishedTasks = createObservations<Page<JobTask>>(clock, maxTaskPages)
  const sharedTasks = createSharedCalls<Page<JobTask>>(saved)
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
    createLoaders: (scope) =>
      createJobLoaders({ client, reader, watches, finishedTasks, sharedTasks, clock, saved }, scope),
    stop: () => watches.stop(),
  }
}
