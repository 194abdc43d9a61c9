import type { FailureReport } from '../core/failure-report.ts'

/** Tells an error that meets many things once. */
export function reportOnce(reportFailure: FailureReport): FailureReport {
  const reported = new Set<unknown>()
  return (error) => {
    if (!reported.has(error)) reportFailure(error)
    reported.add(error)
  }
}
