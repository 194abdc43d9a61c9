import { badUserInput } from '../core/errors.ts'
import type { ProfileKey } from './model.ts'

/** Feldera's own rule for the names of pipelines (`db/types/utils.rs`, `validate_name`). */
const pipelineNamePattern = /^[A-Za-z0-9_-]{1,100}$/

/** @throws GatewayError BAD_USER_INPUT for what cannot name a pipeline or a host of it */
export function profileKey(pipelineName: string, ordinal: number | null | undefined): ProfileKey {
  if (!pipelineNamePattern.test(pipelineName)) {
    throw badUserInput(
      `The name of a pipeline has 1 to 100 letters, digits, \`_\` and \`-\`; “${pipelineName.slice(0, 40)}” has not.`,
    )
  }
  const host = ordinal ?? 0
  if (host < 0) throw badUserInput(`\`ordinal\` is ${host}; it counts from 0.`)
  return { pipelineName, ordinal: host }
}

/** Names a profile among all that one caller watches. */
export function watchKey({ pipelineName, ordinal }: ProfileKey): string {
  return `${pipelineName}/${ordinal}`
}

/** Reads what {@link watchKey} wrote. */
export function profileKeyOf(key: string): ProfileKey {
  const slash = key.lastIndexOf('/')
  return { pipelineName: key.slice(0, slash), ordinal: Number(key.slice(slash + 1)) }
}
