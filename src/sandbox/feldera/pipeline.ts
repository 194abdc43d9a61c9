import { randomUUID } from 'node:crypto'
import { createSamplyProfile } from '../profile/samply-profile.ts'
import { type Collection, type Failure, type Host, type Outcome, settleHost } from './collection.ts'

/**
 * What a pipeline answers about its profile: `running` has a profile, `never-profiled`, `collecting` and
 * `failed` run too; the others do not, each with an answer of its own (`pipeline-refusals.ts`).
 */
export type PipelineState =
  | 'running'
  | 'never-profiled'
  | 'collecting'
  | 'failed'
  | 'stopped'
  | 'unavailable'
  | 'unreachable'
  | 'initializing'
  | 'awaiting-approval'
  | 'suspended'
  | 'terminating'

/** A pipeline to add. */
export interface SandboxPipeline {
  name: string
  /** Default: empty, which is how Feldera says that there is none. */
  description?: string
  /** Default: `running`. */
  state?: PipelineState
  /** The gzip that a successful collection leaves. Default: a generated one, another for each collection. */
  profile?: Uint8Array
  /** The number of hosts, each with a profile of its own. Default: one host, and `ordinal` is ignored. */
  ordinals?: number
  /** How long the collection of the state `collecting` samples, from now. Default: 30. */
  durationSecs?: number
  /** How long samply writes after the window, while `Retry-After` is 0. Default: 3000. */
  symbolicationMs?: number
  /** Whether collections end when their time is over, or only by `finishCollection` and `failCollection`. */
  collectionsEnd?: 'by-clock' | 'by-hand'
  /** Collections fail: the POST itself, or after their time. Default: they succeed. */
  collectionsFail?: 'at-once' | 'at-the-end'
  /** The `details` of a failure. */
  failureDetails?: string
  /** Answers 307 where Feldera answers 204, as older documentation has it. Default: false. */
  legacyRedirect?: boolean
  /** The `Authorization` values that see it; to others it is unknown. Default: everybody. */
  visibleTo?: readonly string[]
}

/** How a collection starts. */
export interface CollectionStart {
  /** Default: 30. */
  durationSecs?: number
  /** Default: 0. */
  ordinal?: number
}

/** A pipeline in the sandbox. */
export interface PipelineRecord {
  readonly id: string
  readonly definition: SandboxPipeline
  readonly createdMs: number
  state: PipelineState
  stateSinceMs: number
  hosts: readonly Host[]
  /** How many profiles it has made, so that each is another. */
  profilesMade: number
}

const failureByDefault = 'samply exited with status 1: perf_event_open failed (perf_event_paranoid is 2)'

/** Makes a pipeline in its first state. */
export function createPipelineRecord(definition: SandboxPipeline, nowMs: number): PipelineRecord {
  const record: PipelineRecord = {
    id: randomUUID(),
    definition,
    createdMs: nowMs,
    state: 'running',
    stateSinceMs: nowMs,
    hosts: [],
    profilesMade: 0,
  }
  changePipelineState(record, definition.state ?? 'running', nowMs)
  return record
}

/** Puts a pipeline into a state, on every host; what it had in memory is gone. */
export function changePipelineState(record: PipelineRecord, state: PipelineState, nowMs: number) {
  record.state = state
  record.stateSinceMs = nowMs
  record.hosts = Array.from({ length: record.definition.ordinals ?? 1 }, () => ({
    running: undefined,
    last: outcomeIn(record, state),
  }))
  if (state !== 'collecting') return
  for (const host of record.hosts) beginCollection(record, host, record.definition.durationSecs ?? 30, nowMs)
}

/** The host that an ordinal means: a pipeline of one host ignores it (Feldera's `crates/adapters/src/server.rs`). */
export function hostOf(record: PipelineRecord, ordinal: number): Host | undefined {
  return record.definition.ordinals === undefined ? record.hosts[0] : record.hosts[ordinal]
}

/** Starts a collection on a host, in place of one that runs. */
export function beginCollection(record: PipelineRecord, host: Host, durationSecs: number, nowMs: number) {
  const { symbolicationMs = 3000, collectionsEnd, collectionsFail } = record.definition
  const windowEndMs = nowMs + durationSecs * 1000
  const collection: Collection = {
    windowEndMs,
    doneMs: collectionsEnd === 'by-hand' ? Number.POSITIVE_INFINITY : windowEndMs + symbolicationMs,
    outcome: collectionsFail === undefined ? success(record) : failure(record),
  }
  settleHost(host, nowMs)
  host.running = collection
}

/** What a failed collection leaves. */
export function failure(record: PipelineRecord, details = record.definition.failureDetails): Failure {
  return { kind: 'failure', details: details ?? failureByDefault }
}

/** What a successful collection leaves; a generated profile is made at the first look at it. */
export function success(record: PipelineRecord, given = record.definition.profile): Outcome {
  if (given !== undefined) return { kind: 'profile', profile: () => given }
  record.profilesMade += 1
  const seed = record.profilesMade
  let made: Uint8Array | undefined
  return {
    kind: 'profile',
    profile() {
      made ??= createSamplyProfile({ product: record.definition.name, seed })
      return made
    },
  }
}

function outcomeIn(record: PipelineRecord, state: PipelineState): Outcome {
  if (state === 'running') return success(record)
  return state === 'failed' ? failure(record) : { kind: 'nothing' }
}
