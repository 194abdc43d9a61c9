import type { ResourceFactory } from '../resource.ts'
import { createPipelinesClient } from './client.ts'
import { pipelineCosts } from './costs.ts'
import { createPipelineLoaders } from './loaders.ts'
import { pipelineResolvers } from './resolvers.ts'

/** Feldera's pipelines. */
export const pipelines: ResourceFactory<'pipelines'> = ({ feldera }) => {
  const client = createPipelinesClient(feldera)
  return {
    name: 'pipelines',
    resolvers: pipelineResolvers,
    costs: pipelineCosts,
    createLoaders: (scope) => createPipelineLoaders(client, scope),
  }
}
