import type { FieldCosts } from '../resource.ts'

/** What asking who one is, and signing in and out, costs. */
export const viewerCosts: FieldCosts = {
  Query: { viewer: { calls: 1 } },
  Mutation: {
    signIn: { calls: 1 },
    signOut: { calls: 1 },
  },
}
