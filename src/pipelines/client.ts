import { z } from 'zod'
import type { Access } from '../core/identity.ts'
import { decode } from '../upstream/decode.ts'
import { type FelderaClient, felderaFailure } from '../upstream/feldera.ts'
import { pathOf } from '../upstream/path.ts'
import { type Pipeline, pipelineStatusOf } from './model.ts'

/** Older and newer servers list other fields; one that does not fit costs itself alone. */
const pipelineSchema = z.object({
  name: z.string().min(1),
  description: z.string().min(1).nullable().catch(null),
  deployment_status: z.string().catch(''),
})

/** What has no name cannot be asked for, and is left out. */
const listSchema = z.compile(
  z.array(z.unknown()).transform((elements) =>
    elements.flatMap((element) => {
      const pipeline = pipelineSchema.safeParse(element)
      return pipeline.success ? [pipeline.data] : []
    }),
  ),
)

/** Feldera's list of pipelines. */
export interface PipelinesClient {
  /** All of the caller's tenant, in Feldera's order. */
  list(access: Access, signal: AbortSignal): Promise<readonly Pipeline[]>
}

/** Makes the client of Feldera's list of pipelines. */
export function createPipelinesClient(feldera: FelderaClient): PipelinesClient {
  return {
    async list(access, signal) {
      const query = { selector: 'status' }
      const answer = await feldera.get(access, pathOf`/v0/pipelines`, { query, signal })
      if (answer.status !== 200) throw felderaFailure(answer, access, 'GET')
      const upstream = { service: 'feldera', status: answer.status } as const
      return decode(listSchema, answer.body, 'the list of pipelines', upstream).map(pipelineOf)
    },
  }
}

const pipelineOf = ({
  name,
  description,
  deployment_status: rawStatus,
}: z.output<typeof pipelineSchema>): Pipeline => ({
  name,
  description,
  status: pipelineStatusOf(rawStatus),
  rawStatus,
})
