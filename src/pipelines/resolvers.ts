import type { Resolvers } from '../generated/resolvers.ts'
import { canProfile } from './model.ts'

/** The resolvers of pipelines. `Pipeline.samplyProfile` is with the profiles, in `src/samply-profiles/`. */
export const pipelineResolvers: Resolvers = {
  Query: { pipelines: (_root, _arguments, { loaders }) => loaders.pipelines.all() },
  Pipeline: { canProfile },
}
