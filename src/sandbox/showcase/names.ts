import { defaultPassword } from '../vault/users.ts'

/**
 * The keys of what is in the showcase from the start and stays: examples in GraphiQL and in documents use
 * these names.
 */
export const showcase = {
  /** A user who is no admin, to sign in as. */
  otherUsername: 'robin@sandbox.example',
  /** The password of all users. */
  password: defaultPassword,
  /** An SDK job of 720 tasks, RUNNING for six hours from the start; its `progress` moves every 30 s. */
  runningJobId: '45001',
  /** An SDK job of 8 tasks, one of which ends every 30 s; SUCCESS four minutes after the start. */
  sdkJobId: '45002',
  /** A job that `start_now` starts; by itself it starts six hours after the start. */
  scheduledJobId: '45003',
  /** Every scheduled job. */
  scheduledJobIds: ['45003', '45004', '45005'],
  /**
   * The first of the jobs that walk from QUEUED over RUNNING to SUCCESS in 40 s. The next one begins when
   * it ends, under the next id, and so on.
   */
  walkingJobId: '50001',
  /** A finished job with a link to its artifacts. */
  completedJobId: '45000',
  /** A finished job with the status ERRORS_ENCOUNTERED. */
  failedJobId: '44999',
  /** A complete session of all users. */
  profilingSessionName: 'baseline__c',
  /** A complete session of one user. */
  userProfilingSessionName: 'integration_user__c',
  /** In progress at the start, processing after one minute, complete after two. */
  movingProfilingSessionName: 'release_candidate__c',
  /** A session that receives a part of 5 MB every 5 s, for an hour. */
  uploadSessionId: 'sYh2kQ_growing.3f0a-Q--',
  /** A session whose file is whole and not committed. */
  finishedUploadSessionId: '31a6aba2c1d94c7f8f1de90a6b7c5d21',
  /** A session of a file of 212 GB, beyond 32 bits. */
  largeUploadSessionId: 'vTb81M_large.9c44-W--',
  /** A session of another user. */
  otherUploadSessionId: 'kLp3oE_other.71bd-A--',
  /** A pipeline with a profile to download. */
  profiledPipelineName: 'orders-enrichment',
  /** A pipeline that collects a profile until one minute after the start. */
  collectingPipelineName: 'fraud-detection',
  /** A pipeline that runs and was never profiled. */
  neverProfiledPipelineName: 'clickstream-sessions',
  /** A pipeline that is stopped. */
  stoppedPipelineName: 'nightly-billing',
  /** A pipeline whose last collection failed, as each one will. */
  failedPipelineName: 'inventory-sync',
} as const
