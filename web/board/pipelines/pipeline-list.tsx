import type { ReactNode } from 'react'
import { Empty } from '../shell/empty.tsx'
import { linkTo } from '../shell/route.ts'
import { ScreenHeading } from '../shell/screen-heading.tsx'
import type { PipelinesQuery } from './operations.generated.ts'
import { StatusOfPipeline } from './status.tsx'

/** A pipeline as the screens show it. */
export type PipelineRow = NonNullable<PipelinesQuery['pipelines']>[number]

/** All pipelines; each leads to its profile. */
export function PipelineList({
  pipelines,
  problems,
}: {
  /** Undefined: not known yet. */
  readonly pipelines: readonly PipelineRow[] | undefined
  readonly problems: ReactNode
}): ReactNode {
  return (
    <>
      <ScreenHeading title="Pipelines">Where the pipelines of Feldera spend their time.</ScreenHeading>
      {problems}
      {pipelines?.length === 0 && (
        <Empty title="Feldera has no pipeline">One that is made in Feldera’s console appears here.</Empty>
      )}
      {pipelines !== undefined && pipelines.length > 0 && (
        <ul className="rows">
          {pipelines.map(({ name, description, canProfile, ...status }) => (
            <li key={name} className="row">
              <div className="row-head">
                <div>
                  <h2 className="pipeline-name">
                    <a href={linkTo('pipelines', name)}>{name}</a>
                  </h2>
                  <p className="under">
                    {description ?? (canProfile ? 'A profile can be collected' : 'Cannot be profiled now')}
                  </p>
                </div>
                <StatusOfPipeline {...status} />
              </div>
            </li>
          ))}
        </ul>
      )}
    </>
  )
}
