import type { ReactNode } from 'react'
import { ActiveJobRow } from './active-job-row.tsx'
import type { Job } from './job-list.ts'

/** How many rows a browser is asked to show. */
const maxRows = 200

/** The table of what has not finished. */
export function ActiveJobs({ jobs }: { readonly jobs: readonly Job[] }): ReactNode {
  return (
    <>
      <table className="table jobs">
        <thead>
          <tr>
            <th scope="col">Job</th>
            <th scope="col">Status</th>
            <th scope="col" className="wide number-cell">
              Time
            </th>
          </tr>
        </thead>
        <tbody>
          {jobs.slice(0, maxRows).map((job) => (
            <ActiveJobRow key={job.id} job={job} />
          ))}
        </tbody>
      </table>
      {jobs.length > maxRows && <p className="quiet">{jobs.length - maxRows} more are not shown.</p>}
    </>
  )
}
