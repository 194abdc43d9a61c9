import { type ReactNode, useState } from 'react'
import { useQuery } from 'urql'
import { problemsOf } from '../gateway/problem.ts'
import { Problems } from '../shell/problems.tsx'
import { Segments } from '../shell/segments.tsx'
import { percentOf } from '../words/size.ts'
import { type HotFunctionOrder, HotFunctionsDocument } from './operations.generated.ts'

/** The functions that cost most. */
export function HotFunctions({
  name: pipelineName,
  thread,
}: {
  readonly name: string
  readonly thread: string | undefined
}): ReactNode {
  const [by, setBy] = useState<HotFunctionOrder>('SELF')
  const [{ data, error }] = useQuery({
    query: HotFunctionsDocument,
    variables: { pipelineName, thread: thread ?? null, by },
    requestPolicy: 'network-only',
  })
  const profile = data?.samplyProfile
  const functions =
    (profile?.__typename === 'SamplyProfile' ? profile.analysis?.hotFunctions : undefined) ?? []
  return (
    <section aria-labelledby="hot-functions">
      <div className="section-head">
        <h2 id="hot-functions">Hottest functions</h2>
        <Segments legend="Order by" options={orders} chosen={by} onChoose={setBy} />
      </div>
      <Problems of={problemsOf(error)} />
      {functions.length > 0 && (
        <table className="table hot">
          <thead>
            <tr>
              <th scope="col">Function</th>
              <th scope="col" className="number-cell">
                Self
              </th>
              <th scope="col" className="number-cell">
                Total
              </th>
            </tr>
          </thead>
          <tbody>
            {functions.map(({ name, library, selfShare, totalShare }) => (
              <tr key={`${library} ${name}`}>
                <th scope="row">
                  <span className="title function-name">{name}</span>
                  <span className="under">{library ?? 'library not known'}</span>
                </th>
                <ShareCell share={selfShare} isMain={by === 'SELF'} />
                <ShareCell share={totalShare} isMain={by === 'TOTAL'} />
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </section>
  )
}

function ShareCell({ share, isMain }: { readonly share: number; readonly isMain: boolean }): ReactNode {
  return (
    <td className={`number-cell share ${isMain ? 'share-main' : ''}`}>
      {percentOf(share)}
      <span className="share-bar" aria-hidden="true">
        <span style={{ width: `${share * 100}%` }} />
      </span>
    </td>
  )
}

const orders = [
  ['SELF', 'Self'],
  ['TOTAL', 'Total'],
] as const
