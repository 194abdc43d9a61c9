import type { SealedLinks } from '../core/sealed-links.ts'
import type { Resolvers } from '../generated/resolvers.ts'
import { resultsLink } from './results.ts'

/** Makes the resolvers of profiling sessions. */
export function profilingSessionResolvers(links: SealedLinks): Resolvers {
  return {
    Query: {
      profilingSessions: (_root, _arguments, { loaders }) => loaders.profilingSessions.all(),
      profilingSession: (_root, { name }, { loaders }) => loaders.profilingSessions.byKey.load(name),
    },
    ProfilingSession: {
      resultsUrl: ({ name, status }, _arguments, { caller }) =>
        status === 'COMPLETE' ? links.seal(resultsLink(name), caller.vault().authorization) : null,
    },
  }
}
