import type { QueryContestant } from '../contestants.ts'
import { idsOf, type PeerWorkload, sessionsOf } from '../peer-workloads.ts'
import { leavesOf } from './leaves.ts'
import type { RecordedVault } from './recorded-vault.ts'
import { type ServerProcess, startServerProcess } from './server-process.ts'

/** A contestant that runs. */
export interface QueryServer {
  readonly contestant: QueryContestant
  readonly process: ServerProcess
  readonly url: string
  /** From its start to the first answer, in milliseconds. */
  readonly bootMs: number
}

/**
 * Starts a contestant, and asks it for a job.
 *
 * @throws Error where it does not start or does not answer
 */
export async function startQueryServer(
  contestant: QueryContestant,
  vault: RecordedVault,
  felderaUrl: string,
  first: PeerWorkload,
): Promise<QueryServer> {
  const beganAtMs = performance.now()
  // As all of them are deployed; Node's libraries for GraphQL leave checks out for it.
  const env = { NODE_ENV: 'production', VAULT_URL: vault.url, FELDERA_URL: felderaUrl }
  // Their documentation starts them with `node` alone.
  const process = await startServerProcess(contestant.entry, env, contestant.isPeer ? { flags: [] } : {})
  const url = process.url.replace(/^ws/, 'http')
  await valuesOf({ contestant, url }, first)
  return { contestant, process, url, bootMs: performance.now() - beganAtMs }
}

/** The body of a request, for the job with this id where the workload names one. */
export function bodyOf(contestant: QueryContestant, workload: PeerWorkload, id: string): string {
  const query = contestant.isFromOpenApi ? workload.openApiQuery : workload.query
  return JSON.stringify(workload.ids === 'none' ? { query } : { query, variables: { id } })
}

/**
 * Asks a server once. @returns the values of its answer, as {@link leavesOf} puts them
 *
 * @throws Error where it answers with errors
 */
export async function valuesOf(
  { contestant, url }: Pick<QueryServer, 'contestant' | 'url'>,
  workload: PeerWorkload,
): Promise<readonly string[]> {
  const [authorization = ''] = sessionsOf(workload)
  const answer = await fetch(url, {
    method: 'POST',
    headers: { authorization, 'content-type': 'application/json', accept: 'application/json' },
    body: bodyOf(contestant, workload, String(idsOf(workload, 0).first)),
  })
  const text = await answer.text()
  if (!answer.ok || text.includes('"errors"'))
    throw new Error(`${contestant.name} answers ${workload.name} with ${text.slice(0, 500)}`)
  return leavesOf(JSON.parse(text))
}
