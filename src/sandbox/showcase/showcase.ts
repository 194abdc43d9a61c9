import type { SandboxFeldera } from '../feldera/feldera.ts'
import type { VaultState } from '../vault/call.ts'
import { pastJobs } from './job-history.ts'
import { mixedJobs, walkingJobs } from './job-stream.ts'
import { tasksBetween } from './job-templates.ts'
import { showcase } from './names.ts'

const minuteMs = 60_000
const hourMs = 60 * minuteMs

/** How many finished jobs the showcase remembers: what it starts with, and some hours of its own. */
const rememberedJobs = 5_000

/** The scene that a newcomer explores: it goes on by itself, worked out from the clock at every call. */
export interface Showcase {
  /** Fills both services. */
  begin(state: VaultState, feldera: SandboxFeldera): void
  /** Brings the jobs up to now. Cheap when nothing is due. */
  advance(state: VaultState): void
}

/** Makes the scene of a sandbox that starts at `startMs`. */
export function createShowcase(startMs: number): Showcase {
  const streams = [mixedJobs(startMs), walkingJobs(startMs)]

  function advance(state: VaultState) {
    for (const stream of streams) stream.advance(state)
    state.jobs.keepCompleted(rememberedJobs)
  }

  return {
    begin(state, feldera) {
      state.users.add({ id: 1002, sessionId: 'sandbox-robin', username: showcase.otherUsername })
      for (const job of pastJobs(startMs)) state.jobs.add(job, startMs)
      addLastingJobs(state)
      addUploadSessions(state, startMs)
      addProfilingSessions(state, startMs)
      addPipelines(feldera)
      advance(state)
    },
    advance,
  }
}

function addLastingJobs({ jobs }: VaultState) {
  jobs.add({
    id: Number(showcase.runningJobId),
    title: 'SDK job: rebuild full-text index',
    status: 'RUNNING',
    timeline: [{ afterMs: 6 * hourMs, status: 'SUCCESS' }],
    tasks: tasksBetween(720, 0, 6 * hourMs, 'SUCCESS'),
  })
  jobs.add({
    id: Number(showcase.sdkJobId),
    title: 'SDK job: migrate study metadata',
    status: 'RUNNING',
    createdBy: 1002,
    timeline: [{ afterMs: 4 * minuteMs, status: 'SUCCESS' }],
    tasks: tasksBetween(8, 0, 4 * minuteMs, 'SUCCESS'),
  })
  const titles = ['Nightly product export', 'Weekly expiry check', 'Monthly user access report']
  for (const [index, id] of showcase.scheduledJobIds.entries()) {
    const waitMs = [6 * hourMs, 24 * hourMs, 168 * hourMs][index] ?? hourMs
    jobs.add({ id: Number(id), title: titles[index] ?? id, status: 'SCHEDULED', ...scheduled(waitMs) })
  }
}

/** A job that starts by itself after `waitMs`, or sooner by `start_now`, and then takes 25 s. */
function scheduled(waitMs: number) {
  const onceStarted = [
    { afterMs: 0, status: 'QUEUED' },
    { afterMs: 5_000, status: 'RUNNING' },
    { afterMs: 25_000, status: 'SUCCESS' },
  ]
  const timeline = onceStarted.map((step) => ({ ...step, afterMs: step.afterMs + waitMs }))
  return { timeline, onceStarted }
}

function addUploadSessions({ uploadSessions }: VaultState, startMs: number) {
  uploadSessions.add({
    id: showcase.uploadSessionId,
    path: '/imports/study-0217-images.zip',
    sizeBytes: 4_000_000_000,
    uploadedBytes: 400_000_000,
    partEveryMs: 5_000,
    createdDate: new Date(startMs - 6 * minuteMs),
  })
  uploadSessions.add({
    id: showcase.finishedUploadSessionId,
    path: '/imports/products.csv',
    sizeBytes: 3_482_116,
    uploadedBytes: 3_482_116,
    createdDate: new Date(startMs - 2 * hourMs),
  })
  uploadSessions.add({
    id: showcase.largeUploadSessionId,
    path: '/migration/archive-2019.tar',
    sizeBytes: 212_000_000_000,
    uploadedBytes: 53_250_000_000,
    partSizeBytes: 125_000_000,
    createdDate: new Date(startMs - 20 * hourMs),
  })
  uploadSessions.add({
    id: showcase.otherUploadSessionId,
    path: '/u1003/site-photos.zip',
    sizeBytes: 845_000_000,
    uploadedBytes: 310_000_000,
    owner: 1003,
    createdDate: new Date(startMs - hourMs),
  })
}

function addProfilingSessions({ profilingSessions }: VaultState, startMs: number) {
  profilingSessions.add({
    name: showcase.profilingSessionName,
    label: 'Baseline',
    description: 'Before the 26R1 release',
    status: 'complete__sys',
    createdDate: new Date(startMs - 48 * hourMs),
  })
  profilingSessions.add({
    name: showcase.userProfilingSessionName,
    label: 'Integration user',
    description: 'Slow nightly import',
    status: 'complete__sys',
    userId: 1002,
    createdDate: new Date(startMs - 26 * hourMs),
  })
  profilingSessions.add({
    name: showcase.movingProfilingSessionName,
    label: 'Release candidate',
    createdDate: new Date(startMs - 18 * minuteMs),
    timeline: [
      { afterMs: minuteMs, status: 'processing__sys' },
      { afterMs: 2 * minuteMs, status: 'complete__sys' },
    ],
  })
}

function addPipelines(feldera: SandboxFeldera) {
  feldera.addPipeline({
    name: showcase.profiledPipelineName,
    description: 'Joins orders with customers and products',
  })
  feldera.addPipeline({ name: showcase.collectingPipelineName, state: 'collecting', durationSecs: 57 })
  feldera.addPipeline({ name: showcase.neverProfiledPipelineName, state: 'never-profiled' })
  feldera.addPipeline({ name: showcase.stoppedPipelineName, state: 'stopped' })
  feldera.addPipeline({
    name: showcase.failedPipelineName,
    state: 'failed',
    collectionsFail: 'at-the-end',
  })
}
