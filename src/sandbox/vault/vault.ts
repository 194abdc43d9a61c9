import type { Clock } from '../../core/time.ts'
import type { CallLog } from '../call-log.ts'
import type { FaultList } from '../faults.ts'
import { type SandboxServer, startServer } from '../server.ts'
import { phaseAt } from '../timeline.ts'
import { createBurstMeter, type SandboxBurst } from './burst.ts'
import type { VaultState } from './call.ts'
import { createFaultEnvelopes } from './envelope.ts'
import type { JobRecord, SandboxJobDefinition } from './job.ts'
import { createJobStore } from './job-store.ts'
import {
  createProfilingSessionStore,
  demoProfilerPace,
  type ProfilerPace,
  type SandboxProfilingSession,
} from './profiling-sessions.ts'
import { routeVaultRequest, type VaultRouteName } from './routes.ts'
import { createUploadSessionStore, type SandboxUploadSession, type UploadedPart } from './upload-sessions.ts'
import { createUserStore, type SandboxUser } from './users.ts'

/** The session of the admin who is there from the start. */
export const demoSessionId = 'sandbox-demo'

/** The id of the admin who is there from the start. */
export const demoUserId = 1001

/** The name with which that admin signs in; the password is `sandbox`. */
export const demoUsername = 'ada@sandbox.example'

/** A job that was added. */
export interface SandboxJob {
  readonly id: number
  /** Its status by the sandbox's clock, as Vault would print it. Does not count as a call. */
  status(): string
}

/** The fake Vault: what a test scripts and what it asks afterwards. */
export interface SandboxVault {
  /** Such as `http://127.0.0.1:49152`; the API is under `/api/{any version}/`. */
  readonly url: string
  readonly demoSessionId: typeof demoSessionId
  readonly demoUserId: number
  readonly calls: CallLog<VaultRouteName>
  readonly faults: FaultList<VaultRouteName>
  readonly burst: SandboxBurst
  /** The error type of a key that Vault does not know. Default: INVALID_DATA. */
  unknownKeyErrorType: string
  /** How many sessions a page of the list of uploads has. Undefined, as at first: all are on one page. */
  uploadListPageSize: number | undefined
  addUser(user: SandboxUser): void
  /** How often one user may try to sign in within a minute before that is API_LIMIT_EXCEEDED. Default: 20. */
  authBurstLimit: number
  /** From now on every call with this session answers INVALID_SESSION_ID. */
  endSession(sessionId: string): void
  addJob(job?: SandboxJobDefinition): SandboxJob
  /**
   * Gives a job a status now, whatever its timeline says, and forgets the timeline. `finished` decides for
   * a status that Vault's documentation does not know.
   */
  setJobStatus(id: number, status: string, options?: { finished?: boolean }): void
  /** Gives a task of an SDK job a state now, and forgets the task's timeline. */
  setJobTaskState(id: number, taskId: string, state: string): void
  /** Returns the session's id. */
  addUploadSession(session: SandboxUploadSession): string
  /** From now on so many bytes have arrived, and no more do by themselves. */
  setUploaded(id: string, uploadedBytes: number): void
  removeUploadSession(id: string): void
  /** The parts of a file that was committed, in order; undefined where there is no such file. */
  stagedFile(path: string): readonly UploadedPart[] | undefined
  /** The error type of what the rules of profiling sessions forbid. Default: OPERATION_NOT_ALLOWED. */
  profilerRuleErrorType: string
  /** How long the sessions take that callers create from now on. Default: two minutes and twenty seconds. */
  profilerPace: ProfilerPace
  addProfilingSession(session: SandboxProfilingSession): void
  /** Gives a profiling session a status now, such as `complete__sys`, and forgets its timeline. */
  setProfilingSessionStatus(name: string, status: string): void
  removeProfilingSession(name: string): void
}

/** What a running Vault is made of; scenes fill its state. */
export interface RunningVault {
  vault: SandboxVault
  state: VaultState
  stop(): Promise<void>
}

/** Starts a Vault that has the demo user and nothing else. */
export async function startVault(options: {
  clock: Clock
  host: string
  port: number
  keepAliveTimeoutMs: number
  jobStatusWindowMs: number
  /** Called before every call is answered, so that a scene can go on. */
  beforeAnswer: (state: VaultState) => void
}): Promise<RunningVault> {
  const state = createState(options.clock, options.jobStatusWindowMs)
  const server = await startServer(
    {
      route(request) {
        const { route, answer } = routeVaultRequest(state, request)
        return {
          route,
          answer() {
            options.beforeAnswer(state)
            return answer()
          },
        }
      },
      envelopes: createFaultEnvelopes(state),
    },
    options,
  )
  return { vault: createVault(state, server), state, stop: server.stop }
}

function createState(clock: Clock, jobStatusWindowMs: number): VaultState {
  const now = () => clock.now()
  const users = createUserStore()
  users.add({ id: demoUserId, sessionId: demoSessionId, admin: true, username: demoUsername })
  return {
    now,
    vaultId: 2026,
    jobStatusWindowMs,
    unknownKeyErrorType: 'INVALID_DATA',
    jobs: createJobStore(demoUserId, now),
    uploadSessions: createUploadSessionStore(demoUserId, now),
    uploadListPageSize: undefined,
    profilingSessions: createProfilingSessionStore(now),
    profilerPace: demoProfilerPace,
    profilerRuleErrorType: 'OPERATION_NOT_ALLOWED',
    users,
    authAttempts: new Map(),
    authBurstLimit: 20,
    burst: createBurstMeter(now),
  }
}

function createVault(state: VaultState, server: SandboxServer): SandboxVault {
  const { jobs, uploadSessions, profilingSessions, users } = state
  return {
    url: server.url,
    demoSessionId,
    demoUserId,
    calls: server.calls,
    faults: server.faults,
    burst: state.burst,
    get unknownKeyErrorType() {
      return state.unknownKeyErrorType
    },
    set unknownKeyErrorType(type) {
      state.unknownKeyErrorType = type
    },
    get uploadListPageSize() {
      return state.uploadListPageSize
    },
    set uploadListPageSize(size) {
      state.uploadListPageSize = size
    },
    get profilerRuleErrorType() {
      return state.profilerRuleErrorType
    },
    set profilerRuleErrorType(type) {
      state.profilerRuleErrorType = type
    },
    get profilerPace() {
      return state.profilerPace
    },
    set profilerPace(pace) {
      state.profilerPace = pace
    },
    addUser: users.add,
    get authBurstLimit() {
      return state.authBurstLimit
    },
    set authBurstLimit(limit) {
      state.authBurstLimit = limit
    },
    endSession: users.endSession,
    addJob(definition = {}) {
      const job = jobs.add(definition)
      return { id: job.id, status: () => phaseAt(job.phases, state.now()).status }
    },
    setJobStatus: (id, status, options = {}) => jobs.change(knownJob(state, id), { status, ...options }),
    setJobTaskState(id, taskId, taskState) {
      const task = knownJob(state, id).tasks?.find((candidate) => candidate.id === taskId)
      if (task === undefined) throw new Error(`Job ${id} of the sandbox has no task ${taskId}.`)
      task.phases = [{ atMs: Number.NEGATIVE_INFINITY, status: taskState }]
    },
    addUploadSession: uploadSessions.add,
    setUploaded: uploadSessions.setUploaded,
    removeUploadSession: uploadSessions.remove,
    stagedFile: uploadSessions.stagedFile,
    addProfilingSession: (session) => void profilingSessions.add(session),
    setProfilingSessionStatus: profilingSessions.setStatus,
    removeProfilingSession: profilingSessions.remove,
  }
}

function knownJob(state: VaultState, id: number): JobRecord {
  const job = state.jobs.find(id)
  if (job === undefined) throw new Error(`The sandbox has no job ${id}.`)
  return job
}
