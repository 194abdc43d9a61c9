/** What a peer knows of a job. */
export interface Job {
  readonly id: string
  readonly status: string
  readonly isFinished: boolean
  readonly runStartDate: string | null
}

/** Jobs on one page of Vault's list, its longest. */
const pageSize = 200

const base = `${process.env['VAULT_URL']}/api/v26.1/services/jobs`
const headers = { authorization: 'sandbox-demo' }

async function ask(path: string): Promise<Record<string, unknown>> {
  const answer = await fetch(`${base}${path}`, { headers })
  const body: unknown = await answer.json()
  return isRecord(body) ? body : {}
}

/** The job's status; null where Vault refuses to tell it so soon. */
export async function jobOf(id: string): Promise<Job | null> {
  const { data } = await ask(`/${id}`)
  return isRecord(data) ? toJob(id, data) : null
}

/** All that are active, page by page. */
export async function activeJobs(): Promise<readonly Job[]> {
  const jobs: Job[] = []
  for (let total = 1; jobs.length < total; ) {
    const { jobs: page, responseDetails } = await ask(`/monitors?limit=${pageSize}&offset=${jobs.length}`)
    if (!Array.isArray(page) || page.length === 0 || !isRecord(responseDetails)) return jobs
    for (const job of page) if (isRecord(job)) jobs.push(toJob(String(job['job_id']), job))
    total = Number(responseDetails['total'])
  }
  return jobs
}

function toJob(id: string, wire: Record<string, unknown>): Job {
  const { status, run_start_date: start, run_end_date: end } = wire
  return {
    id,
    status: String(status),
    isFinished: end !== undefined,
    runStartDate: start === undefined ? null : String(start),
  }
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null
