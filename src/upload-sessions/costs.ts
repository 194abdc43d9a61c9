import type { FieldCosts } from '../resource.ts'

/** What the fields of upload sessions cost. Vault has fifty of them under way at most. */
export const uploadSessionCosts: FieldCosts = {
  Query: {
    uploadSessions: { calls: 1, elements: 50 },
    uploadSession: { calls: 1 },
  },
  Mutation: {
    createUploadSession: { calls: 1 },
    commitUploadSession: { calls: 1 },
    abortUploadSession: { calls: 1 },
  },
  Subscription: { uploadSessionUpdated: { calls: 1 } },
  CommitUploadSessionPayload: { job: { calls: 1 } },
  UploadSession: {
    progress: {},
    parts: { calls: 1 },
  },
}
