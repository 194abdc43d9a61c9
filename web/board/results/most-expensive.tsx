import { type ReactNode, useState } from 'react'
import { Empty } from '../shell/empty.tsx'
import { Problems } from '../shell/problems.tsx'
import type { Measure } from './measures.ts'
import { ResultsTable } from './results-table.tsx'
import { useResults } from './use-results.ts'

/** How many rows are shown at first, and with each step more. */
const rowsPerStep = 25

/** The requests that cost most of one measure. */
export function MostExpensive({
  name,
  measure,
}: {
  readonly name: string
  readonly measure: Measure
}): ReactNode {
  const { rows, totalCount, problems, isLoading, next, more, again } = useResults(name, measure)
  const [shown, setShown] = useState(rowsPerStep)

  function showMore() {
    if (shown + rowsPerStep > rows.length && next !== null) more()
    setShown(shown + rowsPerStep)
  }

  return (
    <>
      <Problems of={problems} onRetry={again} />
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
