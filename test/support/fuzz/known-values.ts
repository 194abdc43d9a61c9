import { showcase } from '../../../src/sandbox/sandbox.ts'
import type { ValueSource } from './input-values.ts'

const jobIds = [
  showcase.runningJobId,
  showcase.sdkJobId,
  showcase.scheduledJobId,
  showcase.walkingJobId,
  showcase.completedJobId,
  showcase.failedJobId,
  '44990',
  '50002',
  '1',
]
const pipelineNames = [
  showcase.profiledPipelineName,
  showcase.collectingPipelineName,
  showcase.neverProfiledPipelineName,
  showcase.stoppedPipelineName,
  showcase.failedPipelineName,
  'nothing',
]
const sessionNames = [
  showcase.profilingSessionName,
  showcase.userProfilingSessionName,
  showcase.movingProfilingSessionName,
  'nothing__c',
]
const uploadIds = [
  showcase.uploadSessionId,
  showcase.finishedUploadSessionId,
  showcase.largeUploadSessionId,
  showcase.otherUploadSessionId,
  'nothing',
]

const known: Readonly<Record<string, readonly unknown[]>> = {
  'Query.job.id': jobIds,
  'Subscription.jobUpdated.id': jobIds,
  'Mutation.startJob.id': jobIds,
  'Query.profilingSession.name': sessionNames,
  'Subscription.profilingSessionUpdated.name': sessionNames,
  'Mutation.endProfilingSession.name': sessionNames,
  'Mutation.deleteProfilingSession.name': sessionNames,
  'Query.uploadSession.id': uploadIds,
  'Subscription.uploadSessionUpdated.id': uploadIds,
  'Mutation.commitUploadSession.id': uploadIds,
  'Mutation.abortUploadSession.id': uploadIds,
  'Query.samplyProfile.pipelineName': pipelineNames,
  'Subscription.samplyProfileUpdated.pipelineName': pipelineNames,
  'Mutation.startSamplyProfile.pipelineName': pipelineNames,
  'Mutation.startSamplyProfile.durationSecs': [1, 1, 2, 0, 3601],
  'Query.samplyProfile.ordinal': [0, 0, 0, 1, -1],
  'Pipeline.samplyProfile.ordinal': [0, 0, 0, 1, -1],
  'Subscription.samplyProfileUpdated.ordinal': [0, 0, 0, 1],
  'SamplyProfileAnalysis.hotFunctions.first': [1, 20, 500, 501],
  'SamplyProfileAnalysis.flameGraph.maxDepth': [1, 8, 1000, 1001],
  'SignInInput.username': ['ada@sandbox.example', showcase.otherUsername, 'nobody'],
  'SignInInput.password': [showcase.password, 'hunter2-hunter2'],
  'CreateUploadSessionInput.path': ['/imports/new.csv', '/u1001/a/b', 'no slash', '/../up'],
  'CreateUploadSessionInput.size': [0, 1, 5_242_880, 500_000_000_000, -1],
  'CreateProfilingSessionInput.label': ['Fuzz', 'Ünïcödé', ' '],
  'CreateProfilingSessionInput.userId': ['1002', 'abc'],
}

/** Keys of the showcase, most of them of things that are there. */
export const showcaseValues: ValueSource = (place, chance) => {
  const values = known[place]
  if (values !== undefined) return chance.pick(values)
  if (place === 'Query.jobs.ids' || place === 'Subscription.jobsUpdated.ids') {
    return Array.from({ length: chance.pick([1, 1, 2, 5, 9]) }, () => chance.pick(jobIds))
  }
  if (place.endsWith('.first')) return chance.pick([1, 2, 5, 50, 200, 0, 201])
  return undefined
}
