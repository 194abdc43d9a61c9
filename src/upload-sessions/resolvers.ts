import type { Resolvers } from '../generated/resolvers.ts'
import { type FeedEvent, sighted } from '../watch/feed.ts'
import type { Watches } from '../watch/watch.ts'
import { progressOf, type UploadSession } from './model.ts'

/** Makes the resolvers of upload sessions. */
export const uploadSessionResolvers = (watches: Watches<UploadSession>): Resolvers => ({
  Query: {
    uploadSessions: (_root, _arguments, { loaders }) => loaders.uploadSessions.all(),
    uploadSession: (_root, { id }, { loaders }) => loaders.uploadSessions.byKey.load(id),
  },
  Subscription: {
    uploadSessionUpdated: {
      subscribe: (_root, { id }, { caller }) => watches.follow(caller.vault(), [id]),
      resolve: (event: FeedEvent<UploadSession>) => sighted(event).state,
    },
  },
  UploadSession: { progress: progressOf },
})
