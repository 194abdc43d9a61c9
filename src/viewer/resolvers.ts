import type { Resolvers } from '../generated/resolvers.ts'

/** The resolvers of the viewer. */
export const viewerResolvers: Resolvers = {
  Query: { viewer: (_root, _arguments, { loaders }) => loaders.viewer.viewer() },
  Mutation: {
    async signIn(_root, { input }, { loaders }) {
      return { viewer: await loaders.viewer.signIn(input) }
    },
    async signOut(_root, _arguments, { loaders }) {
      return { userId: await loaders.viewer.signOut() }
    },
  },
}
