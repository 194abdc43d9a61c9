import { type ReactNode, useState } from 'react'
import { linkTo } from '../shell/route.ts'
import { ScreenTitle } from '../shell/screen-title.tsx'
import { CollectForm } from './collect-form.tsx'
import type { PipelineRow } from './pipeline-list.tsx'
import { ProfileState } from './profile-state.tsx'
import { StatusOfPipeline } from './status.tsx'

/** One collection that this page has begun. */
export interface Collection {
  readonly beganMs: number
  readonly durationSecs: number
}

/** The CPU profile of a pipeline: how to collect one, how that goes, and what it shows. */
export function PipelineProfile({
  name,
  pipeline,
  problems,
}: {
  readonly name: string
  /** Undefined where Feldera has not told of it. */
  readonly pipeline: PipelineRow | undefined
  readonly problems: ReactNode
}): ReactNode {
  const [collection, setCollection] = useState<Collection>()
  return (
    <>
      <div className="screen-heading">
        <p>
          <a href={linkTo('pipelines')}>All pipelines</a>
        </p>
        <div className="section-head">
          <ScreenTitle>{name}</ScreenTitle>
          {pipeline !== undefined && <StatusOfPipeline {...pipeline} />}
        </div>
        {pipeline?.description !== null && <p className="quiet">{pipeline?.description}</p>}
      </div>
      {problems}
      <CollectForm name={name} canProfile={pipeline?.canProfile ?? true} onBegun={setCollection} />
      {/* What is followed ends with a profile, so each collection is followed anew. */}
      <ProfileState key={collection?.beganMs ?? 0} name={name} collection={collection} />
    </>
  )
}
