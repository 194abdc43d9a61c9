import { createHash, randomUUID } from 'node:crypto'
import { showcase } from '../../src/sandbox/sandbox.ts'
import { ask } from './requests.ts'
import { type Act, oneOf, type Stage } from './stage.ts'

const job =
  '{ id status title method progress { status size } links { rel href } tasks(first: 20) { totalCount nodes { id state } } }'

const profile = `{ __typename ... on SamplyProfile { id size sha256 downloadUrl viewerUrl } ... on SamplyProfileInProgress { retryAfter } ... on SamplyProfileUnavailable { reason message } }`

/** What a screen reads, with what each costs an upstream. */
const documents = {
  job: `query ($id: ID!) { job(id: $id) ${job} }`,
  jobs: 'query ($ids: [ID!]!) { jobs(ids: $ids) { id status title createdDate observedAt } }',
  lists:
    '{ activeJobs(first: 100) { totalCount nodes { id status title } } completedJobs(first: 20) { totalCount pageInfo { endCursor } nodes { id status runEndDate } } }',
  sessions:
    '{ profilingSessions { id name status resultsUrl } uploadSessions { id name progress uploadedParts } viewer { userId } }',
  'upload session': `{ uploadSession(id: "${showcase.largeUploadSessionId}") { id progress parts(first: 100) { totalCount nodes { partNumber size } } } }`,
  pipelines:
    '{ pipelines { name status canProfile samplyProfile { __typename ... on SamplyProfile { id downloadUrl } } } }',
  profile: `{ samplyProfile(pipelineName: "${showcase.profiledPipelineName}", latest: true) ${profile} }`,
  results: `{ profilingSession(name: "${showcase.profilingSessionName}") { id results(first: 100, orderBy: CPU_TIME) { totalCount nodes { id cpuTimeNs } } resultsSummary { requestCount mostExpensive { id } } } }`,
  analysis: `{ samplyProfile(pipelineName: "${showcase.profiledPipelineName}") { ... on SamplyProfile { analysis { sampleCount hotFunctions { name selfShare } flameGraph(minShare: 0.01) { name depth } } } } }`,
}

const reading = (name: keyof typeof documents, weight: number): Act => ({
  name,
  weight,
  async run(stage) {
    const id = stage.jobIds[Math.floor(Math.random() * stage.jobIds.length)] ?? showcase.runningJobId
    const ids = [showcase.runningJobId, '1', ...stage.jobIds.slice(0, 40)]
    await ask(stage, { act: name, query: documents[name], variables: { id, ids } })
  },
})

/** The caller leaves before there is an answer. */
async function abandon(stage: Stage): Promise<void> {
  const leaving = new AbortController()
  const query = `{ completedJobs(first: 200) { nodes ${job} } }`
  const sent = fetch(`${stage.httpUrl}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: stage.callers.session() },
    body: JSON.stringify({ query }),
    signal: leaving.signal,
  })
  await Promise.race([stage.pause(Math.random() * 60), sent.catch(() => {})])
  leaving.abort()
  await sent.then((answer) => answer.text()).catch(() => {})
  stage.answers.note('abandon', 'OK')
}

const refused: readonly [string, ...string[]] = [
  '{',
  '{ nothing }',
  'query A { __typename } query B { __typename }',
  '{ activeJobs(first: 500) { totalCount } }',
  `{ ${Array.from({ length: 60 }, (_, index) => `a${index}: viewer { userId }`).join(' ')} }`,
  'subscription { jobUpdated(id: "1") { observedAt } }',
  'query ($id: ID!) { job(id: $id) { id } }',
  '{ job(id: "no number") { id } }',
]

const refusalCodes = [
  'GRAPHQL_PARSE_FAILED',
  'GRAPHQL_VALIDATION_FAILED',
  'OPERATION_RESOLUTION_FAILURE',
  'BAD_USER_INPUT',
  'BAD_REQUEST',
]

/** A document that nobody has sent before, by its hash too: what is remembered of documents is exercised. */
async function askAnew(stage: Stage): Promise<void> {
  const query = `query Q${randomUUID().replaceAll('-', '')} { again: __typename viewer { userId } }`
  const sha256Hash = createHash('sha256').update(query).digest('hex')
  const more = { extensions: { persistedQuery: { version: 1, sha256Hash } } }
  const explained = ['PERSISTED_QUERY_NOT_FOUND']
  await ask(stage, { act: 'new document', query, more: Math.random() < 0.5 ? {} : more, explained })
}

/** Queries of all kinds over plain HTTP. */
export const queryActs: readonly Act[] = [
  reading('job', 20),
  reading('jobs', 8),
  reading('lists', 8),
  reading('sessions', 6),
  reading('upload session', 3),
  reading('pipelines', 3),
  reading('profile', 3),
  reading('results', 1),
  reading('analysis', 0.3),
  { name: 'abandon', weight: 3, run: abandon },
  { name: 'new document', weight: 8, run: askAnew },
  {
    name: 'refused document',
    weight: 5,
    async run(stage) {
      await ask(stage, { act: 'refused document', query: oneOf(refused), explained: refusalCodes })
    },
  },
]
