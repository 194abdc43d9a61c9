import type { ResourceFactory } from '../resource.ts'
import { createUploadSessionsClient } from './client.ts'
import { createUploadSessionLoaders } from './loaders.ts'
import { uploadSessionResolvers } from './resolvers.ts'

/** The resumable uploads to Vault's file staging. */
export const uploadSessions: ResourceFactory<'uploadSessions'> = ({ vault, clock }) => {
  const client = createUploadSessionsClient(vault, clock)
  return {
    name: 'uploadSessions',
    resolvers: uploadSessionResolvers,
    createLoaders: (scope) => createUploadSessionLoaders(client, scope),
  }
}
