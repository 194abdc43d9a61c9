import type { Sandbox } from '../src/sandbox/sandbox.ts'
import { type ServerProcess, startServerProcess } from './support/server-process.ts'

/** A server to measure. */
export interface Contestant {
  readonly name: string
  /** The file that starts it, from the repository's root. */
  readonly entry: string
}

/** The gateway, as a user starts it. */
export const vaultline: Contestant = { name: 'Vaultline', entry: 'src/main.ts' }

/** graphql-ws as its documentation shows it, with one poll for all whose events every subscription executes. */
export const sharedPoll: Contestant = { name: 'graphql-ws', entry: 'bench/peer/shared-poll.ts' }

/** graphql-ws as its documentation shows it, with a generator for each subscription that polls for itself. */
export const pollEach: Contestant = { name: 'graphql-ws, each polls', entry: 'bench/peer/poll-each.ts' }

/** A server that answers queries. */
export interface QueryContestant extends Contestant {
  /** As `--contestants` has it. */
  readonly key: string
  readonly isPeer: boolean
  /** Whether its schema was made from an OpenAPI document, and not written for those who ask. */
  readonly isFromOpenApi: boolean
}

const peer = { isPeer: true, isFromOpenApi: false }

/** Vaultline first, then the servers that answer the same queries, each as its documentation shows it. */
export const queryContestants: readonly QueryContestant[] = [
  { ...vaultline, key: 'vaultline', isPeer: false, isFromOpenApi: false },
  { ...peer, name: 'Apollo Server', key: 'apollo', entry: 'bench/peers/apollo.ts' },
  { ...peer, name: 'GraphQL Yoga', key: 'yoga', entry: 'bench/peers/yoga.ts' },
  { ...peer, name: 'Mercurius', key: 'mercurius', entry: 'bench/peers/mercurius.ts' },
  { ...peer, name: 'Hive Gateway', key: 'hive', entry: 'bench/peers/hive/hive.ts', isFromOpenApi: true },
]

/** How a server polls. */
export interface Pace {
  readonly pollIntervalMs: number
  /** For how long the sandbox does not answer the status of a job again. */
  readonly jobStatusWindowMs: number
}

/**
 * Starts a server on the sandbox.
 *
 * @param more settings beside those
 */
export function startContestant(
  { entry }: Contestant,
  sandbox: Sandbox,
  pace: Pace,
  more: Readonly<Record<string, string>> = {},
): Promise<ServerProcess> {
  return startServerProcess(entry, {
    VAULT_URL: sandbox.vault.url,
    FELDERA_URL: sandbox.feldera.url,
    POLL_INTERVAL_MS: String(pace.pollIntervalMs),
    JOB_STATUS_WINDOW_MS: String(pace.jobStatusWindowMs),
    ...more,
  })
}
