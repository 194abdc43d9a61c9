import type { FieldCosts } from '../resource.ts'

/** What the fields of profiles cost. What takes all bytes of a profile is a call. */
export const samplyProfileCosts: FieldCosts = {
  Query: { samplyProfile: { calls: 1 } },
  Pipeline: { samplyProfile: { calls: 1 } },
  Mutation: { startSamplyProfile: { calls: 1 } },
  Subscription: { samplyProfileUpdated: { calls: 1 } },
  StartSamplyProfilePayload: { profile: { calls: 1 } },
  SamplyProfile: {
    id: {},
    size: { calls: 1 },
    sha256: { calls: 1 },
    downloadUrl: {},
    viewerUrl: {},
    analysis: { calls: 1 },
    flameGraphUrl: {},
  },
  SamplyProfileAnalysis: {
    startTime: {},
    threads: { elements: 100 },
    hotFunctions: {},
    // The most that a flame graph has (`maxNodes`).
    flameGraph: { elements: 4000 },
  },
}
