import type { GraphQLResolveInfo } from 'graphql'
import { badUserInput } from '../core/errors.ts'
import type { SealedLinks } from '../core/sealed-links.ts'
import { selectsAny } from '../core/selection.ts'
import type { PipelineSamplyProfileArgs, Resolvers } from '../generated/resolvers.ts'
import { type FeedEvent, sighted } from '../watch/feed.ts'
import type { Watches } from '../watch/watch.ts'
import { flameGraphView, hotFunctionsView, threadNamed } from './analysis-arguments.ts'
import { profileLink } from './download.ts'
import { flameGraphLink } from './flame-graph-download.ts'
import { profileKey, watchKey } from './key.ts'
import type { ProfileLookKey } from './loaders.ts'
import type { SamplyProfileResult } from './model.ts'

/** How long a collection may take, in seconds: what Feldera's own console offers. */
const durationRangeSecs = { min: 1, max: 3600, default: 30 }

/** What takes all bytes of a profile. */
const digestFields = ['size', 'sha256']

/** Opens a profile in the Firefox Profiler by its address (its docs, loading in profiles). */
const viewerUrl = 'https://profiler.firefox.com/from-url/'

/** Makes the resolvers of profiles. */
export function samplyProfileResolvers(watches: Watches<SamplyProfileResult>, links: SealedLinks): Resolvers {
  return {
    Query: {
      samplyProfile: (_root, { pipelineName, ...which }, { loaders }, info) =>
        loaders.samplyProfiles.look(lookKey(pipelineName, which, info)),
    },
    Pipeline: {
      samplyProfile: ({ name }, which, { loaders }, info) =>
        loaders.samplyProfiles.look(lookKey(name, which, info)),
    },
    Mutation: {
      startSamplyProfile: (_root, { pipelineName, ordinal, durationSecs }, { loaders }) =>
        loaders.samplyProfiles.start(profileKey(pipelineName, ordinal), durationOf(durationSecs)),
    },
    Subscription: {
      samplyProfileUpdated: {
        subscribe: (_root, { pipelineName, ordinal }, { caller }, info) =>
          watches.follow(
            caller.feldera(),
            [watchKey(profileKey(pipelineName, ordinal))],
            selectsAny(info, digestFields),
          ),
        resolve: (event: FeedEvent<SamplyProfileResult>) => sighted(event).state,
      },
    },
    StartSamplyProfilePayload: {
      profile: ({ started, pipelineName, ordinal }, _arguments, { loaders }, info) =>
        started ??
        loaders.samplyProfiles.look({
          pipelineName,
          ordinal,
          latest: true,
          digest: selectsAny(info, digestFields),
        }),
    },
    SamplyProfile: {
      id: ({ pipelineName, ordinal }) => `${pipelineName}/${ordinal}`,
      size: async (profile, _arguments, { loaders }) =>
        (await loaders.samplyProfiles.digest(profile)).sizeBytes,
      sha256: async (profile, _arguments, { loaders }) =>
        (await loaders.samplyProfiles.digest(profile)).sha256,
      downloadUrl: (profile, _arguments, { caller }) =>
        links.seal(profileLink(profile), caller.linkCredentials('feldera')),
      async viewerUrl(profile, _arguments, { caller }) {
        const downloadUrl = await links.seal(profileLink(profile), caller.linkCredentials('feldera'))
        return viewerUrl + encodeURIComponent(downloadUrl.href)
      },
      analysis: (profile, _arguments, { loaders }) => loaders.samplyProfiles.analysis(profile),
      flameGraphUrl: (profile, _arguments, { caller }) =>
        links.seal(flameGraphLink(profile), caller.linkCredentials('feldera')),
    },
    SamplyProfileAnalysis: {
      startTime: ({ startTimeMs }) => dateTimeOf(startTimeMs),
      threads: (analysis, _arguments, { loaders }) => loaders.samplyProfiles.views.threads(analysis),
      hotFunctions: (analysis, { thread, ...view }, { loaders }) =>
        loaders.samplyProfiles.views.hotFunctions(
          analysis,
          threadNamed(analysis.threads, thread),
          hotFunctionsView(view),
        ),
      flameGraph: (analysis, { thread, ...view }, { loaders }) =>
        loaders.samplyProfiles.views.flameGraph(
          analysis,
          threadNamed(analysis.threads, thread),
          flameGraphView(view),
        ),
    },
  }
}

/** What the arguments ask for, and whether what they ask for takes all bytes. */
function lookKey(
  pipelineName: string,
  { ordinal, latest }: PipelineSamplyProfileArgs,
  info: GraphQLResolveInfo,
): ProfileLookKey {
  return {
    ...profileKey(pipelineName, ordinal),
    latest: latest ?? false,
    digest: selectsAny(info, digestFields),
  }
}

/** A profile may have been recorded by a clock that nobody has set, or by none. */
function dateTimeOf(timeMs: number): string | null {
  const date = new Date(timeMs)
  return Number.isNaN(date.valueOf()) || date.getUTCFullYear() > 9999 ? null : date.toISOString()
}

function durationOf(durationSecs: number | null | undefined): number {
  const { min, max, default: usual } = durationRangeSecs
  const seconds = durationSecs ?? usual
  if (seconds < min || seconds > max) {
    throw badUserInput(`\`durationSecs\` is ${seconds}; it must be from ${min} to ${max}.`)
  }
  return seconds
}
