import type { ResourceFactory } from '../resource.ts'
import { createProfilingSessionsClient } from './client.ts'
import { createProfilingSessionLoaders } from './loaders.ts'
import { profilingSessionResolvers } from './resolvers.ts'
import { resultsDownload } from './results.ts'

/** Vault's SDK profiling sessions. */
export const profilingSessions: ResourceFactory<'profilingSessions'> = ({ vault, clock, links }) => {
  const client = createProfilingSessionsClient(vault, clock)
  return {
    name: 'profilingSessions',
    resolvers: profilingSessionResolvers(links),
    createLoaders: (scope) => createProfilingSessionLoaders(client, scope),
    downloads: [resultsDownload(client)],
  }
}
