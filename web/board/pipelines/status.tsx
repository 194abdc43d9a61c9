import type { ReactNode } from 'react'
import type { PipelineStatus } from './operations.generated.ts'

const tones: Partial<Record<PipelineStatus, string>> = {
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
  return (
    <span key={status} className={`status status-${tones[status] ?? 'waiting'}`}>
      {status === 'UNKNOWN' ? rawStatus : words(status)}
    </span>
  )
}

function words(status: PipelineStatus): string {
  const text = status.toLowerCase().replaceAll('_', ' ')
  return text.charAt(0).toUpperCase() + text.slice(1)
}
