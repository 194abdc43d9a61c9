import type { Resolvers } from '../generated/resolvers.ts'
import { progressOf } from './model.ts'

/** The resolvers of upload sessions. */
export const uploadSessionResolvers: Resolvers = {
  Query: {
    uploadSessions: (_root, _arguments, { loaders }) => loaders.uploadSessions.all(),
    uploadSession: (_root, { id }, { loaders }) => loaders.uploadSessions.byKey.load(id),
  },
  UploadSession: { progress: progressOf },
}
