import { type ReactNode, useEffect } from 'react'
import { useQuery } from 'urql'
import { problemsOf } from '../gateway/problem.ts'
import { Problems } from '../shell/problems.tsx'
import { ProfileLinksDocument } from './operations.generated.ts'

/** The links work for five minutes; new ones are asked for before that. */
const refreshMs = 4 * 60_000

/** Where a profile can be had as a file, and looked at in the Firefox Profiler. */
export function ProfileLinks({ name }: { readonly name: string }): ReactNode {
  const [{ data, error }, ask] = useQuery({
    query: ProfileLinksDocument,
    variables: { pipelineName: name },
    requestPolicy: 'network-only',
  })
  useEffect(() => {
    const timer = setInterval(() => ask({ requestPolicy: 'network-only' }), refreshMs)
    return () => clearInterval(timer)
  }, [ask])
  const profile = data?.samplyProfile
  return (
    <div className="row-actions">
      {profile?.__typename === 'SamplyProfile' && (
        <>
          <a className="button" href={profile.viewerUrl} target="_blank" rel="noopener">
            Open in Firefox Profiler
          </a>
          <a className="button" href={profile.downloadUrl} download>
            Download
          </a>
          <a className="button" href={profile.flameGraphUrl} target="_blank" rel="noopener">
            As a picture
          </a>
        </>
      )}
      <Problems of={problemsOf(error)} />
    </div>
  )
}
