import type { FieldCosts } from '../resource.ts'

/** What the fields of profiling sessions cost. Vault keeps ten of them. */
export const profilingSessionCosts: FieldCosts = {
  Query: {
    profilingSessions: { calls: 1, elements: 10 },
    profilingSession: { calls: 1 },
  },
  Mutation: {
    createProfilingSession: { calls: 1 },
    endProfilingSession: { calls: 1 },
    deleteProfilingSession: { calls: 1 },
  },
  Subscription: { profilingSessionUpdated: { calls: 1 } },
  CreateProfilingSessionPayload: { profilingSession: { calls: 1 } },
  EndProfilingSessionPayload: { profilingSession: { calls: 1 } },
  ProfilingSession: {
    resultsUrl: {},
    results: { calls: 1 },
    resultsSummary: { calls: 1 },
  },
}
