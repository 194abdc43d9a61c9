import type { ReactNode } from 'react'
import { useQuery } from 'urql'
import { problemsOf } from '../gateway/problem.ts'
import { Problems } from '../shell/problems.tsx'
import { PipelinesDocument } from './operations.generated.ts'
import { PipelineList } from './pipeline-list.tsx'
import { PipelineProfile } from './pipeline-profile.tsx'
import './pipelines.css'

/** The pipelines of Feldera: all of them, or the CPU profile of one. */
export function PipelinesScreen({ name }: { readonly name: string | undefined }): ReactNode {
  const [{ data, error }, ask] = useQuery({
    query: PipelinesDocument,
    requestPolicy: 'cache-and-network',
  })
  const pipelines = data?.pipelines ?? undefined
  const problems = <Problems of={problemsOf(error)} onRetry={() => ask({ requestPolicy: 'network-only' })} />
  if (name === undefined) return <PipelineList pipelines={pipelines} problems={problems} />
  return (
    <PipelineProfile
      key={name}
      name={name}
      pipeline={pipelines?.find((pipeline) => pipeline.name === name)}
      problems={problems}
    />
  )
}
