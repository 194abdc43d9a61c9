import type { Answer } from '../answer.ts'
import { felderaError } from './errors.ts'
import type { PipelineRecord } from './pipeline.ts'

/** The manager's own 503s carry it from v0.330.0 on; the pipeline's do not (Feldera's commit b8d39a870). */
const managerRetryAfter = { 'Retry-After': '5' }

/**
 * What a pipeline that does not run answers (Feldera's `crates/pipeline-manager/src/runner/error.rs` and
 * `crates/adapters/src/server/error.rs`); undefined: it runs.
 */
export function refusalOf(pipeline: PipelineRecord): Answer | undefined {
  const name = pipeline.definition.name
  switch (pipeline.state) {
    case 'running':
    case 'never-profiled':
    case 'collecting':
    case 'failed':
      return undefined
    case 'stopped':
      return felderaError(
        503,
        'PipelineInteractionNotDeployed',
        `The pipeline ${name} is not deployed.`,
        { pipeline_name: name, status: 'Stopped', desired_status: 'Stopped' },
        managerRetryAfter,
      )
    case 'unavailable':
      return felderaError(
        503,
        'PipelineUnavailable',
        `The pipeline ${name} is unavailable at the moment.`,
        { pipeline_name: name },
        managerRetryAfter,
      )
    case 'unreachable':
      return felderaError(
        503,
        'PipelineInteractionUnreachable',
        `The pipeline ${name} could not be reached.`,
        { pipeline_name: name, request: 'samply_profile', error: 'timeout' },
        managerRetryAfter,
      )
    case 'initializing':
      return felderaError(503, 'Initializing', 'The pipeline is initializing.')
    case 'awaiting-approval':
      return felderaError(503, 'AwaitingApproval', 'The pipeline waits for an approval.')
    case 'suspended':
      return felderaError(503, 'Suspended', 'The pipeline is suspended.')
    case 'terminating':
      return felderaError(410, 'Terminating', 'The pipeline is terminating.')
  }
}
