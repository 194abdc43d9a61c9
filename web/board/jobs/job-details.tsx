import type { ReactNode } from 'react'
import { useFollow } from '../gateway/use-follow.ts'
import { Problems } from '../shell/problems.tsx'
import { inFull } from '../words/time.ts'
import { FollowJobDocument, type FollowJobSubscription } from './operations.generated.ts'
import { TaskProgress } from './task-progress.tsx'

/** What only the status of a job tells, followed while it is shown. */
export function JobDetails({ id }: { readonly id: string }): ReactNode {
  const { data, problems } = useFollow(FollowJobDocument, { id })
  const job = data?.jobUpdated?.job
  return (
    <div className="details">
      <Problems of={problems} />
      {job === undefined && problems.length === 0 && <p className="quiet">Asking Vault…</p>}
      {job !== undefined && <Details job={job} />}
    </div>
  )
}

type DetailedJob = NonNullable<FollowJobSubscription['jobUpdated']>['job']

function Details({ job }: { readonly job: DetailedJob }): ReactNode {
  const { progress, createdBy, createdDate, method } = job
  return (
    <>
      {progress !== null && progress.length > 0 ? (
        <TaskProgress progress={progress} />
      ) : (
        <p className="quiet">Vault tells no tasks of this job.</p>
      )}
      <dl className="facts">
        <Fact title="Created" value={createdDate === null ? undefined : inFull(createdDate)} />
        <Fact title="By user" value={createdBy ?? undefined} />
        <Fact title="Method" value={method ?? undefined} />
      </dl>
    </>
  )
}

function Fact({ title, value }: { readonly title: string; readonly value: string | undefined }): ReactNode {
  if (value === undefined) return null
  return (
    <div>
      <dt>{title}</dt>
      <dd>{value}</dd>
    </div>
  )
}
