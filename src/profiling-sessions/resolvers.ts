import type { SealedLinks } from '../core/sealed-links.ts'
import type { Resolvers } from '../generated/resolvers.ts'
import { type FeedEvent, sighted } from '../watch/feed.ts'
import type { Watches } from '../watch/watch.ts'
import type { ProfilingSession } from './model.ts'
import { resultsLink } from './results.ts'

/** Makes the resolvers of profiling sessions. */
export function profilingSessionResolvers(watches: Watches<ProfilingSession>, links: SealedLinks): Resolvers {
  return {
    Query: {
      profilingSessions: (_root, _arguments, { loaders }) => loaders.profilingSessions.all(),
      profilingSession: (_root, { name }, { loaders }) => loaders.profilingSessions.byKey.load(name),
    },
    Subscription: {
      profilingSessionUpdated: {
        subscribe: (_root, { name }, { caller }) => watches.follow(caller.vault(), [name]),
        resolve: (event: FeedEvent<ProfilingSession>) => sighted(event).state,
      },
    },
    ProfilingSession: {
      resultsUrl: ({ name, status }, _arguments, { caller }) =>
        status === 'COMPLETE' ? links.seal(resultsLink(name), caller.linkCredentials('vault')) : null,
    },
  }
}
