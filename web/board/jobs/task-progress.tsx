import type { ReactNode } from 'react'

/** How many tasks of a job have which status, in Vault's words. */
export type Progress = readonly { readonly status: string; readonly size: number }[]

const tones: Readonly<Record<string, string>> = {
  SUCCESS: 'good',
  RUNNING: 'running',
  QUEUED: 'waiting',
  QUEUEING: 'waiting',
  ERRORS_ENCOUNTERED: 'bad',
  FAILED_TO_RUN: 'bad',
  TIMEOUT: 'bad',
}
const order = ['good', 'bad', 'running', 'waiting']
const toneOf = (status: string) => tones[status] ?? 'waiting'

/** The tasks of a job as a bar: what is done, what has failed, what runs, what waits. The list beside it says the same. */
export function TaskProgress({ progress }: { readonly progress: Progress }): ReactNode {
  const parts = progress.toSorted(
    (one, other) => order.indexOf(toneOf(one.status)) - order.indexOf(toneOf(other.status)),
  )
  const total = parts.reduce((sum, { size }) => sum + size, 0)
  return (
    <div className="tasks">
      <div className="task-bar" aria-hidden="true">
        {parts.map(({ status, size }) => (
          <span key={status} className={`task-part part-${toneOf(status)}`} style={{ flexGrow: size }} />
        ))}
      </div>
      <ul className="task-counts" aria-label={`${total} tasks`}>
        {parts.map(({ status, size }) => (
          <li key={status}>
            <span className={`dot part-${toneOf(status)}`} aria-hidden="true" />
            {size} {status.toLowerCase().replaceAll('_', ' ')}
          </li>
        ))}
      </ul>
    </div>
  )
}
