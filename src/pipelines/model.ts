import type { PipelineStatus } from '../generated/resolvers.ts'

/** A pipeline, as Feldera lists it. */
export interface Pipeline {
  /** Feldera's key. */
  readonly name: string
  readonly description: string | null
  readonly status: PipelineStatus
  /** Empty where Feldera says none. */
  readonly rawStatus: string
}

/** Feldera's `CombinedStatus` (its openapi.json, `deployment_status`). */
const statusByRawStatus: Readonly<Record<string, PipelineStatus>> = {
  Stopped: 'STOPPED',
  Provisioning: 'PROVISIONING',
  Unavailable: 'UNAVAILABLE',
  Coordination: 'COORDINATION',
  Standby: 'STANDBY',
  AwaitingApproval: 'AWAITING_APPROVAL',
  Initializing: 'INITIALIZING',
  Bootstrapping: 'BOOTSTRAPPING',
  ConcurrentBootstrapping: 'CONCURRENT_BOOTSTRAPPING',
  Synchronizing: 'SYNCHRONIZING',
  Replaying: 'REPLAYING',
  Paused: 'PAUSED',
  Running: 'RUNNING',
  Suspended: 'SUSPENDED',
  Stopping: 'STOPPING',
}

/** A status that nobody knew becomes UNKNOWN. */
export function pipelineStatusOf(rawStatus: string): PipelineStatus {
  return Object.hasOwn(statusByRawStatus, rawStatus) ? (statusByRawStatus[rawStatus] ?? 'UNKNOWN') : 'UNKNOWN'
}

/** In which statuses Feldera's own console offers profiles (its `isPipelineInteractive`). */
const profiledStatuses: readonly PipelineStatus[] = [
  'RUNNING',
  'PAUSED',
  'CONCURRENT_BOOTSTRAPPING',
  'SYNCHRONIZING',
]

/** Whether the process of a pipeline is there to be profiled. */
export const canProfile = ({ status }: Pipeline) => profiledStatuses.includes(status)
