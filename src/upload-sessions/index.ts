import type { ResourceFactory } from '../resource.ts'
import { createWatches } from '../watch/watch.ts'
import { createUploadSessionsClient } from './client.ts'
import { uploadSessionCosts } from './costs.ts'
import { createUploadSessionLoaders } from './loaders.ts'
import { partUpload } from './part-upload.ts'
import { uploadSessionResolvers } from './resolvers.ts'
import { uploadSessionWatchPolicy } from './watch.ts'

/** The resumable uploads to Vault's file staging. */
export const uploadSessions: ResourceFactory<'uploadSessions'> = ({
  vault,
  clock,
  pollIntervalMs,
  bus,
  reportFailure,
  saved,
  watchEvents,
}) => {
  const client = createUploadSessionsClient(vault, clock)
  const watches = createWatches({
    name: 'uploadSessions',
    bus,
    events: watchEvents,
    policy: uploadSessionWatchPolicy(client, saved),
    clock,
    pollIntervalMs,
    upstream: vault.polled,
    reportFailure,
  })
  return {
    name: 'uploadSessions',
    resolvers: uploadSessionResolvers(watches),
    costs: uploadSessionCosts,
    createLoaders: (scope) => createUploadSessionLoaders(client, watches, scope, saved),
    uploads: [partUpload(client, watches)],
    stop: () => watches.stop(),
  }
}
