import { type ReactNode, useState } from 'react'
import { useQuery } from 'urql'
import { problemsOf } from '../gateway/problem.ts'
import { DownloadResults } from '../profiling/download-results.tsx'
import { Empty } from '../shell/empty.tsx'
import { Problems } from '../shell/problems.tsx'
import { linkTo } from '../shell/route.ts'
import { ScreenTitle } from '../shell/screen-title.tsx'
import { Segments } from '../shell/segments.tsx'
import { Histogram } from './histogram.tsx'
import { histogramOf, type Measure, measures, nameOf, type ResultsSummary } from './measures.ts'
import { MostExpensive } from './most-expensive.tsx'
import { ResultsSummaryDocument } from './operations.generated.ts'
import { Summary } from './summary.tsx'
import './results.css'

/** What one profiling session has recorded. */
export function SessionResults({ name }: { readonly name: string }): ReactNode {
  const [{ data, error, fetching }] = useQuery({ query: ResultsSummaryDocument, variables: { name } })
  const session = data?.profilingSession ?? undefined
  const summary = session?.resultsSummary ?? undefined
  return (
    <>
      <div className="screen-heading">
        <p>
          <a href={linkTo('profiling')}>All sessions</a>
        </p>
        <div className="section-head">
          <ScreenTitle>{session?.label ?? name}</ScreenTitle>
          {summary !== undefined && <DownloadResults name={name} label={session?.label ?? name} />}
        </div>
        {session !== undefined && <p className="quiet">{session.description}</p>}
      </div>
      <Problems of={problemsOf(error)} />
      {fetching && session === undefined && <p className="quiet">The gateway reads the results…</p>}
      {data?.profilingSession === null && error === undefined && <Empty title="There is no such session" />}
      {session !== undefined && session.status !== 'COMPLETE' && (
        <Empty title="The results are not there yet">Vault prepares them when the session has ended.</Empty>
      )}
      {summary !== undefined && (
        <>
          <Summary of={summary} />
          <Requests name={name} summary={summary} />
        </>
      )}
    </>
  )
}

function Requests({ name, summary }: { readonly name: string; readonly summary: ResultsSummary }): ReactNode {
  const [measure, setMeasure] = useState<Measure>('CPU_TIME')
  const bins = histogramOf(summary, measure)
  return (
    <section aria-labelledby="requests">
      <div className="section-head">
        <h2 id="requests">Requests</h2>
        <Segments legend="Order by" options={measures} chosen={measure} onChoose={setMeasure} />
      </div>
      {bins.length > 0 && (
        <Histogram title={`${nameOf(measure)} of all requests`} bins={bins} measure={measure} />
      )}
      <MostExpensive key={measure} name={name} measure={measure} />
    </section>
  )
}
