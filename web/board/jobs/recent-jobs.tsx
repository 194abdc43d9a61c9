import type { ReactNode } from 'react'
import { Ago } from '../words/moment.tsx'
import { lasting } from '../words/time.ts'
import type { Job } from './job-list.ts'
import { StatusOfJob } from './status.tsx'

/** The table of what has finished. */
export function RecentJobs({ jobs }: { readonly jobs: readonly Job[] }): ReactNode {
  return (
    <table className="table jobs">
      <thead>
        <tr>
          <th scope="col">Job</th>
          <th scope="col">Outcome</th>
          <th scope="col" className="wide number-cell">
            Took
          </th>
          <th scope="col" className="wide number-cell">
            Ended
          </th>
        </tr>
      </thead>
      <tbody>
        {jobs.map((job) => (
          <RecentJob key={job.id} job={job} />
        ))}
      </tbody>
    </table>
  )
}

function RecentJob({ job }: { readonly job: Job }): ReactNode {
  const { runStartDate, runEndDate } = job
  const ended = runEndDate === null ? '–' : <Ago moment={runEndDate} />
  return (
    <tr>
      <th scope="row">
        <span className="title">{job.title ?? `Job ${job.id}`}</span>
        <span className="under">
          {job.id}
          <span className="narrow"> · {ended}</span>
        </span>
      </th>
      <td>
        <StatusOfJob {...job} />
      </td>
      <td className="wide number-cell">
        {runStartDate !== null && runEndDate !== null
          ? lasting(Date.parse(runEndDate) - Date.parse(runStartDate))
          : '–'}
      </td>
      <td className="wide number-cell">{ended}</td>
    </tr>
  )
}
