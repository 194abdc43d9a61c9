import type { Sandbox } from '../src/sandbox/sandbox.ts'

/** The forms that one question takes. */
interface Asked {
  /** As Vaultline and the servers with a part of its schema are asked. */
  readonly query: string
  /** As a gateway is asked whose schema was made from an OpenAPI document: the same fields in the same order. */
  readonly openApiQuery: string
}

/** What is asked again and again. */
export interface PeerWorkload extends Asked {
  readonly name: string
  /** What stands in the table. */
  readonly title: string
  /** Which jobs it names: one that nobody has asked for yet, the same hundred in turn, or none. */
  readonly ids: 'new' | 'same' | 'none'
  /** How many callers ask in turn. */
  readonly callers: number
}

/** As many callers as connections: hardly ever do two queries of one caller meet. */
const manyCallers = 50

const job: Asked = {
  query: 'query Job($id: ID!) { job(id: $id) { id status method createdBy createdDate } }',
  openApiQuery:
    'query Job($id: String!) { job(id: $id) { data { id status method created_by created_date } } }',
}

/** In the order in which they are run. */
export const peerWorkloads: readonly PeerWorkload[] = [
  { ...job, name: 'new-jobs', title: '`job(id)`, ever new ids', ids: 'new', callers: 1 },
  { ...job, name: 'same-jobs', title: '`job(id)`, 100 jobs in turn', ids: 'same', callers: 1 },
  ...forOneAndMany({
    name: 'active-jobs',
    title: '`activeJobs(first: 50)` with tasks',
    query: '{ activeJobs(first: 50) { nodes { id status createdDate tasks { nodes { taskId state } } } } }',
    openApiQuery:
      '{ activeJobs(limit: 50) { jobs { job_id status created_date tasks { tasks { id state } } } } }',
  }),
  ...forOneAndMany({
    name: 'completed-jobs',
    title: '`completedJobs(first: 200)`',
    query: '{ completedJobs(first: 200) { nodes { id title status createdDate runEndDate } } }',
    openApiQuery: '{ completedJobs(limit: 200) { jobs { job_id title status created_date run_end_date } } }',
  }),
]

/** The same asked by one caller on all connections, and by as many callers as there are connections. */
function forOneAndMany(
  list: Asked & Pick<PeerWorkload, 'name' | 'title'>,
): readonly [PeerWorkload, PeerWorkload] {
  return [
    { ...list, ids: 'none', callers: 1 },
    {
      ...list,
      name: `${list.name}-of-many`,
      title: `${list.title}, ${manyCallers} callers`,
      ids: 'none',
      callers: manyCallers,
    },
  ]
}

/** The sessions of the callers of a workload, the demo user's first. */
export const sessionsOf = ({ callers }: Pick<PeerWorkload, 'callers'>): readonly string[] =>
  Array.from({ length: callers }, (_, index) => (index === 0 ? 'sandbox-demo' : `caller-${index}`))

/** The job that stands for those whose ids are ever new: nine digits, so that there are a hundred million of them. */
export const standInId = 100_000_000

/** How many jobs are asked for in turn. */
const sameJobs = 100

/** More than any server answers in one run of a minute. */
const jobsPerRun = 2_000_000

/**
 * The ids that are asked for in turn: the first one, and the one behind the last.
 *
 * @param run the number of the run of one server: 0 is the one that warms it up
 */
export function idsOf({ ids }: PeerWorkload, run: number): { readonly first: number; readonly end: number } {
  const first = standInId + 1
  if (ids === 'same') return { first, end: first + sameJobs }
  const newOnes = first + sameJobs + run * jobsPerRun
  return { first: newOnes, end: newOnes + jobsPerRun }
}

const tasks = [{ state: 'SUCCESS' }, { state: 'RUNNING' }, { state: 'QUEUED' }]
const completedStatuses = ['SUCCESS', 'ERRORS_ENCOUNTERED', 'FAILED_TO_RUN', 'CANCELLED']
const dayMs = 86_400_000

/** Fills a sandbox with who asks, and with what the workloads ask for: 50 SDK jobs that are not over, of three tasks each, and 300 that are. */
export function fill({ vault }: Sandbox, nowMs: number): void {
  for (const [index, sessionId] of sessionsOf({ callers: manyCallers }).entries())
    if (index > 0) vault.addUser({ id: 9_000_000 + index, sessionId, admin: true })
  for (let index = 0; index < 50; index += 1) {
    vault.addJob({
      id: index === 0 ? standInId : 2_000_000 + index,
      title: `SDK Job Recalculate Inventory ${index}`,
      status: index % 3 === 2 ? 'QUEUED' : 'RUNNING',
      createdDate: new Date(nowMs - dayMs + index * 1000),
      tasks,
    })
  }
  for (let index = 0; index < 300; index += 1) {
    vault.addJob({
      id: 1_000_000 + index,
      title: `Export of the documents of study ${index}`,
      status: completedStatuses[index % completedStatuses.length] ?? '',
      createdDate: new Date(nowMs - 2 * dayMs + index * 1000),
      runEndDate: new Date(nowMs - 2 * dayMs + index * 2000),
    })
  }
}
