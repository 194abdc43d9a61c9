import type { ReactNode } from 'react'
import { inWords, type Measure } from './measures.ts'
import type { HistogramBinFragment } from './operations.generated.ts'

/** How a measure is spread over requests: bars to look at, and the same as a table for who cannot. */
export function Histogram({
  title,
  bins,
  measure,
}: {
  readonly title: string
  readonly bins: readonly HistogramBinFragment[]
  readonly measure: Measure
}): ReactNode {
  const most = Math.max(...bins.map(({ count }) => count))
  return (
    <figure className="card histogram">
      <figcaption>{title}</figcaption>
      <table className="bars">
        <thead className="visually-hidden">
          <tr>
            <th scope="col">From</th>
            <th scope="col">Requests</th>
          </tr>
        </thead>
        <tbody>
          {bins.map(({ from, to, count }) => (
            <tr key={from}>
              <th scope="row">
                {inWords(from, measure)} – {inWords(to, measure)}
              </th>
              <td>
                <span className="bar" aria-hidden="true" style={{ width: `${(count / most) * 100}%` }} />
                <span className="bar-count">{count}</span>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </figure>
  )
}
