import type { Clock } from '../../core/time.ts'
import type { CallLog } from '../call-log.ts'
import type { FaultList } from '../faults.ts'
import { type SandboxServer, startServer } from '../server.ts'
import { type Host, settleHost } from './collection.ts'
import {
  beginCollection,
  type CollectionStart,
  changePipelineState,
  createPipelineRecord,
  failure,
  hostOf,
  type PipelineRecord,
  type PipelineState,
  type SandboxPipeline,
  success,
} from './pipeline.ts'
import { type FelderaRouteName, type FelderaState, routeFelderaRequest } from './routes.ts'

/** The fake Feldera: what a test scripts and what it asks afterwards. */
export interface SandboxFeldera {
  /** Such as `http://127.0.0.1:49153`; the API is under `/v0/`. */
  readonly url: string
  readonly calls: CallLog<FelderaRouteName>
  readonly faults: FaultList<FelderaRouteName>
  /** The only `Authorization` values that are let in; undefined, as at first, lets everybody in. */
  requireAuthorization(values: readonly string[] | undefined): void
  /** Adds a pipeline, in place of one with the same name. */
  addPipeline(pipeline: SandboxPipeline): void
  removePipeline(name: string): void
  /** Puts a pipeline into a state, on every host; profiles and collections that it had are gone. */
  setPipelineState(name: string, state: PipelineState): void
  /** Starts a collection as a POST would, in place of one that runs. */
  startCollection(name: string, start?: CollectionStart): void
  /** The collection has succeeded now, whether one ran or not. */
  finishCollection(name: string, outcome?: { profile?: Uint8Array; ordinal?: number }): void
  /** The collection has failed now, whether one ran or not. */
  failCollection(name: string, outcome?: { details?: string; ordinal?: number }): void
}

/** A Feldera that listens. */
export interface RunningFeldera {
  feldera: SandboxFeldera
  stop(): Promise<void>
}

/** Starts a Feldera without pipelines. */
export async function startFeldera(options: {
  clock: Clock
  host: string
  port: number
  keepAliveTimeoutMs: number
}): Promise<RunningFeldera> {
  const { clock } = options
  const state: FelderaState = { now: () => clock.now(), pipelines: new Map(), authorizations: undefined }
  const server = await startServer({ route: (request) => routeFelderaRequest(state, request) }, options)
  return { feldera: createFeldera(state, server), stop: server.stop }
}

function createFeldera(state: FelderaState, server: SandboxServer): SandboxFeldera {
  function known(name: string): PipelineRecord {
    const pipeline = state.pipelines.get(name)
    if (pipeline === undefined) throw new Error(`The sandbox has no pipeline ${name}.`)
    return pipeline
  }

  function knownHost(pipeline: PipelineRecord, ordinal = 0): Host {
    const host = hostOf(pipeline, ordinal)
    if (host === undefined) throw new Error(`${pipeline.definition.name} has no ordinal ${ordinal}.`)
    settleHost(host, state.now())
    return host
  }

  return {
    url: server.url,
    calls: server.calls,
    faults: server.faults,
    requireAuthorization(values) {
      state.authorizations = values
    },
    addPipeline: (pipeline) =>
      state.pipelines.set(pipeline.name, createPipelineRecord(pipeline, state.now())),
    removePipeline: (name) => state.pipelines.delete(name),
    setPipelineState: (name, pipelineState) => changePipelineState(known(name), pipelineState, state.now()),
    startCollection(name, start = {}) {
      const pipeline = known(name)
      const host = knownHost(pipeline, start.ordinal)
      beginCollection(pipeline, host, start.durationSecs ?? 30, state.now())
    },
    finishCollection(name, outcome = {}) {
      const pipeline = known(name)
      const host = knownHost(pipeline, outcome.ordinal)
      host.last = success(pipeline, outcome.profile)
      host.running = undefined
    },
    failCollection(name, outcome = {}) {
      const pipeline = known(name)
      const host = knownHost(pipeline, outcome.ordinal)
      host.last = failure(pipeline, outcome.details)
      host.running = undefined
    },
  }
}
