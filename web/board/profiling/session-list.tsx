import type { ReactNode } from 'react'
import { type OperationContext, useQuery } from 'urql'
import { problemsOf } from '../gateway/problem.ts'
import { Empty } from '../shell/empty.tsx'
import { Problems } from '../shell/problems.tsx'
import { ScreenHeading } from '../shell/screen-heading.tsx'
import { NewSession } from './new-session.tsx'
import { ProfilingSessionsDocument } from './operations.generated.ts'
import { SessionRow } from './session-row.tsx'

/** An empty list names no type, and would otherwise not be asked for anew. */
const listsSessions: Partial<OperationContext> = { additionalTypenames: ['ProfilingSession'] }

/** The sessions that Vault keeps, and a form for a new one. */
export function SessionList(): ReactNode {
  const [{ data, error }, ask] = useQuery({
    query: ProfilingSessionsDocument,
    requestPolicy: 'cache-and-network',
    context: listsSessions,
  })
  const refresh = () => ask({ requestPolicy: 'network-only' })
  const sessions = (data?.profilingSessions ?? []).toSorted(
    (one, other) => Date.parse(other.createdDate) - Date.parse(one.createdDate),
  )
  return (
    <>
      <ScreenHeading title="Profiling sessions">
        What the Java SDK code of a Vault costs. A session records for 20 minutes or 10,000 requests; then
        Vault prepares its results. One can be active at a time, and ten are kept.
      </ScreenHeading>
      <NewSession />
      <section aria-labelledby="sessions">
        <h2 id="sessions">Sessions</h2>
        <Problems of={problemsOf(error)} onRetry={refresh} />
        {sessions.length > 0 && (
          <ul className="rows">
            {sessions.map((session) => (
              <SessionRow key={session.id} session={session} onGone={refresh} />
            ))}
          </ul>
        )}
        {data?.profilingSessions?.length === 0 && (
          <Empty title="No session yet">Record one, use the part of Vault that is slow, and end it.</Empty>
        )}
      </section>
    </>
  )
}
