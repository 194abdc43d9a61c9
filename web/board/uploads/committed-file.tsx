import { type ReactNode, useEffect } from 'react'
import { useFollow } from '../gateway/use-follow.ts'
import { FollowJobDocument } from '../jobs/operations.generated.ts'
import { StatusOfJob } from '../jobs/status.tsx'
import { announce } from '../shell/announcer.tsx'
import { Problems } from '../shell/problems.tsx'
import type { CommittedUpload } from './transfer-store.ts'

/** A file that has arrived. The job that puts it together is followed to its end. */
export function CommittedFile({ name, path, jobId }: CommittedUpload): ReactNode {
  const { data, problems } = useFollow(FollowJobDocument, { id: jobId })
  const job = data?.jobUpdated?.job
  const isThere = job?.status === 'SUCCESS'
  useEffect(() => {
    if (isThere) announce(`${name} is in file staging.`)
  }, [isThere, name])
  return (
    <li className="row">
      <div className="row-head">
        <div>
          <h3>{name}</h3>
          <p className="under">
            {isThere ? `In file staging at ${path}` : `Job ${jobId} puts ${path} together`}
          </p>
        </div>
        {job !== undefined && <StatusOfJob {...job} />}
      </div>
      <Problems of={problems} />
    </li>
  )
}
