import type { OperationScope } from '../core/operation.ts'
import type { PipelinesClient } from './client.ts'
import type { Pipeline } from './model.ts'

/** The pipeline loaders of one operation. */
export interface PipelineLoaders {
  /** The whole list, called for once. */
  all(): Promise<readonly Pipeline[]>
}

declare module '../core/operation.ts' {
  interface Loaders {
    readonly pipelines: PipelineLoaders
  }
}

/** Makes the pipeline loaders of one operation. */
export function createPipelineLoaders(
  client: PipelinesClient,
  { caller, signal }: OperationScope,
): PipelineLoaders {
  const list = async () => client.list(caller.feldera(), signal)
  let listed: Promise<readonly Pipeline[]> | undefined
  return {
    all() {
      listed ??= list()
      return listed
    },
  }
}
