import { type ReactNode, useState } from 'react'
import { useMutation } from 'urql'
import { problemsOf } from '../gateway/problem.ts'
import { Problems } from '../shell/problems.tsx'
import { Ago, Since } from '../words/moment.tsx'
import { byVaultsClock } from '../words/time.ts'
import { JobDetails } from './job-details.tsx'
import type { Job } from './job-list.ts'
import { StartJobDocument } from './operations.generated.ts'
import { StatusOfJob } from './status.tsx'

/** One job. Its row opens, to show the progress of its tasks; a scheduled one can be started. */
export function ActiveJobRow({ job }: { readonly job: Job }): ReactNode {
  const [isOpen, setOpen] = useState(false)
  const [{ fetching, error }, start] = useMutation(StartJobDocument)
  const name = job.title ?? `Job ${job.id}`
  const detailsId = `job-${job.id}-details`
  const problems = problemsOf(error)
  return (
    <>
      <tr>
        <th scope="row">
          <button
            type="button"
            className="opener"
            aria-expanded={isOpen}
            aria-controls={detailsId}
            onClick={() => setOpen(!isOpen)}
          >
            {name}
          </button>
          <span className="under">
            {job.id}
            <span className="narrow">
              {' · '}
              <TimeOfJob job={job} />
            </span>
          </span>
        </th>
        <td className="status-cell">
          <StatusOfJob {...job} />
          {job.status === 'SCHEDULED' && (
            <button
              type="button"
              className="button"
              disabled={fetching}
              aria-label={`Start now: ${name}`}
              onClick={() => start({ id: job.id })}
            >
              {fetching ? 'Starting…' : 'Start now'}
            </button>
          )}
        </td>
        <td className="wide number-cell">
          <TimeOfJob job={job} />
        </td>
      </tr>
      {(isOpen || problems.length > 0) && (
        <tr className="details-row">
          <td colSpan={3} id={detailsId}>
            <Problems of={problems} />
            {isOpen && <JobDetails id={job.id} />}
          </td>
        </tr>
      )}
    </>
  )
}

function TimeOfJob({ job: { status, runStartDate, createdDate } }: { readonly job: Job }): ReactNode {
  const begun = runStartDate ?? createdDate
  if (begun === null) return '–'
  if (status === 'RUNNING') return <Since moment={begun} />
  if (status === 'SCHEDULED')
    return <span title="By the clock of your Vault user">{byVaultsClock(begun)}</span>
  return <Ago moment={begun} />
}
