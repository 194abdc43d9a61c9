import type { ProfilingSessionStatus } from '../generated/resolvers.ts'

/** A recording of what SDK code costs. */
export interface ProfilingSession {
  readonly id: string
  /** Vault's key. */
  readonly name: string
  readonly label: string
  readonly description: string | null
  readonly status: ProfilingSessionStatus
  readonly rawStatus: string
  /** Null: all users. */
  readonly userId: string | null
  readonly createdDate: string
  readonly expirationDate: string | null
  readonly observedAt: string
}

/** What Vault needs to create a session. */
export interface NewProfilingSession {
  readonly label: string
  readonly description: string | undefined
  /** Undefined: all users. */
  readonly userId: string | undefined
}

/** A session that was created. What it looks like is read when asked for. */
export interface CreateProfilingSessionPayload {
  readonly name: string
}

/** A session that was ended. What it looks like now is read when asked for. */
export interface EndProfilingSessionPayload {
  readonly name: string
}

const statusByRawStatus: Readonly<Record<string, ProfilingSessionStatus>> = {
  in_progress__sys: 'IN_PROGRESS',
  processing__sys: 'PROCESSING',
  complete__sys: 'COMPLETE',
}

/** A status that nobody knew becomes UNKNOWN (API reference, SDK Request Profiler). */
export function profilingSessionStatusOf(rawStatus: string): ProfilingSessionStatus {
  return Object.hasOwn(statusByRawStatus, rawStatus) ? (statusByRawStatus[rawStatus] ?? 'UNKNOWN') : 'UNKNOWN'
}
