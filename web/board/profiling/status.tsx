import type { ReactNode } from 'react'
import { Status, type Tone } from '../shell/status.tsx'
import type { ProfilingSessionStatus } from './operations.generated.ts'

const looks: Record<ProfilingSessionStatus, readonly [words: string, tone: Tone]> = {
  IN_PROGRESS: ['Recording', 'running'],
  PROCESSING: ['Preparing results', 'warn'],
  COMPLETE: ['Complete', 'good'],
  UNKNOWN: ['Unknown', 'waiting'],
}

/** Where a profiling session stands. */
export function StatusOfSession({
  status,
  rawStatus,
}: {
  readonly status: ProfilingSessionStatus
  readonly rawStatus: string
}): ReactNode {
  const [words, tone] = looks[status]
  return <Status tone={tone}>{status === 'UNKNOWN' ? rawStatus : words}</Status>
}
