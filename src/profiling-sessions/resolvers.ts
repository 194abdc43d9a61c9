import { badUserInput, GatewayError, notFound, reworded } from '../core/errors.ts'
import type { Loaders } from '../core/operation.ts'
import { connectionOf } from '../core/paging.ts'
import type { SealedLinks } from '../core/sealed-links.ts'
import type { CreateProfilingSessionInput, Resolvers } from '../generated/resolvers.ts'
import { type FeedEvent, sighted } from '../watch/feed.ts'
import type { Watches } from '../watch/watch.ts'
import { resultsLink } from './download.ts'
import type { NewProfilingSession, ProfilingSession } from './model.ts'
import { resultPage, resultPageRequest, resultsSummary } from './results/page.ts'

/** The longest label, in characters: what any Vault takes for a label, and more. */
const maxLabelLength = 255

/** The longest description, in characters. */
const maxDescriptionLength = 4000

/** Makes the resolvers of profiling sessions. */
export function profilingSessionResolvers(watches: Watches<ProfilingSession>, links: SealedLinks): Resolvers {
  return {
    Query: {
      profilingSessions: (_root, _arguments, { loaders }) => loaders.profilingSessions.all(),
      profilingSession: (_root, { name }, { loaders }) => loaders.profilingSessions.byKey.load(name),
    },
    Mutation: {
      async createProfilingSession(_root, { input }, { loaders }) {
        return { name: await loaders.profilingSessions.create(newSession(input)) }
      },
      async endProfilingSession(_root, { name }, { loaders }) {
        await loaders.profilingSessions.end(name)
        return { name }
      },
      async deleteProfilingSession(_root, { name }, { loaders }) {
        await loaders.profilingSessions.delete(name)
        return { name }
      },
    },
    Subscription: {
      profilingSessionUpdated: {
        subscribe: (_root, { name }, { caller }) => watches.follow(caller.vault(), [name]),
        resolve: (event: FeedEvent<ProfilingSession>) => sighted(event).state,
      },
    },
    CreateProfilingSessionPayload: {
      profilingSession: ({ name }, _arguments, { loaders }) => sessionAfter('created', name, loaders),
    },
    EndProfilingSessionPayload: {
      profilingSession: ({ name }, _arguments, { loaders }) => sessionAfter('ended', name, loaders),
    },
    ProfilingSession: {
      resultsUrl: ({ name, status }, _arguments, { caller }) =>
        status === 'COMPLETE' ? links.seal(resultsLink(name), caller.linkCredentials('vault')) : null,
      async results(session, page, { loaders }) {
        const request = resultPageRequest(session, page)
        const read = await resultsOf(session, loaders)
        return read === null ? null : connectionOf(resultPage(read, request, session))
      },
      async resultsSummary(session, _arguments, { loaders }) {
        const read = await resultsOf(session, loaders)
        return read === null ? null : resultsSummary(read, session)
      },
    },
  }
}

/** Null until there are any. */
const resultsOf = async (session: ProfilingSession, { profilingSessions }: Loaders) =>
  session.status === 'COMPLETE' ? profilingSessions.results.load(session) : null

/** @throws GatewayError BAD_USER_INPUT that names the field and what it may be */
function newSession({ label, description, userId }: CreateProfilingSessionInput): NewProfilingSession {
  if (label.trim() === '') throw badUserInput('`label` is empty; say what the session is called.')
  if (label.length > maxLabelLength) {
    throw badUserInput(`\`label\` has ${label.length} characters; it may have ${maxLabelLength}.`)
  }
  if (description != null && description.length > maxDescriptionLength) {
    throw badUserInput(
      `\`description\` has ${description.length} characters; it may have ${maxDescriptionLength}.`,
    )
  }
  if (userId != null && !/^\d{1,18}$/.test(userId)) {
    throw badUserInput(
      "`userId` is Vault's id of a user: a whole number, such as 1001. Leave it out for all.",
    )
  }
  return { label, description: description || undefined, userId: userId ?? undefined }
}

/**
 * What was written is read afterwards, since Vault's answer to the write does not describe it. Where that fails, the write
 * is done nevertheless, and the error says so: who creates a session learns its name from nothing else.
 */
async function sessionAfter(what: 'created' | 'ended', name: string, loaders: Loaders) {
  const done = `The profiling session ${name} was ${what}`
  const session = await loaders.profilingSessions.byKey.load(name).catch((error: unknown) => {
    if (!(error instanceof GatewayError)) throw error
    throw reworded(error, `${done}, but could not be read: ${error.message}`)
  })
  if (session === null) {
    throw notFound(`${done}, but Vault does not find it now. Look at \`profilingSessions\`.`, {
      upstream: { service: 'vault' },
    })
  }
  return session
}
