import type { ResourceFactory } from '../resource.ts'
import { createSamplyProfilesClient } from './client.ts'
import { profileDownload } from './download.ts'
import { createSamplyProfileLoaders } from './loaders.ts'
import { samplyProfileResolvers } from './resolvers.ts'

/** The CPU profiles of Feldera's pipelines. */
export const samplyProfiles: ResourceFactory<'samplyProfiles'> = ({ feldera, clock, links }) => {
  const client = createSamplyProfilesClient(feldera, clock)
  return {
    name: 'samplyProfiles',
    resolvers: samplyProfileResolvers(links),
    createLoaders: (scope) => createSamplyProfileLoaders(client, scope),
    downloads: [profileDownload(client)],
  }
}
