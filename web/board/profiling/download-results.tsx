import { type ReactNode, useState } from 'react'
import { useClient } from 'urql'
import { type Problem, problemsOf } from '../gateway/problem.ts'
import { Problems } from '../shell/problems.tsx'
import { ProfilingResultsLinkDocument } from './operations.generated.ts'

/** Downloads the ZIP of a session. Its link is asked for at the click, since it works for five minutes. */
export function DownloadResults({
  name,
  label,
}: {
  readonly name: string
  readonly label: string
}): ReactNode {
  const client = useClient()
  const [problems, setProblems] = useState<readonly Problem[]>([])

  async function download() {
    const { data, error } = await client
      .query(ProfilingResultsLinkDocument, { name }, { requestPolicy: 'network-only' })
      .toPromise()
    setProblems(problemsOf(error))
    const url = data?.profilingSession?.resultsUrl
    if (url !== null && url !== undefined) location.assign(url)
  }

  return (
    <>
      <button
        type="button"
        className="button"
        aria-label={`Download the results of ${label}`}
        onClick={download}
      >
        Download
      </button>
      <Problems of={problems} />
    </>
  )
}
