import type { ReactNode } from 'react'
import type { Job } from './job-list.ts'
import type { JobStatus } from './operations.generated.ts'

const groups: readonly (readonly [title: string, tone: string, statuses: readonly JobStatus[]])[] = [
  ['Running', 'running', ['RUNNING']],
  ['Waiting', 'waiting', ['QUEUED', 'QUEUEING']],
  ['Scheduled', 'planned', ['SCHEDULED']],
]

/** How many jobs run, wait and are planned. */
export function JobNumbers({ jobs }: { readonly jobs: readonly Job[] }): ReactNode {
  return (
    <dl className="numbers">
      {groups.map(([title, tone, statuses]) => (
        <div key={title} className={`number number-${tone}`}>
          <dt>{title}</dt>
          <dd>{jobs.filter(({ status }) => statuses.includes(status)).length}</dd>
        </div>
      ))}
    </dl>
  )
}
