import type { ReactNode } from 'react'
import { Status, type Tone } from '../shell/status.tsx'
import type { PipelineStatus } from './operations.generated.ts'

const tones: Partial<Record<PipelineStatus, Tone>> = {
  RUNNING: 'running',
  UNAVAILABLE: 'bad',
  AWAITING_APPROVAL: 'warn',
  PAUSED: 'planned',
  SUSPENDED: 'planned',
}

/** Where a pipeline stands, in Feldera's words. */
export function StatusOfPipeline({
  status,
  rawStatus,
}: {
  readonly status: PipelineStatus
  readonly rawStatus: string
}): ReactNode {
  return <Status tone={tones[status] ?? 'waiting'}>{status === 'UNKNOWN' ? rawStatus : words(status)}</Status>
}

function words(status: PipelineStatus): string {
  const text = status.toLowerCase().replaceAll('_', ' ')
  return text.charAt(0).toUpperCase() + text.slice(1)
}
