import type { FieldCosts } from '../resource.ts'

/** What the fields of jobs cost: what one status call tells (`method`, `links`, `progress`) counts for each of its fields. */
export const jobCosts: FieldCosts = {
  Query: {
    job: { calls: 1 },
    jobs: { calls: 1 },
    activeJobs: { calls: 1 },
    completedJobs: { calls: 1 },
  },
  Mutation: { startJob: { calls: 1 } },
  Subscription: {
    jobUpdated: { calls: 1 },
    jobsUpdated: { calls: 1 },
    activeJobsUpdated: { calls: 1 },
  },
  StartJobPayload: { job: { calls: 1 } },
  Job: {
    method: { calls: 1 },
    links: { calls: 1 },
    progress: { calls: 1 },
    tasks: { calls: 1 },
  },
  // The job that the tasks were asked of: the loader has it.
  JobTask: { job: {} },
}
