import { type Answer, jsonAnswer } from '../answer.ts'
import type { PipelineRecord, PipelineState } from './pipeline.ts'

/** The states in which a pipeline is not simply Running (Feldera's API, `GET …/pipelines`, `deployment_status`). */
const deploymentStatuses: Partial<Record<PipelineState, string>> = {
  stopped: 'Stopped',
  unavailable: 'Unavailable',
  unreachable: 'Unavailable',
  initializing: 'Initializing',
  'awaiting-approval': 'AwaitingApproval',
  suspended: 'Suspended',
  terminating: 'Stopping',
}

/** `GET pipelines` (Feldera's API): a bare array with the fields of `selector=status`, whatever the selector. */
export function answerPipelines(pipelines: readonly PipelineRecord[]): Answer {
  return jsonAnswer(200, pipelines.map(listed))
}

function listed(pipeline: PipelineRecord) {
  const status = deploymentStatuses[pipeline.state] ?? 'Running'
  const isStopped = status === 'Stopped'
  return {
    id: pipeline.id,
    name: pipeline.definition.name,
    description: pipeline.definition.description ?? '',
    tags: [],
    created_at: new Date(pipeline.createdMs).toISOString(),
    platform_version: '0.336.0',
    program_status: 'Success',
    deployment_status: status,
    deployment_status_since: new Date(pipeline.stateSinceMs).toISOString(),
    deployment_desired_status: isStopped ? 'Stopped' : 'Running',
    deployment_resources_status: isStopped ? 'Stopped' : 'Provisioned',
    deployment_runtime_status: isStopped ? null : status,
    deployment_error: null,
  }
}
