import { type ReactNode, useState } from 'react'
import { useQuery } from 'urql'
import { problemsOf } from '../gateway/problem.ts'
import { Problems } from '../shell/problems.tsx'
import { FlameGraphPanel } from './flame-graph-panel.tsx'
import { HotFunctions } from './hot-functions.tsx'
import { ProfileOverviewDocument } from './operations.generated.ts'
import { ProfileFacts } from './profile-facts.tsx'
import { ProfileLinks } from './profile-links.tsx'
import { ThreadChoice } from './thread-choice.tsx'
import './profile.css'

/** A profile that is there: what it shows, and where else to look at it. */
export function Profile({ name }: { readonly name: string }): ReactNode {
  const [{ data, error, fetching }] = useQuery({
    query: ProfileOverviewDocument,
    variables: { pipelineName: name },
    requestPolicy: 'network-only',
  })
  const [thread, setThread] = useState<string>()
  const profile = data?.samplyProfile?.__typename === 'SamplyProfile' ? data.samplyProfile : undefined
  const analysis = profile?.analysis ?? undefined
  return (
    <>
      <section aria-labelledby="profile">
        <div className="section-head">
          <h2 id="profile">Profile</h2>
          <ProfileLinks name={name} />
        </div>
        <Problems of={problemsOf(error)} />
        {fetching && analysis === undefined && <p className="quiet">The gateway reads the profile…</p>}
        {profile !== undefined && analysis !== undefined && (
          <ProfileFacts sizeBytes={profile.size} analysis={analysis} />
        )}
      </section>
      {analysis !== undefined && (
        <>
          <ThreadChoice threads={analysis.threads} chosen={thread} onChoose={setThread} />
          <FlameGraphPanel name={name} thread={thread} />
          <HotFunctions name={name} thread={thread} />
        </>
      )}
    </>
  )
}
