import { type ReactNode, useEffect } from 'react'
import { useQuery } from 'urql'
import { problemsOf } from '../gateway/problem.ts'
import { Empty } from '../shell/empty.tsx'
import { Problems } from '../shell/problems.tsx'
import { ScreenHeading } from '../shell/screen-heading.tsx'
import { ActiveJobs } from './active-jobs.tsx'
import { inOrder, recentJobs } from './job-list.ts'
import { JobNumbers } from './job-numbers.tsx'
import { RecentJobsDocument } from './operations.generated.ts'
import { RecentJobs } from './recent-jobs.tsx'
import { useActiveJobs } from './use-active-jobs.ts'
import './jobs.css'

/** The jobs of Vault: those under way, live, and those that have finished lately. */
export function JobsScreen(): ReactNode {
  const live = useActiveJobs()
  const [{ data, error, fetching }, ask] = useQuery({
    query: RecentJobsDocument,
    requestPolicy: 'cache-and-network',
  })
  const active = inOrder(live.active.values())
  const recent = recentJobs(live, data?.completedJobs?.nodes ?? [])
  const isEmpty = active.length === 0
  useEffect(() => {
    // That there is nothing is told by no message, and what finished while there was no connection neither.
    if (isEmpty || live.connections > 1) ask({ requestPolicy: 'network-only' })
  }, [isEmpty, live.connections, ask])
  return (
    <>
      <ScreenHeading title="Jobs">
        What Vault works on, as it happens. What has finished moves to the list below.
      </ScreenHeading>
      <JobNumbers jobs={active} />
      <Problems of={live.problems} />
      <section aria-labelledby="active-jobs">
        <h2 id="active-jobs">Active</h2>
        {!isEmpty && <ActiveJobs jobs={active} />}
        {isEmpty && !fetching && data?.activeJobs?.totalCount === 0 && (
          <Empty title="Vault has nothing to do">A job that is started appears here.</Empty>
        )}
      </section>
      <section aria-labelledby="recent-jobs">
        <h2 id="recent-jobs">Recently finished</h2>
        <Problems of={problemsOf(error)} onRetry={() => ask({ requestPolicy: 'network-only' })} />
        {recent.length > 0 && <RecentJobs jobs={recent} />}
        {recent.length === 0 && !fetching && error === undefined && (
          <Empty title="Nothing has finished yet" />
        )}
      </section>
    </>
  )
}
