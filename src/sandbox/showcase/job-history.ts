import { createRandom } from '../random.ts'
import type { SandboxJobDefinition } from '../vault/job.ts'
import { jobTemplates, linksOf } from './job-templates.ts'

const jobCount = 3000
const lastId = 45_000
const spacingMs = 7 * 60_000

/** Beside SUCCESS, which most have: one job in so many ends with each of these. */
const rareOutcomes: readonly [everyNth: number, status: string][] = [
  [19, 'ERRORS_ENCOUNTERED'],
  [47, 'CANCELLED'],
  [83, 'TIMEOUT'],
  [131, 'MISSED_SCHEDULE'],
  [151, 'COMPLETED_DUE_TO_INACTIVITY'],
  [199, 'FAILED_TO_RUN'],
]

/** The jobs that were over before `startMs`: 3,000 in two weeks, in the order in which they ended. */
export function pastJobs(startMs: number): SandboxJobDefinition[] {
  const random = createRandom(7)
  return Array.from({ length: jobCount }, (_, index) => {
    const id = lastId - jobCount + 1 + index
    const endMs = startMs - (jobCount - index) * spacingMs + random.between(0, spacingMs / 2)
    const runMs = random.between(2, 150) * 1000
    const waitMs = random.between(1, 60) * 1000
    const template = jobTemplates[random.between(0, jobTemplates.length - 1)]
    const title = id === lastId ? 'Export documents: quarterly binder' : (template?.title ?? 'Job')
    return {
      id,
      title,
      status: outcomeOf(id),
      method: template?.method ?? 'POST',
      createdBy: template?.createdBy ?? 1001,
      createdDate: new Date(endMs - runMs - waitMs),
      runStartDate: new Date(endMs - runMs),
      runEndDate: new Date(endMs),
      ...linksOf(id, title),
    }
  })
}

function outcomeOf(id: number): string {
  if (id === lastId) return 'SUCCESS'
  if (id === lastId - 1) return 'ERRORS_ENCOUNTERED'
  return rareOutcomes.find(([everyNth]) => id % everyNth === 0)?.[1] ?? 'SUCCESS'
}
