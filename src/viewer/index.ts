import type { ResourceFactory } from '../resource.ts'
import { createViewerClient } from './client.ts'
import { viewerCosts } from './costs.ts'
import { createViewerLoaders } from './loaders.ts'
import { viewerResolvers } from './resolvers.ts'
import { createSignInAttempts } from './sign-in-attempts.ts'

/** The user who asks, and signing in and out. */
export const viewer: ResourceFactory<'viewer'> = ({ vault, clock, browserSessions }) => {
  const floor = {
    client: createViewerClient(vault, clock),
    attempts: createSignInAttempts(),
    browserSessions,
  }
  return {
    name: 'viewer',
    resolvers: viewerResolvers,
    costs: viewerCosts,
    createLoaders: (scope) => createViewerLoaders(floor, scope),
  }
}
