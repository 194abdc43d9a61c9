import type { ReactNode } from 'react'
import { Figure } from '../shell/figure.tsx'
import { sizeOf } from '../words/size.ts'
import { durationOf, type ResultsSummary } from './measures.ts'

const whole = new Intl.NumberFormat('en')
const nsPerMs = 1_000_000

/** What all requests of a session come to. */
export function Summary({
  of: { requestCount, userCount, totals, cpuTimeNs, elapsedTimeMs },
}: {
  readonly of: ResultsSummary
}): ReactNode {
  return (
    <>
      <dl className="numbers">
        <Figure title="Requests" value={whole.format(requestCount)} />
        <Figure title="Users" value={whole.format(userCount)} />
        <Figure title="Entry points" value={whole.format(totals.sdkCount)} />
        <Figure title="CPU time in all" value={durationOf(totals.cpuTimeNs)} />
        <Figure title="Memory in all" value={sizeOf(totals.grossMemoryBytes)} />
      </dl>
      <table className="table percentiles">
        <thead>
          <tr>
            <th scope="col">Percentiles</th>
            <th scope="col" className="number-cell">
              p50
            </th>
            <th scope="col" className="number-cell">
              p95
            </th>
            <th scope="col" className="number-cell">
              p99
            </th>
          </tr>
        </thead>
        <tbody>
          {cpuTimeNs !== null && <Percentiles title="CPU time" of={cpuTimeNs} ns={1} />}
          {elapsedTimeMs !== null && <Percentiles title="Elapsed time" of={elapsedTimeMs} ns={nsPerMs} />}
        </tbody>
      </table>
    </>
  )
}

function Percentiles({
  title,
  of: { p50, p95, p99 },
  ns,
}: {
  readonly title: string
  readonly of: NonNullable<ResultsSummary['cpuTimeNs']>
  /** How many nanoseconds the unit has. */
  readonly ns: number
}): ReactNode {
  return (
    <tr>
      <th scope="row">{title}</th>
      <td className="number-cell">{durationOf(p50 * ns)}</td>
      <td className="number-cell">{durationOf(p95 * ns)}</td>
      <td className="number-cell">{durationOf(p99 * ns)}</td>
    </tr>
  )
}
