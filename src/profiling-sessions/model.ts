import type { ProfilingPercentiles, ProfilingSessionStatus, ProfilingTotals } from '../generated/resolvers.ts'

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

/** What one SDK request has cost. Null is what the file does not have, or not in a way that can be read. */
export interface ProfilingResult {
  /** The session's id and the row, counted from 1. */
  readonly id: string
  /** RFC 3339. */
  readonly timestamp: string | null
  /** As the file has it. */
  readonly rawTimestamp: string | null
  readonly userId: string | null
  readonly userName: string | null
  readonly executionId: string | null
  readonly sdkRequestId: string | null
  readonly sdkCount: number | null
  readonly cpuTimeNs: number | null
  readonly elapsedTimeMs: number | null
  readonly grossMemoryBytes: number | null
}

/** What all results of a session come to. */
export interface ProfilingResultsSummary {
  readonly requestCount: number
  readonly userCount: number
  readonly totals: ProfilingTotals
  /** Null where no request has a value. */
  readonly cpuTimeNs: ProfilingPercentiles | null
  readonly elapsedTimeMs: ProfilingPercentiles | null
  /** The most CPU time first. */
  readonly mostExpensive: readonly ProfilingResult[]
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
