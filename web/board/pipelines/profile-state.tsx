import { lazy, type ReactNode, useEffect } from 'react'
import { useFollow } from '../gateway/use-follow.ts'
import { announce } from '../shell/announcer.tsx'
import { Empty } from '../shell/empty.tsx'
import { Problems } from '../shell/problems.tsx'
import { CollectionProgress } from './collection-progress.tsx'
import { FollowProfileDocument, type SamplyProfileUnavailableReason } from './operations.generated.ts'
import type { Collection } from './pipeline-profile.tsx'

const Profile = lazy(async () => ({ default: (await import('../profile/profile.tsx')).Profile }))

/** What there is to say of the newest profile of a pipeline. It is followed until one is there. */
export function ProfileState({
  name,
  collection,
}: {
  readonly name: string
  readonly collection: Collection | undefined
}): ReactNode {
  const { data, problems } = useFollow(FollowProfileDocument, { pipelineName: name })
  const profile = data?.samplyProfileUpdated
  const isNew = collection !== undefined && profile?.__typename === 'SamplyProfile'
  useEffect(() => {
    if (isNew) announce(`The profile of ${name} is there.`)
  }, [isNew, name])
  return (
    <>
      <Problems of={problems} />
      {profile === undefined && problems.length === 0 && <p className="quiet">Asking Feldera…</p>}
      {profile?.__typename === 'SamplyProfileInProgress' && (
        <CollectionProgress
          key={profile.retryAfter}
          retryAfter={profile.retryAfter}
          collection={collection}
        />
      )}
      {profile?.__typename === 'SamplyProfileUnavailable' && (
        <Empty title={titles[profile.reason]}>{profile.message}</Empty>
      )}
      {profile?.__typename === 'SamplyProfile' && <Profile name={name} />}
    </>
  )
}

const titles: Record<SamplyProfileUnavailableReason, string> = {
  PIPELINE_NOT_FOUND: 'There is no such pipeline',
  PIPELINE_NOT_RUNNING: 'The pipeline does not run',
  NOT_COLLECTED: 'No profile yet',
  COLLECTION_FAILED: 'The last collection failed',
}
