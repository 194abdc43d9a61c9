import type { ResourceFactory } from '../resource.ts'
import { createWatches } from '../watch/watch.ts'
import { createJobsClient } from './client.ts'
import { jobCosts } from './costs.ts'
import { createListFinder } from './list-finder.ts'
import { createJobLoaders } from './loaders.ts'
import { createJobMemory } from './memory.ts'
import { createJobReader } from './reader.ts'
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
  const memory = createJobMemory({ bus, windowMs: jobStatusWindowMs, clock })
  const reader = createJobReader({
    client,
    memory,
    sharedWindows: sharedWindows('job status'),
    windows,
    windowMs: jobStatusWindowMs,
    clock,
    saved,
  })
  const taskPages = createTaskPages({ client, memory, clock, saved })
  const finder = createListFinder({ client, memory, clock })
  const watches = createWatches({
    name: 'jobs',
    bus,
    events: watchEvents,
    policy: jobWatchPolicy({ client, memory, reader, finder, windows, clock, pollIntervalMs, saved }),
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
    createLoaders: createJobLoaders({ client, memory, reader, watches, taskPages, clock, saved }),
    stop: () => watches.stop(),
  }
}
