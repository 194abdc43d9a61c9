import type { FieldCosts } from '../resource.ts'

/** What the fields of pipelines cost. Feldera has no bound on their number; a call for each of so many is dear enough. */
export const pipelineCosts: FieldCosts = {
  Query: { pipelines: { calls: 1, elements: 50 } },
  Pipeline: { canProfile: {} },
}
