/** Who follows what, in the comparison of polling. */
export interface Scenario {
  readonly name: string
  readonly subscribers: number
  /** How many jobs run. */
  readonly jobs: number
  readonly query: string
  /** The variables of a subscriber, by its number from 0. */
  variables(ids: readonly string[], index: number): Readonly<Record<string, unknown>>
  /** Whether a subscriber follows a job, both by number. */
  follows(index: number, job: number): boolean
  /** Calls that one look of one subscriber takes where each looks for itself. */
  readonly callsPerLook: number
}

const fields = '{ job { id status isFinished } previousStatus observedAt }'

/** Jobs on a page of Vault's lists. */
const pageSize = 200

function followOne(subscribers: number, jobs: number): Scenario {
  return {
    name: '`jobUpdated`',
    subscribers,
    jobs,
    query: `subscription Follow($id: ID!) { jobUpdated(id: $id) ${fields} }`,
    variables: (ids, index) => ({ id: ids[index % jobs] }),
    follows: (index, job) => index % jobs === job,
    callsPerLook: 1,
  }
}

function followSeveral(subscribers: number, jobs: number): Scenario {
  return {
    name: '`jobsUpdated`',
    subscribers,
    jobs,
    query: `subscription Follow($ids: [ID!]!) { jobsUpdated(ids: $ids) ${fields} }`,
    variables: (ids) => ({ ids }),
    follows: () => true,
    callsPerLook: jobs,
  }
}

function followActive(subscribers: number, jobs: number): Scenario {
  return {
    name: '`activeJobsUpdated`',
    subscribers,
    jobs,
    query: `subscription Follow { activeJobsUpdated ${fields} }`,
    variables: () => ({}),
    follows: () => true,
    callsPerLook: Math.ceil(jobs / pageSize),
  }
}

/** From a screen that one user looks at to many that look at much. */
export const scenarios: readonly Scenario[] = [
  followOne(1, 1),
  followOne(1000, 1),
  followOne(1000, 20),
  followSeveral(10, 200),
  followSeveral(1000, 200),
  followActive(100, 1000),
]

/** Small enough to see within seconds whether everything works. */
export const smokeScenarios: readonly Scenario[] = [followOne(3, 1)]
