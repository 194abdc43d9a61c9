import { type ReactNode, useEffect } from 'react'
import { useMutation } from 'urql'
import { problemsOf } from '../gateway/problem.ts'
import { useFollow } from '../gateway/use-follow.ts'
import { announce } from '../shell/announcer.tsx'
import { ConfirmButton } from '../shell/confirm-button.tsx'
import { Problems } from '../shell/problems.tsx'
import { linkTo } from '../shell/route.ts'
import { Ago } from '../words/moment.tsx'
import { DownloadResults } from './download-results.tsx'
import {
  DeleteProfilingSessionDocument,
  EndProfilingSessionDocument,
  FollowProfilingSessionDocument,
  type ProfilingRowFragment,
} from './operations.generated.ts'
import { StatusOfSession } from './status.tsx'

/** A session, followed until its results are there. */
export function SessionRow({
  session: listed,
  onGone,
}: {
  readonly session: ProfilingRowFragment
  /** Called when Vault has the session no more. */
  readonly onGone: () => void
}): ReactNode {
  const isActive = listed.status !== 'COMPLETE'
  const { data, problems } = useFollow(
    FollowProfilingSessionDocument,
    isActive ? { name: listed.name } : undefined,
  )
  const session = data?.profilingSessionUpdated ?? listed
  const { name, label, description, status, createdDate, expirationDate, userId } = session
  const isGone = problems.some(({ code }) => code === 'NOT_FOUND')
  const isNewlyComplete = isActive && status === 'COMPLETE'
  // biome-ignore lint/correctness/useExhaustiveDependencies: once, when it is gone.
  useEffect(() => {
    if (isGone) onGone()
  }, [isGone])
  useEffect(() => {
    if (isNewlyComplete) announce(`The results of ${label} are there.`)
  }, [isNewlyComplete, label])
  return (
    <li className="row">
      <div className="row-head">
        <div>
          <h3>{status === 'COMPLETE' ? <a href={linkTo('profiling', name)}>{label}</a> : label}</h3>
          <p className="under">
            {description !== null && description !== '' && `${description} · `}
            {userId === null ? 'all users' : `user ${userId}`} · begun <Ago moment={createdDate} />
            {expirationDate !== null && (
              <>
                {' '}
                · expires <Ago moment={expirationDate} />
              </>
            )}
          </p>
        </div>
        <StatusOfSession {...session} />
        <SessionActions session={session} />
      </div>
      <Problems of={isGone ? [] : problems} />
    </li>
  )
}

function SessionActions({
  session: { name, label, status },
}: {
  readonly session: ProfilingRowFragment
}): ReactNode {
  const [ending, end] = useMutation(EndProfilingSessionDocument)
  const [deleting, remove] = useMutation(DeleteProfilingSessionDocument)
  return (
    <div className="row-actions">
      {status === 'IN_PROGRESS' && (
        <button
          type="button"
          className="button"
          aria-label={`End ${label}`}
          disabled={ending.fetching}
          onClick={() => end({ name })}
        >
          End
        </button>
      )}
      {status === 'COMPLETE' && (
        <>
          <DownloadResults name={name} label={label} />
          <ConfirmButton
            label={`Delete ${label}`}
            question={`Delete ${label}?`}
            explanation="Its results go with it."
            answer="Delete it"
            isDisabled={deleting.fetching}
            onConfirm={() => remove({ name }, { additionalTypenames: ['ProfilingSession'] })}
          >
            Delete
          </ConfirmButton>
        </>
      )}
      <Problems of={problemsOf(ending.error ?? deleting.error)} />
    </div>
  )
}
