/** The statuses that `jobs/histories` filters on: those of a completed job (API reference, Retrieve Job Histories). */
const completedStatuses: readonly string[] = [
  'SUCCESS',
  'ERRORS_ENCOUNTERED',
  'FAILED_TO_RUN',
  'MISSED_SCHEDULE',
  'TIMEOUT',
  'COMPLETED_DUE_TO_INACTIVITY',
  'CANCELLED',
]

/** What `jobs/histories` takes as its `status`. */
export const historyFilters: ReadonlySet<string> = new Set(completedStatuses.map((it) => it.toLowerCase()))

/** What `jobs/monitors` takes as its `status`. */
export const monitorFilters: ReadonlySet<string> = new Set(['scheduled', 'queued', 'running'])

/** Whether a job with this status is over, as far as Vault's documentation lists it. */
export function isTerminalStatus(status: string): boolean {
  return completedStatuses.includes(status)
}

/** Whether a job can be over with this status without ever having run. */
export function neverRan(status: string): boolean {
  return status === 'CANCELLED' || status === 'MISSED_SCHEDULE'
}
