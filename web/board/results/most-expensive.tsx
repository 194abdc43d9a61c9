import { type ReactNode, useState } from 'react'
import { Empty } from '../shell/empty.tsx'
import { Problems } from '../shell/problems.tsx'
import { Histogram } from './histogram.tsx'
import { binsOf } from './histogram-bins.ts'
import { type Measure, measureOf, nameOf } from './measures.ts'
import { ResultsTable } from './results-table.tsx'
import { useResults } from './use-results.ts'

/** How many rows are shown at first, and with each step more. */
const rowsPerStep = 25

/** The requests that cost most of one measure: how their costs are spread, and each by itself. */
export function MostExpensive({
  name,
  measure,
}: {
  readonly name: string
  readonly measure: Measure
}): ReactNode {
  const { rows, totalCount, problems, isLoading, next, more } = useResults(name, measure)
  const [shown, setShown] = useState(rowsPerStep)
  const bins = binsOf(rows.flatMap((row) => measureOf(row, measure) ?? []))
  const isAll = rows.length === totalCount

  function showMore() {
    if (shown + rowsPerStep > rows.length && next !== null) more()
    setShown(shown + rowsPerStep)
  }

  return (
    <>
      <Problems of={problems} />
      {bins.length > 0 && (
        <Histogram
          title={`${nameOf(measure)} of ${isAll ? `all ${rows.length}` : `the ${rows.length} most expensive`} requests`}
          bins={bins}
          measure={measure}
        />
      )}
      {rows.length > 0 && <ResultsTable rows={rows.slice(0, shown)} measure={measure} />}
      {totalCount === 0 && (
        <Empty title="No request was recorded">Nobody used SDK code while the session recorded.</Empty>
      )}
      {(next !== null || shown < rows.length) && (
        <button type="button" className="button more" disabled={isLoading} onClick={showMore}>
          {isLoading ? 'Loading…' : `Show more: ${Math.min(shown, rows.length)} of ${totalCount} are shown`}
        </button>
      )}
    </>
  )
}
