import type { ReactNode } from 'react'
import { inFull } from '../words/time.ts'
import { inWords, type Measure } from './measures.ts'
import type { ResultRowFragment } from './operations.generated.ts'

/** The requests, the most expensive first. */
export function ResultsTable({
  rows,
  measure,
}: {
  readonly rows: readonly ResultRowFragment[]
  readonly measure: Measure
}): ReactNode {
  const className = (one: Measure) => `number-cell ${one === measure ? 'main-cell' : 'wide'}`
  return (
    <table className="table results">
      <thead>
        <tr>
          <th scope="col">Request</th>
          <th scope="col" className="wide">
            User
          </th>
          <th scope="col" className="wide number-cell">
            Entry points
          </th>
          <th scope="col" className={className('MEMORY')}>
            Memory
          </th>
          <th scope="col" className={className('ELAPSED_TIME')}>
            Elapsed
          </th>
          <th scope="col" className={className('CPU_TIME')}>
            CPU
          </th>
        </tr>
      </thead>
      <tbody>
        {rows.map((row) => (
          <tr key={row.id}>
            <th scope="row">
              <span className="title function-name">{row.sdkRequestId ?? row.id}</span>
              <span className="under">{timeOf(row)}</span>
            </th>
            <td className="wide">{row.userName ?? row.userId ?? '–'}</td>
            <td className="wide number-cell">{row.sdkCount ?? '–'}</td>
            <td className={className('MEMORY')}>{inWords(row.grossMemoryBytes, 'MEMORY')}</td>
            <td className={className('ELAPSED_TIME')}>{inWords(row.elapsedTimeMs, 'ELAPSED_TIME')}</td>
            <td className={className('CPU_TIME')}>{inWords(row.cpuTimeNs, 'CPU_TIME')}</td>
          </tr>
        ))}
      </tbody>
    </table>
  )
}

function timeOf({ timestamp, rawTimestamp }: ResultRowFragment): string {
  return timestamp === null ? (rawTimestamp ?? 'time not known') : inFull(timestamp)
}
