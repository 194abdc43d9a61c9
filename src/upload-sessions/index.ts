import type { ResourceFactory } from '../resource.ts'
import { createUploadSessionsClient } from './client.ts'
import { createUploadSessionLoaders } from './loaders.ts'
import { uploadSessionResolvers } from './resolvers.ts'

/** The resumable uploads to Vault's file staging. */
export const uploadSessions: ResourceFactory = ({ vault, clock }) => {
  const client = createUploadSessionsClient(vault, clock)
  return {
    resolvers: uploadSessionResolvers,
    loadersFor: (scope) => ({ uploadSessions: createUploadSessionLoaders(client, scope) }),
  }
}
