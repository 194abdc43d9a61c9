import type { SandboxRequest } from '../service.ts'
import type { BurstMeter } from './burst.ts'
import type { JobStore } from './job-store.ts'
import type { ProfilerPace, ProfilingSessionStore } from './profiling-sessions.ts'
import type { AuthAttempts } from './sessions.ts'
import type { UploadSessionStore } from './upload-sessions.ts'
import type { SandboxUser, UserStore } from './users.ts'

/** Everything that the sandbox's Vault knows. */
export interface VaultState {
  /** Milliseconds since the Unix epoch. */
  now(): number
  vaultId: number
  jobStatusWindowMs: number
  /** Vault documents no error type for a key that it does not know. Default: INVALID_DATA. */
  unknownKeyErrorType: string
  jobs: JobStore
  uploadSessions: UploadSessionStore
  /** How many sessions a page of the list of uploads has. Undefined: all are on one page. */
  uploadListPageSize: number | undefined
  profilingSessions: ProfilingSessionStore
  profilerPace: ProfilerPace
  /** Vault documents no error type for the rules of profiling sessions. Default: OPERATION_NOT_ALLOWED. */
  profilerRuleErrorType: string
  users: UserStore
  authAttempts: AuthAttempts
  /** How often one user may try to sign in within a minute. */
  authBurstLimit: number
  burst: BurstMeter
}

/** A call whose session Vault knows, on its way through a route. */
export interface VaultCall {
  state: VaultState
  request: SandboxRequest
  user: SandboxUser
  /** The `{version}` of the path, such as `v26.1`. */
  version: string
  /** The keys of the route's path, in order. */
  keys: readonly string[]
  nowMs: number
}
