import { badUserInput } from '../core/errors.ts'
import { connectionOf, pageAt, pageRequest } from '../core/paging.ts'
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
  Mutation: {
    createUploadSession: async (_root, { input: { path, size, overwrite } }, { loaders }) => ({
      uploadSession: await loaders.uploadSessions.create({
        path: filePath(path),
        size: fileSize(size),
        overwrite: overwrite ?? false,
      }),
    }),
    async commitUploadSession(_root, { id }, { loaders }) {
      let jobId: string | undefined
      try {
        jobId = await loaders.uploadSessions.commit(id)
        return { jobId }
      } finally {
        loaders.jobs.begun(jobId)
      }
    },
    async abortUploadSession(_root, { id }, { loaders }) {
      await loaders.uploadSessions.abort(id)
      return { id }
    },
  },
  CommitUploadSessionPayload: {
    job: ({ jobId }, _arguments, { loaders }) => loaders.jobs.job.load({ id: jobId, detail: false }),
  },
  Subscription: {
    uploadSessionUpdated: {
      subscribe: (_root, { id }, { caller }) => watches.follow(caller.vault(), [id]),
      resolve: (event: FeedEvent<UploadSession>) => sighted(event).state,
    },
  },
  UploadSession: {
    progress: progressOf,
    async parts({ id }, page, { loaders }) {
      const request = pageRequest(page, `parts ${id}`)
      const parts = await loaders.uploadSessions.parts(id)
      const paging = { totalCount: parts.length, offset: 0, hasNextPage: false }
      return connectionOf(pageAt(request, parts, paging))
    },
  },
})

/** @throws GatewayError BAD_USER_INPUT for none */
function filePath(path: string): string {
  if (path.trim() !== '') return path
  throw badUserInput('`path` is empty; it must be where the file is to be, such as `/u1001/products.csv`.')
}

/** @throws GatewayError BAD_USER_INPUT below 0 */
function fileSize(size: number): number {
  if (size >= 0) return size
  throw badUserInput(`\`size\` is ${size}; it must be the size of the file in bytes, 0 or more.`)
}
