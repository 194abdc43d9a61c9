import type { ReactNode } from 'react'
import { Status, type Tone } from '../shell/status.tsx'
import type { JobStatus } from './operations.generated.ts'

/** The statuses in words. */
export const statusWords: Record<JobStatus, string> = {
  SCHEDULED: 'Scheduled',
  QUEUEING: 'Queueing',
  QUEUED: 'Queued',
  RUNNING: 'Running',
  SUCCESS: 'Succeeded',
  ERRORS_ENCOUNTERED: 'Had errors',
  FAILED_TO_RUN: 'Failed to run',
  CANCELLED: 'Cancelled',
  TIMEOUT: 'Timed out',
  COMPLETED_DUE_TO_INACTIVITY: 'Closed, idle',
  MISSED_SCHEDULE: 'Missed schedule',
  UNKNOWN: 'Unknown',
}

const tones: Record<JobStatus, Tone> = {
  SCHEDULED: 'planned',
  QUEUEING: 'waiting',
  QUEUED: 'waiting',
  RUNNING: 'running',
  SUCCESS: 'good',
  ERRORS_ENCOUNTERED: 'bad',
  FAILED_TO_RUN: 'bad',
  CANCELLED: 'waiting',
  TIMEOUT: 'bad',
  COMPLETED_DUE_TO_INACTIVITY: 'warn',
  MISSED_SCHEDULE: 'warn',
  UNKNOWN: 'waiting',
}

/** Where a job stands. Vault's own word stands in for a status that the gateway does not know. */
export function StatusOfJob({
  status,
  rawStatus,
}: {
  readonly status: JobStatus
  readonly rawStatus: string
}): ReactNode {
  return <Status tone={tones[status]}>{status === 'UNKNOWN' ? rawStatus : statusWords[status]}</Status>
}
